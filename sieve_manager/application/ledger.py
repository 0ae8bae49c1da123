"""Where the truth about jobs is kept, whoever is killed when: the port, and what is read off it."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sieve_manager.application.jobs import (
    Counts,
    Item,
    ItemState,
    Job,
    JobState,
    NewItem,
    NewJob,
    Outcome,
    Postponed,
)
from sieve_manager.errors import ChangedMeanwhileError, InvalidInputError

PAGE = 500


class Ledger(Protocol):
    """Jobs and their items. Every method may raise StorageError.

    An item is leased to one *holder* at a time, for so many seconds. Of one key, at most one
    item is leased over all jobs, and within a job a later one never overtakes an earlier one.
    """

    def create(self, new: NewJob, items: Iterable[NewItem]) -> Job:
        """Keep a job with all of *items*, however many, or nothing where taking them fails."""
        ...

    def job(self, number: int) -> Job:
        """One job; InvalidInputError where there is none of that number."""
        ...

    def jobs(self, *, before: int | None = None, limit: int = 50) -> tuple[Job, ...]:
        """The newest first, with numbers below *before*."""
        ...

    def active(self) -> tuple[Job, ...]:
        """Those that workers take items of."""
        ...

    def move(self, job: Job, to: JobState, *, reason: str = "", checksum: str = "") -> bool:
        """Bring *job* to another state, if it is still in the one that it says.

        To READY, with *checksum*, or to DONE only where no item is open any more. From READY
        to RUNNING, the items that the rehearsal found to be done wait to be done. To
        CANCELLED, what waits is cancelled.
        """
        ...

    def lease(
        self, holder: str, jobs: Sequence[int], count: int, seconds: float
    ) -> tuple[Item, ...]:
        """Up to *count* items that wait, of these jobs, the earlier ones first."""
        ...

    def renew(self, holder: str, items: Sequence[Item], seconds: float) -> int:
        """Make the leases of these last from now; how many are still the holder's."""
        ...

    def settle(self, holder: str, settled: Sequence[tuple[Item, Outcome | Postponed]]) -> int:
        """Write down what became of leased items; how many were still the holder's.

        The others are left: somebody else has them. Settling twice is no error.
        """
        ...

    def give_back(self, holder: str, items: Sequence[Item]) -> None:
        """Let items that were not begun wait again, as if they had never been leased."""
        ...

    def reclaim(self) -> int:
        """Let items whose lease ran out wait again, behind the others; how many."""
        ...

    def has_open(self, number: int) -> bool:
        """Whether an item of the job is still to be done; quick, however many there are."""
        ...

    def counts(self, number: int) -> Counts:
        """How many items of the job are in which state."""
        ...

    def items(
        self,
        number: int,
        *,
        after: int = 0,
        limit: int = PAGE,
        states: Collection[ItemState] = (),
    ) -> tuple[Item, ...]:
        """Items with numbers above *after*, in order; only in *states*, where some are given."""
        ...

    def prune(self, before: datetime, *, keep: Collection[int] = ()) -> int:
        """Take away the jobs that were over before then, but not those in *keep*; how many.

        One with an item still in work stays, and so does the newest of all: no number may
        ever be given a second time.
        """
        ...


def no_such_job(number: int) -> InvalidInputError:
    """The error for a number that no job has."""
    return InvalidInputError(
        "There is no job {number}.", where="job", code="no-such-job", number=str(number)
    )


def all_items(ledger: Ledger, number: int) -> Iterator[Item]:
    """Every item of a job in order, a page at a time."""
    after = 0
    while page := ledger.items(number, after=after):
        yield from page
        after = page[-1].number


def checksum_of(ledger: Ledger, number: int) -> str:
    """A digest of what a rehearsal found: 64 hexadecimal digits over all items and results."""
    digest = hashlib.sha256()
    for item in all_items(ledger, number):
        line = [item.number, item.key, item.payload, item.state.value, item.error, item.result]
        digest.update(json.dumps(line, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def start(ledger: Ledger, number: int, checksum: str) -> Job:
    """Run what was rehearsed, and nothing else.

    Raises:
        InvalidInputError: there is no such job, or it does not wait to be started.
        ChangedMeanwhileError: *checksum* is of another rehearsal.
    """
    job = ledger.job(number)
    if job.state is JobState.READY and job.checksum != checksum:
        raise ChangedMeanwhileError("The rehearsal that you saw is not the newest one.")
    return _change(ledger, job, {JobState.READY: JobState.RUNNING})


def pause(ledger: Ledger, number: int, reason: str = "") -> Job:
    """Take no further items; those that are in work are finished. InvalidInputError."""
    ways = dict.fromkeys((JobState.REHEARSING, JobState.RUNNING), JobState.PAUSED)
    return _change(ledger, ledger.job(number), ways, reason)


def resume(ledger: Ledger, number: int) -> Job:
    """Go on where it was paused. InvalidInputError."""
    job = ledger.job(number)
    return _change(ledger, job, {JobState.PAUSED: job.resumes_as})


def cancel(ledger: Ledger, number: int, reason: str = "") -> Job:
    """Take no further items, ever; those that are in work are finished. InvalidInputError."""
    ways = {state: JobState.CANCELLED for state in JobState if not state.is_over}
    return _change(ledger, ledger.job(number), ways, reason)


def conclude(ledger: Ledger, job: Job) -> None:
    """Where no item of an active job is open any more: ready to be looked at, or done."""
    if ledger.has_open(job.id):
        return
    if job.state is JobState.REHEARSING:
        ledger.move(job, JobState.READY, checksum=checksum_of(ledger, job.id))
    elif job.state is JobState.RUNNING:
        ledger.move(job, JobState.DONE)


def _change(ledger: Ledger, job: Job, ways: Mapping[JobState, JobState], reason: str = "") -> Job:
    """Take the way from the job's state; nothing is to be done where it is at an end already."""
    while to := ways.get(job.state):
        moved = ledger.move(job, to, reason=reason)
        job = ledger.job(job.id)  # others may have moved it first or since, and never in a circle
        if moved or job.state is to:
            return job
    if job.state in ways.values():
        return job
    raise InvalidInputError(
        "Job {number} is {state}; this cannot be done now.",
        where="job",
        code="job-state",
        number=str(job.id),
        state=job.state.value,
    )
