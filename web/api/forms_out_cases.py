"""What the API answers about cases, and about many at once."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from sieve_manager.application.case import CaseState
from sieve_manager.application.jobs import ItemState, JobState
from web.api.forms_out import Out


class ReplyOut(Out):
    """What senders are told."""

    subject: str
    text: str
    interval_days: int


class Case(Out):
    """A handover of somebody's mail."""

    case: int
    mailbox: str
    number: int
    state: CaseState
    destinations: list[str]
    copy_choice: str = Field(alias="copy")
    first_day: date | None
    last_day: date | None
    timezone: str
    hold_spam: bool
    reply: ReplyOut | None
    own_forward: Literal["keep", "off"]
    ticket: str
    reason: str
    begun_at: datetime
    begun_by: str
    ended_at: datetime | None
    problem: str


class CaseList(Out):
    """Cases of mailboxes that the token may act for; *next* is the ``offset`` of the next page."""

    cases: list[Case]
    next: int | None


class ProblemLine(Out):
    """A line of a file that cannot be used."""

    line: int
    column: int
    text: str


class Batch(Out):
    """Many cases at once, and how far they are."""

    job: int
    kind: str
    state: JobState
    reason: str
    created: datetime
    created_by: str
    finished: datetime | None
    checksum: str
    items: dict[str, int]
    rate: float | None
    seconds_left: float | None
    problems: list[ProblemLine]


class BatchList(Out):
    """A page of batches; *next* is the ``before`` of the next page, null at the end."""

    batches: list[Batch]
    next: int | None


class Approvals(Out):
    """What waits for somebody else's word."""

    cases: list[Case]
    batches: list[Batch]


class ItemOut(Out):
    """One line of a batch."""

    item: int
    line: int | None
    mailbox: str
    state: ItemState
    case: int | None
    warnings: list[str]
    error: str


class Items(Out):
    """A page of items; *next* is the ``after`` of the next page, null at the end."""

    items: list[ItemOut]
    next: int | None
