"""Tokens of the HTTP API in a table, and how often each was used in the minute that runs."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_tokens import calls, tokens
from sieve_manager.application.tokens import Scope, Token
from sieve_manager.domain.roles import Role

_INSERT = insert(tokens)
_ALL = select(tokens).order_by(tokens.c.id.desc())
_FIND = select(tokens).where(tokens.c.digest == bindparam("digest"))
_REVOKE = (
    update(tokens)
    .where(tokens.c.id == bindparam("number"), tokens.c.revoked.is_(None))
    .values(revoked=bindparam("now"))
)
_USED = update(tokens).where(tokens.c.id == bindparam("number")).values(used=bindparam("now"))
_PURGE = delete(calls).where(
    calls.c.token == bindparam("number"), calls.c.minute < bindparam("this")
)


class DatabaseTokens:
    """Fulfils the port TokenStore; every method may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._count = (
            database.insert(calls)
            .values(token=bindparam("number"), minute=bindparam("this"), calls=1)
            .on_conflict_do_update(
                index_elements=[calls.c.token, calls.c.minute], set_={"calls": calls.c.calls + 1}
            )
            .returning(calls.c.calls)
        )

    def keep(self, token: Token, digest: str) -> Token:
        """Keep a new one."""
        values = {
            "name": token.name,
            "digest": digest,
            "scopes": " ".join(sorted(token.scopes)),
            "role": token.role.value,
            "created_by": token.created_by,
            "created": token.created.timestamp(),
            "expires": token.expires.timestamp(),
            "listed": token.listed,
        }
        with self._database.writing() as connection:
            connection.execute(_INSERT, values)
            return _token(connection.execute(_FIND, {"digest": digest}).one())

    def tokens(self) -> tuple[Token, ...]:
        """All, newest first."""
        with self._database.connection() as connection:
            return tuple(_token(row) for row in connection.execute(_ALL))

    def find(self, digest: str) -> Token | None:
        """The one of this digest."""
        with self._database.connection() as connection:
            row = connection.execute(_FIND, {"digest": digest}).one_or_none()
        return _token(row) if row else None

    def revoke(self, number: int, now: datetime) -> bool:
        """Mark it, unless it is marked."""
        return self._database.execute(_REVOKE, {"number": number, "now": now.timestamp()}) == 1

    def count(self, token: Token, now: datetime) -> int:
        """One statement counts, so that processes do not overlook each other."""
        values = {"number": token.id, "this": int(now.timestamp() // 60)}
        with self._database.writing() as connection:
            found: int = connection.execute(self._count, values).scalar_one()
            if found == 1:
                connection.execute(_USED, {"number": token.id, "now": now.timestamp()})
                connection.execute(_PURGE, values)
        return found


def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        scopes=frozenset(Scope(one) for one in row.scopes.split()),
        role=Role(row.role),
        created_by=row.created_by,
        created=_moment(row.created),
        expires=_moment(row.expires),
        listed=row.listed,
        used=None if row.used is None else _moment(row.used),
        revoked=None if row.revoked is None else _moment(row.revoked),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
