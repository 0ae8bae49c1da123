"""Looks after the audit log: verify the chain, take away what retention does not keep."""

from datetime import datetime, timedelta

from sieve_manager.application.access import Actor
from sieve_manager.application.auditing import AuditEntry, Fault, Result, verify
from sieve_manager.application.ports import AuditArchive
from sieve_manager.application.trail import Trail
from sieve_manager.errors import SettingsError

PRUNE = "audit.prune"


def faults_of(archive: AuditArchive) -> tuple[Fault, ...]:
    """All faults of the chain, in its order; StorageError."""
    while True:
        marks = archive.marks()
        found = tuple(verify(archive.records(), marks))
        # What was pruned while somebody looked is no gap.
        if not found or archive.marks().pruned == marks.pruned:
            return found


def end_of_retention(retention_days: int | None, now: datetime) -> datetime:
    """Entries before this instant need not be kept; SettingsError where all must be."""
    if retention_days is None:
        raise SettingsError("audit.retention_days", "is not set: all entries are kept for ever")
    return now - timedelta(days=retention_days)


def prune(archive: AuditArchive, trail: Trail, actor: Actor, before: datetime) -> int:
    """Take away what is older than *before*, and say so in the log itself; how many.

    Raises:
        StorageError: nothing was taken away.
    """
    count = archive.prune(before)
    if count:
        upto = archive.marks().pruned.number
        trail.write(
            AuditEntry(
                at=trail.clock(),
                actor=actor,
                action=PRUNE,
                result=Result.DONE,
                detail=f"{count} entries, up to number {upto}, from before {before:%Y-%m-%d}.",
            )
        )
    return count
