"""One short connection to an LDAP server: TLS, sign-in, and searches that end in time."""

import re
import ssl
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

from sieve_manager.errors import DirectoryError
from sieve_manager.managesieve import Endpoint, TlsMode

with warnings.catch_warnings():
    # ldap3 2.9.1 takes names that pyasn1 0.7 is to drop; hence the bound in pyproject.toml.
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3 import BASE, NONE, SAFE_SYNC, SUBTREE, Connection, Server, Tls
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapServer:
    """Where to connect, and as whom: as nobody where *bind_dn* is empty.

    *seconds* is the time for the sign-in and then for each page of an answer.
    """

    endpoint: Endpoint
    bind_dn: str = ""
    password: str | None = field(default=None, repr=False)
    seconds: float = 10

    @contextmanager
    def session(self, base: str) -> Iterator["Session"]:
        """A session that has signed in, for searches below *base*.

        Raises:
            DirectoryError: it cannot be reached, is not trusted, or refuses us.
        """
        try:
            connection = self._connection()
        except OSError as error:  # ca_file, which was there at the start
            raise DirectoryError(f"the directory cannot be asked: {error}") from error
        session = Session(connection, base, self.seconds)
        try:
            session.start(starttls=self.endpoint.tls is TlsMode.STARTTLS)
            yield session
        finally:
            session.end()

    def _connection(self) -> Connection:
        server = Server(
            self.endpoint.host,
            port=self.endpoint.port,
            use_ssl=self.endpoint.tls is TlsMode.IMPLICIT,
            tls=_StrictTls(self.endpoint.ca_file),
            get_info=NONE,
            connect_timeout=self.seconds,
        )
        return Connection(
            server,
            user=self.bind_dn or None,
            password=self.password,
            client_strategy=SAFE_SYNC,
            read_only=True,
            check_names=False,
            auto_referrals=False,
        )


class Session:
    """A connection for searches; whatever fails in one leaves as DirectoryError."""

    def __init__(self, connection: Connection, base: str, seconds: float) -> None:
        self._late = False
        self._connection = connection
        self._base = base
        self._seconds = seconds

    def start(self, *, starttls: bool) -> None:
        """Connect, secure the connection and sign in."""
        with self._guarded():
            self._connection.open()
            if starttls:
                self._connection.start_tls()
            _check(self._connection.bind())

    def end(self) -> None:
        """Say good-bye; what comes of that changes nothing."""
        with suppress(LDAPException, OSError):
            self._connection.unbind()
        if self._connection.socket:  # where it failed half-way, the library forgets to close it
            self._connection.socket.close()

    def find(self, wanted: str, names: Sequence[str], *, limit: int) -> list[Attributes]:
        """The first *limit* entries that fit."""
        answer = self._search(self._base, wanted, names, size_limit=limit)
        _check(answer, _SIZE_LIMIT_EXCEEDED)
        return _entries(answer)

    def find_at(self, name: str, wanted: str, names: Sequence[str]) -> list[Attributes]:
        """The entry of this name, where it is there and fits."""
        answer = self._search(name, wanted, names, search_scope=BASE)
        return _entries(answer) if answer[1]["result"] == _SUCCESS else []

    def find_all(self, wanted: str, names: Sequence[str]) -> Iterator[Attributes]:
        """Every entry that fits, page by page."""
        cookie: bytes | None = None
        while True:
            answer = self._search(self._base, wanted, names, paged_size=_PAGE, paged_cookie=cookie)
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


class _StrictTls(Tls):
    """The library's TLS with Python's own check of the name, which it would switch off."""

    def __init__(self, ca_file: Path | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = ssl.create_default_context(cafile=ca_file)

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: ARG002 - the library's signature
        """Put TLS around the connection's socket; the handshake is part of it."""
        wrapped = self._context.wrap_socket(
            connection.socket,
            server_hostname=connection.server.host,
            do_handshake_on_connect=False,
        )
        connection.socket = wrapped  # from now on this is what is cut when time is up
        wrapped.do_handshake()


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
