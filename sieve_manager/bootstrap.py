"""The composition root: from the settings to wired use cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sieve_manager.adapters.database.cases import DatabaseCases
from sieve_manager.adapters.database.directory import DatabaseDirectory
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.history import DatabaseHistory
from sieve_manager.adapters.database.known_destinations import DatabaseKnownDestinations
from sieve_manager.adapters.database.ledger import DatabaseLedger
from sieve_manager.adapters.database.locks import DatabaseLocks
from sieve_manager.adapters.database.replays import DatabaseReplays
from sieve_manager.adapters.database.roster import DatabaseRoster
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.adapters.database.throttle import Throttle
from sieve_manager.adapters.database.tokens import DatabaseTokens
from sieve_manager.adapters.database.web_sessions import WebSessions
from sieve_manager.adapters.imap.folders import ImapFolders
from sieve_manager.adapters.local_host import LocalHost
from sieve_manager.adapters.logs import Facts
from sieve_manager.adapters.logs import start_logs as start
from sieve_manager.adapters.mailer import SmtpMailer
from sieve_manager.adapters.metrics import Metrics
from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.case_batches import KIND, UNDO_KIND, CaseBatches
from sieve_manager.application.case_cleaning import CaseCleaning
from sieve_manager.application.case_entry import EntryReader
from sieve_manager.application.case_notice_sending import CaseNotices
from sieve_manager.application.cases import Cases
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.jobs import Handler
from sieve_manager.application.ledger import Ledger
from sieve_manager.application.measuring import MeasuredLocks
from sieve_manager.application.measuring_jobs import measure_jobs
from sieve_manager.application.notices import Notices
from sieve_manager.application.ports import (
    Addresses,
    AuditArchive,
    Clock,
    Directory,
    History,
    KnownDestinations,
    Locks,
)
from sieve_manager.application.proving import Proving
from sieve_manager.application.readiness import Readiness
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.application.register_upkeep import Register
from sieve_manager.application.replays import Replays
from sieve_manager.application.reply_renewal import ReplyRenewal
from sieve_manager.application.single_sign_on import SingleSignOn
from sieve_manager.application.staff import Staff
from sieve_manager.application.tokens import Tokens
from sieve_manager.application.tracing import Tracing
from sieve_manager.application.trail import Trail
from sieve_manager.application.working import Pace, Worker
from sieve_manager.bootstrap_addresses import map_duty, told_duty, wire_addresses, wire_aliases
from sieve_manager.bootstrap_audit import audit_duties, wire_audit
from sieve_manager.bootstrap_consent import (
    Consenting,
    consent_duty,
    wire_agreements,
    wire_consent,
)
from sieve_manager.bootstrap_directory import wire_people
from sieve_manager.bootstrap_jobs import case_duty, job_duty, reply_duty, sweep_duty
from sieve_manager.bootstrap_notices import notice_duty, wire_notices
from sieve_manager.bootstrap_proving import proof_duty, wire_proving
from sieve_manager.bootstrap_register import wire_register
from sieve_manager.bootstrap_replies import wire_entries
from sieve_manager.bootstrap_servers import (
    endpoint,
    wire_folders,
    wire_mailer,
    wire_master,
    wire_owner_mail,
)
from sieve_manager.bootstrap_single_sign_on import wire_single_sign_on
from sieve_manager.bootstrap_tracing import wire_tracing
from sieve_manager.managesieve import Deadlines
from sieve_manager.policy.policy import Policy
from sieve_manager.settings import Settings

# Who asks whether we are ready asks again in a few seconds.
_SHORT = Deadlines(connect=2, greeting=2, authenticate=2, command=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """Everything that the doors (pages, command line) work with; None: not configured."""

    settings: Settings
    policy: Policy
    clock: Clock
    store: ManageSieveStore
    folders: ImapFolders | None
    history: History
    audit: AuditArchive
    trail: Trail
    locks: Locks
    addresses: Addresses
    known: KnownDestinations
    mailer: SmtpMailer | None
    throttle: Throttle
    web_sessions: WebSessions
    forwards: Forwards
    cases: Cases
    case_cleaning: CaseCleaning
    reply_renewal: ReplyRenewal
    case_entries: EntryReader
    case_notices: CaseNotices
    case_batches: CaseBatches
    ledger: Ledger
    notices: Notices
    directory: Directory
    people_table: DatabaseDirectory | None
    staff: Staff
    register: Register
    redirect_addresses: RedirectAddresses
    consent: Consenting | None
    proving: Proving | None
    tracing: Tracing
    single_sign_on: SingleSignOn | None
    tokens: Tokens
    replays: Replays
    measures: Metrics
    readiness: Readiness
    database: Database

    def close(self) -> None:
        """Close what is kept open: server connections, the database."""
        self.store.close()
        self.database.close()


def build(settings: Settings, *, clock: Clock | None = None) -> Wired:
    """Wire the use cases; opens the database and brings it up to date, no other connection.

    Raises:
        StorageError: the database cannot be used.
        SettingsError: its URL cannot be read, or the file of templates cannot be used.
    """
    clock = clock or _now
    upgrade(settings.database.url)
    database = Database(settings.database.url)
    master = wire_master(settings)
    measures = Metrics()
    store = ManageSieveStore(
        endpoint(settings.managesieve),
        master=master,
        observe=partial(measures.round_trip, "managesieve"),
        max_connections=settings.master.max_connections if settings.master else 1,
    )
    folders = wire_folders(settings, master, measures)
    history, audit = DatabaseHistory(database), wire_audit(settings, database)
    locks = MeasuredLocks(DatabaseLocks(database), measures)
    people = wire_people(settings, database, clock)
    directory, addresses = people.directory, people.addresses
    aliases = wire_aliases(database, people, clock)
    policy, staff_rules = settings.policy_rules(), settings.staff.rules()
    known = DatabaseKnownDestinations(database)
    mailer = wire_mailer(settings, clock)
    owner_mail = wire_owner_mail(settings, mailer, folders, clock)
    staff = Staff(
        directory=directory, addresses=addresses, rules=staff_rules, has_master=master is not None
    )
    agreements = wire_agreements(settings, database, clock)
    tracing = wire_tracing(settings, database, clock, people, aliases, staff)
    forwards = Forwards.over(
        store=store,
        folders=folders,
        history=history,
        locks=locks,
        addresses=aliases,
        policy=policy,
        clock=clock,
        staff=staff_rules,
        audit=audit,
        operators=settings.cases.rules(),
        chain=tracing.of_plan,
        agreements=agreements,
    )
    ledger = DatabaseLedger(database, clock)
    measure_jobs(measures, ledger)
    entries = wire_entries(settings, aliases)
    cases = Cases(
        forwards=forwards,
        store=DatabaseCases(database),
        staff=staff,
        clock=clock,
        policy=settings.cases.rules(),
    )
    register = wire_register(settings, database, clock, store, people, history, mailer)
    trail = forwards.saving.trail
    redirect_addresses = wire_addresses(
        settings, database, clock, directory, tracing.forwards, trail, tracing.seen, agreements
    )
    return Wired(
        settings=settings,
        policy=policy,
        clock=clock,
        store=store,
        folders=folders,
        history=history,
        audit=audit,
        trail=trail,
        locks=locks,
        addresses=addresses,
        known=known,
        mailer=mailer,
        throttle=Throttle(database),
        web_sessions=WebSessions(database, clock),
        forwards=forwards,
        cases=cases,
        case_entries=entries,
        case_notices=wire_notices(
            settings, database, cases, audit, staff, mailer, owner_mail, register
        ),
        case_batches=CaseBatches(
            cases=cases, entries=entries, staff=staff, ledger=ledger, policy=policy
        ),
        ledger=ledger,
        case_cleaning=CaseCleaning(cases=cases, clock=clock),
        reply_renewal=ReplyRenewal(cases=cases, addresses=redirect_addresses.store),
        notices=Notices(known=known, mail=owner_mail, policy=policy),
        directory=directory,
        people_table=people.table,
        staff=staff,
        register=register,
        redirect_addresses=redirect_addresses,
        proving=wire_proving(settings, database, clock, tracing, trail, mailer, folders),
        consent=wire_consent(settings, forwards, redirect_addresses, mailer, owner_mail),
        tracing=tracing,
        single_sign_on=wire_single_sign_on(settings, clock, directory, staff, store),
        tokens=Tokens(store=DatabaseTokens(database), clock=clock, trail=trail, role_of=staff.role),
        replays=DatabaseReplays(database, clock),
        measures=measures,
        readiness=Readiness(
            checks={"database": database.answers, "mail_server": partial(store.announced, _SHORT)}
        ),
        database=database,
    )


def build_worker(wired: Wired) -> Worker:
    """A worker, not started yet, for every kind of job and for all duties."""
    handlers: dict[str, Handler] = dict.fromkeys((KIND, UNDO_KIND), wired.case_batches.handle)
    duties = [
        case_duty(wired.case_cleaning),
        reply_duty(wired.reply_renewal),
        notice_duty(wired.case_notices),
        sweep_duty(wired.register),
        job_duty(wired.settings, wired.ledger, wired.cases),
        *audit_duties(wired.settings, wired.audit, wired.forwards),
        *map_duty(wired.settings, wired.redirect_addresses),
        told_duty(wired.settings, wired.audit, wired.redirect_addresses),
        *proof_duty(wired.proving),
        *consent_duty(wired.settings, wired.consent),
    ]
    master = wired.settings.master
    connections = master.max_connections if master else 1
    return Worker(
        wired.ledger,
        DatabaseRoster(wired.database, wired.clock),
        audit=wired.audit,
        handlers=handlers,
        duties=duties,
        # Who writes to our database holds no connection to the mail server meanwhile.
        pace=Pace(threads=connections + connections // 2),
    )


def start_logs(settings: Settings, facts: Callable[[], Facts] = dict[str, str | int]) -> None:
    """Write the log as [logs] says; *facts* is asked at each line for what is known beside it."""
    section = settings.logs
    start(as_json=section.format.value == "json", level=section.level.value, facts=facts)


def local_host() -> LocalHost:
    """The host that we run on, for a check beside the mail server."""
    return LocalHost()


def _now() -> datetime:
    return datetime.now(UTC)
