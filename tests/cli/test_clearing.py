"""``forward clear --all-mailboxes``: rehearsed, asked about, then one mailbox after the other."""

import json
from pathlib import Path

import pytest

from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from tests.cli.conftest import MASTER, Cli
from tests.cli.test_forward import ROUNDCUBE, SET

ALL = "forward clear --all-mailboxes"


@pytest.fixture
def listed(cli: Cli, tmp_path: Path) -> Cli:
    """Anna has a forward, Bruno has none, Carla's mailbox is missing; all are in the file."""
    file = tmp_path / "mailboxes.csv"
    file.write_text("Login,address,aliases\nanna@example.com,a@example.com,\n\nbruno@example.com\n")
    cli.configure(MASTER + f'[mailboxes]\nfile = "{file}"\n')
    cli.world.give(ROUNDCUBE)
    cli(f"{SET} --yes")
    return cli


def _has_forward(cli: Cli) -> bool:
    return cli.world.scripts != {"roundcube": ROUNDCUBE}


def test_without_yes_it_is_only_rehearsed(listed: Cli) -> None:
    result = listed(ALL)
    assert result.exit_code == 2
    assert "anna@example.com   to-clear  active, to bruno@example.net" in result.stdout
    assert "bruno@example.com  nothing" in result.stdout
    assert _has_forward(listed)


def test_the_question_counts_the_mailboxes(listed: Cli) -> None:
    result = listed(ALL, terminal=True, typed="n\n")
    assert (result.exit_code, _has_forward(listed)) == (1, True)
    assert "Clear 1 of 2 mailboxes?" in result.stderr


def test_with_yes_every_forward_goes(listed: Cli) -> None:
    result = listed(f"{ALL} --yes --json")
    assert result.exit_code == 0
    assert [one["result"] for one in json.loads(result.stdout)] == ["cleared", "nothing"]
    assert not _has_forward(listed)
    again = listed(ALL)
    assert again.exit_code == 0


def test_one_that_fails_keeps_no_other_from_being_cleared(listed: Cli, tmp_path: Path) -> None:
    listed.world.server.passwords = {"anna@example.com": ""}
    other = tmp_path / "list.txt"
    other.write_text("nobody@example.com\nanna@example.com\n")
    result = listed(f"{ALL} --yes --list {other}")
    assert result.exit_code == 7
    assert "nobody@example.com  failed" in result.stdout
    assert not _has_forward(listed)


def test_a_change_between_rehearsal_and_clearing_is_not_overwritten(
    listed: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = b"keep; # theirs\r\n"
    monkeypatch.setattr(
        "sieve_manager.cli.clearing.agree", lambda *_, **__: listed.world.give(theirs)
    )
    result = listed(ALL)
    assert result.exit_code == 4
    assert listed.world.scripts["roundcube"] == theirs


@pytest.mark.parametrize(
    "line", [f"{ALL} --password-prompt", "forward clear anna@example.com --list LIST"]
)
def test_options_that_do_not_go_together(listed: Cli, tmp_path: Path, line: str) -> None:
    file = tmp_path / "mailboxes.csv"
    assert listed(line.replace("LIST", str(file))).exit_code == 2
    assert _has_forward(listed)


def test_it_needs_a_list_and_the_master_user(cli: Cli, tmp_path: Path) -> None:
    assert "give --list" in cli(f"{ALL} --yes").stderr
    cli.configure("")
    file = tmp_path / "list.txt"
    file.write_text("anna@example.com\n")
    result = cli(f"{ALL} --yes --list {file}")
    assert result.exit_code == 2
    assert "[master]" in result.stderr


def test_a_list_that_is_not_text_is_wrong_input(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"\xff\xfe")
    assert cli(f"{ALL} --yes --list {file}").exit_code == 2


def test_notes_stay_out_of_other_mailboxes(listed: Cli) -> None:
    listed(f"{ALL} --yes")
    assert listed.world.history.versions(Login("bruno@example.com")) == ()


def test_the_directory_names_the_mailboxes(listed: Cli) -> None:
    listed.configure(MASTER + '[directory]\nkind = "table"\n')
    listed.directory.people = (Person(login=Login("anna@example.com")),)
    result = listed(f"{ALL} --yes --json")
    assert [one["mailbox"] for one in json.loads(result.stdout)] == ["anna@example.com"]
    assert not _has_forward(listed)
