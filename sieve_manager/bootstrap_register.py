"""Wires the register."""

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.redirect_addresses import DatabaseAddresses
from sieve_manager.adapters.database.register import DatabaseRegister
from sieve_manager.adapters.webhook import HttpWebhook
from sieve_manager.application.case_notice_words import language_of
from sieve_manager.application.mailbox_reading import MailboxReader
from sieve_manager.application.ports import Clock, History, Mailer, ScriptStore
from sieve_manager.application.register_news import RegisterNews
from sieve_manager.application.register_upkeep import Register
from sieve_manager.application.sweeping import Sweeping
from sieve_manager.bootstrap_directory import People
from sieve_manager.settings import Settings


def wire_register(
    settings: Settings,
    database: Database,
    clock: Clock,
    scripts: ScriptStore,
    people: People,
    history: History,
    mailer: Mailer | None,
) -> Register:
    """The register over *database*; opens no connection."""
    section = settings.register
    store, addresses = DatabaseRegister(database, clock), DatabaseAddresses(database)
    webhook = None
    if section.webhook_url:
        webhook = HttpWebhook(section.webhook_url, secret=section.webhook_secret, clock=clock)
    reader = MailboxReader(
        store=scripts,
        directory=people.directory,
        addresses=people.addresses,
        history=history,
        policy=settings.policy_rules(),
        staff=settings.staff.rules(),
    )
    return Register(
        store=store,
        sweeping=Sweeping(
            reader=reader,
            register=store,
            clock=clock,
            parallel=settings.master.max_connections if settings.master else 1,
            # Without the master nobody can read others' mailboxes.
            every_hours=section.sweep_hours if settings.master else 0,
            stands=lambda address: addresses.get(address) is not None,
        ),
        news=RegisterNews(
            register=store,
            mailer=mailer,
            digest_to=section.recipients,
            webhook=webhook,
            language=language_of("", settings.web.languages),
            page=f"{settings.web.base_url}/register?outside=yes",
        ),
    )
