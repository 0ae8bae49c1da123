"""Receivers who are asked first, in every state that looks different."""

from typing import TYPE_CHECKING

from tests.web.test_consent import POLICY, link, press
from tests.web.world import MASTER, STAFF, World

if TYPE_CHECKING:
    from tests.browser.states import Visit

_LONG = "somebody.with.a.very.long.name@a.department.of.a.very.long.organisation.example.org"
_SHORT = "bruno@example.net"


def consent_review(visit: "Visit") -> None:
    """Before the save: who must agree first."""
    _ask_first(visit)
    visit.fill(_LONG, _SHORT, "dora@example.com")
    visit.press("Continue")


def consent_waiting(visit: "Visit") -> None:
    """After it: who is waited for, and who refused."""
    world = _ask_first(visit)
    visit.save(_LONG, _SHORT)
    press(world, link(world, _SHORT), "refuse")
    visit.open("/")


def consent_question(visit: "Visit") -> None:
    world = _ask_first(visit)
    visit.save(_LONG)
    visit.open(link(world, _LONG))


def consent_given(visit: "Visit") -> None:
    consent_question(visit)
    visit.press("I agree")


def consent_stop(visit: "Visit") -> None:
    world = _ask_first(visit)
    visit.save(_LONG)
    press(world, link(world, _LONG), "agree")
    visit.open(link(world, _LONG))


def consent_void(visit: "Visit") -> None:
    visit.open("/consent/answer.1.1.x")


def _ask_first(visit: "Visit") -> World:
    """Another world behind the same pages: its policy asks receivers outside."""
    world = World(policy=POLICY, master=MASTER, staff=STAFF)
    shown = visit.world.app.extensions["sieve_manager"]
    vars(shown).update(vars(world.app.extensions["sieve_manager"]))
    return world


CONSENT_STATES = (
    consent_review,
    consent_waiting,
    consent_question,
    consent_given,
    consent_stop,
    consent_void,
)
