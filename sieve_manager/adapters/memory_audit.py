"""The audit log in memory, for tests and for trying things out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from threading import Lock

from sieve_manager.application.auditing import AuditEntry, AuditRecord, Mark, Marks, chained
from sieve_manager.domain.mailboxes import Login


@dataclass(slots=True)
class MemoryAuditLog:
    """The AuditArchive port, over the threads of one process."""

    _records: list[AuditRecord] = field(default_factory=list)
    _pruned: Mark = field(default_factory=Mark)
    _lock: Lock = field(default_factory=Lock)

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add these, in order, all or none."""
        with self._lock:
            self._records += chained(entries, self._head())

    def entries(
        self, *, mailbox: Login | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[AuditRecord, ...]:
        """The newest, newest first."""
        with self._lock:
            found = [
                record
                for record in reversed(self._records)
                if (mailbox is None or record.entry.mailbox == mailbox)
                and (before is None or record.number < before)
            ]
        return tuple(found[:limit])

    def records(self) -> Iterator[AuditRecord]:
        """All, oldest first."""
        return iter(tuple(self._records))

    def marks(self) -> Marks:
        """Where it begins and ends."""
        with self._lock:
            return Marks(pruned=self._pruned, head=self._head())

    def prune(self, before: datetime) -> int:
        """Take away the oldest."""
        with self._lock:
            old = list(takewhile(lambda record: record.entry.at < before, self._records))
            if old:
                self._pruned = Mark(number=old[-1].number, digest=old[-1].digest)
                del self._records[: len(old)]
            return len(old)

    def _head(self) -> Mark:
        if not self._records:
            return self._pruned
        return Mark(number=self._records[-1].number, digest=self._records[-1].digest)
