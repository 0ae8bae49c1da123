"""Every command, option, exit status and key of the JSON form is in the documentation."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sieve_manager.application.history import Change
from sieve_manager.application.status import State
from sieve_manager.cli import main
from sieve_manager.cli.exit_codes import ExitCode
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from tests.cli.conftest import Cli
from tests.cli.test_forward import ROUNDCUBE, SET

DOCS = Path(__file__).parents[2] / "docs/reference"
CLI = (DOCS / "cli.md").read_text(encoding="utf-8")
JSON = (DOCS / "json.md").read_text(encoding="utf-8")


def commands(
    command: click.Command, path: tuple[str, ...] = ("sieve-manager",)
) -> Iterator[tuple[str, click.Command]]:
    """Every command that is no group, with its whole name."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    for name, one in command.commands.items():
        yield from commands(one, (*path, name))


def section(heading: str) -> str:
    """The text under a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", CLI, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


ALL = dict(commands(main))


@pytest.mark.parametrize("name", ALL)
def test_a_command_is_documented_with_all_its_options_and_no_other(name: str) -> None:
    text = section(name)
    assert text, f"docs/reference/cli.md has no section “{name}”"
    options = {
        option
        for one in ALL[name].params
        if isinstance(one, click.Option)
        for option in (*one.opts, *one.secondary_opts)
    }
    mentioned = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
    assert options <= mentioned, "document these options"
    of_others = {
        option for command in ALL.values() for one in command.params for option in one.opts
    }
    assert mentioned & of_others - options <= {"--yes", "--hold-spam"}


def test_every_documented_command_exists() -> None:
    assert set(re.findall(r"^## (sieve-manager .*)$", CLI, re.MULTILINE)) == set(ALL)


def test_the_options_for_all_commands_are_documented() -> None:
    text = section("Options for all commands")
    assert all(option in text for one in main.params for option in one.opts)


def test_every_exit_status_is_documented() -> None:
    rows = {int(code) for code in re.findall(r"^\| (\d) \|", section("Exit status"), re.MULTILINE)}
    assert rows == {code.value for code in ExitCode} | {1}


@pytest.fixture
def forms(cli: Cli) -> list[object]:
    """What every command with --json prints, in a mailbox that has something of everything."""
    cli.world.give(ROUNDCUBE + b'redirect "${x}";')
    cli.directory.people = (Person(login=Login("anna@example.com")),)
    listed = cli.config.parent / "list.txt"
    listed.write_text("anna@example.com\n")
    return [
        cli.json(line)
        for line in (
            "forward show anna@example.com --json",
            f"{SET} --yes --json",
            "script list anna@example.com --json",
            "history anna@example.com --json",
            "directory search anna --json",
            "audit show --json",
            f"forward clear --all-mailboxes --list {listed} --yes --json",
        )
    ]


def keys(form: object) -> set[str]:
    match form:
        case dict():
            return set(form) | {key for value in form.values() for key in keys(value)}
        case list():
            return {key for value in form for key in keys(value)}
        case _:
            return set()


def test_every_key_is_documented(forms: list[object]) -> None:
    found = keys(forms)
    assert {"redirects_used", "notifies", "active", "undoes", "result", "aliases"} <= found
    assert {key for key in found if f"`{key}`" not in JSON} == set()


def test_every_state_and_change_is_documented() -> None:
    words = {*State, *Change}
    assert {word.value for word in words if f"`{word.value}`" not in JSON} == set()


def test_the_example_has_the_keys_that_are_printed(forms: list[object]) -> None:
    example = re.search(r"```json\n(.*?)```", JSON, re.DOTALL)
    assert example
    assert set(json.loads(example[1])) == set(forms[0])  # type: ignore[call-overload]
