"""docs/tutorial/first-redirect-address.md, step by step, in a real browser on the demo."""

from playwright.sync_api import Browser, Page, expect

from sieve_manager.demo.accounts import ADA, ANNA, BRUNO, CARLA
from sieve_manager.demo.addresses import INFO, TEAM
from tests.browser.conftest import TakePicture, opened
from tests.browser.demo_visit import place, send_test_message, sign_in

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
CHOIR = "choir@example.com"


def open_address(page: Page, base: str, address: str) -> None:
    page.goto(f"{base}/addresses")
    page.get_by_role("link", name=address).click()


def step(page: Page, name: str) -> None:
    """What asks before it happens: pressed twice."""
    page.get_by_role("main").get_by_text(name, exact=True).click()
    page.get_by_role("button", name=name).click()
    expect(page.get_by_text("Saved. The mail server's own tables were asked")).to_be_visible()


def test_an_address_without_a_mailbox(
    browser: Browser, demo: str, take_picture: TakePicture
) -> None:
    with opened(browser, viewport=DESKTOP) as page:
        sign_in(page, demo, ADA.login, "Helpdesk")
        page.get_by_role("link", name="Addresses", exact=True).click()
        page.get_by_role("link", name="New address").click()
        page.get_by_label("New address", exact=True).fill(CHOIR)
        page.get_by_label("Address", exact=True).fill(BRUNO.address)
        page.get_by_role("button", name="Add another address").click()
        page.get_by_label("Address 2").fill("singer@example.org")
        page.get_by_label("Who may change where it leads").fill(BRUNO.login)
        page.get_by_role("button", name="Continue").last.click()
        expect(page.get_by_role("heading", name="After saving")).to_be_visible()
        take_picture(page, "address-review")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved. The mail server's own tables")).to_be_visible()

        send_test_message(page, demo, CHOIR, "Rehearsal")
        for name in (BRUNO.address, "Outside"):
            rehearsal = place(page, name).get_by_role("listitem").filter(has_text="Rehearsal")
            expect(rehearsal).to_contain_text(f"written to {CHOIR}")

        open_address(page, demo, CHOIR)
        step(page, "Pause")
        send_test_message(page, demo, CHOIR, "While it is paused")
        expect(page.get_by_role("alert")).to_contain_text("550 5.2.1")
        expect(page.get_by_text("While it is paused")).to_be_hidden()
        open_address(page, demo, CHOIR)
        step(page, "Resume")


def test_a_chain_and_a_circle(browser: Browser, demo: str, take_picture: TakePicture) -> None:
    with opened(browser, viewport=DESKTOP) as page:
        sign_in(page, demo, ADA.login, "Helpdesk")
        open_address(page, demo, INFO.address)
        page.get_by_role("link", name="Show the whole way of a message").click()
        expect(page.get_by_role("main")).to_contain_text("partner@example.org")
        take_picture(page, "address-way")
        send_test_message(page, demo, INFO.address, "Along the chain")
        for name in (ANNA.address, BRUNO.address, "Outside"):
            expect(place(page, name)).to_contain_text("Along the chain")
        take_picture(page, "demo-addresses")

        open_address(page, demo, TEAM.address)
        page.get_by_role("link", name="Change").click()
        page.get_by_label("Address 3").fill(INFO.address)
        page.get_by_role("button", name="Continue").last.click()
        expect(page.get_by_role("main")).to_contain_text(
            f"Mail would go round in a circle: {TEAM.address} → {INFO.address} → "
        )

        page.goto(f"{demo}/addresses/new")
        page.get_by_label("New address", exact=True).fill("ana@example.com")
        page.get_by_label("Address", exact=True).fill(ANNA.address)
        page.get_by_role("button", name="Continue").last.click()
        page.get_by_text("Make an alias instead").click()
        page.get_by_role("button", name="Continue").last.click()
        page.get_by_role("button", name="Save").click()
        send_test_message(page, demo, "ana@example.com", "With one n")
        expect(place(page, ANNA.address)).to_contain_text("With one n written to ana@example.com")


def test_an_owner_decides_where_an_address_leads(browser: Browser, demo: str) -> None:
    with opened(browser, viewport=PHONE) as page:
        sign_in(page, demo, ANNA.login)
        page.get_by_role("link", name=TEAM.address).click()
        page.get_by_role("link", name="Change").click()
        page.get_by_label("Address 3").fill(CARLA.address)
        page.get_by_role("button", name="Continue").last.click()
        page.get_by_role("button", name="Save").click()
        send_test_message(page, demo, TEAM.address, "Carla, too")
        expect(place(page, CARLA.address)).to_contain_text("Carla, too")
        open_address(page, demo, TEAM.address)
        page.get_by_text("Take back").first.click()
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_role("main")).to_contain_text("and partner@example.org")
