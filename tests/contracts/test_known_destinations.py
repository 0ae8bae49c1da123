"""The KnownDestinations port, in memory and on both databases."""

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.known_destinations import DatabaseKnownDestinations
from sieve_manager.adapters.memory_records import MemoryKnownDestinations
from sieve_manager.application.ports import KnownDestinations
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login

A, B = EmailAddress("Anna", "example.org"), EmailAddress("b+c", "xn--bcher-kva.example")


@pytest.fixture
def known(records: Database | None) -> KnownDestinations:
    return DatabaseKnownDestinations(records) if records else MemoryKnownDestinations()


def test_nobody_was_told_of_anything_at_first(known: KnownDestinations, login: Login) -> None:
    assert known.told(login) == frozenset()


def test_what_was_remembered_last_is_known(known: KnownDestinations, login: Login) -> None:
    known.remember(login, [A, B])
    assert known.told(login) == {A, B}
    known.remember(login, [B])
    assert known.told(login) == {B}
    known.remember(login, [])
    assert known.told(login) == frozenset()


def test_owners_are_told_apart(known: KnownDestinations, login: Login) -> None:
    known.remember(login, [A])
    assert known.told(Login("x" + login.text)) == frozenset()
