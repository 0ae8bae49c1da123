"""``sieve-manager register`` over mailboxes in memory."""

import csv
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from click.testing import CliRunner, Result

from sieve_manager.application.register_news import RegisterNews
from sieve_manager.application.register_upkeep import Register
from sieve_manager.bootstrap import Wired
from sieve_manager.cli import main
from sieve_manager.cli.door import Door
from sieve_manager.errors import AccountDisabledError, SignInRefusedError
from sieve_manager.policy.policy import Policy
from sieve_manager.settings import Settings
from tests.application.sweeps import SweepWorld
from tests.cli.conftest import MASTER


class Cli:
    """Calls commands on a world of mailboxes."""

    def __init__(self, config: Path, master: str = MASTER) -> None:
        self.world = SweepWorld(3)
        self.config = config
        config.write_text('[managesieve]\nhost = "mail.example.com"\n' + master)

    def __call__(self, line: str) -> Result:
        door = Door(config=self.config, wire=self.wire)
        return CliRunner().invoke(main, line.split(), obj=door)

    def wire(self, settings: Settings) -> Wired:
        store = self.world.register
        news = RegisterNews(register=store)
        wired = SimpleNamespace(
            settings=settings,
            policy=Policy(),
            clock=self.world.clock,
            register=Register(store=store, sweeping=self.world.sweeping, news=news),
            close=lambda: None,
        )
        return cast(Wired, wired)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "config.toml")


def test_a_sweep_says_what_it_found(cli: Cli) -> None:
    result = cli("register sweep")
    assert result.exit_code == 0, result.output
    assert "3 read, 3 new or changed, 0 could not be read." in result.output
    assert "0 new forwards to the outside." in result.output


def test_a_sweep_needs_the_master(tmp_path: Path) -> None:
    result = Cli(tmp_path / "config.toml", master="")("register sweep")
    assert result.exit_code == 2
    assert "[master]" in result.output


def test_a_refused_master_pauses_the_sweep_and_says_so(cli: Cli) -> None:
    cli.world.store.fault = lambda _login, _count: SignInRefusedError("the master is refused")
    result = cli("register sweep")
    assert result.exit_code == 5
    assert "Paused: the master is refused" in result.output
    assert "paused: the master is refused" in cli("register status").output


def test_a_sweep_that_somebody_else_does_is_not_done_twice(cli: Cli) -> None:
    cli.world.register.take("somebody else", 60)
    result = cli("register sweep")
    assert result.exit_code == 5
    assert "Another process" in result.output


def test_the_list_as_a_table_as_json_and_as_csv(cli: Cli) -> None:
    cli.world.give(cli.world.logins[1], b'redirect "user00000@example.com"; keep;')
    cli("register sweep")
    table = cli("register list").output
    assert "thief@example.net (outside)" in table
    assert "user00000@example.com (inside)" in table
    found = json.loads(cli("register list --outside --no-end --json").stdout)["forwards"]
    assert [one["mailbox"] for one in found] == [cli.world.logins[0], cli.world.logins[2]]
    assert found[0]["copy"] == "not kept"
    text = cli("register list --csv --text user00001 --sort target").stdout
    (row,) = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    assert (row["target"], row["program"]) == ("user00000@example.com", "sogo")
    assert json.loads(cli("register list --set-by helpdesk --json").stdout) == {"forwards": []}
    assert json.loads(cli("register list --gone --json").stdout) == {"forwards": []}


def test_mailboxes_that_could_not_be_read(cli: Cli) -> None:
    cli.world.store.fault = lambda login, _count: (
        AccountDisabledError("closed") if login.text == cli.world.logins[1] else None
    )
    cli("register sweep")
    output = cli("register list --unread").output
    assert cli.world.logins[1] in output
    assert "closed" in output
    assert cli.world.logins[0] not in output


def test_the_status(cli: Cli) -> None:
    assert "There was no sweep yet." in cli("register status").output
    assert json.loads(cli("register status --json").stdout) == {"sweep": None}
    cli("register sweep")
    form = json.loads(cli("register status --json").stdout)
    assert (form["sweep"], form["state"], form["read"]) == (1, "done", 3)
    assert "done" in cli("register status").output
