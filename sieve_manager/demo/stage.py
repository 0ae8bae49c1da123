"""Sets the demo up: private servers, sample data, and a configuration for them."""

import json
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imapclient import IMAPClient

from sieve_manager.demo.accounts import (
    ACCOUNTS,
    BRUNO,
    CARLA,
    HAND_WRITTEN_NAME,
    HAND_WRITTEN_SCRIPT,
    ROUNDCUBE_FOLDERS,
    ROUNDCUBE_NAME,
    ROUNDCUBE_SCRIPT,
)
from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.demo.processes import LOOPBACK
from sieve_manager.demo.smtp_sink import SmtpSink, running_sink
from sieve_manager.demo.world import Account, DemoWorld
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.managesieve import Connection, Credentials, Endpoint

_USUAL_PORT = 8080
_SECRET = "a-key-that-protects-nothing-but-this-demo"  # noqa: S105 - see the text


@contextmanager
def staged() -> Iterator[tuple[DemoWorld, Path, socket.socket]]:
    """Yield the world, its configuration file, and where its pages are to listen.

    Afterwards nothing of them is left.

    Raises:
        UnreachableError: Dovecot is not installed, or did not start.
        ServerError: it did not take the sample data.
    """
    with (
        tempfile.TemporaryDirectory(prefix="sieve-manager-demo-") as kept,
        _listener() as listener,
        running_sink() as sink,
        running_dovecot(DovecotOptions(sink_port=sink.port)) as server,
    ):
        for account in ACCOUNTS:
            server.add_user(account.login, account.password)
        _fill(server)
        configuration = Path(kept) / "config.toml"
        port = listener.getsockname()[1]
        configuration.write_text(_configuration(server, sink, Path(kept), port), encoding="utf-8")
        world = DemoWorld(accounts=ACCOUNTS, endpoints=server.endpoints, sink=sink)
        with world.relaying():
            yield world, configuration, listener


def _listener() -> socket.socket:
    """Held from now on: two demos that start at once do not take the same port."""
    try:
        return socket.create_server((LOOPBACK, _USUAL_PORT))
    except OSError:
        return socket.create_server((LOOPBACK, 0))


def _fill(server: DovecotServer) -> None:
    _give(server, BRUNO, ROUNDCUBE_NAME, ROUNDCUBE_SCRIPT)
    _give(server, CARLA, HAND_WRITTEN_NAME, HAND_WRITTEN_SCRIPT)
    # A fileinto into a folder that is not there would cancel the whole script at delivery.
    with IMAPClient(LOOPBACK, server.endpoints.imap_port, ssl=False, timeout=10) as client:
        client.starttls(ssl.create_default_context(cafile=server.endpoints.ca_file))
        client.login(BRUNO.login, BRUNO.password)
        for folder in ROUNDCUBE_FOLDERS:
            client.create_folder(folder)
            client.subscribe_folder(folder)


def _give(server: DovecotServer, account: Account, name: str, text: str) -> None:
    endpoint = Endpoint(
        host=LOOPBACK,
        port=server.endpoints.managesieve_port,
        ca_file=server.endpoints.ca_file,
    )
    credentials = Credentials(login=account.login, password=account.password)
    with Connection.open(endpoint, credentials) as connection:
        connection.put_script(ScriptName(name), text.encode())
        connection.set_active(ScriptName(name))


def _configuration(server: DovecotServer, sink: SmtpSink, directory: Path, port: int) -> str:
    ends = server.endpoints
    sections: dict[str, dict[str, str | int | list[str]]] = {
        "managesieve": {
            "host": ends.host,
            "port": ends.managesieve_port,
            "ca_file": str(ends.ca_file),
        },
        "imap": {
            "host": ends.host,
            "port": ends.imap_port,
            "tls": "starttls",
            "ca_file": str(ends.ca_file),
        },
        "smtp": {
            "host": sink.host,
            "port": sink.port,
            "tls": "none",
            "sender": "no-reply@example.com",
        },
        "master": {
            "user": ends.master_user,
            "password": ends.master_password,
            "separator": ends.master_separator,
        },
        "database": {"url": f"sqlite:///{directory}/demo.db"},
        "web": {
            "base_url": f"http://{LOOPBACK}:{port}",
            "listen": f"{LOOPBACK}:{port}",
            "secret_key": _SECRET,
            "title": "Sieve Manager demo",
        },
        "policy": {"internal_domains": ["example.com"], "default_timezone": "Europe/Zurich"},
        "staff": {
            "operators": [one.login for one in ACCOUNTS if one.role is Role.OPERATOR],
            "administrators": [one.login for one in ACCOUNTS if one.role is Role.ADMINISTRATOR],
        },
        "directory": {"kind": "table"},
    }
    lines: list[str] = []
    for section, values in sections.items():
        # A JSON string, number or list of strings is one of TOML, too.
        lines += [f"[{section}]", *(f"{key} = {json.dumps(v)}" for key, v in values.items()), ""]
    return "\n".join(lines)
