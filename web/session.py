"""Who is signed in: kept on the server, encrypted under a key half of which is in the cookie.

Before sign-in there is nothing to protect but the form token, so that lives in Flask's own
signed cookie and a visitor costs no row. At sign-in a new identifier and a new key half are
drawn. The database holds neither: it finds the row by a digest of the identifier, and the row
opens only with the cookie's half and the configured secret together. One write at sign-in,
none while the owner looks round.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, cast

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from sieve_manager.errors import StorageError

_IDENTIFIER_OCTETS = 24
_HALF_OCTETS = 32
_API = "/api/"


Clock = Callable[[], datetime]


class SessionRows(Protocol):
    """Where the encrypted sessions are; a row past its time reads as None."""

    def get(self, key: str) -> bytes | None:
        """The row's octets."""
        ...

    def set(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Store or replace a row for *lifetime* from now."""
        ...

    def delete(self, key: str) -> None:
        """Erase a row, where it is there."""
        ...


class WebSession(SecureCookieSession):
    """What a browser's session holds; *ticket* is the cookie of a signed-in one.

    *failure* says why it could not be read; then it is nobody's, and nothing of it is changed.
    *key* names the row, and our store's kept connection; it cannot be turned into the cookie.
    """

    def __init__(self, values: dict[str, str] | None = None, ticket: str = "") -> None:
        super().__init__(values or {})
        self.ticket = ticket
        self.left: list[str] = []
        self.failure: StorageError | None = None

    @property
    def key(self) -> str:
        """The name of the row on the server."""
        return _row_key(self.ticket)

    @property
    def login(self) -> str | None:
        """The login that signed in, or None."""
        return self.get("login")

    @property
    def groups(self) -> frozenset[str]:
        """The groups that the sign-in vouched for."""
        return frozenset(json.loads(self.get("groups", "[]")))

    @property
    def acting_for(self) -> str | None:
        """The login of the mailbox that a member of staff acts for, or None."""
        return self.get("acting_for")

    def act_for(self, login: str, name: str) -> None:
        """Act for this mailbox, called *name*, until :meth:`stop_acting`."""
        self["acting_for"], self["acting_name"] = login, name

    def stop_acting(self) -> None:
        """Be nobody but oneself again."""
        self.pop("acting_for", None)
        self.pop("acting_name", None)

    def begin(
        self,
        login: str,
        password: str | None,
        expires: datetime,
        *,
        groups: frozenset[str] = frozenset(),
    ) -> None:
        """Start over as *login*, under a new identifier, with nothing of what was before.

        *groups* are those that the sign-in vouched for; they last as long as the session.
        """
        self.end()
        identifier = secrets.token_urlsafe(_IDENTIFIER_OCTETS)
        self.ticket = f"{identifier}.{secrets.token_urlsafe(_HALF_OCTETS)}"
        self["login"] = login
        self["expires"] = expires.isoformat()
        if password is not None:
            self["password"] = password
        if groups:
            self["groups"] = json.dumps(sorted(groups))

    def end(self) -> None:
        """Sign out: nothing stays, here or on the server."""
        if self.ticket:
            self.left.append(self.key)
        self.ticket = ""
        self.clear()


def demand_sessions(app: Flask) -> None:
    """Answer with the error where a session could not be read, except who needs none."""

    @app.before_request
    def demand() -> None:
        failure = cast(WebSession, session).failure
        if failure is not None and request.endpoint not in _NEED_NO_SESSION:
            raise failure


_NEED_NO_SESSION = frozenset(
    {
        "look.accent",
        "look.logo",
        "operations.alive",
        "operations.metrics",
        "operations.ready",
        "static",
    }
)


def is_api(request: Request) -> bool:
    """Whether *request* is for the API, which has its own door: no cookie opens it."""
    return request.path.startswith(_API)


class Sessions(SecureCookieSessionInterface):
    """Reads and writes :class:`WebSession` for Flask."""

    session_class: type[WebSession] = WebSession

    def __init__(
        self, rows: SessionRows, clock: Clock, secret: str, hours: int, *, secure: bool
    ) -> None:
        self._rows, self._clock = rows, clock
        self._secret, self._hours = secret.encode(), hours
        # The prefix keeps other hosts of the same domain from setting the cookie (RFC 6265bis).
        self.cookie = "__Host-session" if secure else "session"

    def expiry(self) -> datetime:
        """When a session that begins now ends (UTC)."""
        return self._clock() + timedelta(hours=self._hours)

    def open_session(self, app: Flask, request: Request) -> WebSession:
        """The session of this request; an unknown or expired ticket is an empty one."""
        if is_api(request):
            return WebSession()
        ticket = request.cookies.get(self.cookie, "")
        if ticket.count(".") == 1:
            try:
                sealed = self._rows.get(_row_key(ticket))
            except StorageError as error:
                unread = WebSession()
                unread.failure = error  # told by the first page that needs to know
                return unread
            values = self._unseal(ticket, sealed) if sealed else None
            if values is not None:
                return WebSession(values, ticket)
        found = super().open_session(app, request)
        return found if isinstance(found, WebSession) else WebSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; nothing otherwise."""
        if not isinstance(session, WebSession):
            raise TypeError("the session is not ours")
        if is_api(request):
            return
        for key in session.left:
            self._rows.delete(key)
        if not session.login:
            if session.left:
                self._forget_cookie(app, response)
            super().save_session(app, session, response)
            return
        response.vary.add("Cookie")
        if not session.modified:
            return
        self.write(session)
        response.set_cookie(
            self.cookie,
            session.ticket,
            expires=datetime.fromisoformat(session["expires"]),
            httponly=True,
            secure=self.get_cookie_secure(app),
            samesite="Lax",
            path="/",
        )
        response.delete_cookie(
            self.get_cookie_name(app),
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )

    def reread(self, session: WebSession) -> dict[str, str]:
        """What the row of *session* holds by now, which another request may have written."""
        sealed = self._rows.get(session.key)
        return (self._unseal(session.ticket, sealed) if sealed else None) or {}

    def write(self, session: WebSession) -> None:
        """Write the row of a signed-in *session* now, not only at the end of the request."""
        expires = datetime.fromisoformat(session["expires"])
        self._rows.set(session.key, self._seal(session), expires - self._clock())

    def _forget_cookie(self, app: Flask, response: Response) -> None:
        response.delete_cookie(
            self.cookie,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )

    def _seal(self, session: WebSession) -> bytes:
        return self._fernet(session.ticket).encrypt(json.dumps(dict(session)).encode())

    def _unseal(self, ticket: str, sealed: bytes) -> dict[str, str] | None:
        try:
            values: dict[str, str] = json.loads(self._fernet(ticket).decrypt(sealed))
        except InvalidToken:
            return None
        expired = datetime.fromisoformat(values["expires"]) <= self._clock()
        return None if expired else values

    def _fernet(self, ticket: str) -> Fernet:
        half = ticket.partition(".")[2].encode()
        key = hmac.digest(self._secret, b"session\0" + half, "sha256")
        return Fernet(base64.urlsafe_b64encode(key))


def _row_key(ticket: str) -> str:
    identifier = ticket.partition(".")[0]
    return hashlib.sha256(identifier.encode()).hexdigest()
