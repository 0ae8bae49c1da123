"""A private Postfix 3.7: from packages that are unpacked and not installed, on loopback.

It takes SMTP, delivers to the mailboxes of a private Dovecot by LMTP, and relays everything
else to a sink. Its master insists on being root; uid_wrapper lets it believe that, so it runs as
the same unprivileged account as the other servers.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.mail_server import Endpoints
from sieve_manager.demo.processes import (
    Identity,
    free_ports,
    running,
    temporary_directory,
    unprivileged,
    wait_until,
)
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.errors import UnreachableError
from tests.servers.postfix_configuration import QUEUES, main_cf, master_cf

UNPACKED = Path(__file__).parents[2] / ".cache" / "postfix"
_TABLES = ("pgsql", "sqlite")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostfixServer:
    """A running Postfix; everything it keeps is in *directory*."""

    smtp_port: int
    directory: Path
    dovecot: DovecotServer

    @property
    def endpoints(self) -> Endpoints:
        """Where the Dovecot behind it listens."""
        return self.dovecot.endpoints

    @property
    def config_directory(self) -> Path:
        """What programs of Postfix call ``-c``: main.cf and master.cf are there."""
        return self.directory / "etc"

    def add_user(self, login: str, password: str, **options: Any) -> None:
        """Make a mailbox at the Dovecot behind (*options* are its), and take mail for it."""
        self.dovecot.add_user(login, password, **options)
        with closing(sqlite3.connect(self.directory / "mailboxes.db")) as database, database:
            database.execute("INSERT INTO mailbox VALUES (?)", (login.lower(),))

    def queue_files(self) -> tuple[Path, ...]:
        """Return every message, and every trace of one, that is still on its way."""
        queue = self.directory / "queue"
        found = (path for name in QUEUES for path in (queue / name).rglob("*"))
        return tuple(path for path in found if path.is_file())

    def wait_until_empty(self, *, seconds: float = 10) -> None:
        """Return as soon as no message is on its way any more.

        Raises:
            UnreachableError: some still are after *seconds*; the log is in it.
        """
        try:
            wait_until(
                lambda: not self.queue_files(), seconds=seconds, what="the end of all deliveries"
            )
        except UnreachableError as error:
            raise UnreachableError(str(error), server_text=self.log()) from error

    def log(self) -> str:
        """Return what Postfix has logged so far."""
        path = self.directory / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of Postfix (postmap, postconf, postqueue) on this instance."""
        return subprocess.run(
            [self.directory / "sbin" / name, "-c", self.config_directory, *arguments],
            env={"PATH": os.defpath, **_environment(self.directory)},
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )


@contextmanager
def running_postfix(
    dovecot: DovecotServer,
    sink: SmtpSink,
    *,
    smtp_port: int | None = None,
    main_cf_lines: Sequence[str] = (),
    master_cf_lines: Sequence[str] = (),
) -> Iterator[PostfixServer]:
    """Yield a Postfix that is ready, in a fresh directory; end it and remove that afterwards.

    *smtp_port* is for callers who must know it earlier (a Dovecot whose redirects come back
    here: ``DovecotOptions(sink_port=smtp_port)``). The lines come last in their files, so they
    replace what stands before.

    Raises:
        UnreachableError: it was not unpacked (``make test`` does that), or did not start.
    """
    if not UNPACKED.exists():
        raise UnreachableError(f"{UNPACKED} is not there; make test unpacks it")
    identity = unprivileged()
    port = smtp_port or free_ports(1)[0]
    with temporary_directory(identity) as directory:
        server = PostfixServer(smtp_port=port, directory=directory, dovecot=dovecot)
        _write_files(server, identity)
        lines = main_cf(directory, identity, dovecot.endpoints.lmtp_port, sink.port)
        _write(server.config_directory / "main.cf", [*lines, *main_cf_lines])
        _write(server.config_directory / "master.cf", [*master_cf(port), *master_cf_lines])
        with running(
            [str(directory / "lib/sbin/master"), "-c", str(server.config_directory), "-d"],
            ports=(port,),
            log=directory / "start.log",
            identity=identity,
            environment=_environment(directory),
            # Nothing of it is kept, and an orderly end takes a second.
            stop=signal.SIGKILL,
        ):
            yield server


def _environment(directory: Path) -> dict[str, str]:
    return {
        "LD_LIBRARY_PATH": str(directory / "lib"),
        "LD_PRELOAD": str(directory / "libuid_wrapper.so"),
        "UID_WRAPPER": "1",
        "UID_WRAPPER_ROOT": "1",
    }


def _write_files(server: PostfixServer, identity: Identity) -> None:
    directory = server.directory
    # A copy, because the account that runs it need not be able to enter the checkout.
    shutil.copytree(UNPACKED / "usr/lib/postfix", directory / "lib", symlinks=True)
    shutil.copytree(UNPACKED / "usr/sbin", directory / "sbin", symlinks=True)
    (wrapper,) = UNPACKED.glob("usr/lib/*/libuid_wrapper.so")
    shutil.copy(wrapper, directory)
    server.config_directory.mkdir()
    # Postfix reads this one only where it belongs to root.
    _write(
        server.config_directory / "dynamicmaps.cf",
        [f"{name} {directory}/lib/postfix-{name}.so dict_{name}_open" for name in _TABLES],
    )
    queue = (*QUEUES, "pid", "private", "public")
    for name in ("data", "queue", *(f"queue/{name}" for name in queue)):
        (directory / name).mkdir()
        identity.give(directory / name)
    with closing(sqlite3.connect(directory / "mailboxes.db")) as database, database:
        database.execute("CREATE TABLE mailbox (address TEXT PRIMARY KEY)")
    _write(
        directory / "mailboxes.cf",
        [
            f"dbpath = {directory}/mailboxes.db",
            "query = SELECT address FROM mailbox WHERE address = '%s'",
        ],
    )


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    # While a file is younger than a second or two, Postfix waits and reads it again.
    os.utime(path, (0, 0))
