"""The SQLite file in which Postfix looks up redirect addresses.

Postfix only reads it, and cannot read our own database, which is in WAL mode. It keeps the file
open, so changes are written in place, each set of them in one transaction: a lookup sees all of
it or nothing, and the next one sees it. Where our process ends between the two databases, the
revision in the file tells the next call what is missing.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sieve_manager.application.address_ports import AddressChanges, Answer, ChangedAddresses
from sieve_manager.application.postfix_views import (
    REFUSALS,
    TARGETS,
    address_of,
    key_of,
    lookup,
    moments_of,
    views,
)
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.errors import StorageError

_MODE = 0o640  # Postfix reads it through the group of the directory
_BUSY_SECONDS = 5
_LAYOUT = 1
_NOW = "CAST(strftime('%s', 'now') AS INTEGER)"
_TABLES = {
    "redirect_addresses": "(address TEXT PRIMARY KEY, gone INTEGER, paused INTEGER,"
    " starts REAL, ends REAL, moved_to TEXT) WITHOUT ROWID",
    "redirect_targets": "(address TEXT, position INTEGER, target TEXT,"
    " PRIMARY KEY (address, position)) WITHOUT ROWID",
    "redirect_revision": "(revision INTEGER)",
}


class PostfixMap:
    """The Relay port; *addresses* is what the file at *path* follows."""

    def __init__(self, path: Path, addresses: ChangedAddresses) -> None:
        self._path = path
        self._addresses = addresses

    def publish(self) -> None:
        """Bring the file up to date; make it where there is none."""
        with _failing(self._path):
            self._path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            _make(self._path)
            with closing(_connect(str(self._path))) as connection:
                # Read within the write lock: of two processes, none writes what is older.
                connection.execute("BEGIN IMMEDIATE")
                self._follow(connection)
                connection.execute("COMMIT")

    def answer(self, address: EmailAddress, at: datetime) -> Answer:
        """What Postfix's queries give for it."""
        values = {"key": key_of(address), "at": at.timestamp()}
        with (
            _failing(self._path),
            closing(_connect(f"{self._path.absolute().as_uri()}?mode=ro")) as connection,
        ):
            found = {
                name: [row[0] for row in connection.execute(lookup(name, query), values)]
                for name, query in views(":at").items()
            }
        return Answer(
            destinations=tuple(map(address_of, found[TARGETS])),
            refusal="".join(found[REFUSALS]),
        )

    def _follow(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
            _lay_out(connection)
        (kept,) = connection.execute("SELECT revision FROM redirect_revision").fetchone()
        changes = self._addresses.changes(kept)
        if changes.revision < kept:  # our database is an older copy that somebody put back
            _lay_out(connection)
            changes = self._addresses.changes(0)
        if changes.revision != kept:
            _write(connection, changes)


def _lay_out(connection: sqlite3.Connection) -> None:
    """Empty tables, whatever there was."""
    for name, columns in _TABLES.items():
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.execute(f"CREATE TABLE {name} {columns}")
    for name, query in views(_NOW).items():
        connection.execute(f"DROP VIEW IF EXISTS {name}")
        connection.execute(f"CREATE VIEW {name} AS {query}")
    connection.execute("INSERT INTO redirect_revision VALUES (0)")
    connection.execute(f"PRAGMA user_version = {_LAYOUT}")


def _write(connection: sqlite3.Connection, changes: AddressChanges) -> None:
    keys = [(key,) for key in changes.addresses]
    connection.executemany("DELETE FROM redirect_addresses WHERE address = ?", keys)
    connection.executemany("DELETE FROM redirect_targets WHERE address = ?", keys)
    connection.executemany(
        "INSERT INTO redirect_addresses VALUES (?, 0, ?, ?, ?, ?)", _rows(changes.addresses)
    )
    connection.executemany(
        "INSERT INTO redirect_targets VALUES (?, ?, ?)",
        (
            (key, position, str(one))
            for key, kept in changes.addresses.items()
            for position, one in enumerate(kept.forward.destinations if kept else ())
        ),
    )
    connection.execute("UPDATE redirect_revision SET revision = ?", (changes.revision,))


def _rows(
    addresses: Mapping[str, RedirectAddress | None],
) -> Iterable[tuple[str, bool, float, float, str]]:
    for key, kept in addresses.items():
        if kept:
            yield key, kept.forward.paused, *moments_of(kept), str(kept.moved_to or "")


def _make(path: Path) -> None:
    """An empty file of the right mode, where there is none: SQLite would make it for everybody."""
    if not path.exists():
        handle = os.open(path, os.O_CREAT | os.O_RDWR, _MODE)
        os.fchmod(handle, _MODE)
        os.close(handle)


def _connect(uri: str) -> sqlite3.Connection:
    """A connection that begins no transaction by itself."""
    is_uri = uri.startswith("file:")
    return sqlite3.connect(uri, timeout=_BUSY_SECONDS, isolation_level=None, uri=is_uri)


@contextmanager
def _failing(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"the map file {path} cannot be used: {error}") from error
