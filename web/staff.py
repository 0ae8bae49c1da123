"""The helpdesk's start page: find somebody, act for their mailbox, stop; and who may see what."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.domain.mailboxes import Login
from web.acting import let_go
from web.case_lists import OPEN_LISTS
from web.context import actor, one_line, signed_in, web_session, wired

P = ParamSpec("P")

pages = Blueprint("staff", __name__)

_MAX_SEARCH = 200
_ON_START = 10


def staff_only(page: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let a page be seen by operators and administrators; NotAllowedError."""
    return _only(page, administrator=False)


def administrators_only(page: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let a page be seen by administrators; NotAllowedError."""
    return _only(page, administrator=True)


def _only(
    page: Callable[P, ResponseReturnValue], *, administrator: bool
) -> Callable[P, ResponseReturnValue]:
    @wraps(page)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        wired().staff.demand_role(actor(), administrator=administrator)
        return page(*args, **kwargs)

    return signed_in(guarded)


@pages.get("/staff")
@staff_only
def start() -> ResponseReturnValue:
    """The search, and what it found."""
    lists = [(one, one.part(limit=_ON_START).cases) for one in OPEN_LISTS]
    return render_template("staff.html", ready=wired().staff.has_master, lists=lists, **_found())


@pages.get("/staff/search")
@staff_only
def search() -> ResponseReturnValue:
    """What it found alone, for a page that is open."""
    return render_template("staff_found.html", ready=wired().staff.has_master, **_found())


@pages.post("/staff/act")
@staff_only
def act() -> ResponseReturnValue:
    """Begin to act for a mailbox."""
    separator = wired().settings.master_separator
    login = Login.parse(request.form.get("login", ""), master_separator=separator)
    let_go()
    if login.text != actor().name:
        wired().staff.demand(actor(), login)
        web_session().act_for(login.text, str(wired().staff.person(login)))
        wired().trail.acting(actor(), login, begins=True)
    return redirect(url_for("overview.page"), 303)


@pages.post("/staff/stop")
@signed_in
def stop() -> ResponseReturnValue:
    """End it; whoever acts may, also who is no longer staff."""
    let_go()
    return redirect(url_for("staff.start"), 303)


def _found() -> dict[str, object]:
    text = one_line(request.args.get("q", ""), _MAX_SEARCH)
    found = wired().staff.search(actor(), text) if text else ()
    return {"text": text, "found": found}
