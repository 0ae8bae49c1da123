"""``audit``: what was done is listed, verified, exported and pruned as retention says."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.audit_upkeep import faults_of
from sieve_manager.application.auditing import AuditEntry, AuditRecord, Result
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from tests.cli.conftest import MASTER, Cli
from tests.cli.test_forward import SET

KEPT = f"{MASTER}[audit]\nretention_days = 30\n"
OTTO = Actor(name="otto@example.com", channel=Channel.WEB, role=Role.OPERATOR, address="192.0.2.1")


def give(cli: Cli, *ages_days: int) -> None:
    """Entries of that many days ago."""
    now = cli.ledger.clock()
    cli.world.audit.append(
        [
            AuditEntry(
                at=now - timedelta(days=age),
                actor=OTTO,
                action="forward.set",
                result=Result.REFUSED,
                mailbox=Login("bruno@example.com"),
                ticket="HD-4711",
                reason="line\nend \x1b[2J",
            )
            for age in ages_days
        ]
    )


def test_what_was_done_on_the_command_line_is_listed(cli: Cli) -> None:
    assert cli(f"{SET} --yes").exit_code == 0
    give(cli, 0)
    result = cli("audit show")
    assert "forward.set" in result.stdout
    assert "(administrator, cli)" in result.stdout
    assert "otto@example.com (operator, web)" in result.stdout
    assert "\x1b" not in result.stdout
    of_one = cli("audit show --mailbox anna@example.com")
    assert "otto" not in of_one.stdout
    entries = cli.json("audit show --json --mailbox bruno@example.com")["entries"]
    assert [(one["number"], one["entry"]["ticket"]) for one in entries] == [(2, "HD-4711")]


def test_a_whole_chain_is_verified_with_its_newest_digest(cli: Cli) -> None:
    give(cli, 2, 1)
    result = cli("audit verify")
    assert result.exit_code == 0, result.output
    assert cli.world.audit.marks().head.digest in result.stdout


def test_a_change_is_found_and_ends_with_a_status_of_its_own(cli: Cli) -> None:
    give(cli, *range(25, 0, -1))
    kept: list[AuditRecord] = cli.world.audit._records
    kept[1] = replace(kept[1], entry=replace(kept[1].entry, reason="another"))
    result = cli("audit verify")
    assert (result.exit_code, result.stdout) == (8, "")
    assert result.stderr == "Entry 2 was changed, or the digest of the one before it.\n"
    for place in range(25):
        kept[place] = replace(kept[place], number=kept[place].number + 2 * place + 2)
    result = cli("audit verify")
    assert "Before entry 3 others are missing." in result.stderr
    assert "There are more of these: 25 in all." in result.stderr


def test_a_cut_off_tail_is_found(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    give(cli, 2, 1)
    marks = cli.world.audit.marks()
    monkeypatch.setattr(MemoryAuditLog, "marks", lambda _: marks)
    del cli.world.audit._records[1:]
    result = cli("audit verify")
    assert result.exit_code == 8
    assert result.stderr == "The log does not end with its newest entry, 2.\n"


def test_what_is_pruned_while_somebody_looks_is_no_fault(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(cli, 40, 1)
    log = cli.world.audit
    records = MemoryAuditLog.records

    def meanwhile(log: MemoryAuditLog) -> Iterator[AuditRecord]:
        log.prune(cli.ledger.clock() - timedelta(days=30))
        return records(log)

    monkeypatch.setattr(MemoryAuditLog, "records", meanwhile)
    assert faults_of(log) == ()
    assert log.marks().pruned.number == 1


def test_an_export_is_one_line_an_entry_oldest_first(cli: Cli) -> None:
    give(cli, 9, 5, 0)
    result = cli("audit export")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["number"] for one in found] == [1, 2, 3]
    assert found[0]["entry"]["reason"] == "line\nend \x1b[2J"
    since = cli.ledger.clock() - timedelta(days=6)
    result = cli(f"audit export --since {since:%Y-%m-%d}")
    assert [json.loads(line)["number"] for line in result.stdout.splitlines()] == [2, 3]


def test_nothing_is_pruned_where_all_is_kept(cli: Cli) -> None:
    give(cli, 9_000)
    result = cli("audit prune --yes")
    assert result.exit_code == 2
    assert "kept for ever" in result.stderr
    assert len(cli.world.audit.entries()) == 1


def test_pruning_takes_what_retention_does_not_keep_and_says_so(cli: Cli) -> None:
    cli.configure(KEPT)
    give(cli, 90, 60, 31, 29)
    day = cli.ledger.clock() - timedelta(days=70)
    assert "1 entries were taken away." in cli(f"audit prune --before {day:%Y-%m-%d} --yes").stdout
    assert "2 entries were taken away." in cli("audit prune --yes").stdout
    assert "There are none that old." in cli("audit prune --yes").stdout
    kept = [record.entry.action for record in cli.world.audit.records()]
    assert kept == ["forward.set", "audit.prune", "audit.prune"]
    assert cli("audit verify").exit_code == 0


def test_pruning_is_refused_for_what_is_kept_and_asks_first(cli: Cli) -> None:
    cli.configure(KEPT)
    give(cli, 90)
    day = cli.ledger.clock() - timedelta(days=20)
    result = cli(f"audit prune --before {day:%Y-%m-%d} --yes")
    assert result.exit_code == 2
    assert "are kept" in result.stderr
    assert cli("audit prune").exit_code == 2
    assert cli("audit prune", terminal=True, typed="n\n").exit_code == 1
    assert len(cli.world.audit.entries()) == 1
