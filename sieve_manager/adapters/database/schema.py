"""Bring the database to the newest schema at start, once, however many processes start."""

import os
from pathlib import Path

from sqlalchemy import Connection, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from sieve_manager.adapters.database.engine import Turn, make_engine, storage_error
from sieve_manager.errors import StorageError

MIGRATIONS = Path(__file__).with_name("migrations")
NEWEST = "0002"
_WAIT_SECONDS = 60


def upgrade(url: str) -> None:
    """Create or migrate the tables; quick where there is nothing to do.

    Raises:
        StorageError: the database cannot be reached or written.
        SettingsError: the URL cannot be read.
    """
    engine = make_engine(url)
    try:
        _make_private_file(engine.url)
        with engine.connect() as connection:
            if _revision(connection) == NEWEST:
                return
        _migrate(engine.url)
    except SQLAlchemyError as error:
        raise storage_error(error) from error
    finally:
        engine.dispose()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(url: URL) -> None:
    # Only here: alembic takes longer to import than all the rest of a command to run.
    from alembic import command
    from alembic.config import Config

    sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": _WAIT_SECONDS} if sqlite else {},
    )
    if sqlite:
        # The driver would begin late and commit before DDL; this takes the write lock at once.
        event.listen(engine, "begin", lambda found: found.exec_driver_sql("BEGIN IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            if not sqlite:
                connection.execute(select(func.pg_advisory_xact_lock(Turn.MIGRATING)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _make_private_file(url: URL) -> None:
    """A new SQLite file is readable by its owner only: it holds people's scripts."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return
    path = make_url(url).database or ""
    try:
        # Only a new one: to close a file that SQLite has open in this process would take away
        # its locks (POSIX), and another process would then see another database.
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        try:
            if os.geteuid() == 0:  # on the command line, before the service has ever run
                os.fchown(handle, Path(path).absolute().parent.stat().st_uid, -1)
        finally:
            os.close(handle)
    except FileExistsError:
        return
    except OSError as error:
        raise StorageError(f"our database {path} cannot be opened: {error.strerror}") from error
