"""Signing in at the OpenID provider: there and back again."""

import json
import logging
from datetime import datetime, timedelta

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.single_sign_on import Answer, Question, SingleSignOn
from sieve_manager.errors import ServerError, SingleSignOnError, WhyNot
from web import owner_token, sign_in
from web.context import login_name, web_session, wired
from web.security import client_address, safe_path

pages = Blueprint("single_sign_on", __name__)

_log = logging.getLogger(__name__)
_LASTS = timedelta(minutes=10)
_QUESTION = "question"
_LONGEST = 4096
# Somebody guesses or forges; the rest are accidents, of which nobody need be slowed down.
_SUSPICIOUS = frozenset({WhyNot.BROKEN, WhyNot.UNVERIFIED, WhyNot.UNKNOWN, WhyNot.STAFF_ONLY})


@pages.get("/sign-in/oidc")
def ask() -> ResponseReturnValue:
    """Send the browser to the provider; a link, so another site gains nothing by it."""
    if login_name() is not None:
        return redirect(url_for("overview.page"), 303)
    next_path = safe_path(request.args.get("next", ""))
    try:
        question = _sso().begin(_back())
    except SingleSignOnError as error:
        return _failed(error, next_path)
    web_session()[_QUESTION] = json.dumps(
        {
            "state": question.state,
            "nonce": question.nonce,
            "verifier": question.verifier,
            "next": next_path,
            "at": wired().clock().isoformat(),
        }
    )
    return redirect(question.url, 303)


@pages.get("/sign-in/oidc/answer")
def answer() -> ResponseReturnValue:
    """What the browser brought back: one try a question, and only in the browser that asked."""
    sso = _sso()
    if login_name() is not None:
        return redirect(url_for("overview.page"), 303)
    kept = web_session().pop(_QUESTION, "")
    address = client_address(wired().settings.web.trusted_proxies)
    # No account is known yet, so only the address counts.
    account = f"oidc:{_brought('state')}"
    if wired().throttle.allowed(account, address, wired().clock()) > 0:
        wired().measures.sign_in("oidc", "throttled")
        return redirect(url_for("sign_in.form", sso="throttled"), 303)
    next_path = "/"
    try:
        question, next_path = _asked(kept)
        brought = Answer(
            state=_brought("state"),
            code=_brought("code"),
            issuer=_brought("iss"),
            error=_brought("error"),
        )
        found = sso.finish(brought, question, _back(), address)
    except SingleSignOnError as error:
        if error.why in _SUSPICIOUS:
            wired().throttle.failed(account, address, wired().clock())
        return _failed(error, next_path)
    except ServerError:
        wired().measures.sign_in("oidc", "failed")
        raise
    wired().measures.sign_in("oidc", "done")
    draft = web_session().get(sign_in.DRAFT, "")
    sign_in.begin(found.login, None, found.groups)
    web_session()["sign_in"], web_session()["id_token"] = "oidc", found.id_token
    owner_token.keep(web_session(), found.tokens)
    return sign_in.go_on(found.login, next_path, draft)


def _sso() -> SingleSignOn:
    found = wired().single_sign_on
    if found is None:
        abort(404)
    return found


def _back() -> str:
    """The address of :func:`answer` as it is registered, whatever a request calls us."""
    return f"{wired().settings.web.base_url}/sign-in/oidc/answer"


def _brought(name: str) -> str:
    return request.args.get(name, "")[:_LONGEST]


def _asked(kept: str) -> tuple[Question, str]:
    """The question that this browser asked, and where it wanted to go."""
    if not kept:
        raise SingleSignOnError("this browser asked nothing", WhyNot.STALE)
    values: dict[str, str] = json.loads(kept)  # from a signed cookie: as it was written
    if not timedelta(0) <= wired().clock() - datetime.fromisoformat(values["at"]) < _LASTS:
        raise SingleSignOnError("the question is too old", WhyNot.STALE)
    question = Question(
        url="", state=values["state"], nonce=values["nonce"], verifier=values["verifier"]
    )
    return question, values["next"]


def _failed(error: SingleSignOnError, next_path: str) -> ResponseReturnValue:
    """Back to the sign-in page, whose address holds nothing of what was brought."""
    wired().measures.sign_in("oidc", error.why.value)
    _log.warning("single sign-on: %s: %s", error.why.value, error)
    wanted = next_path if next_path != "/" else None
    return redirect(url_for("sign_in.form", sso=error.why.value, next=wanted), 303)
