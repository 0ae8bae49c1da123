"""The AuditLog and AuditArchive ports, in memory and on both databases."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from sieve_manager.adapters.database.audit import DatabaseAuditLog
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import (
    AuditEntry,
    AuditRecord,
    Fault,
    FaultKind,
    Mark,
    Result,
    verify,
)
from sieve_manager.application.ports import AuditArchive
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.errors import StorageError
from tests.servers.postgresql import Postgresql

OTTO = Actor(name="otto@example.com", channel=Channel.WEB, role=Role.OPERATOR, address="192.0.2.1")
AT = datetime(2026, 12, 2, 9, 30, 1, 234567, tzinfo=UTC)
ANNA = Login("anna@example.com")


@pytest.fixture
def sqlite_log_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A database of its own for each test: there is one chain in each."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("audit") / "audit.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgresql_log_url(postgresql: Postgresql) -> str:
    """The same on the server."""
    url = postgresql.new_database()
    upgrade(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_log_url"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def log(request: pytest.FixtureRequest) -> Iterator[AuditArchive]:
    if request.param == "memory":
        yield MemoryAuditLog()
        return
    database = Database(request.getfixturevalue(f"{request.param}_log_url"))
    yield DatabaseAuditLog(database)
    database.close()


def entry(detail: str = "", mailbox: Login | None = ANNA, days: int = 0) -> AuditEntry:
    return AuditEntry(
        at=AT + timedelta(days=days),
        actor=OTTO,
        action="forward.set",
        result=Result.DONE,
        mailbox=mailbox,
        reason="“für Anna” \x00 \ud800 \u202e ${x} '; --",
        detail=detail,
    )


def faults(log: AuditArchive) -> list[Fault]:
    return list(verify(log.records(), log.marks()))


def numbers(records: tuple[AuditRecord, ...]) -> list[int]:
    return [record.number for record in records]


def test_a_new_log_is_empty_and_whole(log: AuditArchive) -> None:
    assert (log.entries(), faults(log)) == ((), [])
    assert log.marks().head == Mark()


def test_entries_are_kept_in_order_and_in_a_chain(log: AuditArchive) -> None:
    log.append([entry("1"), entry("2")])
    log.append([])
    log.append([entry("3", mailbox=None)])
    kept = tuple(log.records())
    assert [record.entry for record in kept] == [entry("1"), entry("2"), entry("3", mailbox=None)]
    assert numbers(kept) == [1, 2, 3]
    assert log.marks().head == Mark(number=3, digest=kept[2].digest)
    assert log.entries() == kept[::-1]
    assert faults(log) == []


def test_the_entries_of_a_mailbox_are_read_a_page_at_a_time(log: AuditArchive) -> None:
    other = Login("other@example.com")
    log.append([entry(mailbox=other if number % 2 else ANNA) for number in range(6)])
    assert numbers(log.entries(mailbox=ANNA, limit=2)) == [5, 3]
    assert numbers(log.entries(mailbox=ANNA, before=3, limit=2)) == [1]
    assert log.entries(mailbox=ANNA, before=1) == ()
    assert log.entries(mailbox=Login("nobody@example.com")) == ()
    assert numbers(log.entries(before=10**30, limit=1)) == [6]
    assert log.entries(before=-(10**30)) == ()


def test_what_is_pruned_is_gone_and_the_chain_is_whole(log: AuditArchive) -> None:
    # Two hosts' clocks: what is older, but stands later, stays with what it stands behind.
    log.append([entry(days=days) for days in (0, 2, 1, 5)])
    assert log.prune(AT) == 0
    assert log.prune(AT + timedelta(days=2)) == 1
    assert numbers(tuple(log.records())) == [2, 3, 4]
    assert log.prune(AT + timedelta(days=4)) == 2
    assert faults(log) == []
    assert log.prune(AT + timedelta(days=9)) == 1
    assert (tuple(log.records()), faults(log)) == ((), [])
    log.append([entry()])
    assert numbers(tuple(log.records())) == [5]
    assert faults(log) == []


def test_threads_that_append_at_once_make_one_chain(log: AuditArchive) -> None:
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(log.append, [entry(str(n)), entry("x")]) for n in range(40)]:
            done.result(60)
    kept = tuple(log.records())
    assert {record.entry.detail for record in kept} == {"x", *map(str, range(40))}
    assert (len(kept), faults(log)) == (80, [])


def test_processes_that_append_at_once_make_one_chain(url: str) -> None:
    code = f"""
from datetime import UTC, datetime
from sieve_manager.adapters.database.audit import DatabaseAuditLog
from sieve_manager.adapters.database.engine import Database
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import AuditEntry, Result
actor = Actor(name="root", channel=Channel.WORKER)
entry = AuditEntry(at=datetime.now(UTC), actor=actor, action="x", result=Result.DONE)
database = Database({url!r})
for number in range(30):
    DatabaseAuditLog(database).append([entry, entry])
"""
    started = [
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    database = Database(url)
    log = DatabaseAuditLog(database)
    assert len(tuple(log.records())) == 180
    assert faults(log) == []
    database.close()


def test_more_than_a_page_is_read_and_verified(database: Database) -> None:
    log = DatabaseAuditLog(database)
    log.append([entry() for _ in range(1001)])
    log.append([entry() for _ in range(999)])
    assert numbers(tuple(log.records())) == list(range(1, 2001))
    assert faults(log) == []


REFUSED = [
    "UPDATE audit_entries SET entry = '{}' WHERE number = 2",
    "DELETE FROM audit_entries WHERE number = 3",
    "DELETE FROM audit_entries",
    "INSERT INTO audit_entries SELECT 9, at, mailbox, entry, digest FROM audit_entries",
    "UPDATE audit_marks SET number = 1 WHERE name = 'head'",
    "UPDATE audit_marks SET name = 'other' WHERE name = 'head'",
    "DELETE FROM audit_marks WHERE name = 'pruned'",
]


def test_the_database_refuses_to_change_or_delete(database: Database) -> None:
    log = DatabaseAuditLog(database)
    log.append([entry(), entry(), entry()])
    for statement in REFUSED:
        with pytest.raises(StorageError, match="only grows"):
            database.execute(text(statement), {})
    assert (len(log.entries()), faults(log)) == (3, [])


def test_postgresql_refuses_to_empty_the_table(postgresql_log_url: str) -> None:
    database = Database(postgresql_log_url)
    for table in ("audit_entries", "audit_marks"):
        with pytest.raises(StorageError, match="only grows"):
            database.execute(text(f"TRUNCATE {table}"), {})
    database.close()


TAMPER = (
    "UPDATE audit_entries SET entry = replace(entry, 'otto', 'anna') WHERE number = 2",
    "UPDATE audit_entries SET entry = 'x' WHERE number = 4",
    "UPDATE audit_entries SET mailbox = '' WHERE number = 6",
    "UPDATE audit_entries SET at = at + 1 WHERE number = 8",
    "DELETE FROM audit_entries WHERE number = 10",
    "DELETE FROM audit_entries WHERE number = 14",
)


def test_who_takes_the_triggers_away_is_found_out(database: Database) -> None:
    log = DatabaseAuditLog(database)
    log.append([entry() for _ in range(14)])
    drop_triggers(database)
    for statement in TAMPER:
        database.execute(text(statement), {})
    changed = [Fault(number=number, kind=FaultKind.CHANGED) for number in (2, 4, 6, 8)]
    gap, tail = Fault(number=11, kind=FaultKind.GAP), Fault(number=14, kind=FaultKind.TAIL)
    assert faults(log) == [*changed, gap, tail]
    assert len(log.entries()) == 12  # can still be shown


def test_a_log_without_its_marks_says_so(database: Database) -> None:
    log = DatabaseAuditLog(database)
    drop_triggers(database)
    database.execute(text("DELETE FROM audit_marks"), {})
    with pytest.raises(StorageError, match="marks"):
        log.append([entry()])
    with pytest.raises(StorageError, match="marks"):
        log.marks()


def test_what_was_appended_is_forwarded_with_its_number(database: Database) -> None:
    heard: list[AuditRecord] = []
    log = DatabaseAuditLog(database, heard.extend)
    log.append([entry("1"), entry("2")])
    log.append([entry("3")])
    assert tuple(heard) == tuple(log.records())


def test_every_waiting_append_hears_of_a_failure(database: Database) -> None:
    log = DatabaseAuditLog(database)
    drop_triggers(database)
    database.execute(text("DROP TABLE audit_entries"), {})
    with ThreadPoolExecutor(4) as threads:
        done = [threads.submit(log.append, [entry()]) for _ in range(8)]
    assert {type(one.exception()) for one in done} == {StorageError}


def drop_triggers(database: Database) -> None:
    with database.connection() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
            for name in found.scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit_entries", "audit_marks"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
