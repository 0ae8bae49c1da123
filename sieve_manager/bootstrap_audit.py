"""Wires the audit log."""

from sieve_manager.adapters.database.audit import DatabaseAuditLog
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.system_log import SystemLog
from sieve_manager.application.access import ITSELF
from sieve_manager.application.audit_upkeep import end_of_retention, prune
from sieve_manager.application.duties import Duty
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.ports import AuditArchive
from sieve_manager.application.settling import Settling
from sieve_manager.settings import Settings

_PRUNE_SECONDS = 24 * 3600.0
_SETTLE_SECONDS = 600.0


def wire_audit(settings: Settings, database: Database) -> DatabaseAuditLog:
    """The audit log over *database*, and to syslog where that is wanted."""
    if settings.audit.syslog:
        return DatabaseAuditLog(database, SystemLog().send)
    return DatabaseAuditLog(database)


def audit_duties(settings: Settings, audit: AuditArchive, forwards: Forwards) -> list[Duty]:
    """What has to be done again and again, so that the log is whole and no longer than it may."""
    found: list[Duty] = []
    saving, days = forwards.saving, settings.audit.retention_days
    if settings.master:
        settling = Settling(
            saving=saving, history=saving.looking.history, clock=saving.looking.clock
        )
        found.append(Duty(name="saves.settle", every_seconds=_SETTLE_SECONDS, run=settling.run))
    if days is not None:

        def take_away() -> int:
            return prune(audit, saving.trail, ITSELF, end_of_retention(days, saving.trail.clock()))

        found.append(Duty(name="audit.prune", every_seconds=_PRUNE_SECONDS, run=take_away))
    return found
