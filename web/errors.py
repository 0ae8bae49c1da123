"""Every error becomes a page: of our tree, of HTTP, of an expired form, and the unforeseen."""

import logging
from contextlib import suppress

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import (
    DirectoryError,
    InvalidInputError,
    NotAllowedError,
    SaveFailedError,
    ScriptRefusedError,
    ServerError,
    SieveManagerError,
    SignInRefusedError,
    StorageError,
)
from web import forward, sign_in
from web.api import problems
from web.context import actor, login_name, mailbox_name, web_session, wired
from web.elses import is_elses
from web.error_words import (
    ErrorWords,
    form_expired,
    form_from_nowhere,
    no_acting,
    of_http,
    other_owner,
    unforeseen,
    words,
)
from web.forward_input import ForwardInput
from web.say import _
from web.session import is_api

_log = logging.getLogger(__name__)


def explain(app: Flask) -> None:
    """Answer every error of our tree, every HTTP error, and the unforeseen, with a page."""
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(SieveManagerError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _unforeseen)
    app.before_request(_refuse_other_owners_form)


def _show(error: ErrorWords) -> ResponseReturnValue:
    if request.endpoint == "forward.preview":
        return render_template("preview.html", plan=None, problem=error)
    return render_template("error.html", error=error), error.status


def _ours(error: SieveManagerError) -> ResponseReturnValue:
    if isinstance(error, SignInRefusedError) and login_name() is not None:
        if is_elses():
            _log.warning("%s: %s", type(error).__name__, error)
            return _show(no_acting(error))
        return _signed_out_by_server()
    if isinstance(error, ServerError):
        _log.warning("%s: %s", type(error).__name__, _in_brief(error))
    else:
        _log.info("%s: %s", type(error).__name__, _in_brief(error))
    if isinstance(error, NotAllowedError) and login_name() is not None:
        _write_down(error)
    return _show(words(error))


def _write_down(error: NotAllowedError) -> None:
    """A refused right is an entry of the audit log; where it cannot be, the refusal stands."""
    wanted = web_session().acting_for or request.values.get("login") or request.values.get("leaver")
    separator = wired().settings.master_separator
    with suppress(StorageError, DirectoryError):
        who = actor()
        try:
            mailbox = Login.parse(wanted or "", master_separator=separator)
        except InvalidInputError:
            mailbox = None
        wired().trail.denied(who, mailbox, error)


def _in_brief(error: SieveManagerError) -> str:
    """The error for the log, without a compiler's words, which quote the script."""
    match error:
        case ScriptRefusedError():
            return "the server refused the script"
        case SaveFailedError():
            return f"{error.step}: {_in_brief(error.cause)} ({error.outcome})"
        case _:
            return str(error)


def _signed_out_by_server() -> ResponseReturnValue:
    """The password that we hold is no longer right: it was changed, or the mailbox closed."""
    kept = sign_in.keep_for_later()
    login = login_name() or ""
    web_session().end()
    notice = _(
        "The mail server does not accept your sign-in any more. Perhaps your password was "
        "changed. Nothing was changed here; sign in again."
    )
    return sign_in.show(notice=notice, login=login, kept=kept, status=401)


def _form_expired(error: CSRFError) -> ResponseReturnValue:
    _log.info("form refused: %s", error.description)
    nowhere = request.is_secure and not request.referrer  # Flask-WTF asks for it over HTTPS
    if request.endpoint == "sign_in.enter":
        return sign_in.show(
            notice=form_from_nowhere().advice
            if nowhere
            else _("This page was open too long. Please try again."),
            login=request.form.get("login", ""),
            next_path=request.form.get("next", ""),
            kept=request.form.get("kept", ""),
            status=400,
        )
    if request.endpoint == "forward.preview":
        return _show(form_expired())
    if login_name() is None:
        return sign_in.show(
            notice=_(
                "You were signed out meanwhile, and nothing was changed. Sign in again; what you "
                "had entered is kept."
            ),
            kept=sign_in.keep_for_later(),
            status=401,
        )
    if refused := _refuse_other_owners_form():  # somebody has signed in anew meanwhile
        return refused
    if request.blueprint == "forward" and "to" in request.form:
        notice = (
            form_from_nowhere().advice
            if nowhere
            else _("This page was open too long, and nothing was changed. Please try again.")
        )
        return forward.show_again(ForwardInput.from_form(request.form), notice), 400
    return _show(form_from_nowhere() if nowhere else form_expired())


def _refuse_other_owners_form() -> ResponseReturnValue | None:
    """A form says for whose mailbox it was made; two windows may not be mixed up."""
    if request.method != "POST" or is_api(request):
        return None
    mailbox = request.form.get("mailbox")
    if mailbox is not None and login_name() is not None and mailbox != mailbox_name():
        return _show(other_owner())
    return None


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if is_api(request):
        return problems.answer(problems.of_http(error))
    return _show(of_http(error.code))


def _unforeseen(error: InternalServerError) -> ResponseReturnValue:
    # Flask has logged the traceback; a page that needs the server again could fail again.
    if is_api(request):
        return problems.answer(problems.of_http(error))
    return _show(unforeseen())
