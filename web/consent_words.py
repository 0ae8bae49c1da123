"""How it is said whether a receiver has agreed."""

from datetime import datetime

from markupsafe import Markup

from sieve_manager.domain.consent import Consent, ConsentState
from web.say import address, day, say


def consent_sentence(consent: Consent, now: datetime) -> Markup:
    """What became of the question, in a sentence."""
    name, on = address(consent.destination), day(consent.at.date())
    match consent.state:
        case ConsentState.REFUSED:
            return say("%(name)s did not agree (%(day)s).", name=name, day=on)
        case ConsentState.WITHDRAWN:
            return say("%(name)s does not want the mail any more (%(day)s).", name=name, day=on)
        case _ if consent.is_open(now):
            until = day(consent.answer_by.date())
            return say(
                "%(name)s was asked on %(day)s and can answer until %(until)s.",
                name=name,
                day=day(consent.asked_at.date()),
                until=until,
            )
        case _:
            return say(
                "%(name)s was asked on %(day)s and has not answered. Save the forward again to "
                "ask once more.",
                name=name,
                day=day(consent.asked_at.date()),
            )
