"""``sieve-manager address import`` and ``export``: what is printed, kept and told."""

from pathlib import Path

import pytest

from sieve_manager.cli.exit_codes import ExitCode
from tests.cli.test_addresses import CONTACT, Cli

LINES = (
    "address;to;last_day;ticket\n"
    "contact@example.com;anna@example.com;31.3.2999;T-1\n"
    "*@example.com;x@example.net;;\n"
    "sales@example.com;nobody@;;\n"
)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "addresses.csv"
    path.write_bytes(b"\xef\xbb\xbf" + LINES.encode())
    return path


def test_a_dry_run_says_all_and_makes_nothing(cli: Cli, file: Path) -> None:
    result = cli("address import", str(file), "--dry-run")
    assert result.exit_code == ExitCode.NOT_ALL_LINES
    assert "line 4, column 2 (to): “nobody@” is not a complete mail address" in result.stderr
    assert "2 lines can be carried out, 0 change nothing, 1 are wrong." in result.stdout
    assert "mostly spam" in result.stdout
    assert cli.json("address list") == {"addresses": []}


def test_the_good_lines_are_made_and_told(cli: Cli, file: Path) -> None:
    result = cli("address import", str(file), "--yes")
    assert result.exit_code == ExitCode.NOT_ALL_LINES
    assert "2 saved. The mail server's tables were asked about each." in result.stdout
    assert cli.leads_to(CONTACT) == ["anna@example.com"]
    assert "T-1" in cli.done("address history contact@example.com")
    told = cli.done("audit export")
    assert told.count("address.set") == 2
    assert "T-1" in told


def test_nothing_is_made_where_nobody_can_be_asked(cli: Cli, file: Path) -> None:
    result = cli("address import", str(file))
    assert result.exit_code == ExitCode.WRONG_INPUT
    assert "Give --yes." in result.stderr
    assert cli.json("address list") == {"addresses": []}


def test_importing_an_export_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    cli.done("address set =odd@example.com --to x@example.net --yes --note @SUM")
    cli.done("alias set contact@example.com --to anna@example.com --yes")
    text = cli.done("address export")
    assert "'=odd@example.com" in text
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    said = cli.done("address import", str(path))
    assert said == "0 lines can be carried out, 2 change nothing, 0 are wrong.\n"


def test_aliases_have_their_own_import_and_export(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "aliases.csv"
    path.write_text(f"address,to\n{CONTACT},anna@example.com\n")
    cli.done("alias import", str(path), "--yes")
    cli.done("address set sales@example.com --to x@example.net --yes")
    assert [one["kind"] for one in cli.json("alias list")["addresses"]] == ["alias"]
    lines = cli.done("alias export").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{CONTACT},anna@example.com,alias,")


def test_a_file_that_is_not_there_is_said(cli: Cli, tmp_path: Path) -> None:
    result = cli("address import", str(tmp_path / "none.csv"))
    assert result.exit_code == ExitCode.WRONG_INPUT
    assert "cannot be read" in result.stderr
