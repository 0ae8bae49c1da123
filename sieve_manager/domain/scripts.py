"""Scripts as the server holds them: names, octets, which is active (RFC 5804)."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from sieve_manager.errors import InvalidInputError

# A name that is not UTF-8 is held as lone surrogates (PEP 383) and has no form for people.
_NOT_TEXT = re.compile("[\ud800-\udfff]")
# RFC 5804 §1.6 forbids these in names; "/" is refused by Pigeonhole and would be a path. What
# is not UTF-8 makes Pigeonhole give up in the middle of PUTSCRIPT and take the script's lines
# for commands (seen, 0.5.19).
_FORBIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029/]|{_NOT_TEXT.pattern}")
_MAX_NAME_OCTETS = 512  # RFC 5804 §1.6: 128 characters of at most four octets


@dataclass(frozen=True, slots=True, order=True)
class ScriptName:
    """The name of a script, as the server spells it; may hold anything the server lists."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the name for a script that we would create.

        Raises:
            InvalidInputError: empty, too long, or holding what RFC 5804 §1.6 forbids.
        """
        if not text or len(text.encode("utf-8", "surrogatepass")) > _MAX_NAME_OCTETS:
            raise InvalidInputError("A script name has 1 to 128 characters.", where="name")
        if _FORBIDDEN.search(text):
            raise InvalidInputError(
                "A script name holds no control characters and no slash.", where="name"
            )
        return cls(text)

    def __str__(self) -> str:
        """Return the name for people; what is not UTF-8 shows as U+FFFD."""
        return _NOT_TEXT.sub("\ufffd", self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script's exact octets under its name."""

    name: ScriptName
    octets: bytes


@dataclass(frozen=True, slots=True)
class Activation:
    """Making *name* the active script, or none."""

    name: ScriptName | None


@dataclass(frozen=True, slots=True)
class Deletion:
    """Deleting the script of that name."""

    name: ScriptName


ScriptChange = Script | Activation | Deletion
"""One change of a mailbox's scripts; a script stands for storing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptListing:
    """The names a mailbox has, in the server's order, and the active one, if any."""

    names: tuple[ScriptName, ...] = ()
    active: ScriptName | None = None


@dataclass(frozen=True, kw_only=True)  # no slots, for what is cached
class ScriptSet:
    """A mailbox's scripts as far as they were read, and which is active.

    *listing* names all of them; *scripts* holds the octets of those that matter: the active
    one, what it includes, and any that holds rules of ours.
    """

    listing: ScriptListing
    scripts: tuple[Script, ...] = ()

    @property
    def active(self) -> Script | None:
        """The active script's octets, or None where none is active."""
        return self.get(self.listing.active) if self.listing.active else None

    def get(self, name: ScriptName) -> Script | None:
        """The script of that name, or None where it was not read or is not there."""
        return next((script for script in self.scripts if script.name == name), None)

    @cached_property
    def fingerprint(self) -> "Fingerprint":
        """A fingerprint of everything here: names, octets, which is active."""
        active = self.listing.active.text if self.listing.active else None
        parts = [repr(active)]
        parts += sorted(repr(name.text) for name in self.listing.names)
        for script in sorted(self.scripts, key=lambda script: script.name):
            parts.append(f"{script.name.text!r}={hashlib.sha256(script.octets).hexdigest()}")
        return Fingerprint.of(parts)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A short text that changes whenever the scripts do (64 hexadecimal digits)."""

    text: str

    @classmethod
    def of(cls, parts: Iterable[str]) -> Self:
        """Return the fingerprint of *parts*, whose order counts."""
        digest = hashlib.sha256()
        for part in parts:
            octets = part.encode("utf-8", "surrogatepass")
            digest.update(len(octets).to_bytes(8, "big") + octets)
        return cls(digest.hexdigest())

    def __str__(self) -> str:
        return self.text
