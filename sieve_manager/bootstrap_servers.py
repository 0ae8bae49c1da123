"""Wires the ways to the mail servers: IMAP, SMTP, and who signs in there for others."""

from functools import partial

from sieve_manager.adapters.imap.folders import ImapFolders
from sieve_manager.adapters.mailer import SmtpMailer
from sieve_manager.adapters.metrics import Metrics
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import Clock
from sieve_manager.managesieve import Credentials, Endpoint, TlsMode
from sieve_manager.settings import Settings
from sieve_manager.settings_sections import ImapSection, ManageSieveSection, SmtpSection


def wire_folders(
    settings: Settings, master: Credentials | None, measures: Metrics
) -> ImapFolders | None:
    """The folders over IMAP; None where it is not configured."""
    if settings.imap is None:
        return None
    observe = partial(measures.round_trip, "imap")
    return ImapFolders(endpoint(settings.imap), master=master, observe=observe)


def endpoint(section: ManageSieveSection | ImapSection | SmtpSection) -> Endpoint:
    """Where a server listens."""
    return Endpoint(
        host=section.host,
        port=section.port,
        tls=TlsMode(section.tls.value),
        ca_file=section.ca_file,
    )


def wire_master(settings: Settings) -> Credentials | None:
    """Who signs in for others; None where it is not configured."""
    if settings.master is None:
        return None
    return Credentials(login=settings.master.user, password=settings.master.secret)


def wire_mailer(settings: Settings, clock: Clock) -> SmtpMailer | None:
    """Sends notices; None where it is not configured."""
    section = settings.smtp
    if section is None:
        return None
    credentials = None
    if section.username and section.secret:
        credentials = Credentials(login=section.username, password=section.secret)
    return SmtpMailer(
        endpoint(section), sender=section.sender, clock=clock, credentials=credentials
    )


def wire_owner_mail(
    settings: Settings, mailer: SmtpMailer | None, folders: ImapFolders | None, clock: Clock
) -> OwnerMail | None:
    """Puts notices into the own mailbox; None where nobody is told anything."""
    if settings.smtp is None or mailer is None:
        return None
    return OwnerMail(mailer=mailer, inbox=folders, sender=settings.smtp.sender, clock=clock)
