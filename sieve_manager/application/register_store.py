"""Where the register is kept between sweeps: the port, and the words of sweeps and questions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sieve_manager.application.register import Forwarded, RegisterEntry, SetBy
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName

PAGE = 50
MOST_COUNTED = 10_000
"""Beyond, nobody turns pages: they search, or take the whole away."""


class SweepState(StrEnum):
    """Where a sweep is; PAUSED goes on by itself later, from where it was."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One round through all mailboxes.

    *cursor* is the last login that was written down; *read*, *failed* and *changed* count
    mailboxes. *expected* is how many the last round had, 0 where there was none. *touched* is
    when it last went on; *reason* why it is paused. *told* are those who were told what is new.
    """

    number: int
    state: SweepState
    started: datetime
    touched: datetime
    finished: datetime | None = None
    cursor: str = ""
    read: int = 0
    failed: int = 0
    changed: int = 0
    expected: int = 0
    reason: str = ""
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMailbox:
    """What the last look at a mailbox left: *scripts* are those that were read."""

    fingerprint: str
    scripts: tuple[ScriptName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of one mailbox.

    *entries* None: as before, and so is *stays*: whether what is not forwarded stays there
    (None: that depends). With a *problem* it could not be read: what was known of it stays.
    *words* are what it is found by beside its login and its targets; *for_operators* says
    whether they may act for it, and so see it.
    """

    login: Login
    fingerprint: str = ""
    scripts: tuple[ScriptName, ...] = ()
    entries: tuple[RegisterEntry, ...] | None = None
    stays: bool | None = True
    words: str = ""
    for_operators: bool = False
    problem: str = ""


class Sort(StrEnum):
    """The order of a page."""

    MAILBOX = "mailbox"
    TARGET = "target"
    ENDS = "ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which entries are asked for.

    *text* is a part of login, name, address or target. *outside*: without those that stay
    inside for certain. *problems*: only mailboxes that could not be read, else none of them.
    *for_operators*: only mailboxes that operators may act for.
    """

    text: str = ""
    outside: bool = False
    no_end: bool = False
    gone: bool = False
    set_by: SetBy | None = None
    problems: bool = False
    for_operators: bool = False
    sort: Sort = Sort.MAILBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class NewForward:
    """A forward that may leave the organisation, and was not there in the sweep before.

    *unreadable*: not a forward, but a script in which one may hide.
    """

    sweep: int
    login: Login
    target: str
    set_by: SetBy
    program: str
    unreadable: bool = False


class RegisterStore(Protocol):
    """The register. Every method may raise StorageError."""

    def last(self) -> Sweep | None:
        """The newest sweep."""
        ...

    def last_done(self) -> Sweep | None:
        """The newest that came to its end."""
        ...

    def done_since(self, since: datetime) -> tuple[Sweep, ...]:
        """Those that came to their end since then, oldest first."""
        ...

    def take(self, holder: str, seconds: float) -> Sweep | None:
        """Go on with the sweep that is not done, or begin one; None: somebody else is at it."""
        ...

    def known(self, logins: Sequence[Login]) -> Mapping[Login, KnownMailbox]:
        """What is known of these mailboxes."""
        ...

    def write(
        self, sweep: Sweep, holder: str, readings: Sequence[Reading], seconds: float
    ) -> Sweep | None:
        """Write down readings of mailboxes behind the cursor, in order, with the new cursor.

        All or nothing; None and nothing where *holder* has it no more. Forwards that are new
        are noted, unless this is the first round of all.
        """
        ...

    def inside_targets(self, after: str, limit: int) -> tuple[str, ...]:
        """Distinct targets that are inside, behind *after*, in order."""
        ...

    def mark_gone(self, targets: Mapping[str, bool]) -> None:
        """Say of inside targets whether nobody has them."""
        ...

    def pause(self, sweep: Sweep, holder: str, reason: str) -> None:
        """Let go of it for now."""
        ...

    def finish(self, sweep: Sweep, holder: str) -> Sweep | None:
        """It is done: forget mailboxes that it did not meet, unless it met none."""
        ...

    def told(self, sweep: Sweep, whom: str) -> None:
        """*whom* was told what is new in this sweep."""
        ...

    def news(self, sweep: Sweep, limit: int) -> tuple[NewForward, ...]:
        """What is new in this sweep, by login."""
        ...

    def count_news(self, sweep: Sweep) -> int:
        """How many these are."""
        ...

    def page(
        self, question: Question, offset: int = 0, limit: int = PAGE
    ) -> tuple[RegisterEntry, ...]:
        """Entries from *offset* in order."""
        ...

    def of(self, login: Login) -> Forwarded:
        """What is known of one mailbox."""
        ...

    def count(self, question: Question) -> int:
        """How many entries there are; one more than MOST_COUNTED for whatever is beyond."""
        ...

    def every(self, question: Question) -> Iterator[RegisterEntry]:
        """All of them, a page at a time."""
        ...
