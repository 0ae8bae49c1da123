"""The forward: what an owner wants to happen to incoming mail."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import InvalidInputError

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_MAX_FOLDER_OCTETS = 255
_MAX_NOTE = 500


class CopyKind(StrEnum):
    """What becomes of the copy in the mailbox."""

    INBOX = "inbox"
    READ = "read"
    FOLDER = "folder"
    TRASH = "trash"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The choice of copy; *folder* is set exactly for CopyKind.FOLDER."""

    kind: CopyKind = CopyKind.INBOX
    folder: str | None = None

    def __post_init__(self) -> None:
        """Refuse a folder that cannot exist.

        Raises:
            InvalidInputError: no folder where one is needed, or an impossible name.
        """
        if self.kind is not CopyKind.FOLDER:
            if self.folder is not None:
                raise InvalidInputError("This choice takes no folder.", where="folder")
            return
        name = self.folder or ""
        if not name.strip():
            raise InvalidInputError(
                "Enter the name of a folder.", where="folder", code="folder-missing"
            )
        if _CONTROL.search(name) or name != name.strip():
            raise InvalidInputError(
                "A folder name holds no control characters and no space at its ends.",
                where="folder",
                code="folder-invalid",
            )
        if len(name.encode()) > _MAX_FOLDER_OCTETS:
            raise InvalidInputError(
                "This folder name is too long.", where="folder", code="folder-invalid"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the choice written as on the command line: ``trash`` or ``folder:NAME``.

        Raises:
            InvalidInputError: no such choice.
        """
        if text.startswith("folder:"):
            return cls(kind=CopyKind.FOLDER, folder=text.removeprefix("folder:"))
        if text in set(CopyKind) - {CopyKind.FOLDER}:
            return cls(kind=CopyKind(text))
        raise InvalidInputError(
            "The copy is one of inbox, read, trash, none or folder:NAME.", where="copy", code="copy"
        )

    @property
    def stops(self) -> bool:
        """Whether nothing after the forward runs for a message that was forwarded."""
        return self.kind not in (CopyKind.INBOX, CopyKind.READ)

    def __str__(self) -> str:
        return f"folder:{self.folder}" if self.kind is CopyKind.FOLDER else self.kind.value


class Phase(StrEnum):
    """Where a forward stands in time."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    ENDED = "ended"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Destinations in order and without duplicates, and what goes with them.

    The *note* lives in the history, not in the script, and does not count for equality.
    """

    destinations: tuple[EmailAddress, ...]
    copy: Copy = field(default_factory=Copy)
    period: Period = field(default_factory=Period)
    hold_spam: bool = True
    paused: bool = False
    note: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Drop duplicate destinations; refuse none at all.

        Raises:
            InvalidInputError: no destination, or an impossible note.
        """
        if not self.destinations:
            raise InvalidInputError(
                "Enter at least one address.", where="to", code="address-missing"
            )
        # dict keeps the order and the first spelling
        object.__setattr__(self, "destinations", tuple(dict.fromkeys(self.destinations)))
        if "\x00" in self.note:
            raise InvalidInputError("A note is plain text.", where="note", code="note-not-text")
        if len(self.note) > _MAX_NOTE:
            raise InvalidInputError(
                "A note has at most {limit} characters.",
                where="note",
                code="note",
                limit=str(_MAX_NOTE),
            )

    def with_paused(self, paused: bool) -> Self:
        """The same forward, paused or not."""
        return replace(self, paused=paused)

    def with_spam_held(self) -> Self:
        """The same forward, with spam held back."""
        return replace(self, hold_spam=True)

    def phase(self, now: datetime) -> Phase:
        """Where it stands at *now* (an aware time)."""
        if self.period.ends is not None and now > self.period.ends:
            return Phase.ENDED
        if self.paused:
            return Phase.PAUSED
        if self.period.starts is not None and now < self.period.starts:
            return Phase.SCHEDULED
        return Phase.ACTIVE
