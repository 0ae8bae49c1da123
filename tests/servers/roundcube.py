"""A private Roundcube 1.6 in front of a private mail server: the other editor of filters."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sieve_manager.demo.mail_server import Endpoints
from sieve_manager.demo.processes import (
    LOOPBACK,
    Identity,
    free_ports,
    program,
    running,
    temporary_directory,
)
from sieve_manager.errors import UnreachableError

UNPACKED = Path(__file__).parents[2] / ".cache" / "roundcube"


@contextmanager
def running_roundcube(endpoints: Endpoints) -> Iterator[str]:
    """Yield the address of a Roundcube that signs in to *endpoints* and edits its filters.

    Its pages for filters, forwards and automatic replies are switched on; nothing of it is left
    afterwards.

    Raises:
        UnreachableError: it was not unpacked (``make test`` does that), or did not start.
    """
    if not UNPACKED.exists():
        raise UnreachableError(f"{UNPACKED} is not there; make test unpacks it")
    # Whoever may read the checkout, since it runs from there.
    caller = Identity(user="", group="", uid=os.geteuid(), gid=os.getegid())
    (port,) = free_ports(1)
    with temporary_directory(caller) as directory:
        for name in ("logs", "temp"):
            (directory / name).mkdir()
        for name in ("defaults.inc.php", "mimetypes.php"):
            (directory / name).symlink_to(UNPACKED / "etc/roundcube" / name)
        (directory / "config.inc.php").write_text(_configuration(endpoints, directory))
        schema = UNPACKED / "usr/share/roundcube/SQL/sqlite.initial.sql"
        with closing(sqlite3.connect(directory / "roundcube.db")) as database:
            database.executescript(schema.read_text())
        command = [
            program("php", package="php-cli"),
            *("-d", "variables_order=EGPCS"),
            *("-S", f"{LOOPBACK}:{port}"),
            *("-t", str(UNPACKED / "var/lib/roundcube/public_html")),
        ]
        with running(
            command,
            ports=[port],
            log=directory / "php.log",
            identity=caller,
            environment={"ROUNDCUBE_CONFIG_DIR": str(directory), "PHP_CLI_SERVER_WORKERS": "4"},
        ):
            yield f"http://{LOOPBACK}:{port}"


def _configuration(endpoints: Endpoints, directory: Path) -> str:
    trust = f"""[
    'ssl' => [
        'verify_peer' => true,
        'verify_peer_name' => true,
        'peer_name' => 'localhost',
        'cafile' => '{endpoints.ca_file}',
    ],
]"""
    return f"""<?php
$config = [];
$config['db_dsnw'] = 'sqlite:///{directory}/roundcube.db';
$config['log_dir'] = '{directory}/logs/';
$config['temp_dir'] = '{directory}/temp/';
$config['des_key'] = 'for-one-run-of-the-tests';
$config['language'] = 'en_US';
$config['imap_host'] = 'tls://{endpoints.host}:{endpoints.imap_port}';
$config['imap_conn_options'] = {trust};
$config['plugins'] = ['managesieve'];
$config['managesieve_host'] = 'tls://{endpoints.host}:{endpoints.managesieve_port}';
$config['managesieve_conn_options'] = {trust};
$config['managesieve_forward'] = 1;
$config['managesieve_vacation'] = 1;
"""
