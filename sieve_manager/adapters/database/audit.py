"""The audit log in the database: one chain over all processes, which only grows."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_audit import entries, marks
from sieve_manager.application.auditing import (
    UNREADABLE,
    AuditEntry,
    AuditRecord,
    Mark,
    Marks,
    canonical,
    chained,
    read_canonical,
)
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import StorageError

_PAGE = 1000
# On PostgreSQL whoever appends holds this row until the end; SQLite has one writer anyway.
_HEAD = select(marks.c.number, marks.c.digest).where(marks.c.name == "head").with_for_update()
_MARKS = select(marks.c.name, marks.c.number, marks.c.digest)
_INSERT = insert(entries)
_BELOW = entries.c.number < bindparam("below")
_NEWEST = select(entries).where(_BELOW).order_by(entries.c.number.desc()).limit(bindparam("count"))
_NEWEST_OF = _NEWEST.where(entries.c.mailbox == bindparam("of"))
_AFTER = (
    select(entries)
    .where(entries.c.number > bindparam("after"))
    .order_by(entries.c.number)
    .limit(_PAGE)
)
_FIRST_KEPT = select(func.min(entries.c.number)).where(entries.c.at >= bindparam("since"))
_LAST_BEFORE = (
    select(entries.c.number, entries.c.digest)
    .where(_BELOW)
    .order_by(entries.c.number.desc())
    .limit(1)
)
_PASS = update(marks).where(marks.c.name == "pruned")
_PRUNE = delete(entries).where(entries.c.number <= bindparam("upto"))
_ABOVE_ALL = 2**62

Waiting = tuple[Sequence[AuditEntry], Future[None]]


class DatabaseAuditLog:
    """The AuditArchive port; *forward* gets what was appended, in the order of the chain.

    What several threads append while one of them is at it goes together, as one transaction
    of the next: a batch pays for one append a round and not for one an item.
    """

    def __init__(
        self,
        database: Database,
        forward: Callable[[Sequence[AuditRecord]], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._forward = forward
        self._waiting: deque[Waiting] = deque()
        self._turn = Lock()

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add these, in order, all or none."""
        done: Future[None] = Future()
        self._waiting.append((tuple(entries), done))
        with self._turn:
            if not done.done():
                self._append_all()
        done.result()

    def entries(
        self, *, mailbox: Login | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[AuditRecord, ...]:
        """The newest, newest first."""
        values: dict[str, int | str] = {
            "below": _ABOVE_ALL if before is None else max(0, min(before, _ABOVE_ALL)),
            "count": limit,
        }
        statement = _NEWEST
        if mailbox is not None:
            statement, values["of"] = _NEWEST_OF, mailbox.text
        with self._database.connection() as connection:
            return tuple(map(_record, connection.execute(statement, values)))

    def records(self) -> Iterator[AuditRecord]:
        """All, oldest first, a page at a time."""
        after = 0
        while True:
            with self._database.connection() as connection:
                rows = connection.execute(_AFTER, {"after": after}).all()
            yield from map(_record, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1].number

    def marks(self) -> Marks:
        """Where it begins and ends; StorageError where that was taken away."""
        with self._database.connection() as connection:
            found = {
                row.name: Mark(number=row.number, digest=row.digest)
                for row in connection.execute(_MARKS)
            }
        if set(found) != {"head", "pruned"}:
            raise StorageError("The marks of the audit log are missing from our database.")
        return Marks(pruned=found["pruned"], head=found["head"])

    def prune(self, before: datetime) -> int:
        """Take away the oldest; the mark goes first, as the triggers want it."""
        with self._database.transaction() as connection:
            head = _head(connection)
            first_kept = connection.execute(_FIRST_KEPT, {"since": before.timestamp()}).scalar()
            below = head.number + 1 if first_kept is None else first_kept
            last = connection.execute(_LAST_BEFORE, {"below": below}).first()
            if last is None:
                return 0
            connection.execute(_PASS.values(number=last.number, digest=last.digest))
            return connection.execute(_PRUNE, {"upto": last.number}).rowcount

    def _append_all(self) -> None:
        """Append what waits; who holds the turn does it for all."""
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            records = self._write([entry for some, _ in taken for entry in some])
        except BaseException as error:
            for _, done in taken:
                done.set_exception(error)
            if not isinstance(error, StorageError):
                raise
            return
        for _, done in taken:
            done.set_result(None)
        self._forward(records)

    def _write(self, new: Sequence[AuditEntry]) -> tuple[AuditRecord, ...]:
        if not new:
            return ()
        with self._database.transaction() as connection:
            records = chained(new, _head(connection))
            connection.execute(_INSERT, [_row(record) for record in records])
        return records


def _head(connection: Connection) -> Mark:
    row = connection.execute(_HEAD).first()
    if row is None:
        raise StorageError("The marks of the audit log are missing from our database.")
    return Mark(number=row.number, digest=row.digest)


def _row(record: AuditRecord) -> dict[str, int | float | str]:
    entry = record.entry
    return {
        "number": record.number,
        "at": entry.at.timestamp(),
        "mailbox": entry.mailbox.text if entry.mailbox else "",
        "entry": canonical(entry),
        "digest": record.digest,
    }


def _record(row: Row[Any]) -> AuditRecord:
    """The columns beside the entry only help to find it: one that says otherwise was changed."""
    entry = read_canonical(row.entry)
    record = AuditRecord(number=row.number, digest=row.digest, entry=entry)
    found = _row(record)
    if (found["at"], found["mailbox"]) != (row.at, row.mailbox):
        return AuditRecord(number=row.number, digest=row.digest, entry=UNREADABLE)
    return record
