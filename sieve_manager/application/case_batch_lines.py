"""A line of a list of cases: its columns, and the forms in which the ledger keeps it."""

import re
from collections.abc import Mapping

from sieve_manager.application.csv_table import Problem, Row
from sieve_manager.application.jobs import NewItem
from sieve_manager.application.plan import Plan
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Severity

REQUIRED = ("leaver", "to")
COLUMNS = (
    *REQUIRED,
    "copy",
    "first_day",
    "last_day",
    "timezone",
    "reply",
    "reply_subject",
    "reply_text",
    "own_forward",
    "ticket",
    "reason",
)
TEMPLATE = (
    ",".join(COLUMNS) + "\r\n"
    "lea@example.com,anna@example.com,none,2027-01-01,2027-03-31,Europe/Zurich,en,,,off,"
    "INC-4711,left the company\r\n"
)
"""A file to begin with; people replace the example."""

_DAYS = ("first_day", "last_day")
_DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


def new_item(login: Login, row: Row) -> NewItem:
    """The item of a usable line."""
    payload = {"line": row.line, "cells": dict(row.cells), "places": dict(row.places)}
    return NewItem(key=login.text, payload=payload)


def with_iso_days(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells with days as ``2027-01-31``, of which some spreadsheets make ``31.01.2027``."""
    days = {name: _DOTTED_DAY.fullmatch(cells.get(name, "")) for name in _DAYS}
    return {
        **cells,
        **{name: f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}" for name, day in days.items() if day},
    }


def seen(plan: Plan) -> dict[str, object]:
    """What the rehearsal keeps of a plan."""
    warnings = [one.message for one in plan.findings if one.severity is Severity.WARN]
    return {"checksum": plan.checksum, "warnings": warnings}


def line_words(line: object, places: Mapping[str, object], error: InvalidInputError) -> str:
    """The error, with its line and column where it is about a cell."""
    column = places.get(error.where)
    return f"line {line}, column {column} ({error.where}): {error}" if column else str(error)


def problem_form(problem: Problem) -> dict[str, object]:
    """What the job keeps of a line that cannot be used."""
    return {"line": problem.line, "column": problem.column, "text": str(problem)}


def mapping(value: object) -> Mapping[str, object]:
    """A mapping that the ledger kept; TypeError."""
    if not isinstance(value, Mapping):
        raise TypeError("the ledger holds another shape than was put into it")
    return value
