"""The chain of the audit log: its form, and what a look along it finds."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import (
    FIRST_DIGEST,
    UNREADABLE,
    AuditEntry,
    AuditRecord,
    Fault,
    FaultKind,
    Mark,
    Marks,
    Result,
    canonical,
    chained,
    digest_of,
    line_of,
    read_canonical,
    verify,
)
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role

OTTO = Actor(name="otto@example.com", channel=Channel.WEB, role=Role.OPERATOR, address="192.0.2.1")
ENTRY = AuditEntry(
    at=datetime(2026, 12, 2, 9, 30, tzinfo=UTC),
    actor=OTTO,
    action="forward.set",
    result=Result.DONE,
    mailbox=Login("anna@example.com"),
    ticket="4711",
    reason="Left us: “für Anna”",
    before="a" * 64,
    after="b" * 64,
    to=("a@example.com", "b@example.org"),
    detail="change 3",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXT = st.text(max_size=20)  # with NUL, surrogates' neighbours, marks of direction, line ends


def records(count: int = 5) -> tuple[AuditRecord, ...]:
    return chained([replace(ENTRY, detail=str(number)) for number in range(count)], Mark())


def marks(kept: tuple[AuditRecord, ...]) -> Marks:
    head = Mark(number=kept[-1].number, digest=kept[-1].digest) if kept else Mark()
    return Marks(pruned=Mark(), head=head)


def test_the_form_that_is_hashed_stays_as_it_is() -> None:
    small = AuditEntry(
        at=ENTRY.at, actor=Actor(name="root", channel=Channel.CLI), action="x", result=Result.DONE
    )
    text = (
        '{"action":"x","actor":"root","at":"2026-12-02T09:30:00.000000+00:00","channel":"cli",'
        '"result":"done","role":"owner"}'
    )
    assert canonical(small) == text
    assert digest_of(small, 1, FIRST_DIGEST) == (
        "464abba05db6762e5d85fef332214b5c19149b6adf93d0a4547e21ed1b9e3936"
    )


@settings(max_examples=50)
@given(name=TEXT, reason=TEXT, detail=TEXT, at=st.integers(1, 4_000_000_000_000_000))
def test_every_entry_is_read_as_it_was_kept(name: str, reason: str, detail: str, at: int) -> None:
    actor = replace(OTTO, name=name)
    entry = replace(
        ENTRY, actor=actor, reason=reason, detail=detail, at=EPOCH + timedelta(microseconds=at)
    )
    assert read_canonical(canonical(entry)) == entry
    line = line_of(AuditRecord(number=1, digest=FIRST_DIGEST, entry=entry))
    assert line.isascii()
    assert line.isprintable()


@pytest.mark.parametrize(
    "text", ["", "[]", "7", "{}", '{"at":5}', canonical(ENTRY).replace('"done"', '"won"')]
)
def test_what_is_no_entry_is_told_apart(text: str) -> None:
    assert read_canonical(text) is UNREADABLE


def test_a_chain_that_nobody_touched_has_no_faults() -> None:
    for count in range(4):
        kept = records(count)
        assert list(verify(kept, marks(kept))) == []


Meddle = Callable[[tuple[AuditRecord, ...]], tuple[AuditRecord, ...]]
FORGED = replace(ENTRY, actor=replace(OTTO, name="bruno@example.com"))


def rewritten(record: AuditRecord, before: str) -> AuditRecord:
    digest = digest_of(FORGED, record.number, before)
    return AuditRecord(number=record.number, digest=digest, entry=FORGED)


@pytest.mark.parametrize(
    ("meddle", "faults"),
    [
        (lambda r: (r[0], replace(r[1], entry=FORGED), *r[2:]), [(2, FaultKind.CHANGED)]),
        (lambda r: (r[0], replace(r[1], entry=UNREADABLE), *r[2:]), [(2, FaultKind.CHANGED)]),
        # Its digest was made anew: the next one does not follow it.
        (lambda r: (r[0], rewritten(r[1], r[0].digest), *r[2:]), [(3, FaultKind.CHANGED)]),
        (lambda r: (*r[:4], rewritten(r[4], r[3].digest)), [(5, FaultKind.TAIL)]),
        (lambda r: (*r[:1], *r[3:]), [(4, FaultKind.GAP)]),
        (lambda r: r[1:], [(2, FaultKind.GAP)]),
        (lambda r: r[:4], [(5, FaultKind.TAIL)]),
        (lambda r: (), [(5, FaultKind.TAIL)]),
        (
            lambda r: (replace(r[0], entry=FORGED), *r[2:4]),
            [(1, FaultKind.CHANGED), (3, FaultKind.GAP), (5, FaultKind.TAIL)],
        ),
    ],
)
def test_a_fault_is_found_with_its_number(
    meddle: Meddle, faults: list[tuple[int, FaultKind]]
) -> None:
    kept = records()
    found = list(verify(meddle(kept), marks(kept)))
    assert found == [Fault(number=number, kind=kind) for number, kind in faults]


def test_a_pruned_chain_begins_after_its_mark() -> None:
    kept = records()
    pruned = Mark(number=2, digest=kept[1].digest)
    assert list(verify(kept[2:], replace(marks(kept), pruned=pruned))) == []
    wrong = replace(pruned, digest="f" * 64)
    assert list(verify(kept[2:], replace(marks(kept), pruned=wrong))) == [
        Fault(number=3, kind=FaultKind.CHANGED)
    ]


def test_entries_written_while_somebody_looks_are_no_fault() -> None:
    kept = records(6)
    assert list(verify(kept, marks(kept[:4]))) == []


@pytest.mark.parametrize(
    "text",
    [
        canonical(ENTRY)[:-1] + ',"note":"added"}',
        canonical(ENTRY).replace(",", ", "),
        re.sub('"at":"[^"]*"', '"at":"0001-01-01T00:00:00+14:00"', canonical(ENTRY)),
        "[" * 100_000,
    ],
    ids=["a key more", "blanks", "an impossible instant", "depth"],
)
def test_entry_that_is_not_as_we_write_it_was_changed(text: str) -> None:
    assert read_canonical(text) == UNREADABLE
