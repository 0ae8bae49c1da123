"""Sets the demo up: private servers, sample data, and a configuration for them."""

import json
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from sieve_manager.bootstrap import build
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
from sieve_manager.demo.addresses import ADDRESSES, make_addresses
from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.demo.lookups import look_up_addresses
from sieve_manager.demo.people import introduce
from sieve_manager.demo.postfix import PostfixServer, prepared_postfix, started
from sieve_manager.demo.processes import LOOPBACK, free_ports, unprivileged
from sieve_manager.demo.smtp_sink import running_sink
from sieve_manager.demo.world import DOMAIN, Account, DemoWorld
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import SettingsError
from sieve_manager.managesieve import Connection, Credentials, Endpoint
from sieve_manager.settings import Settings, load_settings

_USUAL_PORT = 8080
_SECRET = "a-key-that-protects-nothing-but-this-demo"  # noqa: S105 - see the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The *world*, the settings in the file *configuration*, and where the pages listen."""

    world: DemoWorld
    configuration: Path
    settings: Settings
    listener: socket.socket


@contextmanager
def staged() -> Iterator[Stage]:
    """Yield a stage with all that is on it; afterwards nothing of it is left.

    Raises:
        UnreachableError: Dovecot or Postfix is not there, or did not start.
        ServerError: it did not take the sample data.
        SettingsError: variables of the environment would change the demo's configuration.
    """
    (smtp_port,) = free_ports(1)
    with (
        tempfile.TemporaryDirectory(prefix="sieve-manager-demo-") as kept,
        _listener() as listener,
        running_sink() as sink,
        # What mailboxes forward goes back to Postfix.
        running_dovecot(DovecotOptions(sink_port=smtp_port)) as dovecot,
        prepared_postfix(dovecot, sink, smtp_port=smtp_port) as postfix,
    ):
        for account in ACCOUNTS:
            postfix.add_user(account.login, account.password)
        _fill(dovecot)
        configuration = Path(kept) / "config.toml"
        port = listener.getsockname()[1]
        configuration.write_text(_configuration(postfix, Path(kept), port), encoding="utf-8")
        settings = load_settings(configuration)
        _refuse_foreign(settings, configuration)
        with started(postfix, main_cf_lines=_furnished(settings, postfix)):
            world = DemoWorld(accounts=ACCOUNTS, addresses=ADDRESSES, postfix=postfix)
            yield Stage(
                world=world, configuration=configuration, settings=settings, listener=listener
            )


def _furnished(settings: Settings, postfix: PostfixServer) -> list[str]:
    """Put people and addresses into the database; the lines with which *postfix* sees them."""
    _map_file(postfix).parent.mkdir(mode=0o750)
    unprivileged().give(_map_file(postfix).parent)
    wired = build(settings)
    try:
        introduce(ACCOUNTS, wired)
        make_addresses(ADDRESSES, wired)
    finally:
        wired.close()
    return look_up_addresses(settings, postfix)


def _map_file(postfix: PostfixServer) -> Path:
    """Where Postfix, which is an account of its own, may read it."""
    return postfix.directory / "map" / "addresses.db"


def _refuse_foreign(settings: Settings, configuration: Path) -> None:
    """A real server or database, named by a variable, must not become a part of the demo."""
    text = configuration.read_text(encoding="utf-8")
    ours = (
        settings.database.url,
        f"port = {settings.managesieve.port}",
        settings.web.listen,
        str(settings.postfix.map_file),
    )
    if not all(part in text for part in ours):
        raise SettingsError("", "unset the variables SIEVE_MANAGER_...: the demo has its own")


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


def _configuration(postfix: PostfixServer, directory: Path, port: int) -> str:
    ends = postfix.endpoints
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
            "host": ends.host,
            "port": postfix.smtp_port,
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
        "policy": {"internal_domains": [DOMAIN], "default_timezone": "Europe/Zurich"},
        "staff": {
            "operators": [one.login for one in ACCOUNTS if one.role is Role.OPERATOR],
            "administrators": [one.login for one in ACCOUNTS if one.role is Role.ADMINISTRATOR],
        },
        "directory": {"kind": "table"},
        "addresses": {"domains": [DOMAIN]},
        "postfix": {"map_file": str(_map_file(postfix))},
    }
    lines: list[str] = []
    for section, values in sections.items():
        # A JSON string, number or list of strings is one of TOML, too.
        lines += [f"[{section}]", *(f"{key} = {json.dumps(v)}" for key, v in values.items()), ""]
    return "\n".join(lines)
