"""The page of the register in every state that looks different."""

from typing import TYPE_CHECKING

from sieve_manager.application.register_store import Reading
from sieve_manager.domain.mailboxes import Login
from tests.web.test_register import FOUND, entry
from tests.web.world import ADA, ANNA, BRUNO

if TYPE_CHECKING:
    from tests.browser.states import Visit


def register(visit: "Visit") -> None:
    """Some of everything, and more than one part."""
    store = visit.world.register
    sweep = store.take("a", 60)
    assert sweep
    many = tuple(entry("many", f"{'long' * 20}{number}@example.net") for number in range(60))
    readings = [
        Reading(login=Login(ANNA), entries=FOUND, for_operators=True),
        Reading(login=Login(BRUNO), problem="The mailbox is closed for sign-in"),
        Reading(login=Login("many"), entries=many),
    ]
    store.write(sweep, "a", readings, 60)
    store.finish(sweep, "a")
    visit.sign_in(ADA)
    visit.open("/register")


def register_filtered(visit: "Visit") -> None:
    register(visit)
    visit.open("/register?outside=yes&q=many&page=2")


def register_problems(visit: "Visit") -> None:
    register(visit)
    visit.open("/register?problems=yes")


def register_empty(visit: "Visit") -> None:
    visit.sign_in(ADA)
    visit.open("/register?q=nobody")


REGISTER_STATES = (register, register_filtered, register_problems, register_empty)
