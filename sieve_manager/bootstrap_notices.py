"""Wires the notices about cases."""

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.redirect_addresses import DatabaseAddresses
from sieve_manager.adapters.database.sent_notices import DatabaseNotices
from sieve_manager.adapters.day_words import day_words
from sieve_manager.application.address_notices import AddressNotices
from sieve_manager.application.case_notice_facts import NoticeFacts
from sieve_manager.application.case_notice_sending import CaseNotices
from sieve_manager.application.case_notices import NoticeRules
from sieve_manager.application.cases import Cases
from sieve_manager.application.duties import Duty
from sieve_manager.application.ending_links import EndingLinks
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import AuditLog, Mailer
from sieve_manager.application.register_upkeep import Register
from sieve_manager.application.staff import Staff
from sieve_manager.application.unwanted_links import UnwantedLinks
from sieve_manager.errors import SettingsError
from sieve_manager.settings import Settings

_ROUND_SECONDS = 60.0


def wire_notices(
    settings: Settings,
    database: Database,
    cases: Cases,
    audit: AuditLog,
    staff: Staff,
    mailer: Mailer | None,
    owner_mail: OwnerMail | None,
    register: Register,
) -> CaseNotices:
    """The notices over *mailer*; those to owners go by *owner_mail*."""
    section, links = settings.notices, unwanted_links(settings)
    return CaseNotices(
        cases=cases.store,
        audit=audit,
        notices=DatabaseNotices(database),
        facts=NoticeFacts(
            directory=staff.directory,
            addresses=staff.addresses,
            day_words=day_words,
            base_url=settings.web.base_url,
            languages=settings.web.languages,
            timezone=settings.policy.default_timezone,
            links=links,
            ending_links=EndingLinks(secret=links.secret) if links and section.operator else None,
        ),
        mailer=mailer,
        owner_mail=owner_mail,
        rules=NoticeRules(
            owner=section.owner,
            destination=section.destination,
            operator=section.operator,
            reminder_days=section.reminder_days,
        ),
        clock=cases.clock,
        trail=cases.forwards.saving.trail,
        addresses=AddressNotices(store=DatabaseAddresses(database)),
        lost=register.lost,
    )


def unwanted_links(settings: Settings) -> UnwantedLinks | None:
    """Under the secret of the pages; None where this process has none, as a worker may."""
    try:
        return UnwantedLinks(secret=settings.web.secret)
    except SettingsError:
        return None


def notice_duty(notices: CaseNotices) -> Duty:
    """Sends what is due, once a minute."""
    return Duty(name="cases.notices", every_seconds=_ROUND_SECONDS, run=notices.run)
