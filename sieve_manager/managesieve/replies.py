"""What the server's answers mean: from a command's reply to the domain's values."""

import re
from dataclasses import dataclass

from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.scripts import ScriptListing, ScriptName
from sieve_manager.errors import ProtocolBrokenError
from sieve_manager.managesieve.protocol import Final, Line, readable

_NUMBER = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """All that one command was answered: lines of data, then OK or NO."""

    lines: tuple[Line, ...] = ()
    final: Final


def warnings(reply: Reply) -> str:
    """Return the compiler's warnings (RFC 5804 §1.3 WARNINGS), or ""."""
    return reply.final.text if reply.final.code == "WARNINGS" else ""


def script_octets(reply: Reply) -> bytes:
    """Return what GETSCRIPT answered (§2.9).

    Raises:
        ProtocolBrokenError: anything but one string.
    """
    match reply.lines:
        case (Line((bytes(octets),)),):
            return octets
        case _:
            raise ProtocolBrokenError("The server answered GETSCRIPT with other than a script")


def listing(reply: Reply) -> ScriptListing:
    """Return what LISTSCRIPTS answered (§2.7), in the server's order.

    Raises:
        ProtocolBrokenError: other lines, an empty name, or two active scripts.
    """
    names, active = [], []
    for line in reply.lines:
        match line.tokens:
            case (bytes(octets),) if octets:
                names.append(script_name(octets))
            case (bytes(octets), str(word)) if octets and word.upper() == "ACTIVE":
                names.append(script_name(octets))
                active.append(names[-1])
            case _:
                raise ProtocolBrokenError("The server listed something that is no script")
    if len(active) > 1:
        raise ProtocolBrokenError("The server listed two active scripts")
    return ScriptListing(names=tuple(names), active=active[0] if active else None)


def script_name(octets: bytes) -> ScriptName:
    """Return the name that the server spelled *octets*.

    Octets that are not UTF-8 become lone surrogates (PEP 383), so that ``commands`` can send
    the same octets back.
    """
    return ScriptName(octets.decode("utf-8", "surrogateescape"))


def capabilities(reply: Reply) -> ServerCapabilities:
    """Return what a greeting or CAPABILITY announced (§1.7); what is unknown is left out.

    Raises:
        ProtocolBrokenError: a line that is not one or two strings.
    """
    announced: dict[str, str] = {}
    for line in reply.lines:
        match line.tokens:
            case (bytes(name),):
                announced[readable(name).upper()] = ""
            case (bytes(name), bytes(value)):
                announced[readable(name).upper()] = readable(value)
            case _:
                raise ProtocolBrokenError("The server announced something that is no capability")
    redirects = announced.get("MAXREDIRECTS", "")
    return ServerCapabilities(
        implementation=announced.get("IMPLEMENTATION", ""),
        sieve=frozenset(announced.get("SIEVE", "").lower().split()),
        sasl=tuple(announced.get("SASL", "").upper().split()),
        starttls="STARTTLS" in announced,
        version=announced.get("VERSION"),
        max_redirects=int(redirects) if _NUMBER.fullmatch(redirects) else None,
        owner=announced.get("OWNER"),
        unauthenticate="UNAUTHENTICATE" in announced,
    )
