"""The AddressStore port, in memory and on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import event

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.redirect_addresses import DatabaseAddresses
from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    AddressVersion,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.history import KEPT_VERSIONS
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import StorageError

ACTOR = Actor(name="ada@example.com", channel=Channel.CLI, role=Role.ADMINISTRATOR)
AT = datetime(2026, 11, 23, 9, 0, 0, 250000, tzinfo=UTC)
OTTO = Login("otto@example.com")
_domains = count(1)


@pytest.fixture(scope="module")
def store(records: Database | None) -> MemoryAddresses | DatabaseAddresses:
    return DatabaseAddresses(records) if records else MemoryAddresses()


@pytest.fixture
def at() -> Callable[[str], EmailAddress]:
    """Addresses in a domain that no other test has."""
    domain = f"d{next(_domains)}.example.com"
    return lambda local: EmailAddress(local, domain)


def leading(address: EmailAddress, *to: str, note: str = "", **more: object) -> RedirectAddress:
    destinations = tuple(EmailAddress(*one.split("@")) for one in to or ("b@example.net",))
    forward = Forward(destinations=destinations, copy=NOTHING_STAYS, hold_spam=False, note=note)
    return replace(RedirectAddress(address=address, forward=forward), **more)


def change(
    store: AddressStore, before: RedirectAddress | None, after: RedirectAddress | None
) -> AddressVersion | None:
    one = after or before
    assert one
    new = NewAddressVersion(
        address=one.address,
        at=AT,
        actor=ACTOR,
        change=AddressChange.SET if after else AddressChange.DELETE,
        before=before,
        after=after,
    )
    return store.write(new, fingerprint_of(before))


def test_an_address_comes_back_as_it_was_kept(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    forward = Forward(
        destinations=(EmailAddress("B.c+d", "xn--bcher-kva.example"), EmailAddress("a", "x.org")),
        copy=NOTHING_STAYS,
        period=Period(
            first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), timezone="Europe/Zurich"
        ),
        hold_spam=False,
        paused=True,
        note="für “Erika”\n'; DROP TABLE x",
    )
    whole = RedirectAddress(
        address=at("Sales"), forward=forward, owner=OTTO, moved_to=EmailAddress("new", "x.org")
    )
    change(store, None, whole)
    assert store.get(at("Sales")) == whole
    kept = store.get(at("sALES"))
    assert kept
    assert (str(kept.address), kept.forward.note) == (str(whole.address), forward.note)
    assert [str(one) for one in kept.forward.destinations] == [
        "B.c+d@xn--bcher-kva.example",
        "a@x.org",
    ]
    alias = leading(at("alias"), "otto@example.com", kind=AddressKind.ALIAS)
    change(store, None, alias)
    assert store.get(at("alias")) == alias


def test_those_that_end_between_two_instants_are_found(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    period = Period(last_day=date(2031, 3, 31), timezone="Europe/Zurich")
    ends = datetime(2031, 3, 31, 21, 59, 59, tzinfo=UTC)
    for local in ("b", "a", "gone"):
        forward = replace(leading(at(local)).forward, period=period)
        change(store, None, replace(leading(at(local)), forward=forward))
    change(store, None, leading(at("never")))
    gone = store.get(at("gone"))
    change(store, gone, None)
    second = timedelta(seconds=1)
    found = [one.address for one in store.ending(ends, ends + second)]
    assert [one for one in found if one.domain == at("a").domain] == [at("a"), at("b")]
    assert store.ending(ends - second, ends) == ()
    assert store.ending(ends + second, ends + 2 * second) == ()


def test_the_changes_of_all_addresses_since_an_instant_are_found(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    made: list[AddressVersion | None] = []
    for local, days in (("b", 2), ("a", 1), ("a", 3)):
        kept = store.get(at(local))
        new = NewAddressVersion(
            address=at(local),
            at=AT + timedelta(days=days),
            actor=ACTOR,
            change=AddressChange.SET,
            before=kept,
            after=leading(at(local), f"x{days}@example.net"),
        )
        made.append(store.write(new, fingerprint_of(kept)))

    def since(days: int) -> list[AddressVersion]:
        found = store.recent(AT + timedelta(days=days))
        return [one for one in found if one.new.address.domain == at("a").domain]

    b, first, second = made
    assert since(1) == [first, b, second]
    assert since(3) == [second]
    assert since(4) == []


def test_an_address_that_never_was_is_none(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    assert store.get(at("nobody")) is None
    assert store.versions(at("nobody")) == ()


def test_each_change_has_its_place_in_the_history(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    one, two = leading(at("a")), leading(at("a"), "c@example.net", note="moved")
    first = change(store, None, one)
    new = NewAddressVersion(
        address=at("A"),
        at=AT + timedelta(days=1),
        actor=ACTOR,
        change=AddressChange.UNDO,
        before=one,
        after=two,
        note="because",
        ticket="T-1",
        undoes=1,
    )
    second = store.write(new, fingerprint_of(one))
    assert first
    assert second == AddressVersion(number=2, new=new)
    assert store.versions(at("a")) == (second, first)
    assert second.new.after
    found = store.versions(at("a"))[0].new.after
    assert found
    assert found.forward.note == "moved"


def test_what_was_changed_meanwhile_is_not_overwritten(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    one = leading(at("a"))
    assert change(store, None, one)
    assert change(store, None, leading(at("a"), "c@example.net")) is None
    assert change(store, leading(at("a"), note="other"), None) is None
    assert store.get(at("a")) == one
    assert len(store.versions(at("a"))) == 1


def test_of_several_writers_at_once_one_wins(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    barrier = Barrier(4, timeout=20)

    def attempt(number: int, before: RedirectAddress | None) -> AddressVersion | None:
        barrier.wait()
        return change(store, before, leading(at("a"), f"w{number}@example.net"))

    before: RedirectAddress | None = None
    with ThreadPoolExecutor(4) as pool:
        for turn in range(5):
            some = range(4 * turn, 4 * turn + 4)
            won = [one for one in pool.map(partial(attempt, before=before), some) if one]
            assert [one.number for one in won] == [turn + 1]
            before = store.get(at("a"))
            assert before == won[0].new.after


def test_history_and_address_are_kept_together_or_not_at_all(
    records: Database | None, store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    if records is None:
        return  # nothing of it can fail halfway
    one = leading(at("a"))
    change(store, None, one)

    def fail(*called: object) -> None:
        if "INSERT INTO redirect_targets" in str(called[2]):
            raise StorageError("cut off")

    with records.connection() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(StorageError, match="cut off"):
            change(store, one, leading(at("a"), "cut@example.net"))
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert store.get(at("a")) == one
    assert len(store.versions(at("a"))) == 1
    assert store.leading_to([EmailAddress("cut", "example.net")]) == ()


def test_the_newest_change_can_be_taken_back(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    one, two = leading(at("a")), leading(at("a"), "c@example.net")
    first, second = change(store, None, one), change(store, one, two)
    assert first
    assert second
    assert not store.take_back(first)
    assert store.take_back(second)
    assert store.get(at("a")) == one
    assert store.versions(at("a")) == (first,)
    assert store.take_back(first)
    assert store.get(at("a")) is None
    assert not store.take_back(first)


def test_another_change_of_the_same_number_is_not_taken_back(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    first = change(store, None, leading(at("a")))
    assert first
    store.take_back(first)
    other = leading(at("a"), "c@example.net")
    change(store, None, other)
    assert not store.take_back(first)
    assert store.get(at("a")) == other


def test_an_address_that_was_deleted_can_be_made_anew(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    one = leading(at("a"))
    change(store, None, one)
    change(store, one, None)
    assert store.get(at("a")) is None
    assert store.found(domains=frozenset({at("a").domain})) == ()
    assert one not in store.leading_to([EmailAddress("b", "example.net")])
    assert change(store, one, leading(at("a"), "c@example.net")) is None
    again = change(store, None, leading(at("a"), "c@example.net"))
    assert again
    assert again.number == 3
    assert [one.new.after is None for one in store.versions(at("a"))] == [False, True, False]


def test_of_many_changes_the_newest_are_kept(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    before = None
    for number in range(KEPT_VERSIONS + 2):
        after = leading(at("a"), f"c{number}@example.net")
        change(store, before, after)
        before = after
    numbers = [one.number for one in store.versions(at("a"))]
    assert numbers == list(range(KEPT_VERSIONS + 2, 2, -1))


def test_addresses_are_found_by_their_text_owner_kind_and_domain(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    many = [
        leading(at("c"), "x_y@example.net", owner=OTTO),
        leading(at("B"), "xzy@example.net", note="50% of ALL\\Ärger"),
        leading(at("a"), "otto@example.com", kind=AddressKind.ALIAS),
        leading(at("*"), "late@xn--bcher-kva.example"),
    ]
    for one in many:
        change(store, None, one)
    domains = frozenset({at("a").domain})

    def found(text: str = "", **more: object) -> list[str]:
        return [one.address.local for one in store.found(text, domains=domains, **more)]

    assert found() == ["*", "a", "B", "c"], "by address; the one for all others first"
    assert found("X_Y@") == ["c"], "a wildcard is a sign like any other"
    assert found("50%") == found("%") == ["B"]
    assert found("\\ärg") == ["B"]
    assert found("b@d") == ["B"]
    assert found("bücher") == found("xn--bch") == ["*"]
    assert found("nothing like it") == found("\x00") == []
    assert found(owner=OTTO) == ["c"]
    assert found(owner=Login("xtto@example.com")) == []
    assert found(kind=AddressKind.ALIAS) == ["a"]
    assert found(kind=AddressKind.REDIRECT, owner=OTTO) == ["c"]
    assert found(limit=2) == ["*", "a"]
    assert found(offset=2, limit=1) == ["B"]
    assert found(offset=4) == []
    elsewhere = frozenset({"elsewhere.example.com"})
    assert store.found(domains=elsewhere) == ()
    assert at("c") in {one.address for one in store.found(domains=elsewhere, or_owner=OTTO)}
    # Of other domains, what he owns since an earlier test may be there, too.
    both = store.found(domains=domains, or_owner=OTTO)
    assert [one.address.local for one in both if one.address.domain in domains] == found()
    assert store.found("50%", domains=elsewhere, or_owner=OTTO) == ()
    every = {one.address for one in store.found(limit=10_000)}
    assert every >= {one.address for one in many}, "without a domain: of all"


def test_addresses_are_found_by_where_they_lead(
    store: AddressStore, at: Callable[[str], EmailAddress]
) -> None:
    one, two = (
        leading(at("a"), "b@example.org", f"c@{at('x').domain}"),
        leading(at("b"), f"C@{at('x').domain}"),
    )
    change(store, None, two)
    change(store, None, one)
    both = store.leading_to([at("C"), EmailAddress("nobody", "example.org")])
    assert both == (one, two)
    many = [EmailAddress(f"x{number}", "example.org") for number in range(1200)]
    assert store.leading_to([*many, at("c")]) == (one, two)
    change(store, two, leading(at("b"), "elsewhere@example.org"))
    assert store.leading_to([at("c")]) == (one,)
    assert store.leading_to([]) == ()


def test_what_changed_since_a_revision_is_told(
    store: MemoryAddresses | DatabaseAddresses, at: Callable[[str], EmailAddress]
) -> None:
    before = store.changes(0).revision
    one, catch_all = leading(at("A")), leading(at("*"))
    change(store, None, one)
    change(store, None, catch_all)
    key, domain = f"a@{at('a').domain}", at("a").domain
    found = store.changes(before)
    assert found.addresses == {key: one, f"@{domain}": catch_all}
    assert store.changes(found.revision).addresses == {}
    change(store, one, None)
    after = store.changes(found.revision)
    assert after.addresses == {key: None}
    assert after.revision > found.revision
    assert store.changes(0).addresses.items() >= {key: None, f"@{domain}": catch_all}.items()
