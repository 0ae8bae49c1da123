"""The SentNotices port, in memory and on both databases."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.sent_notices import DatabaseNotices
from sieve_manager.adapters.memory_notices import MemoryNotices
from sieve_manager.application.case_notices import NoticeKey, NoticeKind, SentNotices, Told

AT = datetime(2027, 2, 10, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
_numbers = count(1000)


@pytest.fixture
def notices(records: Database | None) -> SentNotices:
    return DatabaseNotices(records) if records else MemoryNotices()


def key(number: int, about: str = "", kind: NoticeKind = NoticeKind.DESTINATION) -> NoticeKey:
    return NoticeKey(kind=kind, number=number, about=about)


def test_what_was_sent_is_known_by_its_whole_key(notices: SentNotices) -> None:
    number = next(_numbers)
    one, other = key(number, "a@example.org"), key(number, "b@example.org")
    assert notices.of(one.kind, [number]) == {}
    notices.sent([one], AT)
    assert notices.of(one.kind, [number]) == {one: Told(since=AT, sent=AT)}
    assert notices.of(NoticeKind.OWNER, [number]) == {}
    notices.sent([one, other], LATER)
    assert notices.of(one.kind, [number]) == {
        one: Told(since=AT, sent=LATER),
        other: Told(since=LATER, sent=LATER),
    }


def test_what_is_wanted_waits_until_it_is_sent(notices: SentNotices) -> None:
    wanted = key(next(_numbers), "a@example.org", NoticeKind.UNWANTED)
    notices.want(wanted, AT)
    notices.want(wanted, LATER)
    assert notices.waiting(NoticeKind.UNWANTED)[wanted] == Told(since=AT)
    notices.sent([wanted], LATER)
    notices.want(wanted, LATER)
    assert wanted not in notices.waiting(NoticeKind.UNWANTED)
    assert notices.of(wanted.kind, [wanted.number]) == {wanted: Told(since=AT, sent=LATER)}


def test_many_numbers_are_asked_for_at_once(notices: SentNotices) -> None:
    numbers = [next(_numbers) for _ in range(1100)]
    keys = [key(number) for number in numbers]
    notices.sent(keys, AT)
    assert set(notices.of(NoticeKind.DESTINATION, numbers)) == set(keys)
    assert notices.of(NoticeKind.DESTINATION, []) == {}


def test_only_the_old_ones_of_a_kind_are_forgotten(notices: SentNotices) -> None:
    numbers = [next(_numbers) for _ in range(3)]
    old = key(numbers[0], kind=NoticeKind.OWNER)
    new = key(numbers[1], kind=NoticeKind.OWNER)
    other = key(numbers[2])
    notices.sent([old, other], AT - timedelta(days=900))
    notices.sent([new], AT)
    assert notices.prune(NoticeKind.OWNER, AT - timedelta(days=1)) == 1
    assert set(notices.of(NoticeKind.OWNER, numbers)) == {new}
    assert set(notices.of(NoticeKind.DESTINATION, numbers)) == {other}
