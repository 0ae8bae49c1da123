"""The audit log as it is wired: to syslog where wanted, with the duties that look after it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.adapters.system_log import SystemLog
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import AuditEntry, AuditRecord, Result
from sieve_manager.bootstrap_audit import audit_duties, wire_audit
from sieve_manager.settings import Settings
from tests.application.world import NOW, World

MASTER = {"user": "master", "password": "secret"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/audit.db"
    upgrade(url)
    database = Database(url)
    yield database
    database.close()


def settings(**sections: object) -> Settings:
    return Settings.model_validate({"managesieve": {"host": "127.0.0.1"}, **sections})


def entry(age_days: int) -> AuditEntry:
    return AuditEntry(
        at=NOW - timedelta(days=age_days),
        actor=Actor(name="root", channel=Channel.CLI),
        action="forward.set",
        result=Result.DONE,
    )


def test_entries_go_to_syslog_only_where_that_is_wanted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[AuditRecord] = []
    monkeypatch.setattr(SystemLog, "send", lambda _, records: heard.extend(records))
    wire_audit(settings(), database).append([entry(0)])
    assert heard == []
    wire_audit(settings(audit={"syslog": True}), database).append([entry(0)])
    assert [record.number for record in heard] == [2]


def test_without_a_retention_or_a_master_nothing_is_due(database: Database) -> None:
    log = wire_audit(settings(), database)
    assert audit_duties(settings(), log, World().forwards) == []


def test_what_is_too_old_is_taken_away_and_what_was_cut_off_is_settled() -> None:
    world = World()
    world.audit.append([entry(31), entry(29)])
    configured = settings(master=MASTER, audit={"retention_days": 30})
    duties = audit_duties(configured, world.audit, world.forwards)
    assert [duty.name for duty in duties] == ["saves.settle", "audit.prune"]
    assert [duty.run() for duty in duties] == [0, 1]
    kept = [record.entry for record in world.audit.records()]
    assert [one.action for one in kept] == ["forward.set", "audit.prune"]
    assert kept[1].actor.name == "sieve-manager"
    assert kept[1].at > datetime(2027, 1, 1, tzinfo=UTC)
