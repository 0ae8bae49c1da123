"""Bulk work: jobs of many items, each item one mailbox; the words and the pure decisions.

A job may be rehearsed first: then its items are handled twice, once in the state REHEARSING,
where nothing is written anywhere, and, after somebody has looked and started it, once more in
the state RUNNING. Between the two, an item's state says what running it would do.

    rehearsing -> ready -> running -> done
    rehearsing, running <-> paused; all of them but done -> cancelled
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.access import Actor
from sieve_manager.application.auditing import AuditEntry
from sieve_manager.errors import (
    AccountDisabledError,
    NotPermittedError,
    OutcomeUnknownError,
    SaveFailedError,
    SieveManagerError,
    SignInRefusedError,
)

MOST_ATTEMPTS = 14
"""With the pauses below, an item waits two hours for a server that is away."""

MOST_LEASES = 50
"""An item that ends the worker each time is given up after so many."""

_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 30 * 60.0

Payload = Mapping[str, object]
"""What JSON can hold as an object; whoever takes it out parses it."""


class JobState(StrEnum):
    """Where a job is; READY waits for somebody who looks at the rehearsal and starts it."""

    REHEARSING = "rehearsing"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"

    @property
    def is_active(self) -> bool:
        """Whether workers take items of such a job."""
        return self in (JobState.REHEARSING, JobState.RUNNING)

    @property
    def is_over(self) -> bool:
        """Whether nothing will come of it any more."""
        return self in (JobState.CANCELLED, JobState.DONE)


class ItemState(StrEnum):
    """Where an item is; after a rehearsal: what running it would come to."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self in (ItemState.WAITING, ItemState.LEASED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item to be made; *key* is the login of the mailbox that it is about."""

    key: str
    payload: Payload = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be made; *payload* is what holds for all of its items."""

    kind: str
    actor: Actor
    rehearse: bool = False
    checksum: str = ""
    payload: Payload = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as the ledger has it.

    *checksum* of a rehearsed one covers what the rehearsal found, and is asked for again at
    its start. *reason* says why it is paused or cancelled; *resumes_as* is the active state
    that it was last in. *since* is when it was last set going, and *settled_before* how many
    items were settled then.
    """

    id: int
    kind: str
    state: JobState
    created: datetime
    actor: Actor
    checksum: str = ""
    payload: Payload = field(default_factory=dict)
    reason: str = ""
    resumes_as: JobState = JobState.RUNNING
    since: datetime | None = None
    settled_before: int = 0
    finished: datetime | None = None

    @property
    def is_rehearsal(self) -> bool:
        """Whether it was never started: an item that is DONE would only come to that."""
        return self.resumes_as is JobState.REHEARSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a job; they are numbered from 1.

    *attempts* counts how often it was leased, this time included. *result* is what the
    rehearsal left for the run, and then what the run came to; *error* is why it did not.
    """

    job: int
    number: int
    key: str
    payload: Payload = field(default_factory=dict)
    state: ItemState = ItemState.WAITING
    attempts: int = 0
    not_before: datetime | None = None
    error: str = ""
    result: Payload = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an item.

    *result* None leaves what is there. *entries* are written to the audit log before the item
    counts as settled.
    """

    state: ItemState
    error: str = ""
    result: Payload | None = None
    entries: tuple[AuditEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """The item waits, and is tried again *seconds* from now."""

    seconds: float
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Halted:
    """No item of the job can succeed now: it is paused for this reason, the item waits."""

    reason: str


Verdict = Outcome | Postponed | Halted

Handler = Callable[[Job, Item], Outcome]
"""Does what an item asks for, or only rehearses it where the job is REHEARSING.

It must be safe to run again. A worker can be killed after the handler did its work and before
that was written down; the item is then leased once more, and ``item.attempts`` is above 1. So a
handler decides by what it reads from the server, never by what it believes to have done, and
returns DONE where the mailbox is already as planned. Whatever SieveManagerError it raises is
judged by :func:`verdict`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many items of a job are in which state."""

    waiting: int = 0
    leased: int = 0
    done: int = 0
    unchanged: int = 0
    refused: int = 0
    failed: int = 0
    cancelled: int = 0

    @classmethod
    def of(cls, found: Mapping[str, int]) -> "Counts":
        """From the states' values."""
        return cls(**{ItemState(state).value: number for state, number in found.items()})

    @property
    def settled(self) -> int:
        """Those of which something became."""
        return self.done + self.unchanged + self.refused + self.failed

    @property
    def open(self) -> int:
        """Those that are still to be done."""
        return self.waiting + self.leased

    @property
    def total(self) -> int:
        """All."""
        return self.open + self.settled + self.cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is; *rate* is items a second since it was last set going.

    *rate* and *seconds_left* are None where nothing can be said, or nothing goes on.
    """

    job: Job
    counts: Counts
    rate: float | None = None
    seconds_left: float | None = None


def progress(job: Job, counts: Counts, now: datetime) -> Progress:
    """How far *job* is at *now*."""
    settled = counts.settled - job.settled_before
    if not job.state.is_active or job.since is None or settled <= 0:
        return Progress(job=job, counts=counts)
    seconds = max((now - job.since).total_seconds(), 0.001)
    rate = settled / seconds
    return Progress(job=job, counts=counts, rate=rate, seconds_left=counts.open / rate)


def verdict(error: SieveManagerError, attempts: int, chance: float) -> Verdict:
    """What an error of a handler means for the item, tried *attempts* times, and for its job.

    *chance* is a random number from 0 to 1, so that items that failed together do not come
    back together.
    """
    if concerns_all(error):
        return Halted(reason=str(error))
    if not may_pass(error):
        return Outcome(state=ItemState.FAILED, error=str(error))
    if attempts >= MOST_ATTEMPTS:
        return Outcome(state=ItemState.FAILED, error=f"given up after {attempts} attempts: {error}")
    return Postponed(seconds=pause_seconds(attempts, chance), error=str(error))


def pause_seconds(attempts: int, chance: float) -> float:
    """How long an item rests after so many attempts: twice as long each time, half of it chance."""
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(attempts - 1, 30))
    return longest * (0.5 + 0.5 * chance)


def concerns_all(error: SieveManagerError) -> bool:
    """Whether every other item would fail in the same way: the master user is refused."""
    match error:
        case SaveFailedError():
            return concerns_all(error.cause)
        case AccountDisabledError():
            return False
        case NotPermittedError():
            # With the server's own words it is about this mailbox: it runs no scripts for it.
            return not error.server_text
        case _:
            return isinstance(error, SignInRefusedError)


def may_pass(error: SieveManagerError) -> bool:
    """Whether the item is worth another attempt; what is not known is read again then."""
    cause = error.cause if isinstance(error, SaveFailedError) else error
    return error.retryable or isinstance(cause, OutcomeUnknownError)
