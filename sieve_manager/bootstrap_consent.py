"""Wires the consent of receivers; where the policy asks nobody, who agreed can still stop it."""

from dataclasses import dataclass

from sieve_manager.adapters.database.consents import DatabaseConsents
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.day_words import day_words
from sieve_manager.application.agreements import Agreements
from sieve_manager.application.answering import Answering
from sieve_manager.application.consent_following import ConsentFollowing
from sieve_manager.application.consent_links import ConsentLinks
from sieve_manager.application.consent_mail import ConsentMail
from sieve_manager.application.duties import Duty
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import Clock, Mailer
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.errors import SettingsError
from sieve_manager.policy.policy import ConsentOf
from sieve_manager.settings import Settings

_ROUND_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Consenting:
    """What receivers are asked, what they do with their links, and what follows from it."""

    agreements: Agreements
    answering: Answering
    following: ConsentFollowing


def wire_agreements(settings: Settings, database: Database, clock: Clock) -> Agreements:
    """Who must agree; also where nobody is asked, so that no wish outlives the next save."""
    return Agreements(store=DatabaseConsents(database), policy=settings.policy_rules(), clock=clock)


def wire_consent(
    settings: Settings,
    forwards: Forwards,
    addresses: RedirectAddresses,
    mailer: Mailer | None,
    owner_mail: OwnerMail | None,
) -> Consenting | None:
    """All of it; None where nobody can be asked, or there is no secret to sign links with."""
    agreements = forwards.agreements
    if agreements is None or mailer is None or owner_mail is None:
        return None
    if settings.master is None and not agreements.asks:
        return None
    try:
        links = ConsentLinks(secret=settings.web.secret, base_url=settings.web.base_url)
    except SettingsError:
        return None
    mail = ConsentMail(
        mailer=mailer,
        owner_mail=owner_mail,
        directory=addresses.directory,
        addresses=forwards.looking.addresses,
        redirects=addresses.store,
        links=links,
        day_words=day_words,
        languages=settings.web.languages,
    )
    return Consenting(
        agreements=agreements,
        answering=Answering(
            store=agreements.store,
            links=links,
            clock=agreements.clock,
            trail=forwards.saving.trail,
            asks=agreements.asks,
        ),
        following=ConsentFollowing(
            agreements=agreements, forwards=forwards, addresses=addresses, mail=mail
        ),
    )


def consent_duty(settings: Settings, consent: Consenting | None) -> tuple[Duty, ...]:
    """Asks, and does what follows from answers; none where nobody can be asked.

    Raises:
        SettingsError: somebody is to be asked, and there is no secret to sign links with.
    """
    if consent is None and settings.policy.consent is ConsentOf.NONE:
        return ()
    if consent is None:
        raise SettingsError(
            "web.secret_key_file", "is needed here, too: the worker signs the links for receivers"
        )
    return (Duty(name="consent.follow", every_seconds=_ROUND_SECONDS, run=consent.following.run),)
