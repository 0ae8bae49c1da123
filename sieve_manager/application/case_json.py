"""The terms of a case as JSON, to be kept, and back."""

import json
from datetime import date

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.handover import Reply
from sieve_manager.domain.schedule import Period


def dump_terms(terms: CaseTerms) -> str:
    """The terms as JSON in ASCII, which every database keeps as it is."""
    forward, reply = terms.forward, terms.reply
    period = forward.period
    return json.dumps(
        {
            "to": [str(one) for one in forward.destinations],
            "copy": str(forward.copy),
            "first_day": period.first_day.isoformat() if period.first_day else None,
            "last_day": period.last_day.isoformat() if period.last_day else None,
            "timezone": period.timezone,
            "hold_spam": forward.hold_spam,
            "reply": None
            if reply is None
            else {
                "text": reply.text,
                "subject": reply.subject,
                "interval_days": reply.interval_days,
                "addresses": [str(one) for one in reply.addresses],
            },
            "own_forward": terms.own_forward.value,
            "ticket": terms.ticket,
            "reason": terms.reason,
        }
    )


def load_terms(text: str) -> CaseTerms:
    """The reverse of :func:`dump_terms`."""
    found = json.loads(text)
    reply = found["reply"]
    return CaseTerms(
        forward=Forward(
            destinations=_addresses(found["to"]),
            copy=Copy.parse(found["copy"]),
            period=Period(
                first_day=_day(found["first_day"]),
                last_day=_day(found["last_day"]),
                timezone=found["timezone"],
            ),
            hold_spam=found["hold_spam"],
        ),
        reply=None
        if reply is None
        else Reply(
            text=reply["text"],
            subject=reply["subject"],
            interval_days=reply["interval_days"],
            addresses=_addresses(reply["addresses"]),
        ),
        own_forward=OwnForward(found["own_forward"]),
        ticket=found["ticket"],
        reason=found["reason"],
    )


def _addresses(texts: list[str]) -> tuple[EmailAddress, ...]:
    return tuple(EmailAddress(*text.rsplit("@", 1)) for text in texts)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
