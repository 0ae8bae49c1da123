"""Wires the audit log."""

from sieve_manager.adapters.database.audit import DatabaseAuditLog
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.system_log import SystemLog
from sieve_manager.application.audit_upkeep import KEEPER, end_of_retention, prune
from sieve_manager.application.duties import Duty
from sieve_manager.application.ports import AuditArchive
from sieve_manager.application.trail import Trail
from sieve_manager.settings import Settings

_PRUNE_SECONDS = 24 * 3600.0


def wire_audit(settings: Settings, database: Database) -> DatabaseAuditLog:
    """The audit log over *database*, and to syslog where that is wanted."""
    if settings.audit.syslog:
        return DatabaseAuditLog(database, SystemLog().send)
    return DatabaseAuditLog(database)


def prune_duties(settings: Settings, audit: AuditArchive, trail: Trail) -> list[Duty]:
    """What retention has to do again and again; nothing where all entries are kept."""
    days = settings.audit.retention_days
    if days is None:
        return []

    def run() -> int:
        return prune(audit, trail, KEEPER, end_of_retention(days, trail.clock()))

    return [Duty(name="audit.prune", every_seconds=_PRUNE_SECONDS, run=run)]
