"""The history of every mailbox, in the database; scripts to the octet."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, delete, func, select, text, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables import UNSETTLED, versions
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.history import KEPT_VERSIONS, Change, NewVersion, Version
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import VersionNotFoundError

_LARGEST_NUMBER = 2**31 - 1

_NEXT_NUMBER = (
    select(func.coalesce(func.max(versions.c.number), 0) + 1)
    .where(versions.c.login == bindparam("login"))
    .scalar_subquery()
)
_VALUES: dict[str, BindParameter[Any]] = {
    column.name: bindparam(column.name)
    for column in versions.columns
    if column.name not in ("number", "settled")
}
_OLDEST_KEPT: BindParameter[int] = bindparam("oldest_kept")
_STILL_NEEDED = select(versions.c.undoes).where(
    and_(
        versions.c.login == bindparam("login"),
        versions.c.number >= _OLDEST_KEPT,
        versions.c.undoes.is_not(None),
    )
)
_PRUNE = delete(versions).where(
    versions.c.login == bindparam("login"),
    versions.c.number < _OLDEST_KEPT,
    versions.c.number.not_in(_STILL_NEEDED),
)
_ONE = and_(versions.c.login == bindparam("of"), versions.c.number == bindparam("at_number"))
_SETTLE = update(versions).where(_ONE).values(settled=True)
_DROP = delete(versions).where(_ONE)
_SELECT_ONE = select(versions).where(_ONE)
_SELECT_ALL = (
    select(versions).where(versions.c.login == bindparam("of")).order_by(versions.c.number.desc())
)
_SELECT_LAST = _SELECT_ALL.limit(1)
_UNSETTLED = (
    select(versions.c.login)
    .where(text(UNSETTLED), versions.c.at < bindparam("before"))
    .order_by(versions.c.at)
    .limit(500)
)


class DatabaseHistory:
    """The History port; keeps the newest versions and those that one of them undoes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = (
            database.insert(versions)
            .values(number=_NEXT_NUMBER, settled=False, **_VALUES)
            .returning(versions.c.number)
        )

    def begin(self, new: NewVersion) -> Version:
        """Keep it, unsettled."""
        with self._database.writing() as connection:
            number: int = connection.execute(self._insert, _row(new)).scalar_one()
        return Version(number=number, settled=False, new=new)

    def settle(self, login: Login, number: int, *, happened: bool) -> None:
        """Mark it settled and drop what is not needed any more, or drop it."""
        with self._database.writing() as connection:
            values = {"of": login.text, "at_number": number}
            connection.execute(_SETTLE if happened else _DROP, values)
            if happened and number > KEPT_VERSIONS:
                oldest = number - KEPT_VERSIONS + 1
                connection.execute(_PRUNE, {"login": login.text, "oldest_kept": oldest})

    def last(self, login: Login) -> Version | None:
        """The newest."""
        with self._database.connection() as connection:
            row = connection.execute(_SELECT_LAST, {"of": login.text}).first()
        return _version(row) if row else None

    def versions(self, login: Login) -> tuple[Version, ...]:
        """All, newest first."""
        with self._database.connection() as connection:
            rows = connection.execute(_SELECT_ALL, {"of": login.text}).all()
        return tuple(_version(row) for row in rows)

    def version(self, login: Login, number: int) -> Version:
        """One; VersionNotFoundError."""
        if not 1 <= number <= _LARGEST_NUMBER:  # a person's typing; the column could not hold it
            raise VersionNotFoundError(f"There is no version {number} of {login}.")
        with self._database.connection() as connection:
            values = {"of": login.text, "at_number": number}
            row = connection.execute(_SELECT_ONE, values).first()
        if row is None:
            raise VersionNotFoundError(f"There is no version {number} of {login}.")
        return _version(row)

    def unsettled(self, before: datetime) -> tuple[Login, ...]:
        """Whose writes nobody has seen end, the oldest first."""
        with self._database.connection() as connection:
            found = connection.execute(_UNSETTLED, {"before": before.timestamp()}).scalars().all()
        return tuple(dict.fromkeys(map(Login, found)))


def _row(new: NewVersion) -> dict[str, str | float | int | None]:
    return {
        "login": new.login.text,
        "at": new.at.timestamp(),
        "actor": new.actor.name,
        "channel": new.actor.channel.value,
        "role": new.actor.role.value,
        "change": new.change.value,
        "note": new.note,
        "undoes": new.undoes,
        "before": dump_scripts(new.before),
        "after": dump_scripts(new.after),
    }


def _version(row: Row[Any]) -> Version:
    new = NewVersion(
        login=Login(row.login),
        at=datetime.fromtimestamp(row.at, UTC),
        actor=Actor(name=row.actor, channel=Channel(row.channel), role=Role(row.role)),
        change=Change(row.change),
        before=load_scripts(row.before),
        after=load_scripts(row.after),
        note=row.note,
        undoes=row.undoes,
    )
    return Version(number=row.number, settled=row.settled, new=new)


def dump_scripts(scripts: ScriptSet) -> str:
    """As JSON in ASCII, which every database keeps as it is; an octet is one character."""
    listing = scripts.listing
    return json.dumps(
        {
            "names": [name.text for name in listing.names],
            "active": listing.active.text if listing.active else None,
            "scripts": [[one.name.text, one.octets.decode("latin-1")] for one in scripts.scripts],
        }
    )


def load_scripts(text: str) -> ScriptSet:
    """The reverse of :func:`dump_scripts`."""
    found = json.loads(text)
    active = found["active"]
    return ScriptSet(
        listing=ScriptListing(
            names=tuple(ScriptName(name) for name in found["names"]),
            active=None if active is None else ScriptName(active),
        ),
        scripts=tuple(
            Script(name=ScriptName(name), octets=octets.encode("latin-1"))
            for name, octets in found["scripts"]
        ),
    )
