"""``script``: list, show, check; all of it reads only."""

from sieve_manager.domain.scripts import ScriptName
from tests.application.world import LOGIN
from tests.cli.conftest import Cli

ODD = b'# caf\xe9\nrequire "fileinto";\r\nkeep;'


def test_list_names_all_scripts_and_the_active_one(cli: Cli) -> None:
    cli.world.give(b"keep;", "one")
    cli.world.give(b"keep;", "two", active=False)
    assert cli.json("script list anna@example.com --json") == {
        "mailbox": "anna@example.com",
        "scripts": [{"name": "one", "active": True}, {"name": "two", "active": False}],
    }
    shown = cli("script list anna@example.com").stdout
    assert "one     active" in shown


def test_show_prints_the_exact_octets_into_a_pipe(cli: Cli) -> None:
    cli.world.give(ODD)
    assert cli("script show anna@example.com").stdout_bytes == ODD
    assert cli("script show anna@example.com roundcube").stdout_bytes == ODD


def test_show_without_an_active_script_says_so(cli: Cli) -> None:
    result = cli("script show anna@example.com")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No script is active." in result.stderr


def test_a_script_that_is_not_there_ends_with_status_6(cli: Cli) -> None:
    assert cli("script show anna@example.com nothing").exit_code == 6


def test_any_name_that_a_server_holds_can_be_listed(cli: Cli) -> None:
    mailbox = cli.world.server.mailbox(LOGIN)
    mailbox.scripts[ScriptName("caf\udce9 \x1b[31m")] = b"keep;"
    assert "caf\\xe9 \\u001b[31m" in cli("script list anna@example.com").stdout
    assert "caf\\udce9" in cli("script list anna@example.com --json").stdout


def test_check_finds_what_the_server_would_cancel(cli: Cli) -> None:
    cli.world.give(b'require "include";\ninclude :personal "gone";\n')
    result = cli("script check anna@example.com")
    assert result.exit_code == 6
    assert "includes “gone”, which is not there" in result.stdout


def test_check_without_an_active_script(cli: Cli) -> None:
    result = cli("script check anna@example.com")
    assert (result.exit_code, result.stdout) == (
        0,
        "Mail stays in this mailbox. Nothing is forwarded.\n",
    )


def test_check_of_a_script_that_runs(cli: Cli) -> None:
    cli.world.give(b"keep;\n")
    result = cli("script check anna@example.com")
    assert result.exit_code == 0
    assert "can run the active script “roundcube”" in result.stdout
