"""A connection to an LDAP server: sign-in, and searches that end in time."""

import re
import select
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR
from typing import Any

from sieve_manager.errors import DirectoryError

with warnings.catch_warnings():
    # ldap3 2.9.1 takes names that pyasn1 0.7 is to drop; hence the bound in pyproject.toml.
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3 import BASE, SUBTREE, Connection
    from ldap3.core.exceptions import LDAPException, LDAPInvalidFilterError
    from ldap3.utils.conv import escape_filter_chars
    from ldap3.utils.dn import parse_dn

_PAGED = "1.2.840.113556.1.4.319"  # RFC 2696
_PAGE = 500
# RFC 4511 appendix A
_SUCCESS, _SIZE_LIMIT_EXCEEDED, _NO_SUCH_OBJECT, _INVALID_CREDENTIALS = 0, 4, 32, 49
_REASONS = {
    _INVALID_CREDENTIALS: "it refuses the user name or the password (directory.bind_dn)",
    _NO_SUCH_OBJECT: "there is no such entry, or it may not be read (directory.base)",
    _SIZE_LIMIT_EXCEEDED: "it lists only a part of all mailboxes to us; raise its size limit",
}

Attributes = Mapping[str, list[bytes]]
"""An entry's values by the names of its attributes, in any case."""


class Session:
    """A connection for searches; whatever fails in one leaves as DirectoryError."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        self._late = False
        self._connection = connection
        self._seconds = seconds

    def start(self, *, starttls: bool) -> None:
        """Connect, secure the connection and sign in."""
        with self._guarded():
            self._connection.open()
            if starttls:
                self._connection.start_tls()
            _check(self._connection.bind())

    @property
    def is_quiet(self) -> bool:
        """Whether the server has neither hung up nor said that it will (RFC 4511 4.4.1)."""
        poll = select.poll()
        poll.register(self._connection.socket, select.POLLIN)
        return not poll.poll(0)

    def end(self) -> None:
        """Say good-bye; what comes of that changes nothing."""
        with suppress(LDAPException, OSError):
            self._connection.unbind()
        if self._connection.socket:  # where it failed half-way, the library forgets to close it
            self._connection.socket.close()

    def find(self, base: str, wanted: str, names: Sequence[str], *, limit: int) -> list[Attributes]:
        """The first *limit* entries below *base* that fit."""
        answer = self._search(base, wanted, names, size_limit=limit)
        _check(answer, _SIZE_LIMIT_EXCEEDED)
        return _entries(answer)

    def find_at(self, name: str, wanted: str, names: Sequence[str]) -> list[Attributes]:
        """The entry of this name, where it is there and fits."""
        answer = self._search(name, wanted, names, search_scope=BASE)
        return _entries(answer) if answer[1]["result"] == _SUCCESS else []

    def find_all(self, base: str, wanted: str, names: Sequence[str]) -> Iterator[Attributes]:
        """Every entry below *base* that fits, page by page."""
        cookie: bytes | None = None
        while True:
            answer = self._search(base, wanted, names, paged_size=_PAGE, paged_cookie=cookie)
            _check(answer)
            yield from _entries(answer)
            control = answer[1].get("controls", {}).get(_PAGED)
            cookie = control["value"]["cookie"] if control else None
            if not cookie:
                return

    def _search(self, base: str, wanted: str, names: Sequence[str], **more: Any) -> Any:
        options = {
            "search_scope": SUBTREE,
            "attributes": list(names),
            "time_limit": max(1, round(self._seconds)),
            **more,
        }
        with self._guarded():
            return self._connection.search(base, wanted, **options)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Cut the connection when time is up, however slowly its octets come."""
        timer = threading.Timer(self._seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except LDAPInvalidFilterError as error:
            raise DirectoryError("the filter cannot be read: see directory.filter") from error
        except (LDAPException, OSError) as error:
            reason = "no answer in time" if self._late else str(error)
            raise DirectoryError(f"the directory cannot be asked: {reason}") from error
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            # The library trusts the shape of what a server sends.
            raise DirectoryError("the directory cannot be asked: this is no LDAP") from error
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self._late = True
        with suppress(OSError, AttributeError):  # not open yet, or closed just now
            self._connection.socket.shutdown(SHUT_RDWR)


def equals(name: str, text: str) -> str:
    """The filter for entries whose attribute *name* has the value *text* (RFC 4515)."""
    return f"({name}={escape_filter_chars(text)})"


def begins(name: str, text: str) -> str:
    """The filter for a value that begins with *text*."""
    return f"({name}={escape_filter_chars(text)}*)"


def holds(name: str, text: str) -> str:
    """The filter for a value that holds *text* anywhere."""
    return f"({name}=*{escape_filter_chars(text)}*)"


def common_name(text: str) -> str:
    """The first part of a name (``Staff`` of ``cn=Staff,dc=example,dc=com``); else *text*."""
    try:
        parts = parse_dn(text) if "=" in text else []
    except LDAPException:
        return text
    return re.sub(r"\\(.)", r"\1", str(parts[0][1])) if parts else text


def _check(answer: Any, *also: int) -> None:
    """Raise DirectoryError unless *answer* is a success, or one of *also*."""
    result = answer[1]
    if result["result"] in (_SUCCESS, *also):
        return
    reason = _REASONS.get(result["result"], "it does not do what we ask")
    said = f"{result['description']} {result['message'] or ''}".strip()
    raise DirectoryError(f"the directory answers: {reason} [{said}]")


def _entries(answer: Any) -> list[Attributes]:
    found = answer[2] or ()
    return [one["raw_attributes"] for one in found if one["type"] == "searchResEntry"]
