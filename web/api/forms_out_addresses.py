"""What the API answers about redirect addresses and aliases."""

from datetime import date, datetime
from typing import Literal

from sieve_manager.domain.redirect_address import AddressKind
from web.api.forms_out import FindingOut, Out


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
