"""The wire: one TCP connection, its TLS, and a total deadline on everything."""

import functools
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from sieve_manager.errors import TlsError, UnreachableError
from sieve_manager.managesieve import resumption
from sieve_manager.managesieve.endpoint import Endpoint, TlsMode, is_loopback
from sieve_manager.managesieve.protocol import Event, Limits, Parser

_READ_OCTETS = 65_536


class Deadline:
    """A moment by which an operation must have ended, all its steps together."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left, more than none.

        Raises:
            UnreachableError: none are left.
        """
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise self.missed()
        return remaining

    def missed(self) -> UnreachableError:
        """Return the error for an operation that took too long."""
        return UnreachableError(f"The server did not answer within {self._seconds:g} seconds")


class Transport:
    """A connected socket and the parser of what comes out of it.

    Every method may raise a ServerError; after one, :meth:`close` is all that is left to do.
    """

    def __init__(self, sock: socket.socket, limits: Limits) -> None:
        self._socket = sock
        self._parser = Parser(limits)
        self._verified: resumption.Verified | None = None

    @classmethod
    def connect(cls, endpoint: Endpoint, deadline: Deadline, limits: Limits) -> Self:
        """Connect over TCP; looking up a name takes as long as the system's resolver does.

        Raises:
            UnreachableError: no address of the host answered in time.
            TlsError: clear text is configured, and the name does not lead to loopback.
        """
        with _translated(deadline):
            sock = _first_to_answer(endpoint, deadline)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = sock.getpeername()[0]
        if endpoint.tls is TlsMode.NONE and not is_loopback(peer):
            sock.close()
            raise TlsError(f"Clear text would leave this machine for {peer}")
        return cls(sock, limits)

    def start_tls(self, endpoint: Endpoint, deadline: Deadline) -> None:
        """Go over to TLS and verify the server's certificate and name (RFC 5804 §2.2.1).

        Raises:
            TlsError: not trusted, or clear text came where TLS must begin: somebody on the
                way could have put it there, to be believed afterwards.
        """
        if self._parser.pending:
            raise TlsError("The server sent clear text where TLS must begin")
        context = _trusted(endpoint.ca_file)
        session = resumption.offered(endpoint, context)
        with _translated(deadline):
            self._socket.settimeout(deadline.remaining())
            self._socket = tls = context.wrap_socket(
                self._socket,
                server_hostname=endpoint.server_name or endpoint.host,
                session=session,
            )
        self._verified = resumption.verified(endpoint, tls, offered=session is not None)

    def send(self, octets: bytes, deadline: Deadline) -> None:
        """Send all of *octets*; after an error nobody knows how much of it arrived."""
        rest = memoryview(octets)
        with _translated(deadline):
            while rest:
                self._socket.settimeout(deadline.remaining())
                rest = rest[self._socket.send(rest) :]

    def receive(self, deadline: Deadline) -> Event:
        """Return the next event from the server."""
        while (event := self._parser.next_event()) is None:
            with _translated(deadline):
                self._socket.settimeout(deadline.remaining())
                octets = self._socket.recv(_READ_OCTETS)
            self._feed(octets)
        return event

    def unasked(self, deadline: Deadline) -> Event | None:
        """Return what the server sent since the last answer, or None, as it should be.

        Does not wait where nothing has come. A connection that the server closed is noticed
        here, before anything is sent.
        """
        if not self._parser.pending:
            with suppress(BlockingIOError, ssl.SSLWantReadError), _translated(deadline):
                self._socket.settimeout(0)
                self._feed(self._socket.recv(_READ_OCTETS))
        return self.receive(deadline) if self._parser.pending else None

    def close(self) -> None:
        """Close the socket; never fails, and may be called again."""
        if self._verified:
            self._verified.keep()
            self._verified = None
        with suppress(OSError):
            self._socket.close()

    def _feed(self, octets: bytes) -> None:
        if not octets:
            raise UnreachableError("The server closed the connection")
        self._parser.feed(octets)


def _first_to_answer(endpoint: Endpoint, deadline: Deadline) -> socket.socket:
    """Try the host's addresses in turn; each gets its share of the time that is left."""
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    failure: OSError = OSError("the name has no address")
    for left, (family, kind, protocol, _, address) in zip(
        range(len(found), 0, -1), found, strict=True
    ):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.remaining() / left)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return _context(ca_file, ca_file.stat().st_mtime_ns if ca_file else 0)
    except OSError as error:  # ssl.SSLError is one
        raise TlsError(f"The file of certificate authorities is of no use ({error})") from error


@functools.lru_cache(maxsize=8)
def _context(ca_file: Path | None, _changed_ns: int) -> ssl.SSLContext:
    """Return a context that trusts *ca_file* alone; kept, for reading authorities is slow."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@contextmanager
def _translated(deadline: Deadline) -> Iterator[None]:
    """Turn what sockets and TLS raise into errors of ours."""
    try:
        yield
    except (BlockingIOError, ssl.SSLWantReadError):
        raise  # only where we do not wait; see Transport.unasked
    except TimeoutError as error:
        raise deadline.missed() from error
    except ssl.SSLCertVerificationError as error:
        raise TlsError(
            f"The server's certificate is not trusted ({error.verify_message})"
        ) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise UnreachableError("The server closed the connection") from error
    except ssl.SSLError as error:
        raise TlsError(f"TLS failed ({error})") from error
    except (OSError, ValueError) as error:  # ValueError: a host name that cannot be encoded
        raise UnreachableError(f"The server cannot be reached ({error})") from error
