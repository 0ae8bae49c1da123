"""What programs send, as pydantic reads it; what it means, the use cases say."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from sieve_manager.application.case import CaseState
from sieve_manager.application.case_entry import CaseEntry
from sieve_manager.application.jobs import ItemState
from sieve_manager.application.register import SetBy
from sieve_manager.application.register_store import Sort
from sieve_manager.domain.handover import DEFAULT_INTERVAL_DAYS
from sieve_manager.domain.redirect_address import AddressKind
from web.api.operations import LARGEST_ID, Rehearsable, Strict

Address = Annotated[str, Field(min_length=1, max_length=320, examples=["anna@example.com"])]
Addresses = Annotated[list[Address], Field(min_length=1, max_length=100)]
Day = Annotated[date | None, Field(description="Inclusive; null is open.")]
Zone = Annotated[str, Field(max_length=64, examples=["Europe/Zurich"])]
CopyChoice = Annotated[
    str, Field(alias="copy", max_length=300, description="inbox, read, trash, none, folder:NAME")
]


class ForwardIn(Strict):
    """A whole forward; what is left out takes the policy's default."""

    destinations: Addresses
    copy_choice: CopyChoice = "inbox"
    first_day: Day = None
    last_day: Day = None
    timezone: Zone | None = None
    hold_spam: bool | None = None
    note: str = Field("", max_length=500)


class AddressIn(Strict):
    """A whole redirect address or alias; what is left out takes its default."""

    kind: AddressKind = AddressKind.REDIRECT
    destinations: Addresses
    first_day: Day = None
    last_day: Day = None
    timezone: Zone | None = None
    owner: str = Field("", max_length=255, description="The login of who may change it.")
    moved_to: str = Field("", max_length=320, description="Told to senders where it is not in use.")
    note: str = Field("", max_length=500)
    ticket: str = Field("", max_length=100)


class AddressesQuery(Strict):
    """Which redirect addresses and aliases."""

    model_config = ConfigDict(strict=False)

    text: str = Field("", max_length=200, description="A part of address, destination or note.")
    kind: AddressKind | None = None
    offset: int = Field(0, ge=0, le=10_000_000, description="How many to pass over.")
    limit: int = Field(50, ge=1, le=100)


class ReplyIn(Strict):
    """The automatic reply: the template of a *language*, or else a *text* of your own."""

    language: str = Field("", max_length=8, examples=["en"])
    subject: str = Field("", max_length=200)
    text: str = Field("", max_length=10_000, description="Blanks as in templates: {successors}.")
    interval_days: int = Field(DEFAULT_INTERVAL_DAYS, ge=1, le=30)

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.language) == bool(self.text):
            raise ValueError("Give a language, or a text of your own.")
        return self


class TermsIn(Strict):
    """What can be changed of a case; what is left out stays as it is."""

    destinations: Addresses | None = None
    copy_choice: CopyChoice = "none"
    first_day: Day = None
    last_day: Day = None
    timezone: Zone | None = None
    hold_spam: bool | None = None
    reply: ReplyIn | None = Field(None, description="Null is none.")
    own_forward: Literal["keep", "off"] = "off"
    ticket: str = Field("", max_length=100)
    reason: str = Field("", max_length=1000)


class CaseIn(TermsIn):
    """A case that is to begin."""

    mailbox: str = Field(min_length=1, max_length=255, description="The leaver's login.")
    destinations: Addresses


_PLAIN = ("timezone", "hold_spam", "own_forward", "ticket", "reason")


def entry_of(sent: TermsIn, base: CaseEntry) -> CaseEntry:
    """What was sent, and where it says nothing, *base*."""
    named = sent.model_fields_set
    found: dict[str, Any] = {
        name: value
        for name in _PLAIN
        if name in named and (value := getattr(sent, name)) is not None
    }
    if sent.destinations is not None:
        found["to"] = tuple(sent.destinations)
    if "copy_choice" in named:
        found["copy"] = sent.copy_choice
    for name in ("first_day", "last_day"):
        if name in named:
            day = getattr(sent, name)
            found[name] = day.isoformat() if day else ""
    if "reply" in named:
        found |= _reply(sent.reply)
    return replace(base, **found)


def _reply(sent: ReplyIn | None) -> dict[str, str]:
    if sent is None:
        return {"reply": ""}
    return {
        "reply": sent.language or "text",
        "reply_subject": sent.subject,
        "reply_text": sent.text,
        "reply_interval": str(sent.interval_days),
    }


class WhyIn(Strict):
    """Why something is taken back."""

    reason: str = Field("", max_length=1000)


class StartIn(Strict):
    """The rehearsal that was seen."""

    checksum: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")


class SearchQuery(Strict):
    """Whom to look for."""

    text: str = Field(min_length=1, max_length=200, description="Beginnings of words.")


class AddressStep(Rehearsable):
    """A step with a redirect address, and why."""

    ticket: str = Field("", max_length=100)


class CasesQuery(Strict):
    """Which cases are asked for: those that end soonest come first."""

    model_config = ConfigDict(strict=False)

    state: CaseState | None = None
    text: str = Field("", max_length=200, description="A part of the login or the ticket.")
    offset: int = Field(0, ge=0, le=10_000_000, description="How many to pass over.")
    limit: int = Field(50, ge=1, le=100)


class BatchesQuery(Strict):
    """Which batches: the newest come first."""

    model_config = ConfigDict(strict=False)

    before: int | None = Field(None, ge=1, le=LARGEST_ID, description="The last one seen.")
    limit: int = Field(50, ge=1, le=100)


class ItemsQuery(Strict):
    """Which items of a batch."""

    model_config = ConfigDict(strict=False)

    after: int = Field(0, ge=0, le=LARGEST_ID, description="The number of the last one seen.")
    limit: int = Field(100, ge=1, le=500)
    state: ItemState | None = None


class AuditQuery(Strict):
    """Which entries of the audit log: the newest come first."""

    model_config = ConfigDict(strict=False)

    mailbox: str = Field("", max_length=255)
    before: int | None = Field(None, ge=1, le=LARGEST_ID)
    limit: int = Field(50, ge=1, le=500)


class TraceQuery(Strict):
    """Mail for which address."""

    address: str = Field(max_length=320)


class RegisterQuery(Strict):
    """Which entries of the register."""

    model_config = ConfigDict(strict=False)

    text: str = Field("", max_length=200)
    outside: bool = False
    no_end: bool = False
    gone: bool = False
    set_by: SetBy | None = None
    problems: bool = False
    sort: Sort = Sort.MAILBOX
    offset: int = Field(0, ge=0, le=10_000_000)
    limit: int = Field(50, ge=1, le=500)
