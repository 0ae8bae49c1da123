"""What every page needs of a request: the use cases, and who is signed in to which mailbox."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.notices import Notices
from sieve_manager.bootstrap import Wired
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import Fingerprint
from web.session import WebSession

P = ParamSpec("P")


def wired() -> Wired:
    """The use cases and what they were built from."""
    return cast(Wired, current_app.extensions["sieve_manager"])


def notices() -> Notices:
    """What tells owners of outside destinations."""
    return cast(Notices, current_app.extensions["notices"])


def web_session() -> WebSession:
    """The request's session, by its true type."""
    return cast(WebSession, session)


def login_name() -> str | None:
    """Who is signed in, or None."""
    return web_session().login


def access() -> Access:
    """The right to act on the signed-in owner's own mailbox, and on no other.

    Pages never take a mailbox from the address or the form: this is the only source.
    """
    found = web_session()
    login = Login(found["login"])
    return Access(
        login=login,
        actor=Actor(name=login.text, channel=Channel.WEB),
        password=found.get("password"),
        session_key=found.key,
    )


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


def zone() -> str:
    """The zone in which times are shown where no forward names one."""
    return wired().policy.default_timezone
