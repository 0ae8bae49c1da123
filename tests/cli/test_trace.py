"""``sieve-manager trace``: a chain over the register, as a tree and as JSON."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from click.testing import CliRunner, Result

from sieve_manager.adapters.addresses import ConfiguredAddresses
from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.adapters.memory_records import MemoryHistory
from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.application.register import Place, RegisterEntry
from sieve_manager.application.register_store import Reading
from sieve_manager.application.staff import Staff
from sieve_manager.application.tracing import Tracing
from sieve_manager.bootstrap import Wired
from sieve_manager.cli import main
from sieve_manager.cli.door import Door
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import AddressKind
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules
from sieve_manager.settings import Settings
from sieve_manager.sieve.conditions import Condition, ConditionKind
from tests.application.test_whole_chart import leads

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
SPAM = Condition(kind=ConditionKind.SPAM, negated=True)


def forwards(name: str, *targets: str, **more: object) -> Reading:
    entries = tuple(
        RegisterEntry(login=Login(name), target=to, place=Place.INSIDE, **more)  # type: ignore[arg-type]
        for to in targets
    )
    return Reading(login=Login(name), fingerprint=name, entries=entries)


class Cli:
    """Calls the command on a register in memory."""

    def __init__(self, config: Path) -> None:
        self.config = config
        config.write_text('[managesieve]\nhost = "mail.example.com"\n')
        self.register, self.addresses = MemoryRegister(lambda: NOW), MemoryAddresses()
        people = ("anna", "bruno", "carla")
        self.directory = MemoryDirectory(
            people=tuple(
                Person(login=Login(one), address=EmailAddress(one, "example.com")) for one in people
            )
        )

    def sweep(self, *readings: Reading) -> None:
        sweep = self.register.take("test", 60)
        assert sweep
        written = self.register.write(sweep, "test", readings, 60)
        assert written
        self.register.finish(written, "test")

    def __call__(self, line: str) -> Result:
        result = CliRunner().invoke(
            main, line.split(), obj=Door(config=self.config, wire=self._wire)
        )
        assert result.exit_code == 0, result.output
        return result

    def _wire(self, settings: Settings) -> Wired:
        policy = Policy(internal_domains=frozenset({"example.com"}), default_timezone="UTC")
        addresses = ConfiguredAddresses()
        wired = SimpleNamespace(
            settings=settings,
            policy=policy,
            clock=lambda: NOW,
            tracing=Tracing(
                register=self.register,
                history=MemoryHistory(),
                directory=self.directory,
                addresses=addresses,
                store=self.addresses,
                staff=Staff(
                    directory=self.directory,
                    addresses=addresses,
                    rules=StaffRules(),
                    has_master=True,
                ),
                policy=policy,
                clock=lambda: NOW,
            ),
            close=lambda: None,
        )
        return cast(Wired, wired)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "config.toml")


def test_the_tree_says_where_mail_goes_and_what_is_wrong(cli: Cli) -> None:
    cli.sweep(
        forwards("anna", "bruno+work@example.com", "x@example.net", kept=True, conditions=(SPAM,)),
        forwards("bruno", "gone@example.com", kept=False, ends=NOW + timedelta(days=3)),
    )
    way = "anna@example.com → bruno+work@example.com → gone@example.com"
    assert cli("trace anna@example.com").output.splitlines() == [
        "anna@example.com (mailbox)",
        "   → bruno+work@example.com (mailbox, a copy stays, it is not marked as spam)",
        "      → gone@example.com (does not exist, no copy, until 2027-02-13 12:00 (UTC))",
        "   → x@example.net (outside, a copy stays, it is not marked as spam)",
        f"This address does not exist: {way}.",
        f"The last part of this way ends on 2027-02-13, before the others: {way}.",
        "Last sweep of the register: 2027-02-10 12:00 (UTC).",
    ]


def test_circle_is_told_to_programs(cli: Cli) -> None:
    cli.sweep(forwards("anna", "bruno@example.com"), forwards("bruno", "ANNA@Example.com"))
    found = json.loads(cli("trace anna@example.com --json").stdout)
    (hop,) = found["trace"]["hops"]
    assert (hop["mailbox"], hop["copy_stays"], hop["first"]) == ("bruno", True, None)
    assert hop["hops"][0]["turn"] == "loop"
    assert [one["code"] for one in found["findings"]] == ["chain-loop"]


def test_what_is_over_or_paused_or_only_a_notice_leads_nowhere(cli: Cli) -> None:
    cli.sweep(
        forwards("anna", "bruno@example.com", ends=NOW - timedelta(days=1)),
        forwards("bruno", "carla@example.com", paused=True),
        forwards("carla", "anna@example.com", notice=True),
    )
    for name in ("anna", "bruno", "carla"):
        assert json.loads(cli(f"trace {name}@example.com --json").stdout)["trace"]["hops"] == []


def test_target_that_each_message_decides_is_told(cli: Cli) -> None:
    cli.sweep(forwards("anna", "", "not an address", kept=None))
    assert (
        cli("trace anna@example.com").output.count(
            "   → ? (worked out for each message, a copy may stay)"
        )
        == 2
    )


def test_redirect_addresses_and_aliases_are_part_of_the_tree(cli: Cli) -> None:
    cli.sweep(forwards("anna", "team@example.com"))
    alias = leads("carl", "carla", kind=AddressKind.ALIAS)
    for one in (leads("team", "carl", "old", "x@example.net"), leads("old", "anna", paused=True)):
        cli.addresses.kept[str(one.address)] = one
    cli.addresses.kept[str(alias.address)] = alias
    assert cli("trace anna@example.com").output.splitlines()[:6] == [
        "anna@example.com (mailbox)",
        "   → team@example.com (redirect address, a copy stays)",
        "      → carl@example.com (alias, no copy)",
        "         → carla@example.com (mailbox, no copy)",
        "      → old@example.com (redirect address, no copy)",
        "      → x@example.net (outside, no copy)",
    ]
    assert "This address is not in use: " in cli("trace anna@example.com").output
