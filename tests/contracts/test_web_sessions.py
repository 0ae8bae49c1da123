"""The table of server-side sessions, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables import web_sessions
from sieve_manager.adapters.database.web_sessions import WebSessions
from sieve_manager.domain.mailboxes import Login

HOUR = timedelta(hours=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(database: Database, clock: Clock) -> WebSessions:
    return WebSessions(database, clock)


@pytest.fixture
def key(login: Login) -> str:
    return f"key of {login}"


def test_value_comes_back_exactly(sessions: WebSessions, key: str) -> None:
    assert sessions.get(key) is None
    sessions.set(key, bytes(range(256)), HOUR)
    assert sessions.get(key) == bytes(range(256))
    sessions.set(key, b"", HOUR)
    assert sessions.get(key) == b""


def test_value_runs_out(sessions: WebSessions, key: str, clock: Clock) -> None:
    sessions.set(key, b"value", HOUR)
    clock.now += HOUR
    assert sessions.get(key) is None


def test_deleted_value_is_gone(sessions: WebSessions, key: str) -> None:
    sessions.set(key, b"value", HOUR)
    sessions.delete(key)
    sessions.delete(key)
    assert sessions.get(key) is None


def test_purge_takes_only_what_has_run_out(sessions: WebSessions, key: str, clock: Clock) -> None:
    sessions.purge()
    sessions.set(key, b"short", HOUR)
    sessions.set(key + " long", b"long", 3 * HOUR)
    clock.now += 2 * HOUR
    assert sessions.purge() >= 1
    assert sessions.purge() == 0
    assert sessions.get(key + " long") == b"long"


def test_database_does_not_hold_the_key(
    sessions: WebSessions, key: str, database: Database
) -> None:
    sessions.set(key, b"value", HOUR)
    with database.connection() as connection:
        keys = connection.execute(select(web_sessions.c.key)).scalars().all()
    assert keys
    assert key not in keys
