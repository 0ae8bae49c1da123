"""The Proofs port, in memory and on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.proofs import DatabaseProofs
from sieve_manager.adapters.memory_proofs import MemoryProofs
from sieve_manager.application.proving import Proofs
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.proof import Proof

AT = datetime(2027, 2, 10, 12, tzinfo=UTC)
_numbers = count(1)


@pytest.fixture
def store(records: Database | None) -> Proofs:
    return DatabaseProofs(records) if records else MemoryProofs()


def proof(actor: str = "", sent_at: datetime = AT) -> Proof:
    number = next(_numbers)
    return Proof(
        mark=f"{number:032x}",
        actor=actor or f"actor{number}",
        address=EmailAddress.parse("Anna@example.com"),
        sent_at=sent_at,
        logins=(Login("anna@example.com"), Login("zoë")),
    )


def test_what_is_under_way_is_found_until_it_is_clean(store: Proofs) -> None:
    one = proof()
    assert store.get(one.mark) is None
    store.add(one)
    assert store.get(one.mark) == one
    assert one in store.before(AT + timedelta(seconds=1))
    assert one not in store.before(AT)
    store.clean(one.mark)
    assert store.get(one.mark) is None
    assert one not in store.before(AT + timedelta(days=1))


def test_those_that_are_clean_still_count(store: Proofs) -> None:
    one = proof()
    store.add(one)
    store.add(replace(proof(one.actor), sent_at=AT + timedelta(minutes=5)))
    store.clean(one.mark)
    assert store.sent_by(one.actor, AT) == 2
    assert store.sent_by(one.actor, AT + timedelta(minutes=1)) == 1
    assert store.sent_by("nobody", AT) == 0
