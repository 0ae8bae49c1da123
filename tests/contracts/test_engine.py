"""The way to our database, on both: what is used again, and what is not."""

from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, text

from sieve_manager.adapters.database import engine
from sieve_manager.adapters.database.engine import Database
from sieve_manager.errors import StorageError
from tests.servers.postgresql import Postgresql

_CUT_OFF_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def lent(database: Database) -> Connection:
    with database.connection() as connection:
        return connection


def test_a_connection_is_used_again(database: Database) -> None:
    assert lent(database) is lent(database)


def test_two_at_once_get_one_each(database: Database) -> None:
    with database.connection() as one, database.connection() as other:
        assert one is not other


def test_a_connection_that_an_error_left_is_put_in_order_first(database: Database) -> None:
    with pytest.raises(ValueError, match="ours"), database.connection() as failed:
        raise ValueError("ours")
    assert lent(database) is not failed
    with pytest.raises(StorageError), database.connection() as failed:
        failed.execute(text("SELECT nothing"))
    assert lent(database) is not failed


def test_after_a_pause_it_is_made_sure_that_the_server_is_still_there(
    postgresql: Postgresql, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.new_database()  # of its own: others would be cut off, too
    now, database, other = [0.0], Database(url), Database(url)
    monkeypatch.setattr(engine, "time", SimpleNamespace(monotonic=lambda: now[0]))
    for seconds, noticed in ((0.5, False), (1.5, True)):
        database.answers()
        with other.connection() as connection:
            connection.execute(_CUT_OFF_OTHERS)
        now[0] += seconds
        if noticed:
            database.answers()
        else:
            with pytest.raises(StorageError):
                database.answers()
    database.close()
    other.close()


def test_what_was_closed_opens_anew(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    database.answers()
    database.close()
    database.answers()
    database.close()
