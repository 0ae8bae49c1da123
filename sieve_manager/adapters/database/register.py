"""The register in the database: a sweep's cursor moves in the transaction that keeps its rows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.register_questions import ORDERS, asked_for, counted
from sieve_manager.adapters.database.register_rows import (
    entry_of,
    news_of,
    sweep_of,
)
from sieve_manager.adapters.database.register_writing import RegisterWriting
from sieve_manager.adapters.database.tables_register import entries, mailboxes, news, sweeps
from sieve_manager.application.ports import Clock
from sieve_manager.application.register import Forwarded, Place, RegisterEntry
from sieve_manager.application.register_store import (
    PAGE,
    KnownMailbox,
    NewForward,
    Question,
    Reading,
    Sweep,
    SweepState,
)
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName

_KEPT_SWEEPS = 30
_EXPORTED_AT_A_TIME = 1000
_NEWEST = select(sweeps).order_by(sweeps.c.number.desc()).limit(1)
_NEWEST_DONE = _NEWEST.where(sweeps.c.state == SweepState.DONE.value)
_READ_OF = and_(entries.c.login == mailboxes.c.login, entries.c.is_problem.is_(False))
_OF = (
    select(mailboxes.c.stays, entries)
    .select_from(mailboxes.outerjoin(entries, _READ_OF))
    .where(mailboxes.c.login == bindparam("of_login"))
    .order_by(entries.c.position)
)
_NUMBER: BindParameter[int] = bindparam("of_number")
_HELD = and_(
    sweeps.c.number == _NUMBER,
    sweeps.c.holder == bindparam("of_holder"),
    sweeps.c.state == SweepState.RUNNING.value,
)


class DatabaseRegister:
    """The RegisterStore port."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._writing = RegisterWriting(database)

    def last(self) -> Sweep | None:
        """The newest."""
        with self._database.connection() as connection:
            row = connection.execute(_NEWEST).first()
        return sweep_of(row) if row else None

    def last_done(self) -> Sweep | None:
        """The newest that is done."""
        with self._database.connection() as connection:
            row = connection.execute(_NEWEST_DONE).first()
        return sweep_of(row) if row else None

    def done_since(self, since: datetime) -> tuple[Sweep, ...]:
        """Oldest first."""
        asked = select(sweeps).where(sweeps.c.finished >= since.timestamp())
        with self._database.connection() as connection:
            return tuple(map(sweep_of, connection.execute(asked.order_by(sweeps.c.number))))

    def take(self, holder: str, seconds: float) -> Sweep | None:
        """Go on, or begin; None: somebody else is at it."""
        now = self._now()
        lease = {"holder": holder, "expires": now + seconds, "state": SweepState.RUNNING.value}
        with self._database.transaction() as connection:
            row = connection.execute(_NEWEST.with_for_update()).first()
            if row is None or row.state == SweepState.DONE.value:
                number = row.number + 1 if row else 1
                connection.execute(insert(sweeps), self._new(connection, number, now) | lease)
            else:
                free = and_(sweeps.c.number == row.number, sweeps.c.expires <= now)
                going = update(sweeps).where(free).values(reason="", touched=now, **lease)
                if connection.execute(going).rowcount == 0:
                    return None
            return sweep_of(connection.execute(_NEWEST).one())

    def known(self, logins: Sequence[Login]) -> Mapping[Login, KnownMailbox]:
        """What is known of these."""
        texts = [login.text for login in logins]
        with self._database.connection() as connection:
            rows = connection.execute(select(mailboxes).where(mailboxes.c.login.in_(texts))).all()
        return {
            Login(row.login): KnownMailbox(
                fingerprint=row.fingerprint,
                scripts=tuple(ScriptName(name) for name in json.loads(row.scripts)),
            )
            for row in rows
        }

    def write(
        self, sweep: Sweep, holder: str, readings: Sequence[Reading], seconds: float
    ) -> Sweep | None:
        """Keep readings, and move the cursor behind them."""
        now = self._now()
        progress = {
            "cursor": readings[-1].login.text if readings else sweep.cursor,
            "read": sweeps.c.read + sum(not one.problem for one in readings),
            "failed": sweeps.c.failed + sum(bool(one.problem) for one in readings),
            "changed": sweeps.c.changed + sum(one.entries is not None for one in readings),
        }
        moving = update(sweeps).where(_HELD).values(touched=now, expires=now + seconds, **progress)
        held = {"of_number": sweep.number, "of_holder": holder}
        with self._database.transaction() as connection:
            if connection.execute(moving, held).rowcount == 0:
                return None
            self._writing.keep(connection, sweep, readings)
            return sweep_of(
                connection.execute(select(sweeps).where(sweeps.c.number == sweep.number)).one()
            )

    def inside_targets(self, after: str, limit: int) -> tuple[str, ...]:
        """Distinct ones, in order."""
        asked = (
            select(entries.c.target)
            .where(entries.c.place == Place.INSIDE.value, entries.c.target > after)
            .distinct()
            .order_by(entries.c.target)
            .limit(limit)
        )
        with self._database.connection() as connection:
            return tuple(connection.execute(asked).scalars())

    def mark_gone(self, targets: Mapping[str, bool]) -> None:
        """Say of these whether nobody has them."""
        for gone in (True, False):
            marking = update(entries).where(
                entries.c.place == Place.INSIDE.value,
                entries.c.target.in_(
                    [target for target, is_so in targets.items() if is_so == gone]
                ),
                entries.c.gone.is_(not gone),
            )
            self._database.execute(marking.values(gone=gone), {})

    def pause(self, sweep: Sweep, holder: str, reason: str) -> None:
        """Let go of it."""
        values = {"state": SweepState.PAUSED.value, "reason": reason, "holder": "", "expires": 0.0}
        pausing = update(sweeps).where(_HELD).values(touched=self._now(), **values)
        self._database.execute(pausing, {"of_number": sweep.number, "of_holder": holder})

    def finish(self, sweep: Sweep, holder: str) -> Sweep | None:
        """Done; what it did not meet is forgotten."""
        now = self._now()
        done = {"state": SweepState.DONE.value, "finished": now, "touched": now, "expires": 0.0}
        finishing = update(sweeps).where(_HELD).values(holder="", **done)
        with self._database.transaction() as connection:
            held = {"of_number": sweep.number, "of_holder": holder}
            if connection.execute(finishing, held).rowcount == 0:
                return None
            if sweep.read + sweep.failed:
                unmet = select(mailboxes.c.login).where(mailboxes.c.sweep < sweep.number)
                connection.execute(delete(entries).where(entries.c.login.in_(unmet)))
                connection.execute(delete(mailboxes).where(mailboxes.c.sweep < sweep.number))
            for table, column in ((news, news.c.sweep), (sweeps, sweeps.c.number)):
                connection.execute(delete(table).where(column <= sweep.number - _KEPT_SWEEPS))
            return sweep_of(connection.execute(_NEWEST).one())

    def told(self, sweep: Sweep, whom: str) -> None:
        """They were told what is new in it."""
        mine = sweeps.c.number == sweep.number
        with self._database.transaction() as connection:
            row = connection.execute(select(sweeps).where(mine).with_for_update()).one()
            told = json.dumps(sorted(sweep_of(row).told | {whom}))
            connection.execute(update(sweeps).where(mine).values(told=told))

    def news(self, sweep: Sweep, limit: int) -> tuple[NewForward, ...]:
        """What is new, by login."""
        asked = (
            select(news)
            .where(news.c.sweep == sweep.number)
            .order_by(news.c.login, news.c.position)
            .limit(limit)
        )
        with self._database.connection() as connection:
            return tuple(map(news_of, connection.execute(asked)))

    def count_news(self, sweep: Sweep) -> int:
        """How many."""
        asked = select(func.count()).select_from(news).where(news.c.sweep == sweep.number)
        with self._database.connection() as connection:
            return connection.execute(asked).scalar_one()

    def page(
        self, question: Question, offset: int = 0, limit: int = PAGE
    ) -> tuple[RegisterEntry, ...]:
        """Entries from *offset*."""
        with self._database.connection() as connection:
            rows = connection.execute(asked_for(question).offset(offset).limit(limit))
            return tuple(map(entry_of, rows))

    def of(self, login: Login) -> Forwarded:
        """What is known of one mailbox."""
        with self._database.connection() as connection:
            rows = connection.execute(_OF, {"of_login": login.text}).all()
        if not rows:
            return Forwarded()
        found = tuple(entry_of(row) for row in rows if row.login is not None)
        return Forwarded(entries=found, stays=rows[0].stays)

    def count(self, question: Question) -> int:
        """How many."""
        with self._database.connection() as connection:
            number: int = connection.execute(counted(question)).scalar_one()
        return number

    def every(self, question: Question) -> Iterator[RegisterEntry]:
        """All, a page at a time; each begins behind the last entry, whatever a sweep changes."""
        asked, order = asked_for(question).limit(_EXPORTED_AT_A_TIME), ORDERS[question.sort]
        page = asked
        while True:
            with self._database.connection() as connection:
                rows = connection.execute(page).all()
            yield from map(entry_of, rows)
            if len(rows) < _EXPORTED_AT_A_TIME:
                return
            last = [getattr(rows[-1], column.name) for column in order]
            page = asked.where(tuple_(*order) > last)

    def _new(self, connection: Connection, number: int, now: float) -> dict[str, Any]:
        expected = connection.execute(select(func.count()).select_from(mailboxes)).scalar_one()
        counts = {"read": 0, "failed": 0, "changed": 0, "expected": expected}
        times = {"started": now, "touched": now, "finished": None}
        return {"number": number, "cursor": "", "reason": "", "told": "[]", **counts, **times}

    def _now(self) -> float:
        return self._clock().timestamp()
