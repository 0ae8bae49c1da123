"""The files and lines with which Postfix looks up redirect addresses, as text; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sieve_manager.application.postfix_views import MARKER, REFUSALS, TARGETS

DIRECTORY = "/etc/postfix"
TARGETS_FILE, REFUSALS_FILE = "sieve-manager-targets.cf", "sieve-manager-refusals.cf"
ROLE = "sieve_manager_postfix"
_QUERIES = {
    TARGETS: "SELECT target FROM postfix_targets WHERE address = '%s'",
    REFUSALS: "SELECT reply FROM postfix_refusals WHERE address = '%s'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlServer:
    """Where Postfix finds our database: *hosts* in Postfix's own words (pgsql_table(5))."""

    hosts: str
    database: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostfixTables:
    """What Postfix reads: the map file at *source*, or a database; for these *domains*."""

    source: Path | PostgresqlServer
    domains: Sequence[str] = ()

    @property
    def marker(self) -> Path | None:
        """The marker as Postfix names it, without the ending; PostgreSQL needs none."""
        return self.source.with_name(MARKER) if isinstance(self.source, Path) else None

    def table(self, file: str) -> str:
        """How main.cf names the table of this file.

        A database is asked by one process for all. A file must not be: only who sees the marker
        opens the next one.
        """
        kind = "sqlite" if isinstance(self.source, Path) else "proxy:pgsql"
        return f"{kind}:{DIRECTORY}/{file}"


def configuration(tables: PostfixTables) -> Iterator[str]:
    """Everything that is to be done, once, line by line; what is no file's line is a comment."""
    yield from _preparation(tables)
    for file, view in ((TARGETS_FILE, TARGETS), (REFUSALS_FILE, REFUSALS)):
        yield ""
        yield f"### {DIRECTORY}/{file}"
        yield from _map_file(tables, view)
    yield ""
    yield f"### {DIRECTORY}/main.cf"
    yield from _main_cf(tables)


def role_statements(database: str) -> tuple[str, ...]:
    """SQL that makes the role which may read the two views and nothing else."""
    quoted = _quoted(database)
    return (
        f"CREATE ROLE {ROLE} LOGIN PASSWORD 'PASSWORD';",
        f"GRANT CONNECT ON DATABASE {quoted} TO {ROLE};",
        f"GRANT USAGE ON SCHEMA public TO {ROLE};",
        f"GRANT SELECT ON {TARGETS}, {REFUSALS} TO {ROLE};",
    )


def _way_in(server: PostgresqlServer) -> str:
    """The line of pg_hba.conf: on a socket, most ask for the name of the user instead."""
    local = server.hosts.startswith("unix:")
    source = "" if local else "ADDRESS-OF-POSTFIX/32 "
    kind = "local" if local else "host"
    return f"{kind} {_quoted(server.database)} {ROLE} {source}scram-sha-256"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _preparation(tables: PostfixTables) -> Iterator[str]:
    match tables.source:
        case Path() as path:
            yield "# Once, as root; SERVICE is the user that Sieve Manager runs as. Its worker then"
            yield f"# makes {path} within a minute; without that file, Postfix does not start."
            yield f"#   install -d -o SERVICE -g postfix -m 2750 {path.parent}"
            yield f"#   touch {tables.marker} && postmap hash:{tables.marker}"
            yield f"#   chown SERVICE {tables.marker} {tables.marker}.db"
        case PostgresqlServer() as server:
            yield "# Once, in the database, as postgres (a superuser), with a password of your own:"
            for statement in role_statements(server.database):
                yield f"#   {statement}"
            yield f"# In pg_hba.conf, above its other lines: {_way_in(server)}"
            yield "# Then: systemctl reload postgresql"
            yield "# The files hold the password: chgrp postfix FILE && chmod 0640 FILE"
    yield "# When all is done: postfix reload, and sieve-manager check."


def _map_file(tables: PostfixTables, view: str) -> Iterator[str]:
    match tables.source:
        case Path() as path:
            yield f"dbpath = {path}"
        case PostgresqlServer(hosts=hosts, database=database):
            yield f"hosts = {hosts}"
            yield f"dbname = {database}"
            yield f"user = {ROLE}"
            yield "password = PASSWORD"
    yield f"query = {_QUERIES[view]}"
    # No line "domain = ...": with one, Postfix does not even ask for "@domain" (3.7).


def _main_cf(tables: PostfixTables) -> Iterator[str]:
    marker = f"hash:{tables.marker}, " if tables.marker else ""
    yield "# What is there already of these settings goes on behind ours, after a comma."
    yield f"virtual_alias_maps = {marker}{tables.table(TARGETS_FILE)}"
    yield "# First of all: it only refuses, and our own people, too."
    yield "smtpd_recipient_restrictions ="
    yield f"    check_recipient_access {tables.table(REFUSALS_FILE)}"
    yield "# Domains without any mailbox; all others stand in virtual_mailbox_domains or so."
    yield "virtual_alias_domains ="
    yield "# Who is reached over two ways gets a message once."
    yield "enable_original_recipient = no"
    yield "# With an address for all others of a domain (*@...), Postfix must be told who exists:"
    yield "# a last table in virtual_alias_maps that answers each mailbox with itself, such as a"
    yield "# copy of the file in virtual_mailbox_maps with the line: result_format = %S"
