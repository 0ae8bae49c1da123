"""The cases, in the database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_cases import cases
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.case import OVER_STATES, Case, CaseState, NewCase
from sieve_manager.application.case_json import dump_terms, load_terms
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.errors import CaseNotFoundError

_LARGEST_ID = 2**31 - 1
_ROW = cases.c
_NEXT_NUMBER = (
    select(func.coalesce(func.max(_ROW.number), 0) + 1)
    .where(_ROW.login == bindparam("login"))
    .scalar_subquery()
)
_INSERT = (
    insert(cases)
    .values(
        number=_NEXT_NUMBER,
        problem="",
        **{
            name: bindparam(name)
            for name in ("login", "state", "begun_at", "actor", "channel", "role")
        },
        **{name: bindparam(name) for name in ("ends", "ticket", "terms", "batch", "writing_since")},
    )
    .returning(_ROW.id, _ROW.number)
)
_KEEP = (
    update(cases)
    .where(_ROW.id == bindparam("of"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                *("state", "ends", "ticket", "terms", "version", "problem", "ended_at"),
                "writing_since",
            )
        }
    )
)
_MOVE = _KEEP.where(_ROW.state == bindparam("was"))
_DROP = delete(cases).where(_ROW.id == bindparam("of"))
_SELECT = select(cases).where(_ROW.id == bindparam("of"))
_OF_MAILBOX = select(cases).where(_ROW.login == bindparam("of")).order_by(_ROW.number.desc())
# By the states that are left, so that the index over states finds them.
_OPEN = tuple(state.value for state in CaseState if state not in OVER_STATES)
_LAST_OVER = (_ROW.ended_at.desc(), _ROW.id.desc())
_OPEN_BATCHES = select(_ROW.batch).where(_ROW.batch.is_not(None), _ROW.state.in_(_OPEN)).distinct()


class DatabaseCases:
    """The CaseStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, new: NewCase) -> Case:
        """Keep it under the next number."""
        values = {
            "login": new.login.text,
            "state": new.state.value,
            "begun_at": new.at.timestamp(),
            "actor": new.actor.name,
            "channel": new.actor.channel.value,
            "role": new.actor.role.value,
            "batch": new.batch,
            "writing_since": new.at.timestamp() if new.state is CaseState.BEGINNING else None,
            **_of_terms(new.terms),
        }
        with self._database.writing() as connection:
            row = connection.execute(_INSERT, values).one()
        return new.kept(row.id, row.number)

    def next_number(self, login: Login) -> int:
        """The number that the next one would get."""
        with self._database.connection() as connection:
            number: int = connection.execute(
                select(_NEXT_NUMBER), {"login": login.text}
            ).scalar_one()
        return number

    def keep(self, case: Case) -> None:
        """Replace what may change of it."""
        self._database.execute(_KEEP, _changeable(case))

    def move(self, case: Case, was: CaseState) -> bool:
        """Replace it, if it is still in that state."""
        with self._database.writing() as connection:
            moved = connection.execute(_MOVE, {"was": was.value, **_changeable(case)})
        return moved.rowcount == 1

    def drop(self, case: Case) -> None:
        """Forget it."""
        self._database.execute(_DROP, {"of": case.id})

    def case(self, number: int) -> Case:
        """One; CaseNotFoundError."""
        row = None
        if 1 <= number <= _LARGEST_ID:  # a person's typing; the column could not hold it
            with self._database.connection() as connection:
                row = connection.execute(_SELECT, {"of": number}).first()
        if row is None:
            raise CaseNotFoundError(f"There is no case {number}.")
        return _case(row)

    def of_mailbox(self, login: Login) -> tuple[Case, ...]:
        """All of one mailbox, newest first."""
        with self._database.connection() as connection:
            rows = connection.execute(_OF_MAILBOX, {"of": login.text}).all()
        return tuple(map(_case, rows))

    def found(
        self,
        states: Sequence[CaseState],
        *,
        ends_from: datetime | None = None,
        ends_before: datetime | None = None,
        ended_from: datetime | None = None,
        text: str = "",
        last_over_first: bool = False,
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[Case, ...]:
        """Those in these states, the soonest end first and those without end last."""
        query = select(cases).where(_ROW.state.in_([state.value for state in states]))
        if ends_from:
            query = query.where(_ROW.ends >= ends_from.timestamp())
        if ends_before:
            query = query.where(_ROW.ends < ends_before.timestamp())
        if ended_from:
            query = query.where(_ROW.ended_at >= ended_from.timestamp())
        if text:
            part = text.lower()
            query = query.where(
                or_(
                    _ROW.login.contains(part, autoescape=True),
                    func.lower(_ROW.ticket).contains(part, autoescape=True),
                )
            )
        by_end = (_ROW.ends.is_(None), _ROW.ends, _ROW.id)
        query = query.order_by(*(_LAST_OVER if last_over_first else by_end))
        query = query.offset(offset).limit(limit)
        with self._database.connection() as connection:
            return tuple(map(_case, connection.execute(query).all()))

    def open_batches(self) -> frozenset[int]:
        """The batches of which a case is not over."""
        with self._database.connection() as connection:
            return frozenset(connection.execute(_OPEN_BATCHES).scalars())


def _changeable(case: Case) -> dict[str, Any]:
    values = {
        "state": case.state.value,
        "version": case.version,
        "problem": case.problem,
        "ended_at": case.ended_at.timestamp() if case.ended_at else None,
        "writing_since": case.writing_since.timestamp() if case.writing_since else None,
        **_of_terms(case.terms),
    }
    return {"of": case.id} | {f"new_{name}": value for name, value in values.items()}


def _of_terms(terms: CaseTerms) -> dict[str, Any]:
    ends = terms.forward.period.ends
    return {
        "ends": ends.timestamp() if ends else None,
        "ticket": terms.ticket,
        "terms": dump_terms(terms),
    }


def _case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        login=Login(row.login),
        begun_at=datetime.fromtimestamp(row.begun_at, UTC),
        begun_by=Actor(name=row.actor, channel=Channel(row.channel), role=Role(row.role)),
        terms=load_terms(row.terms),
        state=CaseState(row.state),
        version=row.version,
        batch=row.batch,
        problem=row.problem,
        ended_at=_instant(row.ended_at),
        writing_since=_instant(row.writing_since),
    )


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
