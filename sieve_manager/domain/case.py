"""The terms on which a leaver's mail is handed over."""

from dataclasses import dataclass
from enum import StrEnum

from sieve_manager.domain.forward import Forward
from sieve_manager.domain.handover import Handover, Reply
from sieve_manager.errors import InvalidInputError

MAX_TICKET = 100
MAX_REASON = 1000


class OwnForward(StrEnum):
    """What becomes of the forward that the leaver had set, once the case is over."""

    KEEP = "keep"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTerms:
    """What an operator enters: everything but whose mailbox it is.

    The *forward*'s destinations are who takes over, and its period is the case's.
    """

    forward: Forward
    reply: Reply | None = None
    own_forward: OwnForward = OwnForward.OFF
    ticket: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what is too long to be kept.

        Raises:
            InvalidInputError: names the field.
        """
        demand_short(self.ticket, MAX_TICKET, "ticket")
        demand_short(self.reason, MAX_REASON, "reason")

    def handover(self, number: int) -> Handover:
        """What it makes of the mailbox, as the case of this number."""
        return Handover(case=number, forward=self.forward, reply=self.reply)


def demand_short(text: str, limit: int, where: str) -> None:
    """Refuse a text that is longer than *limit*, or holds more than letters and line breaks.

    Raises:
        InvalidInputError: it names the field *where*.
    """
    if len(text) > limit or not all(line.isprintable() for line in text.splitlines()):
        raise InvalidInputError(
            "This has at most {limit} characters, and no control characters.",
            where=where,
            code="case-text",
            limit=str(limit),
        )
