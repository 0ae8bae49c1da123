"""``sieve-manager address`` and ``alias`` on a database and a map file of their own."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sieve_manager.bootstrap import build
from sieve_manager.cli import main
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.settings import load_settings

CONTACT = EmailAddress("contact", "example.com")


class Cli:
    """Calls commands with a configuration that names two mailboxes."""

    def __init__(self, directory: Path) -> None:
        people = directory / "people.csv"
        people.write_text("anna@example.com,anna@example.com,\nbea@example.com,bea@example.com,\n")
        self.config = directory / "config.toml"
        self.config.write_text(
            '[managesieve]\nhost = "mail.example.com"\n'
            f'[database]\nurl = "sqlite:///{directory}/sieve-manager.db"\n'
            f'[mailboxes]\nfile = "{people}"\n'
            '[policy]\ninternal_domains = ["example.com"]\n'
            '[addresses]\ndomains = ["example.com"]\n'
        )

    def __call__(self, line: str, *more: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(self.config), *line.split(), *more])

    def done(self, line: str, *more: str) -> str:
        result = self(line, *more)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, line: str) -> Any:
        return json.loads(self.done(f"{line} --json"))

    def leads_to(self, address: EmailAddress) -> list[str]:
        """What Postfix would find."""
        with closing(build(load_settings(self.config))) as wired:
            use = wired.redirect_addresses
            return sorted(map(str, use.relay.answer(address, wired.clock()).destinations))


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[Cli]:
    return Cli(tmp_path)


def test_each_change_stands_in_the_audit_log_and_in_the_history(cli: Cli) -> None:
    cli.done("address set contact@example.com --to x@example.net --ticket T-1 --note fair --yes")
    for step in ("pause", "resume", "delete"):
        cli.done(f"address {step} contact@example.com --ticket T-{step} --note over --yes")
    cli.done("address undo contact@example.com --yes")
    lines = [json.loads(line)["entry"] for line in cli.done("audit export").splitlines()]
    told = [one for one in lines if one["action"].startswith("address.")]
    assert [(one["action"], one.get("ticket", "")) for one in told] == [
        ("address.set", "T-1"),
        ("address.pause", "T-pause"),
        ("address.resume", "T-resume"),
        ("address.delete", "T-delete"),
        ("address.undo", ""),
    ]
    history = cli.done("address history contact@example.com")
    for words in ("T-1", "T-pause", "T-delete", "fair", "over"):
        assert words in history


def test_an_address_is_made_shown_and_listed(cli: Cli) -> None:
    shown = cli.done(
        "address set contact@example.com --to anna@example.com --to x@example.net "
        "--until 2999-01-31 --owner anna@example.com --moved-to new@example.com --yes",
        *("--note", "For the fair", "--ticket", "T-1"),
    )
    assert "+ Mail for contact@example.com goes until the end of 2999-01-31" in shown
    assert "Saved as version 1. The mail server's tables say now: " in shown
    assert cli.leads_to(CONTACT) == ["anna@example.com", "x@example.net"]
    found = cli.json("address show contact@example.com")
    assert (found["kind"], found["state"], found["owner"]) == (
        "redirect",
        "active",
        "anna@example.com",
    )
    assert (found["moved_to"], found["note"]) == ("new@example.com", "For the fair")
    text = cli.done("address show contact@example.com")
    assert "nothing stays here" in text
    assert "the new address new@example.com" in text
    assert [one["address"] for one in cli.json("address list")["addresses"]] == [str(CONTACT)]
    assert "For the fair" in cli.done("address list --text fair")
    assert "contact" not in cli.done("address list --text other")
    assert cli.json("alias list") == {"addresses": []}


def test_it_is_paused_resumed_deleted_and_brought_back(cli: Cli) -> None:
    cli.done("address set contact@example.com --to anna@example.com --yes")
    assert "550 5.2.1" in cli.done("address pause contact@example.com --yes")
    assert cli.leads_to(CONTACT) == []
    assert "is refused: it is paused" in cli.done("address show contact@example.com")
    cli.done("address resume contact@example.com --yes")
    assert "Then there is no such address." in cli.done("address delete contact@example.com --yes")
    assert cli("address show contact@example.com").exit_code == 2
    cli.done("address undo contact@example.com --yes")
    assert cli.leads_to(CONTACT) == ["anna@example.com"]
    history = cli.json("address history contact@example.com")["versions"]
    assert [one["change"] for one in history] == ["undo", "delete", "resume", "pause", "set"]
    assert history[0]["undoes"] == 4
    assert "undo of 4" in cli.done("address history contact@example.com")


def test_undo_is_for_the_newest_change_only(cli: Cli) -> None:
    assert cli("address undo contact@example.com --yes").exit_code == 2
    for name in ("anna", "bea"):
        cli.done(f"address set contact@example.com --to {name}@example.com --yes")
    assert cli("address undo contact@example.com 1 --yes").exit_code == 4
    assert cli("address undo contact@example.com 3 --yes").exit_code == 2
    cli.done("address undo contact@example.com 2 --yes")
    assert cli.leads_to(CONTACT) == ["anna@example.com"]


def test_an_alias_leads_to_a_mailbox(cli: Cli) -> None:
    shown = cli.done("alias set annie@example.com --to anna@example.com --yes")
    assert "Mail for annie@example.com is delivered to anna@example.com." in shown
    assert cli.json("alias list")["addresses"][0]["kind"] == "alias"
    refused = cli("alias set other@example.com --to x@example.net --yes")
    assert refused.exit_code == 3
    assert "is no mailbox here" in refused.stderr


def test_what_takes_all_the_rest_of_a_domain_warns(cli: Cli) -> None:
    result = cli("address set *@example.com --to anna@example.com --yes")
    assert result.exit_code == 0, result.output
    assert "Everything for example.com that nobody has goes there" in result.output
    assert "any other address of example.com" in cli.done("address show *@example.com")


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [
        ("address set contact@example.org --to anna@example.com", 3, "are not made here"),
        ("address set anna@example.com --to bea@example.com", 3, "is the address of a mailbox"),
        ("address set contact@example.com --to contact@example.com", 2, "cannot lead to itself"),
        ("address set contact@example.com --to nobody@example.com", 3, "stored nowhere"),
        ("address pause contact@example.com", 2, "There is no redirect address"),
        (
            "address set contact@example.com --to anna@example.com --owner nobody@example.com",
            *(2, "Nobody here has the user name “nobody@example.com”."),
        ),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(
    cli: Cli, line: str, code: int, why: str
) -> None:
    result = cli(f"{line} --yes")
    assert (result.exit_code, why in result.stderr) == (code, True), result.output
    assert cli.json("address list") == {"addresses": []}


def test_nothing_is_saved_without_a_word(cli: Cli) -> None:
    assert cli("address set contact@example.com --to anna@example.com").exit_code == 2
    assert cli.json("address list") == {"addresses": []}


def test_what_is_the_same_already_is_not_saved_again(cli: Cli) -> None:
    line = "address set contact@example.com --to anna@example.com --yes"
    cli.done(line)
    assert "There is nothing to change." in cli.done(line)


def test_who_has_not_agreed_is_shown(cli: Cli) -> None:
    asking = cli.config.read_text().replace("[policy]\n", '[policy]\nconsent = "outside"\n')
    smtp = '[smtp]\nhost = "mail.example.com"\nsender = "noreply@example.com"\n'
    cli.config.write_text(f'{asking}{smtp}[master]\nuser = "helpdesk"\npassword = "secret"\n')
    cli.done("address set contact@example.com --to bea@example.com --to x@example.net --yes")
    shown = cli.done("address show contact@example.com")
    assert "goes to bea@example.com; nothing stays here" in shown
    assert re.search(r"Not agreed yet +x@example\.net", shown), shown
    cli.done("address set contact@example.com --to x@example.net --yes")
    assert "refused until somebody has agreed" in cli.done("address show contact@example.com")
