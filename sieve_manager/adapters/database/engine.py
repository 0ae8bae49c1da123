"""The connection to our database; its errors leave as StorageError, without any values.

Almost every operation of ours is one statement, which both databases carry out wholly or not at
all, so connections are in autocommit: it saves a BEGIN and a COMMIT each.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from enum import IntEnum
from threading import Lock
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.schema import Table

from sieve_manager.errors import SettingsError, StorageError

# How long a statement waits for another process's write, and a connection for its server.
_BUSY_SECONDS = 5
_KEPT = 8  # connections; more are opened where so many are in use at once
_WARM_SECONDS = 1.0


class Turn(IntEnum):
    """What is done by one at a time: numbers of PostgreSQL's advisory locks.

    Any will do, as long as nothing else in the same database takes the same.
    """

    MIGRATING = 7_134_190
    LEASING = 7_134_191
    IMPORTING_PEOPLE = 7_134_192


class Database:
    """A pool of connections; safe for threads."""

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        is_sqlite = self._engine.dialect.name == "sqlite"
        self._insert = sqlite.insert if is_sqlite else postgresql.insert
        # SQLite has one writer; who meets another one sleeps for milliseconds and tries again.
        # Threads of one process queue here instead, which takes microseconds.
        self._turn: AbstractContextManager[object] = Lock() if is_sqlite else nullcontext()
        self._idle: deque[tuple[float, Connection]] = deque()
        self._is_sqlite = is_sqlite

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in autocommit.

        Raises:
            StorageError: whatever the database or the way to it raises.
        """
        try:
            connection = self._warm() or self._engine.connect()
            try:
                yield connection
            except BaseException:
                connection.close()  # to the pool, which puts it in order
                raise
            self._put_by(connection)
        except SQLAlchemyError as error:
            raise storage_error(error) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The same, for statements that write."""
        with self._turn, self.connection() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The same, for several statements: all or none, and SQLite's only writer meanwhile."""
        with self.writing() as connection:
            # SQLite would take the write lock only at the first write, and could lose it by then.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise

    @contextmanager
    def alone(self, turn: Turn) -> Iterator[Connection]:
        """A transaction beside which no other one of this *turn* runs, on whatever host."""
        with self.transaction() as connection:
            if not self._is_sqlite:
                connection.execute(select(func.pg_advisory_xact_lock(turn)))
            yield connection

    def execute(self, statement: Executable, values: Mapping[str, Any]) -> int:
        """Run a statement that writes; the number of rows that it touched.

        Raises:
            StorageError: as for :meth:`connection`.
        """
        with self.writing() as connection:
            result: CursorResult[Any] = connection.execute(statement, values)
            return result.rowcount

    def insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT that knows ON CONFLICT, in this database's dialect."""
        return self._insert(table)

    def answers(self) -> None:
        """Ask it for nothing. StorageError."""
        with self.connection() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop()[1].close()
        self._engine.dispose()

    def _put_by(self, connection: Connection) -> None:
        if len(self._idle) < _KEPT:
            self._idle.append((time.monotonic(), connection))
        else:
            connection.close()

    def _warm(self) -> Connection | None:
        """The connection that was in use last, where that was just now.

        It spares the way through SQLAlchemy's pool, which takes as long as a statement, and
        looks each time whether PostgreSQL is still there.
        """
        with suppress(IndexError):  # another thread was quicker
            since, connection = self._idle.pop()
            if time.monotonic() - since < _WARM_SECONDS:
                return connection
            connection.close()
        return None


def _roll_back(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError:
        connection.invalidate()  # the server rolls back what it loses sight of


def make_engine(url: str) -> Engine:
    """An engine in autocommit for this URL; connects only when used.

    Raises:
        SettingsError: the URL cannot be read.
    """
    try:
        parsed = make_url(url)
        engine = create_engine(
            parsed,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            pool_pre_ping=parsed.get_backend_name() != "sqlite",
            pool_reset_on_return=None,
            connect_args=_connect_arguments(parsed),
            pool_size=_KEPT,
            max_overflow=24,
        )
    except (ArgumentError, ImportError, ValueError) as error:
        raise SettingsError("database.url", "cannot be read as a database's URL") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _connect_arguments(url: URL) -> dict[str, int]:
    """PostgreSQL's driver would wait for a host that is away as long as the system does."""
    is_set = url.get_backend_name() == "sqlite" or "connect_timeout" in url.query
    return {} if is_set else {"connect_timeout": _BUSY_SECONDS}


def storage_error(error: SQLAlchemyError) -> StorageError:
    """The error that leaves this room: what kind of failure, but no statement and no values."""
    reason = getattr(error, "orig", None) or error
    return StorageError(f"our database failed: {str(reason).splitlines()[0]}")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """WAL lets readers and one writer work at once; NORMAL then survives a killed process."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()
