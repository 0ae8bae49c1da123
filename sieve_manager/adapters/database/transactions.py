"""Several statements that hold together, over connections that are in autocommit otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from sieve_manager.adapters.database.engine import Database


@contextmanager
def transaction(database: Database) -> Iterator[Connection]:
    """All that is done in the block, or nothing where an error leaves it.

    Raises:
        StorageError: as for :meth:`Database.writing`.
    """
    with database.writing() as connection:
        # SQLite would take the write lock only at the first write, and could lose it by then.
        is_sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        try:
            yield connection
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise


def _roll_back(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError:
        connection.invalidate()  # the server rolls back what it loses sight of
