"""What programs send, as pydantic reads it; what it means, the use cases say."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from sieve_manager.application.case import CaseState
from sieve_manager.application.jobs import ItemState
from sieve_manager.application.register import SetBy
from sieve_manager.application.register_store import Sort
from web.api.operations import Strict

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


class ReplyIn(Strict):
    """The automatic reply: the template of a *language*, or a *text* of your own."""

    language: str = Field("", max_length=8, examples=["en"])
    subject: str = Field("", max_length=200)
    text: str = Field("", max_length=10_000)
    interval_days: int = Field(7, ge=1, le=30)


class TermsIn(Strict):
    """What can be changed of a case; what is left out stays as it is."""

    destinations: Addresses | None = None
    copy_choice: CopyChoice = "none"
    first_day: Day = None
    last_day: Day = None
    timezone: Zone | None = None
    hold_spam: bool | None = None
    reply: ReplyIn | None = None
    own_forward: Literal["keep", "off"] = "off"
    ticket: str = Field("", max_length=100)
    reason: str = Field("", max_length=1000)


class CaseIn(TermsIn):
    """A case that is to begin."""

    mailbox: str = Field(min_length=1, max_length=255, description="The leaver's login.")
    destinations: Addresses


class WhyIn(Strict):
    """Why something is taken back."""

    reason: str = Field("", max_length=1000)


class StartIn(Strict):
    """The rehearsal that was seen."""

    checksum: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")


class SearchQuery(Strict):
    """Whom to look for."""

    text: str = Field(min_length=1, max_length=200, description="Beginnings of words.")


class CasesQuery(Strict):
    """Which cases are asked for: those that end soonest come first."""

    model_config = ConfigDict(strict=False)

    state: CaseState | None = None
    text: str = Field("", max_length=200, description="A part of the login or the ticket.")
    limit: int = Field(100, ge=1, le=1000)


class ItemsQuery(Strict):
    """Which items of a batch."""

    model_config = ConfigDict(strict=False)

    after: int = Field(0, ge=0, le=2_000_000_000, description="The number of the last one seen.")
    limit: int = Field(100, ge=1, le=500)
    state: ItemState | None = None


class AuditQuery(Strict):
    """Which entries of the audit log: the newest come first."""

    model_config = ConfigDict(strict=False)

    mailbox: str = Field("", max_length=255)
    before: int | None = Field(None, ge=1, le=2_000_000_000)
    limit: int = Field(50, ge=1, le=500)


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
