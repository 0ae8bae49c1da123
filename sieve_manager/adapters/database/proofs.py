"""The test messages that are under way, in the database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_proofs import proofs
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.proof import Proof

_ROW = proofs.c
_KEPT_SECONDS = 24 * 3600.0
_OPEN = select(proofs).where(_ROW.clean.is_(False))
_GET = _OPEN.where(_ROW.mark == bindparam("of"))
_BEFORE = _OPEN.where(_ROW.sent_at < bindparam("at")).order_by(_ROW.sent_at)
_SENT_BY = select(func.count()).where(
    _ROW.actor == bindparam("by"), _ROW.sent_at >= bindparam("since")
)
_CLEAN = update(proofs).where(_ROW.mark == bindparam("of")).values(clean=True)
_PRUNE = delete(proofs).where(_ROW.clean.is_(True), _ROW.sent_at < bindparam("old"))


class DatabaseProofs:
    """The Proofs port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, proof: Proof) -> None:
        """Keep it, and forget what is long over."""
        sent = proof.sent_at.timestamp()
        self._database.execute(_PRUNE, {"old": sent - _KEPT_SECONDS})
        row = {
            "mark": proof.mark,
            "actor": proof.actor,
            "address": str(proof.address),
            "sent_at": sent,
            "logins": "\n".join(one.text for one in proof.logins),
            "clean": False,
        }
        self._database.execute(insert(proofs), row)

    def get(self, mark: str) -> Proof | None:
        """The one with this mark."""
        with self._database.connection() as connection:
            row = connection.execute(_GET, {"of": mark}).first()
        return _proof(row) if row else None

    def sent_by(self, actor: str, since: datetime) -> int:
        """How many they have sent since then."""
        with self._database.connection() as connection:
            found = connection.execute(_SENT_BY, {"by": actor, "since": since.timestamp()})
            count: int = found.scalar_one()
        return count

    def before(self, at: datetime) -> tuple[Proof, ...]:
        """Those that are not cleaned up."""
        with self._database.connection() as connection:
            return tuple(map(_proof, connection.execute(_BEFORE, {"at": at.timestamp()})))

    def clean(self, mark: str) -> None:
        """It is taken away everywhere."""
        self._database.execute(_CLEAN, {"of": mark})


def _proof(row: Row[Any]) -> Proof:
    return Proof(
        mark=row.mark,
        actor=row.actor,
        address=EmailAddress.restore(row.address),
        sent_at=datetime.fromtimestamp(row.sent_at, UTC),
        logins=tuple(map(Login, row.logins.splitlines())),
    )
