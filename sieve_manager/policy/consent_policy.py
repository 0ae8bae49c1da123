"""Which receivers must agree before mail is passed on to them, and how often they are asked."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import SAID_NO, Consent, ConsentState
from sieve_manager.domain.mailboxes import Mailbox
from sieve_manager.policy.findings import Finding, inform, refuse
from sieve_manager.policy.policy import ConsentOf, Policy

A_DAY = timedelta(days=1)
MOST_OF_AN_OWNER = 20
"""How many questions one person may cause in a day, over all that they own."""
MOST_TO_A_RECEIVER = 5
"""How many questions one receiver gets in a day, whoever causes them."""
_AFTER_NO = timedelta(days=30)


def must_agree(address: EmailAddress, mailbox: Mailbox, policy: Policy) -> bool:
    """Whether nothing may be passed on to *address* before they have agreed."""
    match policy.consent:
        case ConsentOf.NONE:
            return False
        case ConsentOf.OUTSIDE:
            return not policy.is_inside(address, mailbox)
        case ConsentOf.ALL:
            return True


def asks_anew(known: Consent | None, now: datetime) -> bool:
    """Whether a mail has to be sent to them; who was asked within a day is not asked twice."""
    if known is None:
        return True
    open_or_dropped = known.state in (ConsentState.WAITING, ConsentState.DROPPED)
    return not open_or_dropped or now - known.asked_at > A_DAY


def rests_until(
    address: EmailAddress, consents: Iterable[Consent], now: datetime
) -> datetime | None:
    """Until when they are not asked, who did not want the mail at this or another sub-address."""
    receiver = address.without_detail.key
    ends = (
        one.at + _AFTER_NO
        for one in consents
        if one.state in SAID_NO and one.destination.without_detail.key == receiver
    )
    return max((end for end in ends if end > now), default=None)


def review_question(
    address: EmailAddress,
    known: Consent | None,
    rest: datetime | None,
    to_them: int,
    of_owner: int,
    now: datetime,
) -> Finding:
    """What speaks against asking, or that they will be asked.

    *rest* is until when they are not asked; *to_them* and *of_owner* count the questions of
    the last day.
    """
    if rest:
        return refuse(
            "consent-refused",
            "{address} does not want this mail. They can be asked again from {day}.",
            where="to",
            address=address.readable,
            day=rest.date().isoformat(),
        )
    if asks_anew(known, now) and (to_them >= MOST_TO_A_RECEIVER or of_owner >= MOST_OF_AN_OWNER):
        return refuse(
            "consent-limit",
            "{address} cannot be asked today. Try again tomorrow.",
            where="to",
            address=address.readable,
        )
    return inform(
        "consent-waiting",
        "{address} must agree first. They are asked by mail; until they have agreed, nothing goes "
        "there.",
        where="to",
        address=address.readable,
    )


def missing(address: EmailAddress) -> Finding:
    """Somebody who was asked has not agreed."""
    return refuse(
        "consent-missing",
        "{address} has not agreed to receive this mail. Save the forward anew, and they are asked.",
        address=address.readable,
    )
