"""The composition root: from the settings to wired use cases."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sieve_manager.adapters.addresses import ConfiguredAddresses
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.history import DatabaseHistory
from sieve_manager.adapters.database.known_destinations import DatabaseKnownDestinations
from sieve_manager.adapters.database.locks import DatabaseLocks
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.adapters.database.throttle import Throttle
from sieve_manager.adapters.database.web_sessions import WebSessions
from sieve_manager.adapters.imap_folders import ImapFolders
from sieve_manager.adapters.local_host import LocalHost
from sieve_manager.adapters.mailer import SmtpMailer
from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.notices import Notices
from sieve_manager.application.ports import Clock, History, KnownDestinations, Locks
from sieve_manager.managesieve import Credentials, Endpoint, TlsMode
from sieve_manager.policy.policy import Policy
from sieve_manager.settings import Settings
from sieve_manager.settings_sections import ImapSection, ManageSieveSection, SmtpSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """Everything that the doors (pages, command line) work with; None: not configured."""

    settings: Settings
    policy: Policy
    clock: Clock
    store: ManageSieveStore
    folders: ImapFolders | None
    history: History
    locks: Locks
    addresses: ConfiguredAddresses
    known: KnownDestinations
    mailer: SmtpMailer | None
    throttle: Throttle
    web_sessions: WebSessions
    forwards: Forwards
    notices: Notices
    database: Database

    def close(self) -> None:
        """Close what is kept open: server connections, the database."""
        self.store.close()
        self.database.close()


def build(settings: Settings, *, clock: Clock | None = None) -> Wired:
    """Wire the use cases; opens the database and brings it up to date, no other connection.

    Raises:
        StorageError: the database cannot be used.
        SettingsError: its URL cannot be read.
    """
    clock = clock or _now
    upgrade(settings.database.url)
    database = Database(settings.database.url)
    master = _master(settings)
    store = ManageSieveStore(_endpoint(settings.managesieve), master=master)
    folders = ImapFolders(_endpoint(settings.imap), master=master) if settings.imap else None
    history, locks = DatabaseHistory(database), DatabaseLocks(database)
    addresses = ConfiguredAddresses(
        default_domain=settings.mailboxes.default_domain, file=settings.mailboxes.file
    )
    policy = settings.policy_rules()
    known = DatabaseKnownDestinations(database)
    mailer = _mailer(settings.smtp, clock) if settings.smtp else None
    return Wired(
        settings=settings,
        policy=policy,
        clock=clock,
        store=store,
        folders=folders,
        history=history,
        locks=locks,
        addresses=addresses,
        known=known,
        mailer=mailer,
        throttle=Throttle(database),
        web_sessions=WebSessions(database, clock),
        forwards=Forwards.over(
            store=store,
            folders=folders,
            history=history,
            locks=locks,
            addresses=addresses,
            policy=policy,
            clock=clock,
        ),
        notices=Notices(known=known, mailer=mailer, policy=policy),
        database=database,
    )


def local_host() -> LocalHost:
    """The host that we run on, for a check beside the mail server."""
    return LocalHost()


def _now() -> datetime:
    return datetime.now(UTC)


def _endpoint(section: ManageSieveSection | ImapSection | SmtpSection) -> Endpoint:
    return Endpoint(
        host=section.host,
        port=section.port,
        tls=TlsMode(section.tls.value),
        ca_file=section.ca_file,
    )


def _master(settings: Settings) -> Credentials | None:
    if settings.master is None:
        return None
    return Credentials(login=settings.master.user, password=settings.master.secret)


def _mailer(section: SmtpSection, clock: Clock) -> SmtpMailer:
    credentials = None
    if section.username and section.secret:
        credentials = Credentials(login=section.username, password=section.secret)
    return SmtpMailer(
        _endpoint(section), sender=section.sender, clock=clock, credentials=credentials
    )
