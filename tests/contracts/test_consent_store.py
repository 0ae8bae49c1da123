"""The ConsentStore port, in memory and on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sieve_manager.adapters.database.consents import DatabaseConsents
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.memory_consents import MemoryConsents
from sieve_manager.application.consent_ports import ConsentStore, known
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import Consent, ConsentState, Source, SourceKind
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.schedule import Period

AT = datetime(2027, 2, 10, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
_names = count(1)


@pytest.fixture
def store(records: Database | None) -> ConsentStore:
    return DatabaseConsents(records) if records else MemoryConsents()


def address(text: str = "") -> EmailAddress:
    return EmailAddress.parse(text or f"Receiver{next(_names)}@Example.org")


def question(source: Source | None = None, to: EmailAddress | None = None) -> Consent:
    return Consent(
        source=source or Source(kind=SourceKind.MAILBOX, name=f"anna{next(_names)}@example.com"),
        destination=to or address(),
        state=ConsentState.WAITING,
        question=1,
        asked_at=AT,
        at=AT,
    )


def kept(store: ConsentStore, new: Consent) -> Consent:
    found = store.change(None, new)
    assert found is not None
    return found


def test_what_is_kept_is_found_by_its_source_and_its_id(store: ConsentStore) -> None:
    one = kept(store, question())
    other = kept(store, question(one.source))
    kept(store, question(replace(one.source, kind=SourceKind.ADDRESS)))
    assert one.id != other.id
    assert store.of(one.source) == (one, other)
    assert store.get(one.id) == one
    assert store.get(10**9) is None


def test_there_is_one_a_source_and_receiver_however_it_is_written(store: ConsentStore) -> None:
    one = kept(store, question(to=address("Bruno@Example.org")))
    assert store.change(None, question(one.source, address("bruno@example.ORG"))) is None
    assert store.of(one.source) == (one,)
    assert known(store.of(one.source), address("BRUNO@example.org")) == one
    assert known(store.of(one.source), address("carla@example.org")) is None


def test_only_who_knows_the_present_state_changes_it(store: ConsentStore) -> None:
    one = kept(store, question())
    agreed = replace(one, state=ConsentState.AGREED, at=LATER)
    assert store.change(one, agreed) == agreed
    assert store.change(one, replace(one, state=ConsentState.REFUSED, at=LATER)) is None
    assert store.get(one.id) == agreed
    done = replace(agreed, done=True)
    assert store.change(agreed, done) == done
    assert store.change(agreed, done) is None


def test_what_is_not_done_is_pending_the_oldest_first(store: ConsentStore) -> None:
    late = kept(store, replace(question(), at=LATER))
    early = kept(store, question())
    mine = [one for one in store.pending(1000) if one in (late, early)]
    assert mine == [early, late]
    store.change(early, replace(early, done=True))
    assert early.id not in {one.id for one in store.pending(1000)}
    assert len(store.pending(1)) == 1


def test_questions_are_counted_by_owner_and_by_receiver(store: ConsentStore) -> None:
    anna = f"Anna{next(_names)}"
    one = store.change(None, question(), owner=anna)
    assert one is not None
    store.change(None, question(), owner=anna)
    store.change(None, question(to=one.destination), owner=f"bruno of {anna}")
    again = replace(one, question=2, asked_at=LATER, at=LATER)
    store.change(one, again, owner=anna)
    store.change(again, replace(again, done=True), owner=anna)
    assert store.asked(AT, owner=anna) == 3
    assert store.asked(AT, destination=one.destination) == 3
    assert store.asked(LATER, destination=one.destination) == 1
    assert store.asked(LATER, owner=anna) == 1
    assert store.asked(LATER + timedelta(hours=1), owner=anna) == 0


def test_a_sub_address_is_the_same_receiver(store: ConsentStore) -> None:
    name = f"flood{next(_names)}"
    for detail in ("", "+a", "+b"):
        kept(store, question(to=address(f"{name}{detail}@example.org")))
    assert store.asked(AT, destination=address(f"{name.upper()}+c@example.org")) == 3


def test_old_questions_are_not_counted_any_more(store: ConsentStore) -> None:
    old = replace(question(), asked_at=AT - timedelta(days=400))
    owner = f"anna{next(_names)}"
    store.change(None, question(old.source), owner=owner)
    store.change(None, old, owner=owner)
    assert store.forget_questions(AT - timedelta(days=300)) == 1
    assert store.asked(old.asked_at, owner=owner) == 1


def test_a_wish_is_kept_until_it_is_forgotten(store: ConsentStore) -> None:
    login = Login(f"wish{next(_names)}@example.com")
    wish = Forward(
        destinations=(address(), address("zoe@bücher.example")),
        copy=Copy.parse("folder:Späße"),
        period=Period(last_day=AT.date(), timezone="Europe/Zurich"),
        hold_spam=False,
    )
    assert store.wish(login) is None
    store.keep_wish(login, wish)
    assert store.wish(login) == wish
    store.keep_wish(login, replace(wish, hold_spam=True))
    assert store.wish(login) == replace(wish, hold_spam=True)
    store.keep_wish(login, None)
    store.keep_wish(login, None)
    assert store.wish(login) is None
