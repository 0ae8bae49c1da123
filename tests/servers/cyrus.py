"""A private Cyrus 3.6: the second engine, from packages that are unpacked and not installed."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imapclient import IMAPClient

from sieve_manager.demo.certificates import Authority
from sieve_manager.demo.mail_server import Endpoints
from sieve_manager.demo.processes import (
    LOOPBACK,
    Identity,
    free_ports,
    running,
    temporary_directory,
    unprivileged,
)
from sieve_manager.errors import UnreachableError

UNPACKED = Path(__file__).parents[2] / ".cache" / "cyrus"
_MASTER = "helpdesk@example.com"
_MASTER_PASSWORD = "master-secret"
_FOLDERS = ("Archive", "Drafts", "Junk", "Sent", "Trash")
_FAKETIME = "/usr/$LIB/faketime/libfaketime.so.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CyrusServer:
    """A running Cyrus; everything it keeps is in *directory*."""

    endpoints: Endpoints
    directory: Path
    identity: Identity

    def add_user(self, login: str, password: str) -> None:
        """Let *login* sign in, and do so once: that makes the mailbox and its folders."""
        self._set_password(login, password)
        with IMAPClient(LOOPBACK, self.endpoints.imap_port, ssl=False, timeout=10) as client:
            client.starttls(ssl.create_default_context(cafile=str(self.endpoints.ca_file)))
            client.login(login, password)

    def _set_password(self, login: str, password: str) -> None:
        user, _, realm = login.partition("@")
        subprocess.run(
            [
                self.directory / "usr/sbin/saslpasswd2",
                "-p",
                "-c",
                "-f",
                self.directory / "sasldb2",
                "-u",
                realm,
                user,
            ],
            input=password.encode(),
            check=True,
            capture_output=True,
        )

    def set_clock(self, now: datetime | None) -> None:
        """Let deliveries from now on believe that it is *now* (aware); None: the true time."""
        seconds = 0.0 if now is None else (now - datetime.now(UTC)).total_seconds()
        (self.directory / "clock").write_text(f"{seconds:+.3f}")

    def log(self) -> str:
        """Return what was printed; Cyrus writes most to syslog alone."""
        return (self.directory / "cyrus.log").read_text(errors="replace")


@contextmanager
def running_cyrus(*, sink_port: int) -> Iterator[CyrusServer]:
    """Yield a Cyrus that is ready, in a fresh directory; end it and remove that afterwards.

    Raises:
        UnreachableError: it was not unpacked (``make test`` does that), or did not start.
    """
    if not UNPACKED.exists():
        raise UnreachableError(f"{UNPACKED} is not there; make test unpacks it")
    identity = unprivileged()
    managesieve, imap, lmtp = free_ports(3)
    with temporary_directory(identity) as directory:
        server = CyrusServer(
            endpoints=Endpoints(
                host=LOOPBACK,
                managesieve_port=managesieve,
                managesieve_tls_port=None,
                imap_port=imap,
                imap_tls_port=None,
                lmtp_port=lmtp,
                ca_file=directory / "ca.pem",
                master_user=_MASTER,
                master_password=_MASTER_PASSWORD,
                master_separator="",
            ),
            directory=directory,
            identity=identity,
        )
        _write_files(server, sink_port)
        command = [
            directory / "usr/lib/cyrus/bin/master",
            "-D",
            *("-C", directory / "imapd.conf"),
            *("-M", directory / "cyrus.conf"),
            *("-p", directory / "master.pid"),
        ]
        with running(
            [str(part) for part in command],
            ports=(managesieve, imap, lmtp),
            log=directory / "cyrus.log",
            identity=identity,
            environment=_environment(directory),
        ):
            yield server


def _environment(directory: Path) -> dict[str, str]:
    (libraries,) = {path.parent for path in directory.glob("usr/lib/*/libcyrus.so.0")}
    return {"LD_LIBRARY_PATH": str(libraries)}


def _write_files(server: CyrusServer, sink_port: int) -> None:
    directory, identity = server.directory, server.identity
    # A copy, because the account that runs it need not be able to enter the checkout.
    shutil.copytree(UNPACKED / "usr/lib", directory / "usr/lib", symlinks=True)
    shutil.copytree(UNPACKED / "usr/sbin", directory / "usr/sbin", symlinks=True)
    Authority(directory).issue()
    for name in ("conf", "conf/db", "conf/socket", "mail", "sieve"):
        (directory / name).mkdir()
    (directory / "imapd.conf").write_text(_imapd_conf(directory, identity, sink_port))
    (directory / "cyrus.conf").write_text(_cyrus_conf(server))
    (directory / "lmtpd").write_text(
        f"#!/bin/sh\nexport FAKETIME=$(cat {directory}/clock) FAKETIME_DONT_FAKE_MONOTONIC=1\n"
        f"LD_PRELOAD='{_FAKETIME}' exec {directory}/usr/lib/cyrus/bin/lmtpd \"$@\"\n"
    )
    (directory / "lmtpd").chmod(0o755)
    server.set_clock(None)
    server._set_password(_MASTER, _MASTER_PASSWORD)
    for path in (*directory.iterdir(), *(directory / "conf").iterdir()):
        identity.give(path)


def _imapd_conf(directory: Path, identity: Identity, sink_port: int) -> str:
    special = "".join(f"xlist-{name.lower()}: {name}\n" for name in _FOLDERS)
    return f"""
configdirectory: {directory}/conf
defaultpartition: default
partition-default: {directory}/mail
sievedir: {directory}/sieve
cyrus_user: {identity.user}
cyrus_group: {identity.group}
servername: mail.example.com
defaultdomain: unused.example
virtdomains: userid
unixhierarchysep: yes
altnamespace: yes
proxyservers: {_MASTER}
sieve_admins: {_MASTER}
admins: {_MASTER}
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {directory}/sasldb2
sasl_mech_list: PLAIN
allowplaintext: no
tls_server_cert: {directory}/server.pem
tls_server_key: {directory}/server.key
tls_sessions_db_path: {directory}/conf/tls_sessions.db
smtp_backend: host
smtp_host: {LOOPBACK}:{sink_port}/noauth
autocreate_quota: 0
autocreate_post: yes
autocreate_inbox_folders: {"|".join(_FOLDERS)}
autocreate_subscribe_folders: {"|".join(_FOLDERS)}
{special}"""


def _cyrus_conf(server: CyrusServer) -> str:
    directory, ends = server.directory, server.endpoints
    binaries = directory / "usr/lib/cyrus/bin"
    settings = f"-C {directory}/imapd.conf"
    # One delivery a process, because the clock is read when a process starts.
    return f"""
START {{
  recover cmd="{binaries}/ctl_cyrusdb {settings} -r"
}}
SERVICES {{
  imap cmd="{binaries}/imapd {settings}" listen="{LOOPBACK}:{ends.imap_port}" prefork=0
  sieve cmd="{binaries}/timsieved {settings}" listen="{LOOPBACK}:{ends.managesieve_port}" prefork=0
  lmtp cmd="{directory}/lmtpd {settings} -a -U 1" listen="{LOOPBACK}:{ends.lmtp_port}" prefork=0
}}
EVENTS {{
}}
"""
