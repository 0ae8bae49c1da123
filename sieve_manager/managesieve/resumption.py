"""TLS sessions that are taken up again: a short handshake for the many short sessions of a batch.

A server that takes one up proves that it is the one whose certificate was verified before (RFC
8446 §2.2); it shows no certificate then. So what was verified counts for an hour at most, for
the same endpoint and the same certificate authorities, and then everything is verified anew.
"""

import ssl
import time
from dataclasses import dataclass

from sieve_manager.managesieve.endpoint import Endpoint

_VERIFIED_SECONDS = 3600.0
_MOST_ENDPOINTS = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """A session, and when the certificate behind it was verified, by *context*."""

    session: ssl.SSLSession
    context: ssl.SSLContext
    since: float


_kept: dict[Endpoint, Kept] = {}


@dataclass(frozen=True, slots=True)
class Verified:
    """A connection whose server is verified, by its certificate or by taking up a session."""

    endpoint: Endpoint
    connection: ssl.SSLSocket
    since: float

    def keep(self) -> None:
        """Offer this session next time; call it at the end, for tickets come late (TLS 1.3).

        One that was taken up can be again, until the server does not any more.
        """
        if self.connection.session_reused:
            return
        session = self.connection.session
        if session is None or not session.has_ticket:
            return
        if len(_kept) >= _MOST_ENDPOINTS and self.endpoint not in _kept:
            _kept.clear()
        _kept[self.endpoint] = Kept(session, self.connection.context, self.since)


def offered(endpoint: Endpoint, context: ssl.SSLContext) -> Kept | None:
    """Return the session to offer, where *context* verified it not too long ago."""
    kept = _kept.get(endpoint)
    if kept is None or kept.context is not context:
        return None
    return kept if time.monotonic() - kept.since < _VERIFIED_SECONDS else None


def verified(endpoint: Endpoint, connection: ssl.SSLSocket) -> Verified:
    """Return the connection, right after its handshake."""
    return Verified(endpoint, connection, time.monotonic())
