"""A private Postfix 3.7: from packages that are unpacked and not installed, on loopback.

It takes SMTP, delivers to the mailboxes of a private Dovecot by LMTP, and relays everything
else to a sink. Only its master insists on being root, and uid_wrapper lets it believe that; so
all of it runs as the same unprivileged account as the other servers.
"""

import os
import shutil
import signal
import smtplib
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.policy import SMTP
from pathlib import Path
from typing import Any

from sieve_manager.demo import lmtp
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.mail_server import Endpoints
from sieve_manager.demo.postfix_configuration import QUEUES, main_cf, master_cf, merged, routes
from sieve_manager.demo.processes import (
    LOOPBACK,
    Identity,
    free_ports,
    running,
    temporary_directory,
    unprivileged,
    wait_until,
)
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.errors import UnreachableError

UNPACKED = Path(__file__).parents[2] / ".cache" / "postfix"
_SECONDS = 30.0
_LINES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PostfixServer:
    """A Postfix; everything it keeps is in *directory*. What is for the outside goes to *sink*."""

    smtp_port: int
    directory: Path
    programs: Path
    dovecot: DovecotServer
    sink: SmtpSink

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

    def set_clock(self, now: datetime | None) -> None:
        """Let deliveries to mailboxes believe that it is *now*; Postfix keeps the true time."""
        self.dovecot.set_clock(now)

    def send(
        self,
        *recipients: str,
        sender: str = "sender@example.net",
        subject: str = "A test message",
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, lmtp.Reply]:
        """Send one message to all of *recipients*; return what those who are refused are told.

        An empty *sender* makes a bounce. A message that is refused after its text counts as
        refused for everybody.
        """
        with smtplib.SMTP(LOOPBACK, self.smtp_port, timeout=_SECONDS) as client:
            refused = _envelope(client, sender, recipients)
            if len(refused) < len(recipients):
                to = ", ".join(recipients)
                message = lmtp.sample_message(
                    to=to, sender=sender, subject=subject, headers=headers
                )
                code, text = client.data(message.as_bytes(policy=SMTP))
                if code != 250:
                    refused = dict.fromkeys(recipients, _reply(code, text))
        return refused

    def ask(self, recipient: str, *, sender: str = "sender@example.net") -> lmtp.Reply:
        """Return what a sender is told about *recipient*, before any message is sent."""
        with smtplib.SMTP(LOOPBACK, self.smtp_port, timeout=_SECONDS) as client:
            accepted = lmtp.Reply(code=250, text="2.1.5 Ok")
            return _envelope(client, sender, [recipient]).get(recipient, accepted)

    def queue_files(self) -> tuple[Path, ...]:
        """Return every message, and every trace of one, that is still on its way."""
        queue = self.directory / "queue"
        # What comes back from Dovecot is in incoming before it leaves active: two looks.
        names = (*QUEUES, "incoming", "active")
        walks = (step for name in names for step in os.walk(queue / name))
        return tuple(sorted({Path(top) / name for top, _, files in walks for name in files}))

    def wait_until_empty(self, *, seconds: float = 10) -> None:
        """Return as soon as no message is on its way any more.

        Raises:
            UnreachableError: some still are after *seconds*; holds the end of the log.
        """

        def empty() -> bool:
            return not self.queue_files()

        try:
            wait_until(empty, seconds=seconds, what="the end of all deliveries")
        except UnreachableError as error:
            end = "\n".join(self.log().splitlines()[-_LINES:])
            raise UnreachableError(str(error), server_text=end) from error

    def try_again(self) -> None:
        """Let everything that was put off be tried at once, and not after its 2 s."""
        self.run("postqueue", "-f").check_returncode()

    def log(self) -> str:
        """Return what Postfix has logged so far."""
        path = self.directory / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of Postfix (postmap, postconf, postqueue) on this instance."""
        return subprocess.run(
            [self.programs / "sbin" / name, "-c", self.config_directory, *arguments],
            env={"PATH": os.defpath, "LD_LIBRARY_PATH": str(self.programs / "lib/postfix")},
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )


def _envelope(
    client: smtplib.SMTP, sender: str, recipients: Sequence[str]
) -> dict[str, lmtp.Reply]:
    client.ehlo()
    code, text = client.mail(sender)
    if code != 250:
        return dict.fromkeys(recipients, _reply(code, text))
    answers = ((recipient, *client.rcpt(recipient)) for recipient in recipients)
    return {recipient: _reply(code, text) for recipient, code, text in answers if code != 250}


def _reply(code: int, text: bytes) -> lmtp.Reply:
    return lmtp.Reply(code=code, text=text.decode(errors="replace"))


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

    *smtp_port* is for those who must know it earlier.

    Raises:
        UnreachableError: it was not unpacked (``make demo`` does that), or did not start.
    """
    with (
        prepared_postfix(dovecot, sink, smtp_port=smtp_port) as server,
        started(server, main_cf_lines=main_cf_lines, master_cf_lines=master_cf_lines),
    ):
        yield server


@contextmanager
def prepared_postfix(
    dovecot: DovecotServer, sink: SmtpSink, *, smtp_port: int | None = None
) -> Iterator[PostfixServer]:
    """Yield one that is not started yet: postmap already makes the tables that it is to read.

    Raises:
        UnreachableError: it was not unpacked (``make demo`` does that).
    """
    if not UNPACKED.exists():
        raise UnreachableError(f"{UNPACKED} is not there; make demo unpacks it")
    identity = unprivileged()
    with temporary_directory(identity) as directory:
        server = PostfixServer(
            smtp_port=smtp_port or free_ports(1)[0],
            directory=directory,
            programs=_programs(directory),
            dovecot=dovecot,
            sink=sink,
        )
        _write_files(server, identity)
        _configure(server)
        yield server


@contextmanager
def started(
    server: PostfixServer,
    *,
    main_cf_lines: Sequence[str] = (),
    master_cf_lines: Sequence[str] = (),
) -> Iterator[None]:
    """Run a prepared one until the block ends.

    The lines replace ours of the same name; the tables that they name must be readable by
    ``unprivileged()``, see ``write_settled``.

    Raises:
        UnreachableError: it did not start; holds its log.
    """
    _configure(server, main_cf_lines, master_cf_lines)
    programs = server.programs
    with running(
        [str(programs / "lib/postfix/sbin/master"), "-c", str(server.config_directory), "-d"],
        ports=(server.smtp_port,),
        log=server.directory / "start.log",
        identity=unprivileged(),
        environment=_environment(programs),
        # Nothing of it is kept, and an orderly end takes a second.
        stop=signal.SIGKILL,
    ):
        yield


def _configure(
    server: PostfixServer, main_cf_lines: Sequence[str] = (), master_cf_lines: Sequence[str] = ()
) -> None:
    ours = main_cf(server.directory, server.programs, unprivileged())
    ours += routes(server.directory, server.endpoints.lmtp_port, server.sink.port)
    write_settled(server.config_directory / "main.cf", merged(ours, main_cf_lines))
    services = merged(master_cf(server.smtp_port), master_cf_lines)
    write_settled(server.config_directory / "master.cf", services)


def write_settled(path: Path, lines: Sequence[str]) -> None:
    """Write what Postfix is to read as one that has been there for long.

    Of a file younger than about a second it believes that somebody is still writing, and waits.
    """
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    os.utime(path, (0, 0))


def _programs(directory: Path) -> Path:
    """Return where lib, sbin and share are.

    A copy where we are root: the account that runs it need not be able to enter the checkout.
    Otherwise what was unpacked: the kinds of tables are loaded only from files that belong to
    root, and ``make demo`` has seen to that there.
    """
    if os.geteuid() != 0:
        return UNPACKED / "usr"
    for name in ("lib", "sbin", "share/postfix"):
        shutil.copytree(UNPACKED / "usr" / name, directory / "usr" / name, symlinks=True)
    return directory / "usr"


def _environment(programs: Path) -> dict[str, str]:
    (wrapper,) = programs.glob("lib/*/libuid_wrapper.so")
    return {
        "LD_LIBRARY_PATH": str(programs / "lib/postfix"),
        "LD_PRELOAD": str(wrapper),
        "UID_WRAPPER": "1",
        "UID_WRAPPER_ROOT": "1",
    }


def _write_files(server: PostfixServer, identity: Identity) -> None:
    directory = server.directory
    server.config_directory.mkdir()
    queue = (*QUEUES, "pid", "private", "public")
    for name in ("data", "queue", *(f"queue/{name}" for name in queue)):
        (directory / name).mkdir()
        identity.give(directory / name)
    with closing(sqlite3.connect(directory / "mailboxes.db")) as database, database:
        database.execute("CREATE TABLE mailbox (address TEXT PRIMARY KEY)")
    write_settled(
        directory / "mailboxes.cf",
        [
            f"dbpath = {directory}/mailboxes.db",
            "query = SELECT address FROM mailbox WHERE address = '%s'",
        ],
    )
