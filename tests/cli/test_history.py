"""``history`` and ``undo``: byte for byte, and never over somebody else's change unseen."""

from tests.cli.conftest import Cli
from tests.cli.test_forward import ROUNDCUBE, SET

HIS = b"# his\r\nkeep;\r\n"


def _set(cli: Cli) -> None:
    cli.world.give(ROUNDCUBE)
    assert cli(f"{SET} --yes").exit_code == 0


def test_undo_takes_back_the_newest_version(cli: Cli) -> None:
    _set(cli)
    assert cli("undo anna@example.com --yes").exit_code == 0
    assert cli.world.scripts == {"roundcube": ROUNDCUBE}
    newest, _ = cli.json("history anna@example.com --json")["versions"]
    assert (newest["change"], newest["undoes"]) == ("undo", 1)
    assert "undo of 1" in cli("history anna@example.com").stdout


def test_undo_steps_back_further_each_time(cli: Cli) -> None:
    for to in ("a@example.net", "b@example.net", "c@example.net"):
        assert cli(f"forward set anna@example.com --to {to} --yes").exit_code == 0
    for left in ("b@example.net", "a@example.net", None):
        assert cli("undo anna@example.com --yes").exit_code == 0
        found = cli.json("forward show anna@example.com --json")["destinations"]
        assert found == ([left] if left else [])
    again = cli("undo anna@example.com --yes")
    assert again.exit_code == 2
    assert "Nothing is left to take back" in again.stderr
    assert cli("undo anna@example.com 6 --yes").exit_code == 0
    assert cli.json("forward show anna@example.com --json")["destinations"] == ["a@example.net"]


def test_undo_asks(cli: Cli) -> None:
    _set(cli)
    with_forward = cli.world.scripts
    assert cli("undo anna@example.com").exit_code == 2
    assert cli("undo anna@example.com", terminal=True, typed="n\n").exit_code == 1
    assert cli.world.scripts == with_forward
    assert cli("undo anna@example.com 1", terminal=True, typed="y\n").exit_code == 0
    assert cli.world.scripts == {"roundcube": ROUNDCUBE}


def test_yes_is_no_answer_to_somebody_elses_change(cli: Cli) -> None:
    _set(cli)
    cli.world.give(HIS)
    result = cli("undo anna@example.com --yes")
    assert result.exit_code == 4
    assert "-# his" in result.stderr
    assert cli.world.scripts == {"roundcube": HIS}


def test_force_puts_back_over_somebody_elses_change(cli: Cli) -> None:
    _set(cli)
    cli.world.give(HIS)
    assert cli("undo anna@example.com --yes --force").exit_code == 0
    assert cli.world.scripts == {"roundcube": ROUNDCUBE}


def test_on_a_terminal_the_difference_is_a_choice(cli: Cli) -> None:
    _set(cli)
    cli.world.give(HIS)
    assert cli("undo anna@example.com", terminal=True, typed="n\n").exit_code == 1
    assert cli.world.scripts == {"roundcube": HIS}
    result = cli("undo anna@example.com", terminal=True, typed="y\n")
    assert result.exit_code == 0
    assert cli.world.scripts == {"roundcube": ROUNDCUBE}


def test_a_version_that_is_not_there(cli: Cli) -> None:
    assert cli("undo anna@example.com --yes").exit_code == 2
    _set(cli)
    assert cli("undo anna@example.com 7 --yes").exit_code == 2
    assert cli("undo anna@example.com 0 --yes").exit_code == 2


def test_an_empty_history_is_an_empty_list(cli: Cli) -> None:
    assert cli.json("history anna@example.com --json")["versions"] == []
