"""What the client says (RFC 5804 §2): each command as the octets that go over the wire."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import InvalidInputError, Quota, QuotaError
from sieve_manager.managesieve.endpoint import Credentials, Mechanism

MAX_SCRIPT_OCTETS = 4 * 1024 * 1024
"""A longer script could not be read back (``protocol.Limits.literal_octets``)."""

_MAX_QUOTED_OCTETS = 1_024  # RFC 5804 §4
_BATCH_OCTETS = 8_192  # fits every socket buffer: sending never waits until we have read
_QUOTABLE = re.compile(rb"[ -~]*")


class Verb(StrEnum):
    """The commands this client uses."""

    AUTHENTICATE = "AUTHENTICATE"
    CAPABILITY = "CAPABILITY"
    CHECKSCRIPT = "CHECKSCRIPT"
    DELETESCRIPT = "DELETESCRIPT"
    GETSCRIPT = "GETSCRIPT"
    HAVESPACE = "HAVESPACE"
    LISTSCRIPTS = "LISTSCRIPTS"
    LOGOUT = "LOGOUT"
    NOOP = "NOOP"
    PUTSCRIPT = "PUTSCRIPT"
    RENAMESCRIPT = "RENAMESCRIPT"
    SETACTIVE = "SETACTIVE"
    STARTTLS = "STARTTLS"
    UNAUTHENTICATE = "UNAUTHENTICATE"


_CHANGES = {Verb.PUTSCRIPT, Verb.SETACTIVE, Verb.DELETESCRIPT, Verb.RENAMESCRIPT}
_HAS_LINES = {Verb.CAPABILITY, Verb.LISTSCRIPTS, Verb.GETSCRIPT}


@dataclass(frozen=True, slots=True)
class Command:
    """One command; its octets stay out of the repr, for they may hold a password.

    *to_challenge* is what to say where the server asks back; empty: it has no reason to.
    """

    verb: Verb
    octets: bytes = field(repr=False)
    to_challenge: bytes = b""

    @property
    def changes(self) -> bool:
        """Whether it may change something on the server."""
        return self.verb in _CHANGES

    @property
    def has_lines(self) -> bool:
        """Whether its answer may hold lines of data before the OK or NO."""
        return self.verb in _HAS_LINES


def plain(verb: Verb) -> Command:
    """Return a command without arguments."""
    return Command(verb, verb.encode() + b"\r\n")


def authenticate(credentials: Credentials) -> Command:
    """Return AUTHENTICATE with its initial response (RFC 4616, RFC 7628, RFC 5804 §2.1)."""
    match credentials.mechanism:
        case Mechanism.PLAIN:
            text, to_challenge = _plain(credentials), b""
        case Mechanism.OAUTHBEARER:
            # To a refusal's reasons a client says one octet of no meaning, RFC 7628 §3.2.3.
            text, to_challenge = _bearer(credentials), _string(base64.b64encode(b"\1")) + b"\r\n"
        case other:
            assert_never(other)
    message = base64.b64encode(text.encode("utf-8"))
    name = credentials.mechanism.encode()
    command = _command(Verb.AUTHENTICATE, _string(name), _string(message))
    return replace(command, to_challenge=to_challenge)


def _plain(credentials: Credentials) -> str:
    identity = credentials.authorisation_identity or ""
    return f"{identity}\0{credentials.login}\0{credentials.password}"


def _bearer(credentials: Credentials) -> str:
    login = credentials.login.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 §4
    return f"n,a={login},\1auth=Bearer {credentials.password}\1\1"


def noop(tag: str) -> Command:
    """Return NOOP with a tag that the server repeats (RFC 5804 §2.13)."""
    return _command(Verb.NOOP, _string(tag.encode("ascii")))


def get_script(name: ScriptName) -> Command:
    """Return GETSCRIPT for a name that the server listed, however strange."""
    return _command(Verb.GETSCRIPT, _name(name))


def set_active(name: ScriptName | None) -> Command:
    """Return SETACTIVE; None switches every script off (RFC 5804 §2.8)."""
    return _command(Verb.SETACTIVE, b'""' if name is None else _name(name))


def delete_script(name: ScriptName) -> Command:
    """Return DELETESCRIPT for a name that the server listed, however strange."""
    return _command(Verb.DELETESCRIPT, _name(name))


def rename_script(old: ScriptName, new: ScriptName) -> Command:
    """Return RENAMESCRIPT; *new* must be a name that may be created.

    Raises:
        InvalidInputError: *new* is not such a name.
    """
    return _command(Verb.RENAMESCRIPT, _name(old), _new_name(new))


def have_space(name: ScriptName, size_octets: int) -> Command:
    """Return HAVESPACE; in a batch it must be the last (RFC 5804 §2).

    Raises:
        InvalidInputError: *name* is not one that may be created.
    """
    return _command(Verb.HAVESPACE, _new_name(name), b"%d" % size_octets)


def check_script(octets: bytes) -> Command:
    """Return CHECKSCRIPT for exactly these octets.

    Raises:
        QuotaError: longer than this program handles.
    """
    return _command(Verb.CHECKSCRIPT, _script(octets))


def put_script(name: ScriptName, octets: bytes) -> Command:
    """Return PUTSCRIPT for exactly these octets.

    Raises:
        InvalidInputError: *name* is not one that may be created.
        QuotaError: longer than this program handles.
    """
    return _command(Verb.PUTSCRIPT, _new_name(name), _script(octets))


def batches(asked: Iterable[Command]) -> Iterator[list[Command]]:
    """Divide *asked* so that no batch could fill the socket's buffers; none is empty."""
    batch: list[Command] = []
    for command in asked:
        if batch and sum(len(one.octets) for one in [*batch, command]) > _BATCH_OCTETS:
            yield batch
            batch = []
        batch.append(command)
    if batch:
        yield batch


def _command(verb: Verb, *arguments: bytes) -> Command:
    return Command(verb, b" ".join((verb.encode(), *arguments)) + b"\r\n")


def _script(octets: bytes) -> bytes:
    if len(octets) > MAX_SCRIPT_OCTETS:
        raise QuotaError("The script is longer than 4 MB", quota=Quota.MAXSIZE)
    return _literal(octets)


def _new_name(name: ScriptName) -> bytes:
    return _name(ScriptName.parse(name.text))


def _name(name: ScriptName) -> bytes:
    """Return the octets that the server listed; see ``replies.script_name``."""
    if not name.text:  # SETACTIVE would take it for "none", RFC 5804 §2.8
        raise InvalidInputError("The script's name is missing.", where="name")
    try:
        return _string(name.text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            "This holds a character that cannot be sent.", where="name", code="characters"
        ) from error


def _string(octets: bytes) -> bytes:
    """Return *octets* quoted where every server understands that, else as a literal.

    Cyrus 3.6 takes no octet over 127 in a quoted string, though RFC 5804 §4 allows UTF-8: it
    gives up there, and takes the lines of a script that follows for commands.
    """
    escaped = octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    if _QUOTABLE.fullmatch(octets) and len(escaped) <= _MAX_QUOTED_OCTETS:
        return b'"' + escaped + b'"'
    return _literal(octets)


def _literal(octets: bytes) -> bytes:
    return b"{%d+}\r\n%b" % (len(octets), octets)
