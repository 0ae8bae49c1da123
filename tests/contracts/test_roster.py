"""The Roster port, in memory and on both databases."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.roster import DatabaseRoster
from sieve_manager.adapters.memory_ledger import MemoryRoster
from sieve_manager.application.duties import Roster
from tests.contracts.test_ledger import Clock

_numbers = itertools.count()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def roster(records: Database | None, clock: Clock) -> Roster:
    return DatabaseRoster(records, clock) if records else MemoryRoster(clock)


@pytest.fixture
def duty() -> str:
    """A duty that no other test has."""
    return f"duty-{next(_numbers)}"


def test_a_duty_is_done_by_one_at_a_time(roster: Roster, duty: str) -> None:
    assert roster.take(duty, "a", 60)
    assert not roster.take(duty, "b", 60)
    assert not roster.take(duty, "a", 60)
    assert roster.take(f"other-{duty}", "b", 60)


def test_a_duty_that_was_done_is_due_later(roster: Roster, duty: str, clock: Clock) -> None:
    roster.take(duty, "a", 60)
    roster.finish(duty, "a", 100)
    clock.pass_seconds(99)
    assert not roster.take(duty, "b", 60)
    clock.pass_seconds(1)
    assert roster.take(duty, "b", 60)


def test_a_duty_of_a_killed_process_comes_free(roster: Roster, duty: str, clock: Clock) -> None:
    roster.take(duty, "a", 60)
    clock.pass_seconds(60)
    assert roster.take(duty, "b", 60)
    roster.finish(duty, "a", 100)  # it was not killed after all, and has lost it
    assert not roster.take(duty, "c", 60)
    roster.finish(duty, "b", 0)
    assert roster.take(duty, "c", 60)


def test_a_renewed_duty_stays(roster: Roster, duty: str, clock: Clock) -> None:
    roster.take(duty, "a", 60)
    clock.pass_seconds(50)
    roster.renew(duty, "a", 60)
    roster.renew(duty, "b", 600)
    clock.pass_seconds(50)
    assert not roster.take(duty, "b", 60)
    clock.pass_seconds(10)
    assert roster.take(duty, "b", 60)


def test_of_many_only_one_takes_a_duty(roster: Roster, duty: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        took = list(threads.map(lambda number: roster.take(duty, f"h{number}", 60), range(6)))
    assert sorted(took) == [False] * 5 + [True]
