"""The ledger of jobs, and the roster of duties, in memory, for tests and for trying things out."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import RLock

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
from sieve_manager.application.ledger import PAGE, no_such_job
from sieve_manager.application.ports import Clock


@dataclass(slots=True)
class _Row:
    item: Item
    holder: str | None = None
    expires: datetime | None = None
    after: datetime | None = None  # behind those that never waited


@dataclass(slots=True)
class MemoryLedger:
    """The Ledger port, over the threads of one process."""

    clock: Clock
    _jobs: dict[int, Job] = field(default_factory=dict)
    _rows: dict[int, dict[int, _Row]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def create(self, new: NewJob, items: Iterable[NewItem]) -> Job:
        """Keep it with all of *items*, or nothing."""
        made = list(items)
        with self._lock:
            number = max(self._jobs, default=0) + 1
            job = Job(
                id=number,
                kind=new.kind,
                state=JobState.REHEARSING if new.rehearse else JobState.RUNNING,
                resumes_as=JobState.REHEARSING if new.rehearse else JobState.RUNNING,
                created=self.clock(),
                since=self.clock(),
                actor=new.actor,
                checksum=new.checksum,
                payload=new.payload,
            )
            self._jobs[number] = job
            self._rows[number] = {
                count: _Row(Item(job=number, number=count, key=one.key, payload=one.payload))
                for count, one in enumerate(made, 1)
            }
            return job

    def job(self, number: int) -> Job:
        """One; InvalidInputError."""
        with self._lock:
            if number not in self._jobs:
                raise no_such_job(number)
            return self._jobs[number]

    def jobs(self, *, before: int | None = None, limit: int = 50) -> tuple[Job, ...]:
        """The newest first."""
        with self._lock:
            found = [job for job in self._jobs.values() if before is None or job.id < before]
            return tuple(reversed(found))[:limit]

    def active(self) -> tuple[Job, ...]:
        """Those that workers take items of."""
        with self._lock:
            return tuple(job for job in self._jobs.values() if job.state.is_active)

    def move(self, job: Job, to: JobState, *, reason: str = "", checksum: str = "") -> bool:
        """Bring it to another state."""
        with self._lock:
            now = self._jobs[job.id]
            ends = to in (JobState.READY, JobState.DONE)
            if now.state is not job.state or (ends and self.has_open(job.id)):
                return False
            if now.state is JobState.READY and to is JobState.RUNNING:
                self._every(job.id, ItemState.DONE, ItemState.WAITING)
            if to is JobState.CANCELLED:
                self._every(job.id, ItemState.WAITING, ItemState.CANCELLED)
            now = replace(now, state=to, reason=reason, checksum=checksum or now.checksum)
            if to.is_active:
                settled = self.counts(job.id).settled
                now = replace(now, resumes_as=to, since=self.clock(), settled_before=settled)
            self._jobs[job.id] = replace(now, finished=self.clock()) if to.is_over else now
            return True

    def lease(
        self, holder: str, jobs: Sequence[int], count: int, seconds: float
    ) -> tuple[Item, ...]:
        """Up to *count* items that wait."""
        leased: list[Item] = []
        with self._lock:
            for row in self._waiting(jobs):
                if len(leased) == count:
                    break
                if self._is_free(row):
                    attempts = row.item.attempts + 1
                    row.item = replace(row.item, state=ItemState.LEASED, attempts=attempts)
                    row.holder, row.expires = holder, self._in(seconds)
                    leased.append(row.item)
        return tuple(leased)

    def renew(self, holder: str, items: Sequence[Item], seconds: float) -> int:
        """Make these leases last from now."""
        with self._lock:
            rows = [row for item in items if (row := self._held(holder, item))]
            for row in rows:
                row.expires = self._in(seconds)
            return len(rows)

    def settle(self, holder: str, settled: Sequence[tuple[Item, Outcome | Postponed]]) -> int:
        """Write down what became of leased items."""
        with self._lock:
            rows = [(row, what) for item, what in settled if (row := self._held(holder, item))]
            for row, what in rows:
                row.expires = None
                if isinstance(what, Postponed):
                    self._wait(row, error=what.error, seconds=what.seconds)
                else:
                    result = row.item.result if what.result is None else what.result
                    row.item = replace(row.item, state=what.state, error=what.error, result=result)
            return len(rows)

    def give_back(self, holder: str, items: Sequence[Item]) -> None:
        """Let them wait again."""
        with self._lock:
            for item in items:
                if row := self._held(holder, item):
                    row.item = replace(row.item, attempts=row.item.attempts - 1)
                    self._wait(row, error=row.item.error)

    def reclaim(self) -> int:
        """Let items whose lease ran out wait again."""
        with self._lock:
            now = self.clock()
            rows = [row for row in self._leased() if row.expires and row.expires < now]
            for row in rows:
                self._wait(row, error=row.item.error, seconds=0.0)
            return len(rows)

    def has_open(self, number: int) -> bool:
        """Whether an item is still to be done."""
        return self.counts(number).open > 0

    def counts(self, number: int) -> Counts:
        """How many are in which state."""
        with self._lock:
            return Counts.of(Counter(row.item.state for row in self._rows[number].values()))

    def items(
        self,
        number: int,
        *,
        after: int = 0,
        limit: int = PAGE,
        states: Collection[ItemState] = (),
    ) -> tuple[Item, ...]:
        """Items in order."""
        with self._lock:
            found = [row.item for row in self._rows.get(number, {}).values()]
            return tuple(
                item
                for item in found
                if item.number > after and (not states or item.state in states)
            )[:limit]

    def prune(self, before: datetime, *, keep: Collection[int] = ()) -> int:
        """Take away what was over before then."""
        with self._lock:
            old = [
                job.id
                for job in self._jobs.values()
                if job.finished and job.finished < before and job.id not in keep
            ]
            old = [one for one in old if one != max(self._jobs) and not self.has_open(one)]
            for number in old:
                del self._jobs[number], self._rows[number]
            return len(old)

    def _waiting(self, jobs: Sequence[int]) -> Iterator[_Row]:
        now = self.clock()
        for number in jobs:
            if not self._jobs[number].state.is_active:
                continue
            rows = self._rows[number].values()
            waiting = [row for row in rows if row.item.state is ItemState.WAITING]
            ready = [row for row in waiting if not row.after or row.after <= now]
            first = datetime.min.replace(tzinfo=now.tzinfo)
            yield from sorted(ready, key=lambda row: (row.after or first, row.item.number))

    def _is_free(self, row: _Row) -> bool:
        """Whether no item of its key is leased, and none before it in its job waits."""
        key, number = row.item.key, row.item.number
        if any(other.item.key == key for other in self._leased()):
            return False
        same = self._rows[row.item.job].values()
        return not any(
            other.item.key == key
            and other.item.number < number
            and other.item.state is ItemState.WAITING
            for other in same
        )

    def _leased(self) -> list[_Row]:
        rows = (row for rows in self._rows.values() for row in rows.values())
        return [row for row in rows if row.item.state is ItemState.LEASED]

    def _held(self, holder: str, item: Item) -> _Row | None:
        row = self._rows[item.job][item.number]
        is_held = row.holder == holder and row.item.attempts == item.attempts
        return row if is_held else None

    def _wait(self, row: _Row, *, error: str, seconds: float | None = None) -> None:
        cancelled = self._jobs[row.item.job].state is JobState.CANCELLED
        state = ItemState.CANCELLED if cancelled else ItemState.WAITING
        row.holder = row.expires = None
        row.after = None if seconds is None else self._in(seconds)
        row.item = replace(row.item, state=state, error=error, not_before=row.after)

    def _every(self, number: int, old: ItemState, new: ItemState) -> None:
        for row in self._rows[number].values():
            if row.item.state is old:
                row.item = replace(row.item, state=new, attempts=0, not_before=None)
                row.holder = row.after = None

    def _in(self, seconds: float) -> datetime:
        return self.clock() + timedelta(seconds=seconds)


@dataclass(slots=True)
class MemoryRoster:
    """The Roster port, over the threads of one process."""

    clock: Clock
    _due: dict[str, datetime] = field(default_factory=dict)
    _held: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Whether it is due, and *holder* has it now."""
        with self._lock:
            now = self.clock()
            _, expires = self._held.get(name, ("", now))
            if now < expires or now < self._due.get(name, now):
                return False
            self._held[name] = holder, now + timedelta(seconds=seconds)
            return True

    def renew(self, name: str, holder: str, seconds: float) -> None:
        """Let it last from now."""
        with self._lock:
            if self._held.get(name, ("",))[0] == holder:
                self._held[name] = holder, self.clock() + timedelta(seconds=seconds)

    def finish(self, name: str, holder: str, due_in_seconds: float) -> None:
        """Lay it down until then."""
        with self._lock:
            if self._held.get(name, ("",))[0] == holder:
                del self._held[name]
                self._due[name] = self.clock() + timedelta(seconds=due_in_seconds)
