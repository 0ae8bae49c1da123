"""What the audit log holds: who did what to whose mailbox, why, and how it ended.

Entries stand in a chain, each with a digest over itself and the digest before, so that a change
and a gap show. The form that is hashed is explained in docs/reference/audit-log.md.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sieve_manager.application.access import Actor, Channel
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role

FIRST_DIGEST = "0" * 64
"""What stands in the place of the digest before the first entry."""
CASE_ASK = "case.ask"
"""A case was asked for that needs somebody else's word."""
CASE_APPROVE = "case.approve"
"""Somebody else agreed to it; what was then written is an entry of its own."""
CASE_WITHDRAW = "case.withdraw"
"""A case that waited for somebody's word was taken back, or refused, or nobody agreed in time."""
BATCH_START = "batch.start"
"""Many cases were set going at once, or taken back; each is an entry of its own, too."""
CASE_WORDS = frozenset({CASE_ASK, CASE_APPROVE, CASE_WITHDRAW})
"""What is only said, and writes to no mailbox."""
CASE_RENEW = "case.renew"
"""A reply learned of an alias; nothing that the owner need be told of."""
CONSENT_WORDS = frozenset({"forward.agreed", "forward.withdrawn"})
"""What a receiver's answer led to; the owner is told of it in a mail of its own."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Result(StrEnum):
    """How an action ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One action.

    *mailbox* None: an action on none (a token, a policy). *action* is a stable word such as
    ``case.begin``, ``forward.set``, ``approval.grant``. *before* and *after* are fingerprints of
    the mailbox's scripts, or "". *to* is where the forward that it brought leads, as kept then:
    the history forgets. *detail* is what a reader needs beside (never a script's text,
    a message or a secret), as a line of English.
    """

    at: datetime
    actor: Actor
    action: str
    result: Result
    mailbox: Login | None = None
    ticket: str = ""
    reason: str = ""
    before: str = ""
    after: str = ""
    to: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """An entry as it is kept: *number* counts up from 1; *digest* (64 hexadecimal digits)
    covers the entry and the digest of the one before.
    """

    number: int
    digest: str
    entry: AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in the chain that is kept apart from the entries; number 0 is before the first."""

    number: int = 0
    digest: str = FIRST_DIGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Where the chain begins and ends: *pruned* is the last entry that was taken away by
    retention, *head* the newest.
    """

    pruned: Mark
    head: Mark


class FaultKind(StrEnum):
    """What is wrong with the chain."""

    CHANGED = "changed"  # it is not what its digest was made of, or does not follow the one before
    GAP = "gap"  # entries before it are missing
    TAIL = "tail"  # the newest entries are missing, or others stand in their place


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is wrong at the entry *number*."""

    number: int
    kind: FaultKind


UNREADABLE = AuditEntry(
    at=_EPOCH,
    actor=Actor(name="", channel=Channel.CLI),
    action="unreadable",
    result=Result.FAILED,
)
"""Stands for an entry that somebody has changed so that it is none any more."""


def canonical(entry: AuditEntry) -> str:
    """The entry as one line of JSON in ASCII: the form that is kept and hashed.

    Keys in order and no blanks; what is empty is left out, so that an entry of today has the
    same form when entries can hold more.
    """
    actor = entry.actor
    values = {
        "action": entry.action,
        "actor": actor.name,
        "address": actor.address,
        "after": entry.after,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "before": entry.before,
        "channel": actor.channel.value,
        "detail": entry.detail,
        "mailbox": entry.mailbox.text if entry.mailbox else "",
        "reason": entry.reason,
        "result": entry.result.value,
        "role": actor.role.value,
        "ticket": entry.ticket,
        "to": entry.to,
    }
    kept = {key: value for key, value in values.items() if value}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"))


def read_canonical(text: str) -> AuditEntry:
    """The reverse of :func:`canonical`; UNREADABLE where somebody has meddled with it."""
    try:
        found = json.loads(text)
        mailbox = found.get("mailbox", "")
        entry = AuditEntry(
            at=datetime.fromisoformat(found["at"]).astimezone(UTC),
            actor=Actor(
                name=found.get("actor", ""),
                channel=Channel(found["channel"]),
                role=Role(found["role"]),
                address=found.get("address", ""),
            ),
            action=found["action"],
            result=Result(found["result"]),
            mailbox=Login(mailbox) if mailbox else None,
            ticket=found.get("ticket", ""),
            reason=found.get("reason", ""),
            before=found.get("before", ""),
            after=found.get("after", ""),
            to=tuple(found.get("to", ())),
            detail=found.get("detail", ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return UNREADABLE
    return entry if canonical(entry) == text else UNREADABLE  # what is not read was added


def digest_of(entry: AuditEntry, number: int, before: str) -> str:
    """The digest of the entry *number*, where that of the one before it is *before*."""
    return hashlib.sha256(f"{before}\n{number}\n{canonical(entry)}".encode()).hexdigest()


def chained(entries: Iterable[AuditEntry], head: Mark) -> tuple[AuditRecord, ...]:
    """*entries* as they follow *head*."""
    records: list[AuditRecord] = []
    number, digest = head.number, head.digest
    for entry in entries:
        number += 1
        digest = digest_of(entry, number, digest)
        records.append(AuditRecord(number=number, digest=digest, entry=entry))
    return tuple(records)


def verify(records: Iterable[AuditRecord], marks: Marks) -> Iterator[Fault]:
    """All faults of the chain, in its order; *records* are all that are kept, oldest first.

    After a fault it goes on from what stands there, so each is told once. An entry that was
    changed together with its digest shows at the next one, which does not follow it.
    """
    number, digest = marks.pruned.number, marks.pruned.digest
    at_head = marks.pruned if marks.head.number == number else None
    for record in records:
        if record.number != number + 1:
            yield Fault(number=record.number, kind=FaultKind.GAP)
        elif record.digest != digest_of(record.entry, record.number, digest):
            yield Fault(number=record.number, kind=FaultKind.CHANGED)
        number, digest = record.number, record.digest
        if number == marks.head.number:
            at_head = Mark(number=number, digest=digest)
    if at_head != marks.head:
        yield Fault(number=marks.head.number, kind=FaultKind.TAIL)


def line_of(record: AuditRecord) -> str:
    """A record as one line of JSON in ASCII, for exports and for syslog."""
    values = {
        "number": record.number,
        "digest": record.digest,
        "entry": json.loads(canonical(record.entry)),
    }
    return json.dumps(values, separators=(",", ":"))
