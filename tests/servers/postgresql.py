"""A private PostgreSQL for the tests: unprivileged, in a fresh directory, on a Unix socket."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

_BINARIES = Path("/usr/lib/postgresql")
_OPTIONS = (
    "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off",
    "-c", "synchronous_commit=off", "-c", "shared_buffers=16MB", "-c", "max_connections=100",
)  # fmt: skip


class Postgresql:
    """A running server; each test takes a fresh database of its own."""

    def __init__(self, socket_directory: Path) -> None:
        self._directory = socket_directory
        self._numbers = count(1)

    def new_database(self) -> str:
        """Create an empty database; its URL."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://tests@/{name}?host={self._directory}"

    def cut_connections(self) -> None:
        """Cut every connection to every database, in the middle of whatever it does."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )

    def _address(self, name: str) -> str:
        return f"host={self._directory} user=tests dbname={name}"


@contextmanager
def running_postgresql() -> Iterator[Postgresql]:
    """Start a server and end it afterwards.

    Raises:
        FileNotFoundError: the Debian package postgresql is missing.
    """
    binaries = _binaries()
    # Not pytest's directory: the path of a Unix socket has at most 107 octets, and another
    # user must be able to walk to it.
    with TemporaryDirectory(prefix="sm-pg-") as text:
        directory = Path(text)
        identity = _unprivileged(directory)
        data = directory / "data"
        _run([binaries / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-N"], identity)
        # -w waits until it accepts connections; the log goes to a file, not to our output.
        _run(
            [
                binaries / "pg_ctl", "start", "-w", "-s", "-D", data, "-l", directory / "log",
                "-o", " ".join((*_OPTIONS, "-k", str(directory))),
            ],
            identity,
        )  # fmt: skip
        try:
            yield Postgresql(directory)
        finally:
            _run([binaries / "pg_ctl", "stop", "-w", "-s", "-D", data, "-m", "immediate"], identity)


def _binaries() -> Path:
    found = sorted(_BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise FileNotFoundError("PostgreSQL is missing; install the Debian package postgresql")
    return found[-1].parent


def _unprivileged(directory: Path) -> int | None:
    """PostgreSQL refuses to run as root: give the directory to another user then."""
    if os.geteuid() != 0:
        return None
    identity = pwd.getpwnam("nobody").pw_uid
    shutil.chown(directory, identity)
    return identity


def _run(command: list[Path | str], identity: int | None) -> None:
    subprocess.run(command, check=True, user=identity, stdout=subprocess.DEVNULL, cwd="/")
