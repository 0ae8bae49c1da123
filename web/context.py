"""What every page needs of a request: the use cases, and who acts on which mailbox."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast

from flask import current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.bootstrap import Wired
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import Fingerprint
from web.elses import speak_of_somebody_else
from web.owner_token import owner_token
from web.security import client_address
from web.session import WebSession

P = ParamSpec("P")

_LONGEST_NOTE = 500


def wired() -> Wired:
    """The use cases and what they were built from."""
    return cast(Wired, current_app.extensions["sieve_manager"])


def web_session() -> WebSession:
    """The request's session, by its true type."""
    return cast(WebSession, session)


def login_name() -> str | None:
    """Who is signed in, or None."""
    return web_session().login


def mailbox_name() -> str | None:
    """Whose mailbox the pages show: the one that is acted for, else that of who signed in."""
    return web_session().acting_for or login_name()


def access() -> Access:
    """The right to act on one mailbox and on no other.

    Pages never take a mailbox from the address or the form: this is the only source. It is
    the own mailbox, or the one that a member of staff chose to act for; whether they still
    may is looked up at every request.

    Raises:
        NotAllowedError: they may not, or no longer.
        StorageError, DirectoryError: it cannot be looked up.
    """
    if "access" not in g:
        g.access = _other() if web_session().acting_for else _own()
    return cast(Access, g.access)


def actor() -> Actor:
    """Who is signed in, in the role that they have for others; as for :func:`access`."""
    if "actor" not in g:
        found = web_session()
        login = Login(found["login"])
        g.actor = Actor(
            name=login.text,
            channel=Channel.WEB,
            role=wired().staff.role(login, found.groups),
            address=network_address(),
        )
    return cast(Actor, g.actor)


def _own() -> Access:
    found = web_session()
    login = Login(found["login"])
    return Access(
        login=login,
        actor=Actor(name=login.text, channel=Channel.WEB, address=network_address()),
        password=found.get("password"),
        token=_token(found),
        session_key=found.key,
    )


def _token(found: WebSession) -> str | None:
    sso = wired().single_sign_on
    return owner_token(found, sso.provider, wired().clock) if sso else None


def _other() -> Access:
    found = web_session()
    login = Login(found["acting_for"])
    speak_of_somebody_else()
    wired().staff.demand(actor(), login)
    # Never with a password; and with a connection of its own.
    return Access(login=login, actor=actor(), session_key=acting_key(found, login))


def access_to(login: Login) -> Access:
    """The right of a member of staff to act on the mailbox of a case; as for :func:`access`.

    Its login comes from the case, or from a search that the same person made: each time it is
    asked whether they may.
    """
    speak_of_somebody_else()
    wired().staff.demand(actor(), login)
    return Access(login=login, actor=actor())


def acting_key(found: WebSession, login: Login) -> str:
    """The name of the connection that is kept open for acting for *login*."""
    return f"{found.key}:{login}"


def network_address() -> str:
    """Where the request comes from, behind the proxies that are trusted."""
    return client_address(wired().settings.web.trusted_proxies)


def signed_in(page: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let a page be seen only when signed in; others are asked to sign in first."""

    @wraps(page)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if login_name() is None:
            back = request.full_path.rstrip("?") if request.method == "GET" else ""
            return redirect(url_for("sign_in.form", next=back or None), 303)
        return page(*args, **kwargs)

    return guarded


def loaded_fingerprint() -> Fingerprint | None:
    """The fingerprint of what the page that was sent back had shown."""
    text = request.form.get("loaded", "")
    return Fingerprint(text) if text else None


def one_line(text: str, longest: int) -> str:
    """What was typed, as one line without control characters."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:longest]


def note() -> str:
    """What was typed as the reason."""
    return one_line(request.form.get("note", ""), _LONGEST_NOTE)


def zone() -> str:
    """The zone in which times are shown where no forward names one."""
    return wired().policy.default_timezone
