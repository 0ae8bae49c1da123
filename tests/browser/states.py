"""Every page in every state that looks different, and how to get there by mouse."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Never, cast

from playwright.sync_api import Page, expect

from sieve_manager.adapters.memory import CAPABILITIES
from sieve_manager.demo.world import DemoWorld
from sieve_manager.errors import UnreachableError
from tests.browser.address_states import ADDRESS_STATES
from tests.browser.batch_states import BATCH_STATES
from tests.browser.case_states import CASE_STATES
from tests.browser.consent_states import CONSENT_STATES
from tests.browser.map_states import MAP_STATES
from tests.browser.register_states import REGISTER_STATES
from tests.browser.trace_states import TRACE_STATES
from tests.web.test_demo import PretendWorld
from tests.web.test_overview import FIVE, INVOICES
from tests.web.world import ADA, ANNA, MASTER, OTTO, PASSWORDS, STAFF, World

TEN = tuple(
    f"{number}.somebody.with.a.long.name@department.of.something.example.org"
    for number in range(10)
)
LONG = "somebody.with.a.very.long.name@a.department.of.a.very.long.organisation.example.org"


@dataclass(frozen=True)
class Visit:
    """A page of a browser, the pages' address, and the world behind them."""

    page: Page
    base: str
    world: World

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def press(self, name: str) -> None:
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def sign_in(self, login: str = ANNA) -> None:
        self.open("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORDS[login])
        self.press("Sign in")

    def search(self, text: str) -> None:
        """As an operator, who types at once: the field has the cursor."""
        self.sign_in(OTTO)
        self.page.wait_for_load_state("load")
        expect(self.page.locator("#q")).to_be_focused()
        self.page.keyboard.type(text)

    def act_for_anna(self) -> None:
        self.search("anna")
        self.page.locator("main").get_by_role("button", name="Act for this mailbox").click()

    def fill(self, *to: str, copy: str = "inbox", **fields: str) -> None:
        self.sign_in()
        self.open("/forward")
        self.page.fill("#to-0", ", ".join(to))
        self.page.check(f"#copy-{copy}")
        for name, value in fields.items():
            self.page.fill(f"#{name}", value)

    def save(self, *to: str, copy: str = "inbox", **fields: str) -> None:
        self.fill(*to, copy=copy, **fields)
        self.press("Continue")
        self.press("Save")


def sign_in(visit: Visit) -> None:
    visit.open("/sign-in")


def sign_in_refused(visit: Visit) -> None:
    visit.open("/sign-in")
    visit.page.fill("#login", ANNA)
    visit.page.fill("#password", "wrong")
    visit.press("Sign in")


def off(visit: Visit) -> None:
    visit.sign_in()


def form(visit: Visit) -> None:
    visit.fill(
        "carla@example.com",
        "john@example.org",
        copy="folder",
        folder="Archive/2027",
        first_day="2027-02-12",
        last_day="2027-03-01",
    )
    visit.page.locator("summary", has_text="More").click()
    visit.page.locator("#preview .flow").wait_for()


def form_rows(visit: Visit) -> None:
    visit.fill("carla@example.com")
    visit.press("Add another address")
    visit.page.locator("#to-1").fill(LONG)
    visit.page.locator("#preview", has_text="somebody").wait_for()


def form_errors(visit: Visit) -> None:
    visit.fill("nonsense", copy="folder", first_day="2027-03-12", last_day="2027-03-01")
    visit.press("Continue")


def too_many(visit: Visit) -> None:
    visit.fill(*TEN)
    visit.press("Continue")


def review(visit: Visit) -> None:
    form(visit)
    visit.press("Continue")
    visit.page.locator("summary").click()


def saved(visit: Visit) -> None:
    visit.save("carla@example.com", LONG, copy="none")


def scheduled(visit: Visit) -> None:
    visit.save("carla@example.com", first_day="2027-02-12", last_day="2027-03-01")


def paused(visit: Visit) -> None:
    visit.save("carla@example.com")
    visit.open("/change/pause")
    visit.press("Pause")


def pause_question(visit: Visit) -> None:
    visit.save("carla@example.com")
    visit.open("/change/pause")


def broken(visit: Visit) -> None:
    visit.world.give(FIVE)
    visit.sign_in()


def foreign(visit: Visit) -> None:
    visit.world.give(INVOICES)
    visit.sign_in()


def superseded(visit: Visit) -> None:
    visit.save("carla@example.com")
    visit.world.give(INVOICES)
    visit.open("/")


def elsewhere(visit: Visit) -> None:
    visit.save("carla@example.com")
    visit.world.give(visit.world.scripts()["sieve-manager"] + b"keep;\r\n", name="sieve-manager")
    visit.open("/")
    visit.page.locator("summary").click()


def meanwhile(visit: Visit) -> None:
    form(visit)
    visit.world.give(INVOICES)
    visit.press("Continue")


def audit(visit: Visit) -> None:
    visit.save("bruno@example.net")
    visit.page.locator("main").get_by_text("Saved.").wait_for()
    visit.open("/history")
    visit.page.get_by_role("link", name="Who did what").click()


def history(visit: Visit) -> None:
    paused(visit)
    visit.open("/history")


def version(visit: Visit) -> None:
    visit.save("carla@example.com")
    visit.open("/history/1")


def scripts(visit: Visit) -> None:
    visit.world.give(INVOICES)
    visit.sign_in()
    visit.open("/scripts")


def script(visit: Visit) -> None:
    visit.world.give(INVOICES)
    visit.sign_in()
    visit.open("/script?name=roundcube")


def long_texts(visit: Visit) -> None:
    """Ten long addresses, a long folder and dates, in the language with the longest words."""
    visit.world.server.capabilities = replace(CAPABILITIES, max_redirects=20)
    visit.fill(*TEN, copy="folder", folder=LONG, first_day="2027-02-12", last_day="2027-03-01")
    visit.press("Continue")
    visit.press("Save")
    visit.open("/language/de?next=/")


def long_form(visit: Visit) -> None:
    long_texts(visit)
    visit.open("/forward")
    visit.page.locator("#preview .flow").wait_for()


def server_down(visit: Visit) -> None:
    visit.sign_in()
    visit.world.app.extensions["sieve_manager"].forwards = _NoServer()
    visit.open("/")


def nothing_yet(visit: Visit) -> None:
    visit.sign_in()
    visit.open("/history")


def signed_out(visit: Visit) -> None:
    visit.sign_in()
    visit.page.get_by_role("button", name="Sign out").click()


def put_back_changed(visit: Visit) -> None:
    """Putting back what another program has changed since."""
    visit.save("carla@example.com")
    visit.world.give(INVOICES)
    visit.open("/history/1/undo")


def help_page(visit: Visit) -> None:
    visit.open("/help")


def not_found(visit: Visit) -> None:
    visit.open("/nowhere")


def demo(visit: Visit) -> None:
    visit.open("/demo")
    visit.press("Send")


def staff_found(visit: Visit) -> None:
    visit.search("example")
    visit.page.locator("#found", has_text="is protected").wait_for()


def policy(visit: Visit) -> None:
    visit.sign_in(OTTO)
    visit.open("/staff/policy")


def tokens(visit: Visit) -> None:
    visit.sign_in(ADA)
    visit.open("/staff/tokens")
    visit.page.fill("#name", "offboarding")
    visit.press("Make the token")
    visit.open("/staff/tokens")
    visit.page.fill("#name", "Not good")
    visit.press("Make the token")
    visit.page.get_by_text("Revoke it", exact=False).first.click()


def token_made(visit: Visit) -> None:
    visit.sign_in(ADA)
    visit.open("/staff/tokens")
    visit.page.fill("#name", "offboarding")
    visit.press("Make the token")


def acting(visit: Visit) -> None:
    visit.world.give(INVOICES)
    visit.act_for_anna()


def acting_form(visit: Visit) -> None:
    visit.act_for_anna()
    visit.open("/forward")
    visit.page.fill("#to-0", "carla@example.com")
    visit.page.fill("#note", "INC-42, has left")
    visit.page.locator("#preview .flow").wait_for()


def acting_question(visit: Visit) -> None:
    """A change for which the reason is asked on the review."""
    acting_form(visit)
    visit.press("Continue")
    visit.press("Save")
    visit.open("/change/pause")


def acting_no_more(visit: Visit) -> None:
    visit.act_for_anna()
    visit.world.people.gone.add(ANNA)
    visit.open("/")


def set_by_staff(visit: Visit) -> None:
    """What the owner sees afterwards."""
    acting_form(visit)
    visit.press("Continue")
    visit.press("Save")
    visit.page.get_by_role("button", name="Sign out").click()
    visit.sign_in()


class _NoServer:
    def overview(self, _access: object) -> Never:
        raise UnreachableError("no answer")


State = Callable[[Visit], None]
STATES: tuple[State, ...] = (
    sign_in, sign_in_refused, off, form, form_rows, form_errors, too_many, review, saved,
    scheduled, paused, pause_question, broken, foreign, superseded, elsewhere, meanwhile,
    audit, history, version, scripts, script, help_page, not_found, demo, long_texts, long_form,
    server_down, nothing_yet, signed_out, put_back_changed, staff_found, policy, tokens,
    token_made,
    acting, acting_form, acting_question, acting_no_more, set_by_staff,
    *CASE_STATES,
    *BATCH_STATES,
    *REGISTER_STATES,
    *TRACE_STATES,
    *ADDRESS_STATES,
    *CONSENT_STATES,
    *MAP_STATES,
)  # fmt: skip


def new_world() -> World:
    """A world with the demo's page, a helpdesk and redirect addresses."""
    return World(
        demo_world=cast(DemoWorld, PretendWorld()),
        master=MASTER,
        staff=STAFF,
        addresses={"domains": ["example.com", "example.org"]},
    )
