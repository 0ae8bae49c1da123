"""What the API answers, for its document; docs/reference/json.md says what each key means."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sieve_manager.application.case import CaseState
from sieve_manager.application.chain import Kind
from sieve_manager.application.jobs import ItemState, JobState
from sieve_manager.application.status import State
from sieve_manager.application.trace import Turn
from sieve_manager.domain.redirect_address import AddressKind


class Out(BaseModel):
    """An object of the stable form: keys may be added, none goes away."""

    model_config = ConfigDict(populate_by_name=True)


class FindingOut(Out):
    """What the policy or the mail server lets expect."""

    code: str
    severity: Literal["info", "warn", "refuse"]
    message: str
    where: str


class WarningOut(Out):
    """A finding that warns."""

    code: str
    severity: Literal["warn", "refuse"]
    message: str


class RedirectOut(Out):
    """What another rule forwards."""

    to: str | None
    rule: str | None
    program: str
    conditional: bool
    copy_kept: bool = Field(alias="copy")
    notifies: bool


class Forward(Out):
    """What happens to a mailbox's mail."""

    mailbox: str
    state: State
    works: bool
    destinations: list[str]
    waiting: list[str]
    copy_choice: str | None = Field(alias="copy")
    first_day: date | None
    last_day: date | None
    timezone: str | None
    hold_spam: bool | None
    included_script: str | None
    foreign_redirects: list[RedirectOut]
    redirects_used: int
    redirects_allowed: int
    fingerprint: str
    warnings: list[WarningOut]


class DifferenceOut(Out):
    """How one script would change, as lines of a unified diff."""

    script: str
    lines: list[str]


class Plan(Out):
    """What a write would come to; nothing was written."""

    fingerprint: str
    checksum: str
    refused: bool
    conflict: bool
    empty: bool
    findings: list[FindingOut]
    differences: list[DifferenceOut]
    after: Forward


class VersionOut(Out):
    """A change in the history."""

    version: int
    at: datetime
    actor: str
    channel: str
    role: str
    change: str
    undoes: int | None
    note: str
    settled: bool
    active_before: str | None
    active_after: str | None


class History(Out):
    """The changes of a mailbox, newest first."""

    mailbox: str
    versions: list[VersionOut]


class AddressState(Out):
    """A redirect address or an alias, and where it stands."""

    address: str
    kind: AddressKind
    state: Literal["scheduled", "active", "paused", "ended", "deleted"]
    destinations: list[str]
    waiting: list[str]
    first_day: date | None
    last_day: date | None
    timezone: str
    owner: str | None
    moved_to: str | None
    note: str
    fingerprint: str


class RedirectAddresses(Out):
    """Some of them, by address; *next* is the offset of those that follow."""

    addresses: list[AddressState]
    next: int | None


class AddressPlanOut(Out):
    """What a write would come to; nothing was written."""

    fingerprint: str
    refused: bool
    conflict: bool
    empty: bool
    findings: list[FindingOut]
    before: AddressState | None
    after: AddressState | None


class AddressVersionOut(Out):
    """A change of an address in its history."""

    version: int
    at: datetime
    actor: str
    channel: str
    role: str
    change: str
    undoes: int | None
    note: str
    ticket: str
    destinations: list[str]


class AddressHistory(Out):
    """The changes of an address, newest first."""

    address: str
    versions: list[AddressVersionOut]


class PersonOut(Out):
    """Somebody with a mailbox."""

    login: str
    name: str
    address: str | None
    aliases: list[str]
    manager: str | None
    groups: list[str]
    language: str | None


class People(Out):
    """Those whom a search found."""

    people: list[PersonOut]


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


class BatchList(Out):
    """A page of batches; *next* is the ``before`` of the next page, null at the end."""

    batches: "list[Batch]"
    next: int | None


class Approvals(Out):
    """What waits for somebody else's word."""

    cases: list[Case]
    batches: "list[Batch]"


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


class AuditEntryOut(Out):
    """An entry of the audit log as it is hashed; what is empty is left out."""

    number: int
    digest: str
    entry: dict[str, Any]


class Audit(Out):
    """Entries, newest first."""

    entries: list[AuditEntryOut]


class HopOut(Out):
    """A place on the way of a message, how it comes there, and where it goes on."""

    address: str | None
    kind: Kind
    mailbox: str | None
    copy_stays: bool | None
    condition: str | None
    first: datetime | None
    last: datetime | None
    turn: Turn | None
    hops: list["HopOut"]


class Trace(Out):
    """What happens to mail for an address, and what is wrong with that."""

    trace: HopOut
    findings: list[FindingOut]


class Register(Out):
    """Forwards of all mailboxes, as the last sweep found them."""

    forwards: list[dict[str, Any]]
    count: int


class FieldProblemOut(Out):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class Problem(Out):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblemOut]
    request_id: str
