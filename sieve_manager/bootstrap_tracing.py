"""Wires what is worked out over the chain of all forwards."""

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.history import DatabaseHistory
from sieve_manager.adapters.database.redirect_addresses import DatabaseAddresses
from sieve_manager.adapters.database.register import DatabaseRegister
from sieve_manager.application.known_aliases import KnownAliases
from sieve_manager.application.ports import Clock
from sieve_manager.application.staff import Staff
from sieve_manager.application.tracing import Tracing
from sieve_manager.bootstrap_directory import People
from sieve_manager.settings import Settings


def wire_tracing(
    settings: Settings,
    database: Database,
    clock: Clock,
    people: People,
    aliases: KnownAliases,
    staff: Staff,
) -> Tracing:
    """The chain over the register and the redirect addresses; opens no connection."""
    return Tracing(
        register=DatabaseRegister(database, clock),
        history=DatabaseHistory(database),
        directory=people.directory,
        addresses=aliases,
        store=DatabaseAddresses(database),
        staff=staff,
        policy=settings.policy_rules(),
        clock=clock,
        domains=settings.addresses.rules().domains,
    )
