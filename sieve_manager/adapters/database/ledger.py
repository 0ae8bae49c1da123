"""The ledger of jobs in the database: every step is one statement or one short transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, delete, select, update

from sieve_manager.adapters.database import ledger_statements as sql
from sieve_manager.adapters.database.engine import Database, Turn
from sieve_manager.adapters.database.tables_ledger import items, jobs
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
from sieve_manager.errors import StorageError

_CHUNK = 1_000
_LARGEST_NUMBER = 2**31 - 1
# Who creates a job longer than this was killed in the middle of it.
_CREATING_SECONDS = 24 * 3600.0


class DatabaseLedger:
    """The Ledger port; *clock* should not differ by many seconds between hosts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(self, new: NewJob, items: Iterable[NewItem]) -> Job:
        """Keep it with all of *items*, or nothing; nobody waits for slow *items* meanwhile."""
        number = self._add_job(new)
        try:
            self._add_items(number, items)
        except BaseException:
            with suppress(StorageError):
                self._forget(number)
            raise
        state = JobState.REHEARSING if new.rehearse else JobState.RUNNING
        shown = update(jobs).where(jobs.c.id == number).values(state=state.value, since=self._now())
        self._database.execute(shown, {})
        return self.job(number)

    def job(self, number: int) -> Job:
        """One; InvalidInputError."""
        with self._database.connection() as connection:
            # A person's typing may be more than the column could hold.
            found = (
                1 <= number <= _LARGEST_NUMBER
                and connection.execute(sql.JOB, {"in_job": number}).first()
            )
        if not found:
            raise no_such_job(number)
        return sql.job_of(found)

    def jobs(self, *, before: int | None = None, limit: int = 50) -> tuple[Job, ...]:
        """The newest first."""
        asked = select(jobs).where(jobs.c.state != sql.CREATING).order_by(jobs.c.id.desc())
        if before is not None:
            asked = asked.where(jobs.c.id < before)
        return self._jobs(asked.limit(limit))

    def active(self) -> tuple[Job, ...]:
        """Those that workers take items of."""
        return self._jobs(sql.ACTIVE)

    def move(self, job: Job, to: JobState, *, reason: str = "", checksum: str = "") -> bool:
        """Bring it to another state."""
        values: dict[str, object] = {"state": to.value, "reason": reason}
        if checksum:
            values["checksum"] = checksum
        if to.is_over:
            values["finished"] = self._now()
        changed = update(jobs).where(jobs.c.id == job.id, jobs.c.state == job.state.value)
        of_job = {"in_job": job.id}
        with self._database.transaction() as connection:
            if (
                to in (JobState.READY, JobState.DONE)
                and connection.execute(sql.IS_OPEN, of_job).scalar()
            ):
                return False
            if not connection.execute(changed.values(values)).rowcount:
                return False
            if job.state is JobState.READY and to is JobState.RUNNING:
                connection.execute(sql.RUN_REHEARSED, of_job)
            if to is JobState.CANCELLED:
                connection.execute(sql.CANCEL_WAITING, of_job)
            if to.is_active:
                self._set_going(connection, job.id, to)
        return True

    def lease(
        self, holder: str, jobs: Sequence[int], count: int, seconds: float
    ) -> tuple[Item, ...]:
        """Up to *count* items that wait."""
        leased: list[Item] = []
        for number in jobs:
            if len(leased) == count:
                break
            leased += self._lease(holder, number, count - len(leased), seconds)
        return tuple(leased)

    def renew(self, holder: str, items: Sequence[Item], seconds: float) -> int:
        """Make these leases last from now."""
        until = self._now() + seconds
        with self._database.transaction() as connection:
            rows = [{**_held(holder, item), "until": until} for item in items]
            return _many(connection, sql.RENEW, rows)

    def settle(self, holder: str, settled: Sequence[tuple[Item, Outcome | Postponed]]) -> int:
        """Write down what became of leased items."""
        ends, waits = [], []
        for item, what in settled:
            values = {**_held(holder, item), "new_error": what.error}
            match what:
                case Outcome():
                    result = None if what.result is None else sql.dump(what.result)
                    ends.append({**values, "new_state": what.state.value, "new_result": result})
                case Postponed():
                    waits.append({**values, "until": self._now() + what.seconds})
        with self._database.transaction() as connection:
            return _many(connection, sql.SETTLE, ends) + _many(connection, sql.POSTPONE, waits)

    def give_back(self, holder: str, items: Sequence[Item]) -> None:
        """Let them wait again."""
        with self._database.transaction() as connection:
            _many(connection, sql.GIVE_BACK, [_held(holder, item) for item in items])

    def reclaim(self) -> int:
        """Let items whose lease ran out wait again; forget jobs that never came about."""
        now = self._now()
        broken = select(jobs.c.id).where(
            jobs.c.state == sql.CREATING, jobs.c.created < now - _CREATING_SECONDS
        )
        with self._database.connection() as connection:
            numbers = connection.execute(broken).scalars().all()
        for number in numbers:
            self._forget(number)
        return self._database.execute(sql.RECLAIM, {"now": now})

    def has_open(self, number: int) -> bool:
        """Whether an item is still to be done."""
        with self._database.connection() as connection:
            return bool(connection.execute(sql.IS_OPEN, {"in_job": number}).scalar())

    def counts(self, number: int) -> Counts:
        """How many are in which state."""
        with self._database.connection() as connection:
            found = connection.execute(sql.COUNTS, {"in_job": number}).all()
        return Counts.of({row[0]: row[1] for row in found})

    def items(
        self,
        number: int,
        *,
        after: int = 0,
        limit: int = PAGE,
        states: Collection[ItemState] = (),
    ) -> tuple[Item, ...]:
        """Items in order."""
        asked = select(items).where(items.c.job == number, items.c.number > after)
        if states:
            asked = asked.where(items.c.state.in_([state.value for state in states]))
        with self._database.connection() as connection:
            rows = connection.execute(asked.order_by(items.c.number).limit(limit)).all()
        return tuple(sql.item_of(row) for row in rows)

    def prune(self, before: datetime, *, keep: Collection[int] = ()) -> int:
        """Take away what was over before then, each job in a transaction of its own."""
        with self._database.connection() as connection:
            over = connection.execute(sql.OVER, {"before": before.timestamp()}).scalars().all()
        old = [number for number in over if number not in keep and not self.has_open(number)]
        for number in old:
            self._forget(number)
        return len(old)

    def _jobs(self, asked: Executable) -> tuple[Job, ...]:
        with self._database.connection() as connection:
            return tuple(sql.job_of(row) for row in connection.execute(asked).all())

    def _lease(self, holder: str, number: int, count: int, seconds: float) -> list[Item]:
        now = self._now()
        values = {
            "in_job": number,
            "at_most": count,
            "of_holder": holder,
            "now": now,
            "until": now + seconds,
        }
        # Two at once could each wait for a key that the other one has just taken.
        with self._database.alone(Turn.LEASING) as connection:
            rows = connection.execute(sql.LEASE, values).all()
        return sorted((sql.item_of(row) for row in rows), key=lambda item: item.number)

    def _set_going(self, connection: Connection, number: int, state: JobState) -> None:
        found = connection.execute(sql.COUNTS, {"in_job": number}).all()
        settled = Counts.of({row[0]: row[1] for row in found}).settled
        going = update(jobs).where(jobs.c.id == number)
        values = {"resumes_as": state.value, "since": self._now(), "settled_before": settled}
        connection.execute(going.values(values))

    def _add_job(self, new: NewJob) -> int:
        state = JobState.REHEARSING if new.rehearse else JobState.RUNNING
        row = {
            "kind": new.kind,
            "state": sql.CREATING,
            "resumes_as": state.value,
            "created": self._now(),
            "actor": new.actor.name,
            "channel": new.actor.channel.value,
            "role": new.actor.role.value,
            "address": new.actor.address,
            "checksum": new.checksum,
            "payload": sql.dump(new.payload),
            "reason": "",
            "since": self._now(),
            "settled_before": 0,
        }
        with self._database.writing() as connection:
            number: int = connection.execute(sql.ADD_JOB, row).scalar_one()
        return number

    def _add_items(self, number: int, new: Iterable[NewItem]) -> None:
        numbered = enumerate(new, 1)
        while chunk := list(islice(numbered, _CHUNK)):
            rows = [_new_row(number, count, item) for count, item in chunk]
            with self._database.transaction() as connection:
                connection.execute(sql.ADD_ITEMS, rows)

    def _forget(self, number: int) -> None:
        with self._database.transaction() as connection:
            connection.execute(delete(items).where(items.c.job == number))
            connection.execute(delete(jobs).where(jobs.c.id == number))

    def _now(self) -> float:
        return self._clock().timestamp()


def _new_row(job: int, number: int, item: NewItem) -> dict[str, object]:
    return {
        "job": job,
        "number": number,
        "key": item.key,
        "payload": sql.dump(item.payload),
        "state": ItemState.WAITING.value,
        "attempts": 0,
        "not_before": 0.0,
        "error": "",
        "result": "{}",
    }


def _held(holder: str, item: Item) -> dict[str, object]:
    return {
        "in_job": item.job,
        "at_number": item.number,
        "of_holder": holder,
        "of_attempts": item.attempts,
    }


def _many(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> int:
    if not rows:
        return 0
    # In one order, so that two who touch the same items cannot wait for each other.
    ordered = sorted(rows, key=lambda row: (row["in_job"], row["at_number"]))
    result: CursorResult[Any] = connection.execute(statement, ordered)
    return result.rowcount
