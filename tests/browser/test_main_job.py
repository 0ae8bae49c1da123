"""The main job in a real browser on a real mail server: set a forward, and mail follows it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from sieve_manager.demo.accounts import ANNA, BRUNO, CARLA, OTTO
from tests.browser.conftest import TakePicture, opened
from tests.browser.demo_visit import send_test_message, sign_in

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
OUTSIDE = "john@elsewhere.example.net"


@pytest.mark.parametrize(
    ("script", "viewport"),
    [(True, DESKTOP), (True, PHONE), (False, PHONE), (False, DESKTOP)],
    ids=["script, desktop", "script, phone", "no script, phone", "no script, desktop"],
)
def test_an_owner_sets_a_forward_and_mail_follows_it(
    browser: Browser, demo: str, script: bool, viewport: dict[str, int], take_picture: TakePicture
) -> None:
    subject = f"Minutes of room {viewport['width'] + script}"
    with opened(browser, java_script_enabled=script, viewport=viewport) as page:
        sign_in(page, demo, ANNA.login)
        page.goto(f"{demo}/forward")
        page.get_by_label("Address", exact=True).fill(BRUNO.address)
        page.get_by_role("button", name="Add another address").click()
        page.get_by_label("Address 2").fill(OUTSIDE)
        page.get_by_label("Keep a copy, marked as read").check()
        preview = page.locator("#preview")
        if not script:
            page.get_by_role("button", name="Preview").click()
        expect(preview).to_contain_text(f"forwarded to {BRUNO.address} and {OUTSIDE} (outside)")
        if script and viewport == DESKTOP:
            take_picture(page, "form", height=850)
        page.get_by_role("button", name="Continue").last.click()
        expect(page.get_by_role("heading", name="After saving")).to_be_visible()
        if script and viewport == DESKTOP:
            take_picture(page, "review")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved. The mail server has it (read back at")).to_be_visible()

        send_test_message(page, demo, ANNA.address, subject)
        places = page.locator(".places section")
        own, other, outside = (
            places.filter(has=page.get_by_role("heading", name=name, exact=True))
            for name in (ANNA.address, BRUNO.address, "Outside")
        )
        expect(own.get_by_role("listitem").filter(has_text=subject)).to_contain_text("read")
        expect(outside.get_by_role("listitem").filter(has_text=subject)).to_contain_text(OUTSIDE)
        if script:  # arrives a moment later, and the page shows it by itself
            expect(other).to_contain_text(subject)
            if viewport == DESKTOP:
                take_picture(page, "demo")

        page.goto(f"{demo}/change/clear")
        page.get_by_role("button", name="Switch off").click()
        expect(page.get_by_text("Nothing is forwarded.")).to_be_visible()


def test_a_forward_is_set_and_switched_off_by_keyboard_alone(browser: Browser, demo: str) -> None:
    with opened(browser) as page:
        page.goto(f"{demo}/sign-in")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type(ANNA.login)
        page.keyboard.press("Tab")
        page.keyboard.type("demo")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="My mailbox")).to_be_visible()
        tab_to(page, "Set up a forward")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Forward my mail")).to_be_visible()
        tab_to(page, "to")
        page.keyboard.type(BRUNO.address)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")  # the next choice for the copy
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="After saving")).to_be_visible()
        expect(page.get_by_text("marked as read.")).to_be_visible()
        tab_to(page, "Save")
        page.keyboard.press("Space")
        expect(page.get_by_text("Saved. The mail server has it (read back at")).to_be_visible()
        tab_to(page, "Switch off")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="After saving")).to_be_visible()
        tab_to(page, "Switch off")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Nothing is forwarded.")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the link of that text, or the field of that name, has the focus."""
    for _ in range(25):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.name || document.activeElement.textContent.trim()"
        )
        if focused == name:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_pictures_of_the_pages(browser: Browser, demo: str, take_picture: TakePicture) -> None:
    """The overview in both schemes and sizes; taken for the documentation on request."""
    with opened(browser, viewport=DESKTOP) as page:
        page.goto(f"{demo}/sign-in")
        take_picture(page, "sign-in")
        sign_in(page, demo, BRUNO.login)
        page.goto(f"{demo}/forward")
        page.get_by_label("Address", exact=True).fill(f"{ANNA.address}, {OUTSIDE}")
        page.get_by_role("button", name="Continue").last.click()
        page.get_by_role("button", name="Save").click()
        page.goto(f"{demo}/")
        expect(page.get_by_text("Besides, a filter made in Roundcube")).to_be_visible()
        take_picture(page, "overview")
        page.emulate_media(color_scheme="dark")
        take_picture(page, "overview-dark")
        page.set_viewport_size(PHONE)
        take_picture(page, "overview-phone-dark")
        page.emulate_media(color_scheme="light")
        take_picture(page, "overview-phone")
        page.set_viewport_size(DESKTOP)
        page.goto(f"{demo}/history/1")
        take_picture(page, "history")
        page.goto(f"{demo}/script?name=roundcube")
        take_picture(page, "filters")
        page.goto(f"{demo}/change/clear")
        page.get_by_role("button", name="Switch off").click()
        expect(page.get_by_text("Saved.")).to_be_visible()


def test_an_operator_settles_a_leaver_and_mail_goes_to_the_successor(
    browser: Browser, demo: str, take_picture: TakePicture
) -> None:
    """The hand-written rules of the leaver rest, and are the same afterwards."""
    with opened(browser) as page:
        page.goto(f"{demo}/sign-in")
        page.get_by_label("User name").fill(OTTO.login)
        page.get_by_label("Password").fill("demo")
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_load_state("load")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.type("conti")
        page.get_by_role("link", name="Hand over").click()
        page.wait_for_load_state("load")
        expect(page.locator("#to-0")).to_be_focused()
        page.keyboard.type(BRUNO.address)
        page.get_by_label("Last day").fill("2099-12-31")
        page.get_by_label("Ticket").fill("INC-42")
        page.get_by_role("button", name="Continue").last.click()
        expect(page.get_by_role("heading", name="What senders are told")).to_be_visible()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved. The mail server has it (read back at")).to_be_visible()
        case = page.url.partition("?")[0]
        take_picture(page, "case")

        send_test_message(page, demo, CARLA.address, "For the successor")
        places = page.locator(".places section")
        bruno = places.filter(has=page.get_by_role("heading", name=BRUNO.address, exact=True))
        expect(bruno).to_contain_text("For the successor")

        page.goto(f"{case}/end")
        page.get_by_role("button", name="End now").click()
        expect(page.get_by_text("Ended", exact=True).first).to_be_visible()
