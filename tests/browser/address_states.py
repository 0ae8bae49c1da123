"""The pages about redirect addresses and aliases in every state that looks different."""

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.web.world import ADA, ANNA, BRUNO

if TYPE_CHECKING:
    from tests.browser.states import Visit

_LONG = "somebody.with.a.very.long.name@a.department.of.a.very.long.organisation.example.org"
_CONTACT = "contact@example.com"


def address_form(visit: "Visit") -> None:
    visit.sign_in(ADA)
    visit.open("/addresses")
    visit.page.locator("main").get_by_role("link", name="New address").click()
    expect(visit.page.get_by_role("heading", name="New address")).to_be_visible()


def address_filled(visit: "Visit", address: str = _CONTACT, *to: str, owner: str = ANNA) -> None:
    address_form(visit)
    page = visit.page
    page.fill("#address", address)
    page.fill("#to-0", ", ".join(to or (BRUNO, _LONG)))
    page.fill("#last_day", "2027-03-31")
    page.fill("#moved_to", "office@example.org")
    page.fill("#owner", owner)
    page.fill("#note", "for the trade fair in spring " * 3)


def address_errors(visit: "Visit") -> None:
    address_filled(visit, "nonsense", "nobody")
    visit.page.fill("#last_day", "2027-01-31")
    visit.press("Continue")
    expect(visit.page.get_by_role("alert")).to_be_visible()


def catch_all(visit: "Visit") -> None:
    address_form(visit)
    _choose_catch_all(visit)


def _choose_catch_all(visit: "Visit") -> None:
    visit.page.check("#kind-catch-all")
    expect(visit.page.locator("#address")).to_be_hidden()
    visit.page.fill("#to-0", BRUNO)


def address_review(visit: "Visit") -> None:
    address_filled(visit)
    visit.press("Continue")
    visit.page.locator("summary").click()


def alias_offered(visit: "Visit") -> None:
    address_filled(visit, "bruno.baer@example.com", BRUNO, owner="")
    visit.press("Continue")


def address_page(visit: "Visit") -> None:
    address_filled(visit)
    visit.press("Continue")
    visit.press("Save")
    expect(visit.page.get_by_role("status")).to_be_visible()


def address_changed(visit: "Visit") -> None:
    """Twice, and paused: with a history."""
    address_page(visit)
    visit.open(f"/addresses/change?address={_CONTACT}")
    visit.page.fill("#to-0", BRUNO)
    visit.page.fill("#last_day", "")
    visit.press("Continue")
    visit.press("Save")
    visit.open(f"/addresses/step/pause?address={_CONTACT}")
    visit.page.fill("#note", "the fair was put off")
    visit.press("Pause")
    expect(visit.page.get_by_text("the fair was put off")).to_be_visible()


def addresses_list(visit: "Visit") -> None:
    address_changed(visit)
    visit.open("/addresses/new")
    _choose_catch_all(visit)
    visit.press("Continue")
    visit.press("Save")
    visit.open("/addresses")


def own_addresses(visit: "Visit") -> None:
    """On the overview of who owns one."""
    address_page(visit)
    visit.page.get_by_role("button", name="Sign out").click()
    visit.page.wait_for_url("**/sign-in?left=1")
    visit.sign_in(ANNA)


def own_address_form(visit: "Visit") -> None:
    own_addresses(visit)
    visit.open(f"/addresses/change?address={_CONTACT}")


def address_import(visit: "Visit") -> None:
    """New, changed, with a warning, wrong, and the same."""
    address_page(visit)
    visit.open("/addresses/import")
    lines = (
        "address;to;last_day",
        f"{_CONTACT};{BRUNO};31.3.2027",
        f"*@example.com;{BRUNO};",
        "a.very.long.address.that.somebody.pasted.by.mistake;nobody;32.13.2027",
    )
    visit.page.fill("#text", "\n".join(lines))
    visit.page.get_by_role("button", name="Check").click()
    expect(visit.page.get_by_role("button", name="Make all good ones")).to_be_visible()


ADDRESS_STATES = (
    address_errors,
    catch_all,
    address_review,
    alias_offered,
    address_changed,
    addresses_list,
    address_import,
    own_addresses,
    own_address_form,
)
