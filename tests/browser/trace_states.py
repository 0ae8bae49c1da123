"""The page about the way of a message in every state that looks different."""

from typing import TYPE_CHECKING

from sieve_manager.application.register_store import Reading
from sieve_manager.domain.mailboxes import Login
from tests.application.test_whole_chart import leads
from tests.web.test_register import SUBJECT, entry
from tests.web.world import ADA, ANNA, BRUNO

if TYPE_CHECKING:
    from tests.browser.states import Visit

_LONG = "somebody.with.a.long.name@department.of.something.example.org"


def trace(visit: "Visit") -> None:
    """Every kind of place, and everything that can be wrong."""
    store, addresses = visit.world.register, visit.world.addresses
    sweep = store.take("a", 60)
    assert sweep
    forwards = (
        entry(ANNA, "team@example.com"),
        entry(ANNA, "", kept=None),
        entry(ANNA, _LONG, kept=False, conditions=(SUBJECT,)),
        entry(ANNA, "gone@example.com"),
    )
    readings = [
        Reading(login=Login(ANNA), entries=forwards),
        Reading(login=Login(BRUNO), entries=(entry(BRUNO, ANNA), entry(BRUNO, _LONG))),
    ]
    written = store.write(sweep, "a", readings, 60)
    assert written
    store.finish(written, "a")
    for kept in (leads("team", "bruno", "old"), leads("old", "bruno", paused=True)):
        addresses.kept[str(kept.address)] = kept
    visit.sign_in(ADA)
    visit.open(f"/trace?address={ANNA}")


def trace_large(visit: "Visit") -> None:
    many = [f"{'long' * 9}{number}@example.net" for number in range(60)]
    for kept in (leads("all", "many", "few"), leads("many", *many), leads("few", "y@example.net")):
        visit.world.addresses.kept[str(kept.address)] = kept
    visit.sign_in(ADA)
    visit.open("/trace?address=all@example.com")


def trace_own(visit: "Visit") -> None:
    trace(visit)
    visit.page.get_by_role("button", name="Sign out").click()
    visit.sign_in()
    visit.open("/trace")


def trace_wrong(visit: "Visit") -> None:
    visit.sign_in(ADA)
    visit.open("/trace?address=nonsense")


TRACE_STATES = (trace, trace_large, trace_own, trace_wrong)
