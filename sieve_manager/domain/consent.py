"""The agreement of a receiver: whether mail of one source may be passed on to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sieve_manager.domain.addresses import EmailAddress

ANSWER_WITHIN = timedelta(days=14)
"""How long a receiver can answer a question."""


class SourceKind(StrEnum):
    """What passes mail on."""

    MAILBOX = "mailbox"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whose mail is passed on; *name* is a mailbox's login, or a redirect address's key."""

    kind: SourceKind
    name: str


class ConsentState(StrEnum):
    """What a receiver said; DROPPED: nobody wants to know any more."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


SAID_NO = (ConsentState.REFUSED, ConsentState.WITHDRAWN)
"""Who does not want the mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What *destination* was asked, and said, about the mail of *source*.

    *question* counts how often they were asked: an answer is good for the one that it was given
    to. *at* is when they were last asked, or answered. *done* says that all that follows from
    the state was done: the mail was sent, the script or the address was changed. *id* is 0 before
    it is kept.
    """

    source: Source
    destination: EmailAddress
    state: ConsentState
    question: int
    asked_at: datetime
    at: datetime
    done: bool = False
    id: int = 0

    @property
    def answer_by(self) -> datetime:
        """Until when the question can be answered."""
        return self.asked_at + ANSWER_WITHIN

    def is_open(self, now: datetime) -> bool:
        """Whether an answer is waited for."""
        return self.state is ConsentState.WAITING and now <= self.answer_by
