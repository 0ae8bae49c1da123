"""TLS sessions that are taken up again: a short handshake for the many short sessions of a batch.

A server that takes one up proves that it is the one whose certificate was verified before (RFC
8446 §2.2); it shows no certificate then. So what was verified counts for an hour at most, for
the same endpoint and the same certificate authorities, and then everything is verified anew.

Many take none up: a Dovecot with a process for each connection forgets its keys with the process.
Keeping and offering cost half a millisecond each time, so such a server is left alone for a while.
"""

import ssl
import time
from dataclasses import dataclass

from sieve_manager.managesieve.endpoint import Endpoint

_VERIFIED_SECONDS = 3600.0
_UNWILLING_SECONDS = 60.0
_MOST_ENDPOINTS = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """A session, and when the certificate behind it was verified, by *context*.

    No session: since when it is known that the server takes up none.
    """

    session: ssl.SSLSession | None
    context: ssl.SSLContext
    since: float

    @property
    def lasts(self) -> bool:
        """Whether it still counts."""
        seconds = _VERIFIED_SECONDS if self.session else _UNWILLING_SECONDS
        return time.monotonic() - self.since < seconds


_kept: dict[Endpoint, Kept] = {}


@dataclass(frozen=True, slots=True)
class Verified:
    """A connection whose server is verified, by its certificate or by taking up a session."""

    endpoint: Endpoint
    connection: ssl.SSLSocket
    since: float
    offered: bool

    def keep(self) -> None:
        """Offer this session next time; call it at the end, for tickets come late (TLS 1.3).

        One that was taken up can be again, until the server does not any more.
        """
        context = self.connection.context
        known = _known(self.endpoint, context)
        if self.connection.session_reused or (known and not known.session):
            return
        session = None if self.offered else self.connection.session
        if len(_kept) >= _MOST_ENDPOINTS and self.endpoint not in _kept:
            _kept.clear()
        can_be = session and session.has_ticket
        _kept[self.endpoint] = Kept(session if can_be else None, context, self.since)


def offered(endpoint: Endpoint, context: ssl.SSLContext) -> ssl.SSLSession | None:
    """Return the session to offer, where *context* verified it not too long ago."""
    known = _known(endpoint, context)
    return known.session if known else None


def verified(endpoint: Endpoint, connection: ssl.SSLSocket, *, offered: bool) -> Verified:
    """Return the connection, right after its handshake."""
    return Verified(endpoint, connection, time.monotonic(), offered)


def _known(endpoint: Endpoint, context: ssl.SSLContext) -> Kept | None:
    kept = _kept.get(endpoint)
    return kept if kept and kept.context is context and kept.lasts else None
