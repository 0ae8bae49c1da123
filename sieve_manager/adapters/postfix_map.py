"""The SQLite file in which Postfix looks up redirect addresses.

Postfix cannot read our own database, which is in WAL mode, and does not wait for a writer: a
lookup during a commit ends its process, and a message may be lost. So a file that Postfix may
have open is never written: the next one takes its name, and then a marker beside it is replaced
by a copy of itself. The marker is a table of Postfix that nothing stands in; each process looks
at it before the next message, and starts anew with the new file where it is another one.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sieve_manager.application.address_ports import AddressChanges, Answer, ChangedAddresses
from sieve_manager.application.postfix_views import (
    MARKER,
    REFUSALS,
    TARGETS,
    key_of,
    lookup,
    moments_of,
    views,
)
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.errors import RelayError

_MODE = 0o640  # Postfix reads it through the group of the directory
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
        self._marker = path.with_name(f"{MARKER}.db")

    def publish(self) -> None:
        """Bring the file up to date, and tell Postfix; make it where there is none."""
        with _failing(self._path):
            self._path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            with _turn(self._path.parent):
                self._follow()
                self._tell()

    def answer(self, address: EmailAddress, at: datetime) -> Answer:
        """What Postfix's queries give for it."""
        values = {"key": key_of(address), "at": at.timestamp()}
        with _failing(self._path), closing(_reading(self._path)) as connection:
            found = {
                name: [row[0] for row in connection.execute(lookup(name, query), values)]
                for name, query in views(":at").items()
            }
        return Answer(
            destinations=tuple(map(EmailAddress.restore, found[TARGETS])),
            refusal="".join(found[REFUSALS]),
        )

    def _follow(self) -> None:
        kept = _revision(self._path)
        changes = self._addresses.changes(kept or 0)
        if kept is not None and changes.revision < kept:
            kept = None  # our database is an older copy that somebody put back
            changes = self._addresses.changes(0)
        if changes.revision != kept:
            self._put(changes, anew=kept is None)

    def _put(self, changes: AddressChanges, *, anew: bool) -> None:
        new = self._path.with_name(f"{self._path.name}.new")
        new.unlink(missing_ok=True)  # of a process that ended meanwhile
        handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE)
        os.fchmod(handle, _MODE)
        os.close(handle)
        if not anew:
            shutil.copyfile(self._path, new)
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            # A journal on disk that a crash left behind would be played into the next file.
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("BEGIN")
            if anew:
                _lay_out(connection)
            _write(connection, changes)
            connection.execute("COMMIT")
        self._give(new)
        self._date(new)
        new.replace(self._path)

    def _date(self, new: Path) -> None:
        """Never older than the marker, or nobody would be told: clocks are set back at times."""
        if self._marker.exists():
            latest = max(new.stat().st_mtime_ns, self._marker.stat().st_mtime_ns)
            os.utime(new, ns=(latest, latest))

    def _tell(self) -> None:
        """Put another file of the same content in the marker's place, once for each new map.

        A younger one would not do: within the second of the last one, Postfix sees no difference.
        """
        written = self._path.stat().st_mtime_ns
        if not self._marker.exists() or self._marker.stat().st_mtime_ns > written:
            return  # without a marker, nobody listens
        new = self._marker.with_suffix(".new")
        shutil.copyfile(self._marker, new)
        shutil.copymode(self._marker, new)
        os.utime(new, ns=(written + 1, written + 1))
        self._give(new)
        new.replace(self._marker)

    def _give(self, new: Path) -> None:
        """What root writes on the command line belongs to the service like all else there."""
        if os.geteuid() == 0:
            os.chown(new, self._path.parent.stat().st_uid, -1)


def _revision(path: Path) -> int | None:
    """The last change in the file; None: there is none, or one of another version of ours.

    RelayError where it is nothing of ours, such as the very database that the map follows.
    """
    if not path.exists():
        return None
    with closing(_reading(path)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if names and TARGETS not in names:
            raise RelayError(f"the map file {path} is another database; name a file of its own")
        if connection.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
            return None
        found: int = connection.execute("SELECT revision FROM redirect_revision").fetchone()[0]
    return found


def _lay_out(connection: sqlite3.Connection) -> None:
    for name, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE {name} {columns}")
    for name, query in views(_NOW).items():
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
            for position, one in enumerate(kept.leads_to if kept else ())
        ),
    )
    connection.execute("UPDATE redirect_revision SET revision = ?", (changes.revision,))


def _rows(
    addresses: Mapping[str, RedirectAddress | None],
) -> Iterable[tuple[str, bool, float, float, str]]:
    for key, kept in addresses.items():
        if kept:
            yield key, kept.rests, *moments_of(kept), str(kept.moved_to or "")


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


@contextmanager
def _turn(directory: Path) -> Iterator[None]:
    """One process or thread after the other: none puts an older file over a newer one."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _failing(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise RelayError(f"the map file {path} cannot be used: {error}") from error
