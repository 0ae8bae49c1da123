"""Where a message can be, and the ways it can take from there: what a trace is worked out from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, Self

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.sieve.conditions import Condition

_ALWAYS_BEGAN = datetime.min.replace(tzinfo=UTC)
_NEVER_ENDS = datetime.max.replace(tzinfo=UTC)


class Kind(StrEnum):
    """What stands at an address; MISSING: it is inside, and nobody has it."""

    MAILBOX = "mailbox"
    REDIRECT_ADDRESS = "redirect-address"
    ALIAS = "alias"
    OUTSIDE = "outside"
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def is_relay(self) -> bool:
        """Whether mail is only passed on there: it has no mailbox."""
        return self in (Kind.REDIRECT_ADDRESS, Kind.ALIAS)


class Station(NamedTuple):
    """One place; *key* is the login of a mailbox, and the address of all others.

    UNKNOWN has no key: the target is worked out for each message.
    """

    kind: Kind
    key: str


@dataclass(frozen=True, slots=True)
class Window:
    """From the first to the last instant (UTC), both included."""

    starts: datetime = _ALWAYS_BEGAN
    ends: datetime = _NEVER_ENDS

    @property
    def is_empty(self) -> bool:
        """Whether there is no instant in it."""
        return self.starts > self.ends

    def within(self, other: Self) -> "Window":
        """The part of it that lies in *other*, too."""
        return Window(max(self.starts, other.starts), min(self.ends, other.ends))

    def covers(self, other: Self) -> bool:
        """Whether all of *other* lies in it."""
        return self.starts <= other.starts and other.ends <= self.ends

    def holds(self, at: datetime) -> bool:
        """Whether *at* lies in it."""
        return self.starts <= at <= self.ends


ALWAYS = Window()


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One redirect of a station: to *target* (None: worked out for each message).

    *keeps* says whether the message is stored at the station as well; None: it depends.
    *conditions* must all hold; none: every message.
    """

    target: EmailAddress | None
    keeps: bool | None = False
    conditions: tuple[Condition, ...] = ()
    window: Window = ALWAYS


class Chart(Protocol):
    """All stations and their ways, as they are to be after the save. May raise StorageError."""

    def station(self, address: EmailAddress) -> Station:
        """What stands at *address*, with its sub-address or without."""
        ...

    def ways(self, station: Station) -> Sequence[Way]:
        """The ways from there, paused and ended ones left out; none where mail just stays."""
        ...

    def stays(self, station: Station) -> bool | None:
        """Whether what takes no way from a mailbox stays there; None: that depends."""
        ...
