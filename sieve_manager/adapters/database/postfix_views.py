"""What Postfix sees of the redirect addresses where it asks PostgreSQL itself."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from sieve_manager.adapters.database.engine import Database
from sieve_manager.application.address_ports import Answer
from sieve_manager.application.postfix_files import PostgresqlServer
from sieve_manager.application.postfix_views import (
    REFUSALS,
    TARGETS,
    key_of,
    lookup,
    views,
)
from sieve_manager.domain.addresses import EmailAddress

_LOOKUPS = {name: text(lookup(name, query)) for name, query in views(":at").items()}


class PostfixViews:
    """The Relay port over the very tables of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self) -> None:
        """Nothing: the views show what is kept."""

    def answer(self, address: EmailAddress, at: datetime) -> Answer:
        """What Postfix's queries give for it."""
        values = {"key": key_of(address), "at": at.timestamp()}
        with self._database.connection() as connection:
            found = {
                name: connection.execute(asked, values).scalars().all()
                for name, asked in _LOOKUPS.items()
            }
        return Answer(
            destinations=tuple(map(EmailAddress.restore, found[TARGETS])),
            refusal="".join(found[REFUSALS]),
        )


def sqlite_file(url: str) -> Path | None:
    """The file of a database that is one; None: a server's, which Postfix can ask itself."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(parsed.database or "") if is_file else None


def postgresql_server(url: str) -> PostgresqlServer:
    """Where Postfix, on the same host or another one, finds the database of this URL."""
    parsed = make_url(url)
    host = parsed.host or str(parsed.query.get("host", "/run/postgresql"))
    port = parsed.port or parsed.query.get("port", 5432)
    return PostgresqlServer(
        hosts=f"unix:{host}" if host.startswith("/") else f"inet:{host}:{port}",
        database=parsed.database or "",
    )
