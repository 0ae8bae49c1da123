"""The register for other programs: a table for spreadsheets that runs no formula, and JSON."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sieve_manager.application.csv_cells import csv_line
from sieve_manager.application.register import RegisterEntry
from sieve_manager.application.register_words import all_in_words

HEADS = (
    "mailbox",
    "target",
    "place",
    "kind",
    "condition",
    "copy",
    "first",
    "last",
    "state",
    "set_by",
    "actor",
    "program",
    "rule",
    "target_gone",
    "problem",
)
_COPY = {True: "kept", False: "not kept", None: "depends"}


def csv_of(entries: Iterable[RegisterEntry], now: datetime) -> Iterator[str]:
    """Lines with CRLF, the heads first; the first begins with a byte order mark for Excel."""
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + csv_line(HEADS)
    for entry in entries:
        form = json_form(entry, now)
        yield csv_line(_cell(form[head]) for head in HEADS)


def json_form(entry: RegisterEntry, now: datetime) -> dict[str, str | bool | None]:
    """An entry as an object; None where there is nothing to say. Instants are in UTC."""
    return {
        "mailbox": entry.login.text,
        "target": entry.target or None,
        "place": None if entry.problem else entry.place.value,
        "kind": None if entry.problem else "notice" if entry.notice else "redirect",
        "condition": all_in_words(entry.conditions) or None,
        "copy": None if entry.problem else _COPY[entry.kept],
        "first": entry.starts.isoformat() if entry.starts else None,
        "last": entry.ends.isoformat() if entry.ends else None,
        "state": None if entry.problem else entry.state(now).value,
        "set_by": None if entry.problem else entry.set_by.value,
        "actor": entry.actor or None,
        "program": entry.program or None,
        "rule": entry.rule or None,
        "target_gone": entry.gone,
        "problem": entry.problem or None,
    }


def _cell(value: str | bool | None) -> str:
    return {None: "", True: "yes", False: "no"}[value] if not isinstance(value, str) else value
