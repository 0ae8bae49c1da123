"""The page about the HTTP API is complete, and names nothing that is not there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from sieve_manager.application.tokens import CALLS_A_MINUTE, Scope
from tests.docs.pages import DOCS, ROOT
from web.api import problems, routes
from web.api.forms_out import Out

PAGE = (DOCS / "reference/api.md").read_text(encoding="utf-8")
FORMS = (DOCS / "reference/json.md").read_text(encoding="utf-8") + PAGE
# What no call leads to: people by CSV file, tokens, and the configuration.
ELSEWHERE = {"address_import.py", "address_table.py", "people_table.py", "tokens.py"}
OF_THE_CONFIGURATION = {"reply-template"}


def coded(text: str) -> list[str]:
    """What stands between backticks, and the keys of examples."""
    keys = re.findall(r'"(\w+)": ', text)
    return keys + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def part(heading: str) -> list[list[str]]:
    """The cells of the tables under a heading, without the heads."""
    text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip() for line in text.splitlines()]
    found = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return [cells for cells in found if "`" in cells[0]]


def test_every_call_is_named_with_its_scope_and_no_other() -> None:
    told = {(coded(call)[0], coded(scope)[0]) for call, scope, _what in part("Calls")}
    path = {one: re.sub(r"<(?:int:)?(\w+)>", r"{\1}", one.path) for one in routes.OPERATIONS}
    assert told == {(f"{one.method} {path[one]}", one.scope.value) for one in routes.OPERATIONS}


def test_every_parameter_is_named_and_no_other() -> None:
    told = {name for cells in part("Parameters") for name in coded(cells[0])}
    assert told == {name for one in routes.OPERATIONS for name in names(one.query)}


def test_every_key_of_a_body_is_named() -> None:
    bodies = [one.needs.body for one in routes.OPERATIONS if one.needs.body]
    told = {name for cells in part("Bodies") for name in coded(cells[0])}
    assert {name for body in bodies for name in names(body)} - told == {"checksum"}
    assert "takes `checksum`" in PAGE


@pytest.mark.parametrize("form", Out.__subclasses__(), ids=lambda one: one.__name__)
def test_every_key_of_an_answer_is_explained(form: type[Out]) -> None:
    assert set(names(form)) <= set(coded(FORMS))


def test_every_code_of_an_error_is_explained_and_no_other() -> None:
    told = {name for cells in part("Errors") for name in coded(cells[0])}
    assert told == {*codes_of_the_api(), *codes_of_input()}


def test_every_status_is_the_one_that_is_told() -> None:
    for cells in part("Errors"):
        if len(cells) == 3:
            code, status = coded(cells[0])[0], int(cells[1])
            assert dict(statuses()).get(code, status) == status, code


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"{CALLS_A_MINUTE} calls a minute" in PAGE
    assert {name for cells in part("Tokens") for name in coded(cells[0])} >= set(Scope)


def names(form: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in form.model_fields.items()]


def statuses() -> Iterator[tuple[str, int]]:
    yield from ((code, status) for _kind, status, code, _sentence in problems.ENTRIES)
    yield from ((code, status) for status, code in problems.HTTP_CODES.items())


def codes_of_the_api() -> set[str]:
    """Those that the API itself gives, and those of errors of the tree."""
    found = {code for code, _status in statuses()} | {"request", "mistake"}
    for path in (ROOT / "web/api").glob("*.py"):
        found |= set(codes_in(path, {"ProblemError", "FieldProblem"}))
    return found


def codes_of_input() -> set[str]:
    """Those of what somebody typed, in the rooms that calls lead to."""
    rooms = [ROOT / "sieve_manager" / room for room in ("domain", "sieve", "application")]
    paths = [path for room in rooms for path in room.glob("*.py") if path.name not in ELSEWHERE]
    found = {code for path in paths for code in codes_in(path, {"InvalidInputError"})}
    return found - OF_THE_CONFIGURATION


def codes_in(path: Path, makers: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in makers
        ):
            for word in node.keywords:
                if word.arg == "code" and isinstance(word.value, ast.Constant):
                    yield str(word.value.value)
