"""Answers of the HTTP API that are kept for who repeats a call."""

import json
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_tokens import answers
from sieve_manager.application.ports import Clock
from sieve_manager.application.replays import ABANDONED, KEPT, KeptAnswer, Replay

_MINE = (answers.c.token == bindparam("number"), answers.c.key == bindparam("name"))
_FIND = select(answers.c.digest, answers.c.answer).where(*_MINE)
_KEEP = update(answers).where(*_MINE).values(answer=bindparam("text"))
_RELEASE = delete(answers).where(*_MINE, answers.c.answer.is_(None))
_PURGE = delete(answers).where(
    or_(
        answers.c.at < bindparam("old"),
        answers.c.answer.is_(None) & (answers.c.at < bindparam("abandoned")),
    )
)


class DatabaseReplays:
    """Fulfils the port Replays; every method may raise StorageError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._claim = (
            database.insert(answers)
            .values(
                token=bindparam("number"),
                key=bindparam("name"),
                digest=bindparam("digest"),
                at=bindparam("at"),
            )
            .on_conflict_do_nothing(index_elements=[answers.c.token, answers.c.key])
            .returning(answers.c.token)
        )

    def claim(self, token: int, key: str, digest: str) -> Replay | None:
        """Of two calls at once, the table lets one insert."""
        now = self._clock()
        mine = {"number": token, "name": key}
        with self._database.writing() as connection:
            old, abandoned = (now - KEPT).timestamp(), (now - ABANDONED).timestamp()
            connection.execute(_PURGE, {"old": old, "abandoned": abandoned})
            values = {**mine, "digest": digest, "at": now.timestamp()}
            if connection.execute(self._claim, values).one_or_none():
                return None
            row = connection.execute(_FIND, mine).one_or_none()
        if row is None:  # whoever had it has just given it back
            return Replay(digest=digest, answer=None)
        return Replay(digest=row.digest, answer=_read(row.answer))

    def keep(self, token: int, key: str, answer: KeptAnswer) -> None:
        """As JSON."""
        text = json.dumps([answer.status, answer.body, answer.headers])
        self._database.execute(_KEEP, {"number": token, "name": key, "text": text})

    def release(self, token: int, key: str) -> None:
        """Forget it."""
        self._database.execute(_RELEASE, {"number": token, "name": key})


def _read(text: str | None) -> KeptAnswer | None:
    if text is None:
        return None
    status, body, headers = json.loads(text)
    found: list[Any] = headers
    pairs = tuple((str(name), str(value)) for name, value in found)
    return KeptAnswer(status=status, body=body, headers=pairs)
