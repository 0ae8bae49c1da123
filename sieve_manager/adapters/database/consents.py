"""Questions to receivers, and what they said, in the database."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_consents import consents, questions, wishes
from sieve_manager.application.forward_json import dump_forward, load_forward
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import Consent, ConsentState, Source, SourceKind
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login

_ROW = consents.c
_OF = (
    select(consents)
    .where(_ROW.kind == bindparam("of_kind"), _ROW.name == bindparam("of_name"))
    .order_by(_ROW.id)
)
_GET = select(consents).where(_ROW.id == bindparam("number"))
_PENDING = select(consents).where(_ROW.done.is_(False)).order_by(_ROW.at, _ROW.id)
# Whatever was changed meanwhile differs in one of these.
_CHANGE = update(consents).where(
    _ROW.id == bindparam("number"),
    _ROW.state == bindparam("was_state"),
    _ROW.question == bindparam("was_question"),
    _ROW.at == bindparam("was_at"),
    _ROW.done == bindparam("was_done"),
)
_FORGET = delete(questions).where(questions.c.at < bindparam("before"))
_WISH = select(wishes.c.wish).where(wishes.c.login == bindparam("of"))
_FORGET_WISH = delete(wishes).where(wishes.c.login == bindparam("of"))


class DatabaseConsents:
    """The ConsentStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._begin = (
            database.insert(consents)
            .on_conflict_do_nothing(index_elements=["kind", "name", "destination_key"])
            .returning(_ROW.id)
        )
        keep = database.insert(wishes)
        self._keep_wish = keep.on_conflict_do_update(
            index_elements=[wishes.c.login], set_={"wish": keep.excluded.wish}
        )

    def of(self, source: Source) -> tuple[Consent, ...]:
        """In the order in which they were first asked."""
        asked = {"of_kind": source.kind.value, "of_name": source.name}
        with self._database.connection() as connection:
            return tuple(map(_consent, connection.execute(_OF, asked)))

    def get(self, number: int) -> Consent | None:
        """The one with this id."""
        with self._database.connection() as connection:
            row = connection.execute(_GET, {"number": number}).first()
        return _consent(row) if row else None

    def change(self, old: Consent | None, new: Consent, *, owner: str = "") -> Consent | None:
        """Keep *new*, unless somebody else was quicker."""
        values = _values(new)
        with self._database.transaction() as connection:
            if old is None:
                number = connection.execute(self._begin, values).scalar()
                if number is None:
                    return None
            else:
                number = old.id
                asked = {"number": number, **_was(old), **values}
                if connection.execute(_CHANGE.values(values), asked).rowcount != 1:
                    return None
            if old is None or new.question != old.question:
                row = {
                    "consent": number,
                    "question": new.question,
                    "at": values["asked_at"],
                    "owner": owner,
                    "destination_key": new.destination.without_detail.key,
                }
                connection.execute(insert(questions), row)
        return replace(new, id=number)

    def pending(self, limit: int = 100) -> tuple[Consent, ...]:
        """The one that waits longest first."""
        with self._database.connection() as connection:
            return tuple(map(_consent, connection.execute(_PENDING.limit(limit))))

    def asked(
        self,
        since: datetime,
        *,
        owner: str | None = None,
        destination: EmailAddress | None = None,
    ) -> int:
        """How many questions were asked since then."""
        asked = select(func.count()).where(questions.c.at >= since.timestamp())
        if owner is not None:
            asked = asked.where(questions.c.owner == owner)
        if destination:
            asked = asked.where(questions.c.destination_key == destination.without_detail.key)
        with self._database.connection() as connection:
            return connection.execute(asked).scalar_one()

    def forget_questions(self, before: datetime) -> int:
        """Count no more the old ones."""
        return self._database.execute(_FORGET, {"before": before.timestamp()})

    def wish(self, login: Login) -> Forward | None:
        """What the forward is to become."""
        with self._database.connection() as connection:
            found = connection.execute(_WISH, {"of": login.text}).scalar()
        return load_forward(found) if found else None

    def keep_wish(self, login: Login, wish: Forward | None) -> None:
        """Keep or forget it."""
        if wish is None:
            self._database.execute(_FORGET_WISH, {"of": login.text})
        else:
            row = {"login": login.text, "wish": dump_forward(wish)}
            self._database.execute(self._keep_wish, row)


def _values(consent: Consent) -> dict[str, Any]:
    return {
        "kind": consent.source.kind.value,
        "name": consent.source.name,
        "destination": str(consent.destination),
        "destination_key": consent.destination.key,
        "state": consent.state.value,
        "question": consent.question,
        "asked_at": consent.asked_at.timestamp(),
        "at": consent.at.timestamp(),
        "done": consent.done,
    }


def _was(old: Consent) -> dict[str, Any]:
    values = _values(old)
    return {f"was_{name}": values[name] for name in ("state", "question", "at", "done")}


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        id=row.id,
        source=Source(kind=SourceKind(row.kind), name=row.name),
        destination=EmailAddress.restore(row.destination),
        state=ConsentState(row.state),
        question=row.question,
        asked_at=datetime.fromtimestamp(row.asked_at, UTC),
        at=datetime.fromtimestamp(row.at, UTC),
        done=row.done,
    )
