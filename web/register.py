"""The register: every forward of every mailbox, for the helpdesk, to search and to take away."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.register import RegisterEntry, SetBy
from sieve_manager.application.register_export import csv_of, json_form
from sieve_manager.application.register_store import MOST_COUNTED, PAGE, Question, Sort, SweepState
from sieve_manager.application.staff import NO_MASTER, denied
from sieve_manager.domain.roles import Role
from web import register_words
from web.context import actor, one_line, wired
from web.say import N_
from web.staff import administrators_only, staff_only

pages = Blueprint("register", __name__)

_LONGEST_TEXT = 200
_LAST_PAGE = MOST_COUNTED // PAGE
_ASKED = ("q", "outside", "no_end", "gone", "set_by", "problems", "sort")
SORTS = {
    Sort.MAILBOX: N_("by mailbox"),
    Sort.TARGET: N_("by target"),
    Sort.ENDS: N_("by last day"),
}


@pages.get("/register")
@staff_only
def page() -> ResponseReturnValue:
    """One page of it."""
    question, store = _question(), wired().register.store
    number = min(max(request.args.get("page", 1, type=int), 1), _LAST_PAGE)
    found = store.page(question, (number - 1) * PAGE)
    # What is short is counted already: a search that finds little looks at everything once.
    count = len(found) if number == 1 and len(found) < PAGE else store.count(question)
    return render_template(
        "register.html",
        question=question,
        found=[_seen(entry) for entry in found],
        count=count,
        number=number,
        more=number * PAGE < count and number < _LAST_PAGE,
        most=MOST_COUNTED,
        now=wired().clock(),
        words=register_words,
        sorts=SORTS,
        address=_address,
        **_sweep(),
    )


@pages.get("/register/sweep")
@staff_only
def sweep() -> ResponseReturnValue:
    """How far the sweep is alone, for a page that is open."""
    return render_template("register_sweep.html", **_sweep())


@pages.post("/register/sweep")
@administrators_only
def ask_for_sweep() -> ResponseReturnValue:
    """Let a worker look through all mailboxes as soon as it can."""
    if not wired().staff.has_master:
        raise denied(NO_MASTER)
    wired().register.sweeping.ask()
    return redirect(url_for("register.page"), 303)


@pages.get("/register.csv")
@staff_only
def as_csv() -> ResponseReturnValue:
    """What the filters leave, for spreadsheets."""
    lines = csv_of(_all(), wired().clock())
    return _file(lines, "text/csv; charset=utf-8", "register.csv")


@pages.get("/register.json")
@staff_only
def as_json() -> ResponseReturnValue:
    """What the filters leave, for programs."""
    return _file(_json(_all()), "application/json", "register.json")


def _sweep() -> dict[str, object]:
    store = wired().register.store
    last, done = store.last(), store.last_done()
    # While another is under way, what is shown is still, for the most part, of the one before.
    shown = (done, last) if done and last and last.state is not SweepState.DONE else (last,)
    return {
        "sweep": tuple(words for one in shown for words in register_words.sweep_words(one)),
        "running": last is not None and last.state is SweepState.RUNNING,
        "may_map": actor().role is Role.ADMINISTRATOR,
        "may_sweep": actor().role is Role.ADMINISTRATOR and wired().staff.has_master,
    }


def _question() -> Question:
    asked = request.args
    return Question(
        text=one_line(asked.get("q", ""), _LONGEST_TEXT),
        outside="outside" in asked,
        no_end="no_end" in asked,
        gone="gone" in asked,
        set_by=next((one for one in SetBy if one.value == asked.get("set_by")), None),
        problems="problems" in asked,
        sort=next((one for one in Sort if one.value == asked.get("sort")), Sort.MAILBOX),
        for_operators=actor().role is not Role.ADMINISTRATOR,
    )


def _address(endpoint: str, number: int | None = None) -> str:
    """The same question elsewhere, or on another page."""
    asked = {key: request.args[key] for key in _ASKED if request.args.get(key)}
    if number:
        asked["page"] = str(number)
    return f"{url_for(endpoint)}?{urlencode(asked)}"


def _seen(entry: RegisterEntry) -> RegisterEntry:
    """As who asks may see it."""
    return entry if wired().forwards.sight.is_whole(actor()) else entry.without_words


def _all() -> Iterator[RegisterEntry]:
    """All entries; asked for a page at a time while the answer goes out, without the request."""
    whole = wired().forwards.sight.is_whole(actor())
    every = wired().register.store.every(_question())
    return (entry if whole else entry.without_words for entry in every)


def _json(entries: Iterator[RegisterEntry]) -> Iterator[str]:
    now = wired().clock()

    def lines() -> Iterator[str]:
        separator = '{"forwards": ['
        for entry in entries:
            yield f"{separator}\n{json.dumps(json_form(entry, now))}"
            separator = ","
        yield "]}\n" if separator == "," else f"{separator}]}}\n"

    return lines()


def _file(lines: Iterator[str], kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(lines, content_type=kind, headers=headers)
