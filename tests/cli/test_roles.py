"""In which role each command acts: with [master] as an administrator, else as the owner."""

from collections.abc import Iterator

import click
import pytest

from sieve_manager.application.access import Access
from sieve_manager.cli import main
from sieve_manager.domain.roles import Role
from tests.application.world import World
from tests.cli.conftest import MASTER, Cli

# What a command needs beside the mailbox.
ON_A_MAILBOX = {
    "forward show": "",
    "forward set": "--to bruno@example.net --yes",
    "forward pause": "--yes",
    "forward resume": "--yes",
    "forward clear": "--yes",
    "script list": "",
    "script show": "",
    "script check": "",
    "undo": "--yes",
}
# These ask no mail server, or open mailboxes of their own choice as the administrator.
OF_ADMINISTRATORS = {"history", "check", "forward clear --all-mailboxes"}


@pytest.fixture
def seen(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> list[Access]:
    """Every right with which a mailbox was opened."""
    accesses: list[Access] = []
    real = type(cli.world.store).session

    def session(store: object, access: Access) -> object:
        accesses.append(access)
        return real(store, access)  # type: ignore[arg-type]  # the world's own store

    monkeypatch.setattr(type(cli.world.store), "session", session)
    return accesses


def commands(group: click.Group = main, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        path = f"{above} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, path)
        else:
            yield path, command


def test_every_command_on_a_mailbox_says_here_in_which_role_it_acts() -> None:
    found = {
        path
        for path, command in commands()
        if any(one.name == "password_prompt" for one in command.params)
    }
    assert found == set(ON_A_MAILBOX)
    assert {path for path, _ in commands()} >= {one.split(" --")[0] for one in OF_ADMINISTRATORS}


def prepared(cli: Cli) -> World:
    cli.configure(MASTER)
    assert cli("forward set anna@example.com --to carla@example.net --yes").exit_code == 0
    return cli.world


@pytest.mark.parametrize("command", ON_A_MAILBOX)
def test_with_master_an_administrator_acts(cli: Cli, seen: list[Access], command: str) -> None:
    prepared(cli)
    seen.clear()
    more = ON_A_MAILBOX[command]
    assert cli(f"{command} anna@example.com {more}").exit_code == 0
    assert {(one.actor.role, one.password) for one in seen} == {(Role.ADMINISTRATOR, None)}


@pytest.mark.parametrize("command", ON_A_MAILBOX)
def test_with_the_password_the_owner_acts(cli: Cli, seen: list[Access], command: str) -> None:
    prepared(cli)
    seen.clear()
    more = ON_A_MAILBOX[command]
    line = f"{command} anna@example.com {more} --password-prompt"
    assert cli(line, typed="right\n").exit_code == 0
    assert {(one.actor.role, one.actor.name, one.password) for one in seen} == {
        (Role.OWNER, "anna@example.com", "right")
    }


@pytest.mark.parametrize("command", ON_A_MAILBOX)
def test_with_neither_nobody_acts(cli: Cli, seen: list[Access], command: str) -> None:
    prepared(cli)
    cli.configure("")
    seen.clear()
    more = ON_A_MAILBOX[command]
    result = cli(f"{command} anna@example.com {more}")
    assert result.exit_code == 2
    assert "No [master] is configured" in result.stderr
    assert seen == []


def test_the_history_says_in_which_role_it_was(cli: Cli) -> None:
    prepared(cli)
    cli("forward pause anna@example.com --yes --password-prompt", typed="right\n")
    versions = cli.json("history anna@example.com --json")["versions"]
    assert [one["role"] for one in versions] == ["owner", "administrator"]
