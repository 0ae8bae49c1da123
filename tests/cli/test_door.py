"""How a call finds its configuration, and who it says acts."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from sieve_manager.application.access import Actor, Channel
from sieve_manager.cli import main
from sieve_manager.cli.door import administrator
from sieve_manager.domain.roles import Role


def test_a_wrong_configuration_names_the_key(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[managesieve]\nhost = "mail.example.com"\ntsl = "none"\n')
    result = CliRunner().invoke(main, ["--config", str(config), "forward", "show", "anna"])
    assert result.exit_code == 2
    assert "managesieve.tsl" in result.stderr


def test_the_configuration_may_be_named_by_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIEVE_MANAGER_CONFIG", str(tmp_path / "gone.toml"))
    result = CliRunner().invoke(main, ["history", "anna"])
    assert result.exit_code == 2
    assert "gone.toml" in result.stderr


def test_a_database_that_cannot_be_used_is_temporary(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[managesieve]\nhost = "mail.example.com"\n'
        f'[database]\nurl = "sqlite:///{tmp_path}/missing/sieve.db"\n'
    )
    result = CliRunner().invoke(main, ["--config", str(config), "history", "anna"])
    assert result.exit_code == 5


def test_help_needs_no_configuration() -> None:
    result = CliRunner().invoke(main, ["forward", "set", "--help"])
    assert result.exit_code == 0
    assert "--no-hold-spam" in result.stdout


def test_the_administrator_is_who_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getlogin", lambda: "otto")
    assert administrator() == Actor(name="otto", channel=Channel.CLI, role=Role.ADMINISTRATOR)


def test_without_a_terminal_it_is_the_user_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody() -> str:
        raise OSError

    monkeypatch.setattr(os, "getlogin", nobody)
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert administrator().name == "root"
    monkeypatch.setattr(os, "getuid", lambda: 4_294_967_000)
    assert administrator().name == "4294967000"
