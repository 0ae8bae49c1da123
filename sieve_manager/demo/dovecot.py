"""A private Dovecot with Pigeonhole: real ManageSieve, IMAP and delivery on loopback."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sieve_manager.demo.certificates import Authority, Certificate
from sieve_manager.demo.dovecot_configuration import DovecotOptions, configuration
from sieve_manager.demo.mail_server import Endpoints
from sieve_manager.demo.processes import (
    LOOPBACK,
    Identity,
    free_ports,
    program,
    running,
    temporary_directory,
    unprivileged,
)

_MASTER = "helpdesk"
_MASTER_PASSWORD = "master-secret"  # noqa: S105 - of a server that lives for a test
_SEPARATOR = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class DovecotServer:
    """A running Dovecot; everything it keeps is in *directory*."""

    endpoints: Endpoints
    directory: Path
    identity: Identity

    def add_user(
        self,
        login: str,
        password: str,
        *,
        aliases: Sequence[str] = (),
        closed: bool = False,
        quota_octets: int | None = None,
    ) -> None:
        """Make a mailbox; mail to *aliases* is delivered there too.

        *closed* refuses every sign-in, even the master's; *quota_octets* limits the mail.
        """
        extra = ["nologin=y"] if closed else []
        if quota_octets is not None:
            extra.append(f"userdb_quota_rule=*:bytes={quota_octets}")
        home = self.home(login)
        lines = {login: f"{login}:{{PLAIN}}{password}::::{home}::{' '.join(extra)}"}
        # An alias resolves to its owner and has no password that could be right.
        for alias in aliases:
            lines[alias] = f"{alias}:{{CRYPT}}!::::{home}::userdb_user={login}"
        # A file a user: Dovecot looks for changes of a file only once a second.
        for name, line in lines.items():
            (self.directory / "users" / name).write_text(f"{line}\n", encoding="utf-8")

    def home(self, login: str) -> Path:
        """Return the directory that holds the mail and the scripts of *login*."""
        return self.directory / "mail" / login.lower()

    def set_clock(self, now: datetime | None) -> None:
        """Let deliveries from now on believe that it is *now* (aware); None: the true time.

        Only with ``DovecotOptions.movable_clock``. IMAP and ManageSieve keep the true time.
        """
        seconds = 0.0 if now is None else (now - datetime.now(UTC)).total_seconds()
        (self.directory / "clock").write_text(f"{seconds:+.3f}")

    def log(self) -> str:
        """Return what Dovecot has logged so far."""
        return (self.directory / "dovecot.log").read_text(errors="replace")


@contextmanager
def running_dovecot(
    options: DovecotOptions, *, certificate: Certificate | None = None
) -> Iterator[DovecotServer]:
    """Yield a Dovecot that is ready, in a fresh directory; end it and remove that afterwards.

    It runs as the caller, or as ``nobody`` where the caller is root. *certificate* is shown
    instead of a right one, to see clients refuse it.

    Raises:
        UnreachableError: not installed, or it did not start; holds its log.
    """
    identity = unprivileged()
    dovecot = program("dovecot", package="dovecot-core")
    with temporary_directory(identity) as directory:
        server = DovecotServer(
            endpoints=_endpoints(directory), directory=directory, identity=identity
        )
        _write_files(server, options, certificate)
        ports = (
            server.endpoints.managesieve_port,
            server.endpoints.imap_port,
            server.endpoints.lmtp_port,
        )
        command = [dovecot, "-F", "-c", str(directory / "dovecot.conf")]
        with running(
            command,
            ports=ports,
            log=directory / "start.log",
            identity=identity,
            # Nothing of it is kept, and an orderly end takes a second.
            stop=signal.SIGKILL,
        ):
            yield server


def _endpoints(directory: Path) -> Endpoints:
    managesieve, managesieve_tls, imap, imap_tls, lmtp = free_ports(5)
    return Endpoints(
        host=LOOPBACK,
        managesieve_port=managesieve,
        managesieve_tls_port=managesieve_tls,
        imap_port=imap,
        imap_tls_port=imap_tls,
        lmtp_port=lmtp,
        ca_file=directory / "ca.pem",
        master_user=_MASTER,
        master_password=_MASTER_PASSWORD,
        master_separator=_SEPARATOR,
    )


def _write_files(
    server: DovecotServer, options: DovecotOptions, certificate: Certificate | None
) -> None:
    directory = server.directory
    issued = Authority(directory).issue()
    texts = configuration(server.endpoints, directory, server.identity, options)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    server.set_clock(None)
    (directory / "lmtp").chmod(0o755)
    (directory / "mail").mkdir()
    (directory / "users").mkdir()
    shown = certificate or issued
    (directory / "shown.pem").write_bytes(shown.certificate_file.read_bytes())
    (directory / "shown.key").write_bytes(shown.key_file.read_bytes())
    for path in directory.iterdir():
        server.identity.give(path)
