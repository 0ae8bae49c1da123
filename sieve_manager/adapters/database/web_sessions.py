"""Server-side sessions of the pages: a table of keys and values that run out.

Only a hash of the key is stored, so a copy of the database opens nobody's session.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import bindparam, delete, select

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables import web_sessions
from sieve_manager.application.ports import Clock

_SELECT = select(web_sessions.c.value).where(
    web_sessions.c.key == bindparam("key"), web_sessions.c.expires > bindparam("now")
)
_DELETE = delete(web_sessions).where(web_sessions.c.key == bindparam("at_key"))
_PURGE = delete(web_sessions).where(web_sessions.c.expires <= bindparam("now"))


class WebSessions:
    """Keys and values with an expiry; every method may raise StorageError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        inserting = database.insert(web_sessions).values(
            key=bindparam("key"), value=bindparam("value"), expires=bindparam("expires")
        )
        self._set = inserting.on_conflict_do_update(
            index_elements=[web_sessions.c.key],
            set_={"value": inserting.excluded.value, "expires": inserting.excluded.expires},
        )

    def get(self, key: str) -> bytes | None:
        """The value, or None where there is none or it has run out."""
        with self._database.connection() as connection:
            values = {"key": _hashed(key), "now": self._now()}
            found = connection.execute(_SELECT, values).scalar()
        return None if found is None else bytes(found)

    def set(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Keep *value* for *lifetime* from now, in place of any other under this key."""
        expires = self._now() + lifetime.total_seconds()
        self._database.execute(self._set, {"key": _hashed(key), "value": value, "expires": expires})

    def delete(self, key: str) -> None:
        """Forget it, if it is there."""
        self._database.execute(_DELETE, {"at_key": _hashed(key)})

    def purge(self) -> int:
        """Delete all that has run out; how many."""
        return self._database.execute(_PURGE, {"now": self._now()})

    def _now(self) -> float:
        return self._clock().timestamp()


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
