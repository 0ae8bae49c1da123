"""Every page in every state that looks different, and how to get there by mouse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from playwright.sync_api import Page

from sieve_manager.demo.world import DemoWorld
from tests.web.test_demo import PretendWorld
from tests.web.test_overview import FIVE, INVOICES
from tests.web.world import ANNA, PASSWORDS, World

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

    def sign_in(self) -> None:
        self.open("/sign-in")
        self.page.fill("#login", ANNA)
        self.page.fill("#password", PASSWORDS[ANNA])
        self.press("Sign in")

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


def help_page(visit: Visit) -> None:
    visit.open("/help")


def not_found(visit: Visit) -> None:
    visit.open("/nowhere")


def demo(visit: Visit) -> None:
    visit.open("/demo")
    visit.press("Send")


State = Callable[[Visit], None]
STATES: tuple[State, ...] = (
    sign_in, sign_in_refused, off, form, form_rows, form_errors, review, saved, scheduled, paused,
    pause_question, broken, foreign, superseded, elsewhere, meanwhile, history, version, scripts,
    script, help_page, not_found, demo,
)  # fmt: skip


def new_world() -> World:
    """A world with the demo's page."""
    return World(demo_world=cast(DemoWorld, PretendWorld()))
