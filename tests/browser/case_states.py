"""The pages of cases in every state that looks different."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from sieve_manager.application.case import CaseState
from tests.web.test_overview import INVOICES
from tests.web.world import ADA, ANNA, BRUNO, OTTO

if TYPE_CHECKING:
    from tests.browser.states import Visit


def case_form(visit: "Visit") -> None:
    """From the start page by typing a name."""
    visit.search("anna")
    visit.page.locator("main").get_by_role("link", name="Hand over").click()
    expect(visit.page.locator("#to-0")).to_be_focused()


def case_form_filled(visit: "Visit") -> None:
    case_form(visit)
    page = visit.page
    page.wait_for_load_state("load")
    page.fill("#to-0", "bru")
    expect(page.locator("#colleagues option")).to_have_count(1)
    page.fill("#to-0", BRUNO)
    page.fill("#last_day", "2027-03-31")
    page.fill("#ticket", "INC-42")
    page.fill("#reason", "has left")


def case_errors(visit: "Visit") -> None:
    case_form(visit)
    visit.page.fill("#to-0", "nonsense")
    visit.page.locator("#reply").select_option("text")
    visit.press("Continue")


def case_review(visit: "Visit") -> None:
    visit.world.give(INVOICES)
    case_form_filled(visit)
    visit.press("Continue")
    visit.page.locator("summary").click()


def case_page(visit: "Visit") -> None:
    case_form_filled(visit)
    visit.press("Continue")
    visit.press("Save")
    expect(visit.page.get_by_role("heading", name="Case of Anna Miller")).to_be_visible()


def case_end(visit: "Visit") -> None:
    case_page(visit)
    visit.open("/cases/1/end")


def cases_on_start(visit: "Visit") -> None:
    case_page(visit)
    visit.open("/staff")


def cases_list(visit: "Visit") -> None:
    case_page(visit)
    visit.open("/cases")


def case_failed(visit: "Visit") -> None:
    _put(visit, CaseState.FAILED)


def case_waiting(visit: "Visit") -> None:
    """For somebody else's word."""
    _put(visit, CaseState.WAITING, by=ADA)


def handed_over(visit: "Visit") -> None:
    """What the owner sees."""
    case_page(visit)
    visit.page.get_by_role("button", name="Sign out").click()
    visit.sign_in(ANNA)


def not_wanted(visit: "Visit") -> None:
    """What a destination sees, who has no account here, by the link in their notice."""
    case_page(visit)
    visit.page.get_by_role("button", name="Sign out").click()
    visit.world.case_notices.run()
    (notice,) = [one for one in visit.world.mailer.sent if str(one.to) == BRUNO]
    token = notice.text.partition("/not-wanted/")[2].split()[0]
    visit.open(f"/not-wanted/{token}")
    expect(visit.page.get_by_text(BRUNO)).to_be_visible()


def not_wanted_told(visit: "Visit") -> None:
    not_wanted(visit)
    visit.press("I do not want this")
    expect(visit.page.get_by_role("status")).to_be_visible()


def ending(visit: "Visit") -> None:
    """What a destination sees by the link in the mail that says when mail ends."""
    case_page(visit)
    visit.page.get_by_role("button", name="Sign out").click()
    visit.world.case_notices.run()
    visit.world.now += timedelta(days=45)
    visit.world.case_notices.run()
    (link,) = [one.text for one in visit.world.mailer.sent if "/ending/" in one.text]
    visit.open(f"/ending/{link.partition('/ending/')[2].split()[0]}")
    expect(visit.page.get_by_role("button", name="Let it end")).to_be_visible()


def _put(visit: "Visit", state: CaseState, by: str = OTTO) -> None:
    case_page(visit)
    store = visit.world.cases.store
    case = store.case(1)
    begun_by = replace(case.begun_by, name=by)
    store.keep(replace(case, state=state, problem="line 3: unknown", begun_by=begun_by))
    visit.open("/cases/1")


CASE_STATES = (
    case_form_filled,
    case_errors,
    case_review,
    case_page,
    case_end,
    cases_on_start,
    cases_list,
    case_failed,
    case_waiting,
    handed_over,
    not_wanted,
    not_wanted_told,
    ending,
)
