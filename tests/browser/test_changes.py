"""Pause, resume, history, putting back, and somebody else meanwhile: on the real Dovecot."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.smtp_sink import SmtpSink
from tests.browser.conftest import opened
from tests.end_to_end.scripts import ROUNDCUBE
from tests.end_to_end.site import Site
from tests.servers.mailboxes import PASSWORD, deliver, imap_folders
from tests.servers.script_files import active_script, give_script, script_files

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
FAR = "john@elsewhere.example.net"
NEAR = "carla@example.com"
FOLDER = "Kept copies"


@pytest.fixture(params=[(True, PHONE), (False, DESKTOP)], ids=["script, phone", "none, desktop"])
def page(
    request: pytest.FixtureRequest, browser: Browser, site: Site, login: str
) -> Iterator[Page]:
    """The owner has signed in."""
    script, viewport = request.param
    options: dict[str, Any] = {"java_script_enabled": script, "viewport": viewport}
    with opened(browser, base_url=site.base_url, **options) as page:
        page.goto("/sign-in")
        page.get_by_label("User name").fill(login)
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Sign in")
        expect(page.get_by_role("heading", name="My mailbox")).to_be_visible()
        yield page


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).last.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def expect_saved(page: Page, state: str) -> None:
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_contain_text("read back at")
    expect(page.locator(".state")).to_have_text(state)


def fill(page: Page, *to: str) -> None:
    page.goto("/forward")
    page.get_by_label("Address", exact=True).fill(", ".join(to))


def test_a_forward_is_paused_resumed_and_put_back(
    page: Page, login: str, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    give_script(dovecot, login, "roundcube", ROUNDCUBE)
    until = datetime.now(UTC) + timedelta(days=30)
    fill(page, NEAR, FAR)
    page.get_by_label("Put the copy into a folder").check()
    page.get_by_label("Name of the folder").fill(FOLDER)
    page.get_by_label("Last day").fill(until.date().isoformat())
    press(page, "Continue")
    press(page, "Save")
    expect(page.locator(".sentences").first).to_contain_text(f"{NEAR} and {FAR} (outside)")
    assert where(dovecot, sink, login, "on") == ([NEAR, FAR], [FOLDER])

    follow(page, "Pause")
    press(page, "Pause")
    expect_saved(page, "Paused")
    assert where(dovecot, sink, login, "paused") == ([], ["INBOX"])
    follow(page, "Resume")
    press(page, "Resume")
    expect(page.locator(".state")).to_contain_text("On until")
    assert where(dovecot, sink, login, "resumed") == ([NEAR, FAR], [FOLDER])

    follow(page, "History")
    expect(page.locator(".entries > li")).to_have_count(3)
    page.locator(".entries > li").last.get_by_role("link").click()
    expect(page.locator(".difference .added").filter(has_text=FAR)).not_to_have_count(0)
    follow(page, "Put back what was there before")
    press(page, "Put this back")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert script_files(dovecot, login) == {"roundcube": ROUNDCUBE}
    assert where(dovecot, sink, login, "put back") == ([], ["INBOX"])


def test_what_another_program_does_meanwhile_is_shown_and_kept(
    page: Page, login: str, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    fill(page, FAR)
    give_script(dovecot, login, "roundcube", ROUNDCUBE)
    press(page, "Continue")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Changed meanwhile")
    expect(alert.locator(".difference .added").filter(has_text="Invoices")).not_to_have_count(0)

    give_script(dovecot, login, "roundcube", ROUNDCUBE.replace(b"invoice", b"bill"))
    press(page, "Save")
    expect(alert).to_contain_text("Changed meanwhile")
    assert script_files(dovecot, login) == {"roundcube": ROUNDCUBE.replace(b"invoice", b"bill")}
    press(page, "Save")
    expect_saved(page, "On")
    assert active_script(dovecot, login)
    assert where(dovecot, sink, login, "the bill") == ([FAR], ["Archive"])


def where(
    dovecot: DovecotServer, sink: SmtpSink, login: str, subject: str
) -> tuple[list[str], list[str]]:
    """Deliver a message; return to whom it was forwarded, and the folders that hold it."""
    subject = f"{subject} {login}"
    assert deliver(dovecot, login, subject).code == 250
    sent = [one.recipients for one in sink.messages if one.subject == subject]
    folders = imap_folders(dovecot, login)
    holding = [name for name, found in folders.items() if subject in [one for one, _ in found]]
    return sorted(address for addresses in sent for address in addresses), holding
