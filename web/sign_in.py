"""Signing in and out; the mail server decides who may."""

import math
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import (
    AccountDisabledError,
    InvalidInputError,
    ServerError,
    SignInRefusedError,
    SingleSignOnError,
)
from sieve_manager.settings_sections import SignIn
from web.acting import let_go, role_at_sign_in, role_shown
from web.context import login_name, web_session, wired
from web.forward_input import FieldError
from web.say import _, input_error_text, plural
from web.security import client_address, safe_path
from web.session import Sessions, WebSession
from web.sign_in_words import why_not

pages = Blueprint("sign_in", __name__)

_MAX_KEPT = 20_000
_MAX_PASSWORD = 1024
DRAFT = "kept"
_MAX_DRAFT = 2_500  # it goes through a cookie


@pages.get("/sign-in")
def form() -> ResponseReturnValue:
    """The sign-in form."""
    if login_name() is not None:
        return redirect(url_for("overview.page"), 303)
    said = why_not(request.args.get("sso", ""))
    errors = (FieldError(where="sso", message=said),) if said else ()
    return show(errors=errors, next_path=request.args.get("next", ""))


def show(
    *,
    errors: tuple[FieldError, ...] = (),
    notice: str = "",
    login: str = "",
    next_path: str = "",
    kept: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """The sign-in page; *kept* are values of a form that was sent too late."""
    settings = wired().settings
    if kept and settings.oidc and len(kept) <= _MAX_DRAFT:
        web_session()[DRAFT] = kept
    page = render_template(
        "sign_in.html",
        errors=errors,
        notice=notice,
        login=login,
        next_path=safe_path(next_path),
        kept=kept,
        provider=settings.oidc_name,
        passwords=settings.web.sign_in is not SignIn.OIDC,
    )
    return page, status


def keep_for_later() -> str:
    """What the present request's form holds, to be carried through a new sign-in."""
    pairs = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    return urlencode(pairs)[:_MAX_KEPT]


@pages.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Sign in, unless there were too many failures lately."""
    if wired().settings.web.sign_in is SignIn.OIDC:
        abort(404)
    typed = request.form.get("login", "")
    password = request.form.get("password", "")[:_MAX_PASSWORD]
    try:
        login = Login.parse(typed, master_separator=wired().settings.master_separator)
    except InvalidInputError as error:
        return _again(typed, FieldError(where="login", message=input_error_text(error)), 400)
    if not password:
        return _again(typed, FieldError(where="password", message=_("Enter your password.")), 400)
    address = client_address(wired().settings.web.trusted_proxies)
    attempt = wired().throttle.begin(login.text, address, wired().clock())
    if attempt.wait_seconds > 0:
        wired().measures.sign_in("password", "throttled")
        message = _too_often(attempt.wait_seconds)
        return _again(typed, FieldError(where="password", message=message), 429)
    try:
        return _try(login, password, typed, address)
    except ServerError:  # nobody judged the password
        wired().throttle.withdraw(attempt)
        raise


def _try(login: Login, password: str, typed: str, address: str) -> ResponseReturnValue:
    try:
        _prove(login, password)
    except AccountDisabledError:
        wired().measures.sign_in("password", "disabled")
        message = _(
            "This mailbox is closed for sign-in, or does not exist. If that is a surprise, ask "
            "your mail administrator."
        )
        return _again(typed, FieldError(where="login", message=message), 403)
    except SignInRefusedError:
        wired().measures.sign_in("password", "refused")
        message = _("The mail server does not accept this user name with this password.")
        return _again(typed, FieldError(where="password", message=message), 401)
    except ServerError:
        wired().measures.sign_in("password", "failed")
        raise
    wired().measures.sign_in("password", "done")
    wired().throttle.succeeded(login.text, address)
    begin(login, password)
    kept = request.form.get("kept", "")[:_MAX_KEPT]
    return go_on(login, request.form.get("next", ""), kept)


def go_on(login: Login, next_path: str, kept: str) -> ResponseReturnValue:
    """Where to after sign-in: back to a form that was sent too late, or to the page wanted."""
    values = dict(parse_qsl(kept)) if kept else {}
    if values.get("mailbox") == login.text:
        web_session()["draft"] = kept
        return redirect(url_for("forward.form"), 303)
    path = safe_path(next_path)
    if path == "/" and role_shown().is_staff:
        return redirect(url_for("staff.start"), 303)
    return redirect(request.script_root + path, 303)


def _prove(login: Login, password: str) -> None:
    """Let the configured server judge the password; returns only where it is right."""
    folders = wired().folders
    if wired().settings.web.sign_in.value == "imap" and folders is not None:
        folders.sign_in(login, password)
        return
    actor = Actor(name=login.text, channel=Channel.WEB)
    with wired().store.session(Access(login=login, actor=actor, password=password)):
        return


def begin(login: Login, password: str | None, groups: frozenset[str] = frozenset()) -> None:
    """A new session; where a master identity acts, the password is not kept at all.

    *groups* are those that the sign-in vouched for.
    """
    kept = None if wired().settings.master else password
    interface = current_app.session_interface
    if not isinstance(interface, Sessions):
        raise TypeError("the session interface is not ours")
    wired().web_sessions.purge()
    web_session().begin(login.text, kept, interface.expiry(), groups=groups)
    role = role_at_sign_in(login, groups)
    web_session()["role"] = role.value
    address = client_address(wired().settings.web.trusted_proxies)
    actor = Actor(name=login.text, channel=Channel.WEB, role=role, address=address)
    wired().trail.signed_in(actor)
    # A new form token with the new session, so that the first page has nothing to write.
    g.pop("csrf_token", None)
    generate_csrf()


def _again(typed: str, error: FieldError, status: int) -> ResponseReturnValue:
    return show(
        errors=(error,),
        login=typed,
        next_path=request.form.get("next", ""),
        kept=request.form.get("kept", "")[:_MAX_KEPT],
        status=status,
    )


def _too_often(wait_seconds: float) -> str:
    return plural(
        "Too many failed attempts. Try again in %(num)s second.",
        "Too many failed attempts. Try again in %(num)s seconds.",
        math.ceil(wait_seconds),
    )


@pages.post("/sign-out")
def leave() -> ResponseReturnValue:
    """Sign out: the session, the password and the open connection are gone."""
    session = web_session()
    if session.login is not None:
        wired().store.forget(session.key)
        let_go()
        leaving = _leaving(session)
        session.end()
        if leaving:
            return render_template(
                "signed_out.html", url=leaving, provider=wired().settings.oidc_name
            )
    return redirect(url_for("sign_in.form", left=1), 303)


def _leaving(session: WebSession) -> str:
    """Where one signs out of the OpenID provider, too, or ""."""
    id_token, sso = session.get("id_token"), wired().single_sign_on
    if not id_token or sso is None:
        return ""
    base_url = wired().settings.web.base_url
    try:
        return sso.provider.leaving(id_token, f"{base_url}/sign-in")
    except SingleSignOnError:
        return ""
