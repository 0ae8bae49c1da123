"""A line of a list of cases: its columns, and the forms in which the ledger keeps it."""

from collections.abc import Callable, Mapping

from sieve_manager.application.case_entry import CaseEntry
from sieve_manager.application.csv_cells import meant_day
from sieve_manager.application.csv_table import Problem, read_table
from sieve_manager.application.jobs import Item, ItemState, NewItem, Outcome
from sieve_manager.application.plan import Plan
from sieve_manager.application.ports import Directory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import InvalidInputError, NotAllowedError
from sieve_manager.policy.findings import Finding, Severity
from sieve_manager.policy.policy import Policy

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


def read_lines(
    octets: bytes, directory: Directory, find: Callable[[EmailAddress], Person | None]
) -> tuple[list[NewItem], list[Problem]]:
    """An item for each usable line of the file, and why the others are not, in their order.

    *find* returns who has an address. DirectoryError, StorageError.
    """
    table = read_table(octets, columns=COLUMNS, required=REQUIRED)
    items: dict[str, NewItem] = {}
    problems = list(table.problems)
    for row in table.rows:
        try:
            login = _leaver(row.cells["leaver"], directory, find)
            if login.text in items:
                raise InvalidInputError(
                    "{leaver} stands in this file twice.",
                    where="leaver",
                    code="batch-twice",
                    leaver=row.cells["leaver"],
                )
        except InvalidInputError as error:
            problems.append(row.problem("leaver", error))
            continue
        payload = {"line": row.line, "cells": dict(row.cells), "places": dict(row.places)}
        items[login.text] = NewItem(key=login.text, payload=payload)
    return list(items.values()), sorted(problems, key=lambda one: (one.line, one.column))


def entry_of(cells: Mapping[str, str], policy: Policy) -> CaseEntry:
    """What a line says; empty cells take the defaults that the form has."""
    filled = {name: cell for name, cell in cells.items() if cell and name not in REQUIRED}
    for name in _DAYS:
        if name in filled:
            filled[name] = meant_day(filled[name])
    defaults = {"timezone": policy.default_timezone, **filled}
    return CaseEntry(to=(cells["to"],), hold_spam=policy.hold_spam, **defaults)


def seen(plan: Plan) -> dict[str, object]:
    """What the rehearsal keeps of a plan."""
    told = [
        one for one in plan.findings if one.severity is Severity.WARN or one.code == "case-approval"
    ]
    return {
        "checksum": plan.checksum,
        "warnings": [one.message for one in told],
        "said": [sentence_form(one) for one in told],
    }


def sentence_form(
    said: InvalidInputError | NotAllowedError | Finding, column: object = None, heading: str = ""
) -> dict[str, object]:
    """A sentence to be said in another language later, and the cell that it is about."""
    place = {"column": column, "heading": heading} if column else {}
    return {"template": said.template, "facts": dict(said.facts), **place}


def outcome_for(
    state: ItemState, item: Item, *why: InvalidInputError | NotAllowedError | Finding
) -> Outcome:
    """The outcome with its reasons, in English and to be said in another language later."""
    words = [one.message if isinstance(one, Finding) else str(one) for one in why]
    said = {"said": [sentence_form(one) for one in why]}
    return Outcome(state=state, error="\n".join(words), result={**item.result, **said})


def cell_words(line: object, places: Mapping[str, object], error: InvalidInputError) -> str:
    """The error, with its line and column where it is about a cell."""
    column = places.get(error.where)
    return f"line {line}, column {column} ({error.where}): {error}" if column else str(error)


def cell_form(places: Mapping[str, object], error: InvalidInputError) -> dict[str, object]:
    """The same, to be said in another language later."""
    return sentence_form(error, places.get(error.where), error.where)


def problem_form(problem: Problem) -> dict[str, object]:
    """What the job keeps of a line that cannot be used."""
    said = sentence_form(problem.error, problem.column, problem.heading)
    return {"line": problem.line, "column": problem.column, "text": str(problem), "said": said}


def mapping(value: object) -> Mapping[str, object]:
    """A mapping that the ledger kept; TypeError."""
    if not isinstance(value, Mapping):
        raise TypeError("the ledger holds another shape than was put into it")
    return value


def _leaver(
    text: str, directory: Directory, find: Callable[[EmailAddress], Person | None]
) -> Login:
    """A login, or an address that the directory knows."""
    try:
        login = Login.parse(text)
    except InvalidInputError as error:
        raise InvalidInputError(
            "“{leaver}” is neither a user name nor an address.",
            where="leaver",
            code="login",
            leaver=text,
        ) from error
    if "@" in text and directory.person(login) is None:
        person = find(EmailAddress.parse(text))
        return person.login if person else login
    return login
