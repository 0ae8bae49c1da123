"""Which notices were sent, in the database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_notices import sent_notices
from sieve_manager.application.case_notices import NoticeKey, NoticeKind, Told

_ROW = sent_notices.c
_AT_A_TIME = 500
_OF_KIND = select(sent_notices).where(_ROW.kind == bindparam("of"))
_OF = _OF_KIND.where(_ROW.number.in_(bindparam("numbers", expanding=True)))
_WAITING = _OF_KIND.where(_ROW.sent.is_(None))
_PRUNE = delete(sent_notices).where(_ROW.kind == bindparam("of"), _ROW.since < bindparam("before"))


class DatabaseNotices:
    """The SentNotices port."""

    def __init__(self, database: Database) -> None:
        self._database = database
        inserting = database.insert(sent_notices).values(
            {column.name: bindparam(column.name) for column in sent_notices.columns}
        )
        key = list(sent_notices.primary_key.columns)
        self._want = inserting.on_conflict_do_nothing(index_elements=key)
        self._sent = inserting.on_conflict_do_update(
            index_elements=key, set_={"sent": inserting.excluded.sent}
        )

    def of(self, kind: NoticeKind, numbers: Sequence[int]) -> dict[NoticeKey, Told]:
        """What is kept about these."""
        found: dict[NoticeKey, Told] = {}
        with self._database.connection() as connection:
            for start in range(0, len(numbers), _AT_A_TIME):
                some = list(numbers[start : start + _AT_A_TIME])
                rows = connection.execute(_OF, {"of": kind.value, "numbers": some})
                found.update(map(_entry, rows))
        return found

    def waiting(self, kind: NoticeKind) -> dict[NoticeKey, Told]:
        """Those that are not sent yet."""
        with self._database.connection() as connection:
            return dict(map(_entry, connection.execute(_WAITING, {"of": kind.value})))

    def want(self, key: NoticeKey, at: datetime) -> None:
        """Keep that it is to be sent."""
        self._database.execute(self._want, {**_columns(key, at), "sent": None})

    def sent(self, keys: Sequence[NoticeKey], at: datetime) -> None:
        """Keep that these were sent, in one transaction."""
        with self._database.transaction() as connection:
            # In one order, so that two who keep the same ones do not wait for each other.
            for key in sorted(keys, key=lambda key: (key.kind, key.number, key.about)):
                connection.execute(self._sent, {**_columns(key, at), "sent": at.timestamp()})

    def prune(self, kind: NoticeKind, before: datetime) -> int:
        """Forget the old ones."""
        return self._database.execute(_PRUNE, {"of": kind.value, "before": before.timestamp()})


def _columns(key: NoticeKey, at: datetime) -> dict[str, Any]:
    return {
        "kind": key.kind.value,
        "number": key.number,
        "about": key.about,
        "since": at.timestamp(),
    }


def _entry(row: Row[Any]) -> tuple[NoticeKey, Told]:
    key = NoticeKey(kind=NoticeKind(row.kind), number=row.number, about=row.about)
    sent = None if row.sent is None else datetime.fromtimestamp(row.sent, UTC)
    return key, Told(since=datetime.fromtimestamp(row.since, UTC), sent=sent)
