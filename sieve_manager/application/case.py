"""A case: what the helpdesk settled for somebody who left, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.access import Actor
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.handover import Handover
from sieve_manager.domain.mailboxes import Login


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

OVER_STATES = (CaseState.ENDED, CaseState.UNDONE)
"""Those in which nothing is left to be done, or taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that is about to begin; *batch* is the number of the job that it is part of."""

    login: Login
    at: datetime
    actor: Actor
    terms: CaseTerms
    state: CaseState = CaseState.BEGINNING
    batch: int | None = None

    def kept(self, case_id: int, number: int) -> "Case":
        """The case that it is from now on."""
        return Case(
            id=case_id,
            number=number,
            login=self.login,
            begun_at=self.at,
            begun_by=self.actor,
            terms=self.terms,
            state=self.state,
            batch=self.batch,
            writing_since=self.at if self.state is CaseState.BEGINNING else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it is kept.

    *id* is unique; *number* counts up within the mailbox, from 1, and stands in its rules'
    names. *version* is that of the mailbox's history which its last write made. *problem* is
    what an operator should know, in English; *ended_at* is when it was settled that it is over.
    *writing_since* is when its rules began to be written; None while it waits.
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
    writing_since: datetime | None = None

    @property
    def had_waited(self) -> bool:
        """Whether somebody else's word came before it began."""
        return self.writing_since != self.begun_at

    @property
    def handover(self) -> Handover:
        """What it makes of the mailbox."""
        return self.terms.handover(self.number)

    def phase(self, now: datetime) -> Phase:
        """Where its dates stand at *now*."""
        return self.terms.forward.phase(now)
