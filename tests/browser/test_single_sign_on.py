"""Single sign-on in a real browser, under the pages' own security policy."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Stage, opened
from tests.browser.test_accessibility import ASPECTS, CUT_OFF, UNTIED, violations
from tests.servers.openid_provider import CLIENT_ID, CLIENT_SECRET, ProviderServer
from tests.web.world import ANNA, MASTER, World


@pytest.fixture
def page(browser: Browser, stage: Stage, openid: ProviderServer) -> Iterator[Page]:
    """A visitor of pages that know the provider, where Anna has an account."""
    openid.person("anna", email=ANNA, email_verified=True)
    # Another name is another site to a browser, as the provider is in life.
    elsewhere = f"http://localhost:{openid.port}/authorize"
    openid.tell(describe={"authorization_endpoint": elsewhere})
    oidc: dict[str, object] = {
        "issuer": openid.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "label": "Example Identity",
    }
    stage.app = World(master=MASTER, oidc=oidc, web={"base_url": stage.base}).app
    with opened(browser, base_url=stage.base) as page:
        yield page


def sign_in(page: Page, subject: str) -> None:
    page.get_by_role("link", name="Sign in with Example Identity").click()
    page.get_by_label("Name").fill(subject)
    page.get_by_role("button", name="Sign in there").click()


def assert_accessible(page: Page) -> None:
    page.evaluate(AXE_SCRIPT)
    for scheme, width in ASPECTS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], f"{scheme}, {width} pixels wide"
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(UNTIED) == []


def test_there_and_back_and_out_again(page: Page) -> None:
    page.goto("/history")
    assert_accessible(page)
    sign_in(page, "anna")
    expect(page).to_have_url(f"{page.url.partition('/history')[0]}/history")
    expect(page.get_by_role("banner")).to_contain_text(ANNA)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out.")
    assert_accessible(page)
    page.get_by_role("link", name="Sign out there, too").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_refusal_is_said_at_the_top_and_at_the_button(page: Page) -> None:
    page.goto("/sign-in")
    sign_in(page, "declines")
    expect(page.locator("#summary")).to_contain_text("You were not signed in there.")
    expect(page.locator("#summary")).to_be_focused()
    assert "state=" not in page.url
    assert_accessible(page)
