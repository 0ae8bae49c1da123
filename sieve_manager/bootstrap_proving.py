"""Wires test messages; nothing where no mail can be sent, or no mailbox be looked into."""

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.proofs import DatabaseProofs
from sieve_manager.adapters.imap.folders import ImapFolders
from sieve_manager.adapters.mailer import SmtpMailer
from sieve_manager.application.duties import Duty
from sieve_manager.application.ports import Clock
from sieve_manager.application.proving import Proving
from sieve_manager.application.tracing import Tracing
from sieve_manager.application.trail import Trail
from sieve_manager.settings import Settings

_CLEAN_UP_SECONDS = 15.0


def wire_proving(
    settings: Settings,
    database: Database,
    clock: Clock,
    tracing: Tracing,
    trail: Trail,
    mailer: SmtpMailer | None,
    folders: ImapFolders | None,
) -> Proving | None:
    """Sends through *mailer*, and looks into mailboxes by [master] over *folders*."""
    if settings.smtp is None or settings.master is None or mailer is None or folders is None:
        return None
    return Proving(
        tracing=tracing,
        proofs=DatabaseProofs(database),
        mailboxes=folders,
        post=mailer,
        sender=settings.smtp.sender,
        trail=trail,
        clock=clock,
    )


def proof_duty(proving: Proving | None) -> tuple[Duty, ...]:
    """Takes test messages away that are over; none where none can be sent."""
    if proving is None:
        return ()
    return (Duty(name="proofs.clean-up", every_seconds=_CLEAN_UP_SECONDS, run=proving.clean_up),)
