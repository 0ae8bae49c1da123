"""The terms of a case as JSON, to be kept, and back."""

import json

from sieve_manager.application.forward_json import addresses_of, forward_of, forward_values
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.handover import Reply


def dump_terms(terms: CaseTerms) -> str:
    """The terms as JSON in ASCII, which every database keeps as it is."""
    reply = terms.reply
    return json.dumps(
        {
            **forward_values(terms.forward),
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
        forward=forward_of(found),
        reply=None
        if reply is None
        else Reply(
            text=reply["text"],
            subject=reply["subject"],
            interval_days=reply["interval_days"],
            addresses=addresses_of(reply["addresses"]),
        ),
        own_forward=OwnForward(found["own_forward"]),
        ticket=found["ticket"],
        reason=found["reason"],
    )
