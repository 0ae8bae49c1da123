"""A private Roundcube 1.6 in front of a private mail server, for the tests of living beside it.

From packages that are unpacked and not installed: no web server, no database of the system and
no configuration of an installed Roundcube is touched.
"""

import base64
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sieve_manager.demo.mail_server import MailServer
from sieve_manager.demo.processes import (
    LOOPBACK,
    Identity,
    free_ports,
    program,
    running,
    temporary_directory,
    unprivileged,
)
from sieve_manager.errors import UnreachableError

UNPACKED = Path(__file__).parents[2] / ".cache" / "roundcube"
_PROGRAM = UNPACKED / "usr" / "share" / "roundcube"
_EDITOR = """
require '%s/plugins/managesieve/lib/Roundcube/rcube_sieve_script.php';
while (($line = fgets(STDIN)) !== false) {
    $script = new rcube_sieve_script(base64_decode($line));
    echo base64_encode($script->as_text()), "\\n";
}
"""
_PARTS = (
    "program",
    "plugins/filesystem_attachments",
    "plugins/jqueryui",
    "plugins/managesieve",
    "skins/elastic",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundcubeServer:
    """A running Roundcube; everything it keeps is in *directory*."""

    base_url: str
    directory: Path

    def log(self) -> str:
        """Return the errors that it has logged so far, and what PHP printed."""
        files = [*sorted((self.directory / "logs").glob("*")), self.directory / "php.log"]
        return "".join(file.read_text(errors="replace") for file in files)


@dataclass(frozen=True, slots=True)
class RoundcubeEditor:
    """Roundcube's own reader and writer of scripts, without its pages."""

    process: subprocess.Popen[bytes]

    def rewrite(self, octets: bytes) -> bytes:
        """Return what Roundcube writes after it has read a script."""
        into, out = self.process.stdin, self.process.stdout
        assert into is not None
        assert out is not None
        into.write(base64.b64encode(octets) + b"\n")
        into.flush()
        return base64.b64decode(out.readline())


@contextmanager
def running_editor() -> Iterator[RoundcubeEditor]:
    """Yield Roundcube's reader and writer.

    Raises:
        UnreachableError: Roundcube was not unpacked, or PHP is not installed.
    """
    command = [_php(), "-r", _EDITOR % _PROGRAM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield RoundcubeEditor(process)


@contextmanager
def running_roundcube(server: MailServer) -> Iterator[RoundcubeServer]:
    """Yield a Roundcube whose owners sign in to *server*, in a fresh directory; then end it.

    Its filters, forward and vacation pages are switched on.

    Raises:
        UnreachableError: it was not unpacked (``make test`` does that), or did not start.
    """
    php, identity = _php(), unprivileged()
    (port,) = free_ports(1)
    with temporary_directory(identity) as directory:
        _write_files(directory, server, identity)
        command = [php, "-S", f"{LOOPBACK}:{port}", "-t", str(directory / "public")]
        with running(command, ports=(port,), log=directory / "php.log", identity=identity):
            yield RoundcubeServer(base_url=f"http://{LOOPBACK}:{port}", directory=directory)


def _php() -> str:
    if not UNPACKED.exists():
        raise UnreachableError(f"{UNPACKED} is not there; make test unpacks it")
    return program("php", package="php-cli", directories=())


def _write_files(directory: Path, server: MailServer, identity: Identity) -> None:
    # A copy, because the account that runs it need not be able to enter the checkout.
    root = directory / "roundcube"
    for part in _PARTS:
        shutil.copytree(_PROGRAM / part, root / part, symlinks=True, ignore=_left_out)
    shutil.copy(_PROGRAM / "index.php", root)
    for name in ("config", "logs", "temp"):
        (directory / name).mkdir()
        identity.give(directory / name)
    (directory / "config" / "config.inc.php").write_text(_configuration(directory, server))
    for name in ("defaults.inc.php", "mimetypes.php"):
        shutil.copy(UNPACKED / "etc" / "roundcube" / name, directory / "config")
    (directory / "public").mkdir()
    (directory / "public" / "index.php").write_text(
        f"<?php\ndefine('INSTALL_PATH', '{root}/');\n"
        f"define('RCMAIL_CONFIG_DIR', '{directory}/config');\n"
        "chdir(INSTALL_PATH);\nrequire './index.php';\n"
    )
    database = directory / "roundcube.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript((_PROGRAM / "SQL" / "sqlite.initial.sql").read_text())
    identity.give(database)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Other languages than English, and the plugin's link to an empty configuration."""
    if Path(folder).name == "localization":
        return {name for name in names if not name.startswith(("en_", "index"))}
    return {"config.inc.php"} & set(names)


def _configuration(directory: Path, server: MailServer) -> str:
    ends = server.endpoints
    tls = {"ssl": {"cafile": str(ends.ca_file), "verify_peer": True, "verify_peer_name": True}}
    values = {
        "db_dsnw": f"sqlite:///{directory}/roundcube.sqlite",
        "des_key": "a-key-of-24-characters!!",
        "imap_host": f"tls://{ends.host}:{ends.imap_port}",
        "imap_conn_options": tls,
        "log_dir": f"{directory}/logs",
        "temp_dir": f"{directory}/temp",
        "language": "en_US",
        "skin": "elastic",
        "timezone": "UTC",
        "plugins": ["managesieve"],
        "managesieve_host": f"tls://{ends.host}:{ends.managesieve_port}",
        "managesieve_conn_options": tls,
        "managesieve_auth_type": "PLAIN",
        "managesieve_forward": 1,
        "managesieve_vacation": 1,
        # What RFC 5804 wants; the plugin's own default is IMAP's old encoding.
        "managesieve_mbox_encoding": "UTF-8",
        "managesieve_script_name": "managesieve",
    }
    return f"<?php\n$config = json_decode({_php_string(json.dumps(values))}, true);\n"


def _php_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
