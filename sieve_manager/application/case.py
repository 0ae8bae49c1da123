"""A case: what the helpdesk settled for somebody who left, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.access import Actor
from sieve_manager.domain.forward import Forward, Phase
from sieve_manager.domain.handover import Handover, Reply
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import InvalidInputError

MAX_TICKET = 100
MAX_REASON = 1000


class OwnForward(StrEnum):
    """What becomes of the forward that the leaver had set, once the case is over."""

    KEEP = "keep"
    OFF = "off"


class CaseState(StrEnum):
    """How far a case has come; whether it is scheduled or running, its dates say.

    BEGINNING: its rules are being written. FAILED: it is over, and its rules could not be
    taken out yet.
    """

    WAITING = "waiting"
    BEGINNING = "beginning"
    ACTIVE = "active"
    ENDED = "ended"
    UNDONE = "undone"
    FAILED = "failed"


OPEN_STATES = (CaseState.BEGINNING, CaseState.ACTIVE, CaseState.FAILED)
"""Those in which the mailbox may hold rules of the case."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that is about to begin; *batch* is the number of the job that it is part of."""

    login: Login
    at: datetime
    actor: Actor
    terms: CaseTerms
    state: CaseState = CaseState.BEGINNING
    batch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it is kept.

    *id* is unique; *number* counts up within the mailbox, from 1, and stands in its rules'
    names. *version* is that of the mailbox's history which its last write made. *problem* is
    what an operator should know, in English; *ended_at* is when it was settled that it is over.
    """

    id: int
    number: int
    login: Login
    begun_at: datetime
    begun_by: Actor
    terms: CaseTerms
    state: CaseState
    version: int | None = None
    batch: int | None = None
    problem: str = ""
    ended_at: datetime | None = None

    @property
    def handover(self) -> Handover:
        """What it makes of the mailbox."""
        return self.terms.handover(self.number)

    def phase(self, now: datetime) -> Phase:
        """Where its dates stand at *now*."""
        return self.terms.forward.phase(now)
