"""Wires the redirect addresses, and what Postfix sees of them."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.postfix_views import (
    PostfixViews,
    postgresql_server,
    sqlite_file,
)
from sieve_manager.adapters.database.redirect_addresses import DatabaseAddresses
from sieve_manager.adapters.local_postfix import LocalPostfix
from sieve_manager.adapters.postfix_map import PostfixMap
from sieve_manager.application.address_ports import AddressStore, Relay
from sieve_manager.application.address_settling import AddressSettling
from sieve_manager.application.agreements import Agreements
from sieve_manager.application.chain import Chart
from sieve_manager.application.checking_postfix import MailTransferAgent, PostfixExamination
from sieve_manager.application.duties import Duty
from sieve_manager.application.known_aliases import KnownAliases
from sieve_manager.application.known_forwards import ForwardsOf
from sieve_manager.application.ports import AuditLog, Clock, Directory
from sieve_manager.application.postfix_files import PostfixTables
from sieve_manager.application.redirect_addresses import RedirectAddresses, Seen
from sieve_manager.application.register_store import RegisterStore
from sieve_manager.application.trail import Trail
from sieve_manager.application.whole_chart import AddressBecomes, WholeChart
from sieve_manager.bootstrap_directory import People
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.settings import Settings

_PUBLISH_SECONDS = 60.0
_SETTLE_SECONDS = 600.0
_MOST_DAYS = 7


def wire_addresses(
    settings: Settings,
    database: Database,
    clock: Clock,
    directory: Directory,
    forwards: ForwardsOf,
    trail: Trail,
    seen: Seen,
    agreements: Agreements | None,
) -> RedirectAddresses:
    """The redirect addresses over *database*; opens no connection and writes no file."""
    store = DatabaseAddresses(database)
    return RedirectAddresses(
        store=store,
        relay=_relay(settings, database, store),
        directory=directory,
        seen=seen,
        chart=partial(_chart, settings, clock, directory, forwards, store),
        trail=trail,
        clock=clock,
        rules=settings.addresses.rules(),
        policy=settings.policy_rules(),
        staff=settings.staff.rules(),
        agreements=agreements,
    )


def wire_aliases(database: Database, people: People, clock: Clock) -> KnownAliases:
    """The addresses of mailboxes with their aliases."""
    return KnownAliases(people.addresses, people.directory, DatabaseAddresses(database), clock)


def postfix_tables(settings: Settings) -> PostfixTables:
    """What Postfix reads, for its configuration."""
    path = map_file(settings)
    source = path.absolute() if path else postgresql_server(settings.database.url)
    return PostfixTables(source=source, domains=settings.addresses.domains)


def postfix_examination(
    settings: Settings,
    addresses: RedirectAddresses,
    register: RegisterStore,
    agent: MailTransferAgent | None = None,
) -> PostfixExamination:
    """Looks at the Postfix of this host."""
    return PostfixExamination(
        agent=agent or LocalPostfix(),
        tables=postfix_tables(settings),
        store=addresses.store,
        relay=addresses.relay,
        directory=addresses.directory,
        register=register,
        clock=addresses.clock,
        inside={*settings.policy.internal_domains, *settings.addresses.domains},
    )


def map_duty(settings: Settings, addresses: RedirectAddresses) -> tuple[Duty, ...]:
    """Makes the map file, and brings it up to date after a crash; none without addresses."""
    if not settings.addresses.domains:
        return ()
    publish = addresses.relay.publish
    return (Duty(name="addresses.publish", every_seconds=_PUBLISH_SECONDS, run=publish),)


def told_duty(settings: Settings, audit: AuditLog, addresses: RedirectAddresses) -> Duty:
    """Writes the audit entries that a crash has kept from the log."""
    kept = timedelta(days=settings.audit.retention_days or _MOST_DAYS)
    settling = AddressSettling(
        store=addresses.store,
        log=audit,
        clock=addresses.clock,
        back=min(kept, timedelta(days=_MOST_DAYS)) - timedelta(hours=1),
    )
    return Duty(name="addresses.settle", every_seconds=_SETTLE_SECONDS, run=settling.run)


def map_file(settings: Settings) -> Path | None:
    """The file that Postfix reads; None: it asks PostgreSQL."""
    beside = sqlite_file(settings.database.url)
    return beside and (settings.postfix.map_file or beside.parent / "postfix" / "addresses.db")


def _relay(settings: Settings, database: Database, store: DatabaseAddresses) -> Relay:
    path = map_file(settings)
    return PostfixMap(path, store) if path else PostfixViews(database)


def _chart(
    settings: Settings,
    clock: Clock,
    directory: Directory,
    forwards: ForwardsOf,
    store: AddressStore,
    address: EmailAddress,
    becomes: RedirectAddress | None,
) -> Chart:
    return WholeChart(
        forwards=forwards,
        directory=directory,
        addresses=store,
        inside={*settings.policy.internal_domains, *settings.addresses.domains, address.domain},
        now=clock(),
        becomes=AddressBecomes(address=address, kept=becomes),
    )
