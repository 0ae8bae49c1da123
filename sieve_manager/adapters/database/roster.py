"""Who does which periodic duty, over all processes: a row that is taken, laid down, or runs out."""

from sqlalchemy import BindParameter, and_, bindparam, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_ledger import duties
from sieve_manager.application.ports import Clock

_UNTIL: BindParameter[float] = bindparam("until")
_HELD = duties.c.name == bindparam("of_name"), duties.c.holder == bindparam("of_holder")
_RENEW = update(duties).where(*_HELD).values(expires=_UNTIL)
_FINISH = update(duties).where(*_HELD).values(holder="", expires=0.0, due=_UNTIL)


class DatabaseRoster:
    """The Roster port."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        taking = database.insert(duties).values(
            name=bindparam("name"),
            holder=bindparam("holder"),
            expires=bindparam("expires"),
            due=0.0,
        )
        now: BindParameter[float] = bindparam("now")
        self._take = taking.on_conflict_do_update(
            index_elements=[duties.c.name],
            set_={"holder": taking.excluded.holder, "expires": taking.excluded.expires},
            where=and_(duties.c.expires <= now, duties.c.due <= now),
        ).returning(duties.c.name)

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Whether it is due, and *holder* has it now."""
        now = self._now()
        values = {"name": name, "holder": holder, "expires": now + seconds, "now": now}
        with self._database.writing() as connection:
            return connection.execute(self._take, values).first() is not None

    def renew(self, name: str, holder: str, seconds: float) -> None:
        """Let it last from now."""
        self._database.execute(_RENEW, self._held(name, holder, seconds))

    def finish(self, name: str, holder: str, due_in_seconds: float) -> None:
        """Lay it down until then."""
        self._database.execute(_FINISH, self._held(name, holder, due_in_seconds))

    def _held(self, name: str, holder: str, seconds: float) -> dict[str, object]:
        return {"of_name": name, "of_holder": holder, "until": self._now() + seconds}

    def _now(self) -> float:
        return self._clock().timestamp()
