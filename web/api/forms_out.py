"""What the API answers, for its document; docs/reference/json.md says what each key means.

Cases and batches are in :mod:`web.api.forms_out_cases`, redirect addresses in
:mod:`web.api.forms_out_addresses`.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sieve_manager.application.chain import Kind
from sieve_manager.application.status import State
from sieve_manager.application.trace import Turn


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
