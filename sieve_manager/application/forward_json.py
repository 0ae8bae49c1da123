"""A forward as values for JSON, to be kept, and back."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.schedule import Period


def forward_values(forward: Forward) -> dict[str, Any]:
    """All of *forward* but its note and whether it is paused."""
    period = forward.period
    return {
        "to": [str(one) for one in forward.destinations],
        "copy": str(forward.copy),
        "first_day": period.first_day.isoformat() if period.first_day else None,
        "last_day": period.last_day.isoformat() if period.last_day else None,
        "timezone": period.timezone,
        "hold_spam": forward.hold_spam,
    }


def forward_of(values: Mapping[str, Any], *, paused: bool = False, note: str = "") -> Forward:
    """The reverse of :func:`forward_values`."""
    return Forward(
        destinations=addresses_of(values["to"]),
        copy=Copy.parse(values["copy"]),
        period=Period(
            first_day=_day(values["first_day"]),
            last_day=_day(values["last_day"]),
            timezone=values["timezone"],
        ),
        hold_spam=values["hold_spam"],
        paused=paused,
        note=note,
    )


def dump_forward(forward: Forward) -> str:
    """As JSON in ASCII, which every database keeps as it is."""
    return json.dumps(forward_values(forward))


def load_forward(text: str) -> Forward:
    """The reverse of :func:`dump_forward`."""
    return forward_of(json.loads(text))


def addresses_of(texts: list[str]) -> tuple[EmailAddress, ...]:
    """Addresses as they were written when they were kept, in order."""
    return tuple(map(EmailAddress.restore, texts))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
