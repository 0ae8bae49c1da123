"""The English sentences about a mailbox."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sieve_manager.application.status import Status
from sieve_manager.cli.words import foreign, moment, sentences
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.schedule import Period, parse_day
from sieve_manager.policy.policy import Policy
from tests.application.world import ACCESS, World, forward


def said(wanted: Forward) -> str:
    world = World(policy=Policy(internal_domains=frozenset({"example.com"})))
    world.forwards.set_forward(ACCESS, wanted, None)
    return " ".join(sentences(world.forwards.overview(ACCESS)))


def period(first: str, last: str) -> Period:
    return Period(
        first_day=parse_day(first, where="first_day"),
        last_day=parse_day(last, where="last_day"),
        timezone="Europe/Zurich",
    )


def test_destinations_are_marked_inside_or_outside() -> None:
    text = said(forward("b@example.com", "c@example.net"))
    assert text.startswith(
        "Every new message is forwarded to b@example.com, c@example.net (outside)."
    )


@pytest.mark.parametrize(
    ("copy", "words"),
    [
        ("inbox", "stays in the inbox; other"),
        ("read", "marked as read"),
        ("trash", "goes into Trash"),
        ("none", "No copy stays"),
        ("folder:Old", "folder “Old”"),
    ],
)
def test_every_copy_has_its_sentence(copy: str, words: str) -> None:
    assert words in said(forward(copy=copy))


def test_days_are_said_with_their_zone() -> None:
    dated = replace(forward(), period=period("2027-03-01", "2027-03-31"))
    assert said(dated).startswith(
        "From 2027-03-01 until the end of 2027-03-31 (Europe/Zurich), every new message"
    )


def test_a_paused_forward() -> None:
    assert "is paused. Mail stays in this mailbox." in said(forward(paused=True))


def test_a_paused_forward_beside_one_of_others_keeps_nothing_for_certain() -> None:
    world = World()
    world.give(b'redirect "a@example.net";')
    world.forwards.set_forward(ACCESS, forward(paused=True), None)
    text = " ".join(sentences(world.forwards.overview(ACCESS)))
    assert "Mail stays" not in text
    assert "Another filter forwards every message to a@example.net." in text


def test_an_ended_forward() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, replace(forward(), period=period("", "2027-02-10")), None)
    world.now = datetime(2027, 2, 12, tzinfo=UTC)
    assert "ended on 2027-02-10" in " ".join(sentences(world.forwards.overview(ACCESS)))


def _with(octets: bytes) -> Status:
    world = World()
    world.give(octets)
    return world.forwards.overview(ACCESS)


def test_scripts_that_cannot_run_come_first() -> None:
    status = _with(b'require "include"; include :personal "gone";')
    text = list(sentences(status))
    assert text[0] == "Filters are switched on, but the mail server cannot run them:"
    assert text[-1].startswith("Until that is mended")


def test_a_rule_of_ours_that_was_changed_by_hand() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    changed = world.scripts["sieve-manager"].replace(b"redirect", b"discard; redirect")
    world.give(changed, "sieve-manager")
    assert "changed by hand" in " ".join(sentences(world.forwards.overview(ACCESS)))


def test_a_forward_in_a_script_that_is_not_active_any_more() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    world.give(b"keep;", "theirs")
    text = " ".join(sentences(world.forwards.overview(ACCESS)))
    assert "is in a script that is not active any more" in text


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b'redirect "a@example.net";', "Another filter forwards every message to a@example.net."),
        (
            b'require "variables"; set "x" "a@example.net"; redirect "${x}";',
            "forwards every message to an address that is worked out for each one.",
        ),
    ],
)
def test_redirects_of_others(octets: bytes, words: str) -> None:
    (redirect,) = _with(octets).foreign_redirects
    assert words in foreign(redirect)


def test_moments_carry_the_name_of_the_zone() -> None:
    instant = datetime(2027, 1, 31, 23, tzinfo=UTC)
    assert moment(instant, "Europe/Zurich") == "2027-02-01 00:00 (Europe/Zurich)"
