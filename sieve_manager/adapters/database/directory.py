"""The directory as a table of our own: who the last import says there is.

A search takes the rarest of the typed words, walks the index from where it begins, and looks up
the other words for each of the few it meets; so it costs the same however many people there are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
)

from sieve_manager.adapters.database.engine import Database, Turn
from sieve_manager.adapters.database.tables_directory import addresses, people, words
from sieve_manager.application.people_table import DirectoryChange, change_between
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person, words_of
from sieve_manager.errors import ChangedMeanwhileError

_AT_ONCE = 1000
_MOST_WORDS = 4
# What begins so more often than this is not counted further to find the rarest word.
_MANY = 2_000
# Of a rarest word that is as common as this, only so many are looked at for the other words ...
_LOOKED_AT = 10_000
# ... and so many of those that are meant are put in order of their names.
_SORTED = 1_000
_LAST = "\U0010ffff"  # sorts behind every character

_Entry = Mapping[str, str]
_T = TypeVar("_T")

_PERSON = select(people).where(people.c.login == bindparam("login"))
_BY_ADDRESS = (
    select(people, addresses.c.address.label("found"))
    .join(addresses, addresses.c.login == people.c.login)
    .where(addresses.c.address.in_(bindparam("keys", expanding=True)))
)
_NEXT_LOGINS = (
    select(people.c.login)
    .where(people.c.login > bindparam("after"))
    .order_by(people.c.login)
    .limit(_AT_ONCE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import would do, worked out before the database is locked for it.

    *before* are the entries it was planned on, by login; those of *stale* logins go, *written*
    come, with their pairs of address and login, and of word and login.
    """

    change: DirectoryChange
    before: Mapping[str, _Entry] = field(repr=False)
    stale: tuple[str, ...] = field(repr=False)
    written: tuple[Person, ...] = field(repr=False)
    addresses: tuple[tuple[str, str], ...] = field(repr=False)
    words: tuple[tuple[str, str], ...] = field(repr=False)


class DatabaseDirectory:
    """The Directory port, and what an import needs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        """Those whom every word of *text* names (the longest ones, of many), by name."""
        typed = sorted(words_of(text), key=len, reverse=True)[:_MOST_WORDS]
        if not typed:
            return ()
        with self._database.connection() as connection:
            counts = {word: connection.execute(_count(word)).scalar_one() for word in typed}
            rarest, *others = sorted(typed, key=counts.__getitem__)
            found = connection.execute(_search(rarest, others, limit)) if counts[rarest] else ()
            return tuple(map(_person, found))

    def person(self, login: Login) -> Person | None:
        """Who has this login."""
        with self._database.connection() as connection:
            row = connection.execute(_PERSON, {"login": login.text}).one_or_none()
        return _person(row) if row else None

    def by_address(self, address: EmailAddress) -> Person | None:
        """Whose address or alias this is, also with a sub-address."""
        keys = [address.key, address.without_detail.key]
        with self._database.connection() as connection:
            rows = connection.execute(_BY_ADDRESS, {"keys": keys}).all()
        row = min(rows, key=lambda one: keys.index(one.found), default=None)
        return _person(row) if row else None

    def logins(self) -> Iterator[Login]:
        """All, in order of their logins."""
        after = ""
        while True:
            with self._database.connection() as connection:
                found = connection.execute(_NEXT_LOGINS, {"after": after}).scalars().all()
            yield from map(Login, found)
            if len(found) < _AT_ONCE:
                return
            after = found[-1]

    def plan(self, after: Iterable[Person]) -> ImportPlan:
        """What it would change to have exactly these people. StorageError."""
        wanted = {person.login.text: person for person in after}
        with self._database.connection() as connection:
            before = _entries(connection)
        entries = {login: _entry(person) for login, person in wanted.items()}
        # All in the order of its index, which is then written page by page.
        written = [
            wanted[login] for login in sorted(entries) if before.get(login) != entries[login]
        ]
        return ImportPlan(
            change=change_between(before, entries),
            before=before,
            stale=tuple(login for login, one in before.items() if entries.get(login) != one),
            written=tuple(written),
            addresses=tuple(sorted(row for one in written for row in _keys(one))),
            words=tuple(sorted((word, one.login.text) for one in written for word in one.words)),
        )

    def apply(self, plan: ImportPlan) -> None:
        """Carry out exactly *plan*, at once for all who look.

        Raises:
            ChangedMeanwhileError: somebody else changed the directory since it was planned.
            StorageError: the database failed; nothing was changed.
        """
        with self._database.alone(Turn.IMPORTING_PEOPLE) as connection:
            if _entries(connection) != plan.before:
                raise ChangedMeanwhileError("The directory was changed since.")
            for some in _batches(plan.stale):
                for table in (people, addresses, words):
                    connection.execute(delete(table).where(table.c.login.in_(some)))
            _insert(connection, people, [tuple(_entry(one).values()) for one in plan.written])
            _insert(connection, addresses, plan.addresses)
            _insert(connection, words, plan.words)
            connection.execute(text("ANALYZE directory_words"))


def _search(rarest: str, others: Sequence[str], limit: int) -> Select[*tuple[str, ...]]:
    some = select(words.c.login).where(_begins(words.c.word, rarest)).limit(_LOOKED_AT)
    first = some.subquery("first")
    candidates = select(first.c.login).limit(_SORTED)
    for number, word in enumerate(others):
        other = words.alias(f"other{number}")
        also = select(other.c.word).where(
            other.c.login == first.c.login, _begins(other.c.word, word)
        )
        candidates = candidates.where(also.exists())
    named = func.lower(people.c.name)
    chosen = select(people).where(people.c.login.in_(candidates))
    return chosen.order_by(named, people.c.login).limit(limit)


def _count(word: str) -> Select[int]:
    """How many words begin so, as far as it matters."""
    some = select(words.c.word).where(_begins(words.c.word, word)).limit(_MANY).subquery()
    return select(func.count()).select_from(some)


def _begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    return (column >= prefix) & (column < prefix + _LAST)


def _entries(connection: Connection) -> dict[str, _Entry]:
    return {row["login"]: dict(row) for row in connection.execute(select(people)).mappings()}


def _insert(connection: Connection, table: Table, rows: Sequence[Sequence[str]]) -> None:
    """As one JSON text a batch, which the database takes apart: much faster than row by row."""
    sqlite = connection.dialect.name == "sqlite"
    source = "json_each(:rows)" if sqlite else "json_array_elements(CAST(:rows AS json))"
    cells: list[ColumnElement[str]] = [
        literal_column(f"value ->> {place}") for place in range(len(table.c))
    ]
    statement = insert(table).from_select(table.c.keys(), select(*cells).select_from(text(source)))
    for some in _batches(rows, size=50_000):
        connection.execute(statement, {"rows": json.dumps(some)})


def _batches(rows: Sequence[_T], *, size: int = _AT_ONCE) -> Iterator[Sequence[_T]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _keys(person: Person) -> list[tuple[str, str]]:
    keys = dict.fromkeys(address.key for address in person.addresses)
    return [(key, person.login.text) for key in keys]


def _entry(person: Person) -> _Entry:
    return {
        "login": person.login.text,
        "name": person.name,
        "address": str(person.address or ""),
        "aliases": "\n".join(map(str, person.aliases)),
        "manager": str(person.manager or ""),
        "groups": "\n".join(sorted(person.groups)),
        "language": person.language,
    }


def _person(row: Row[*tuple[str, ...]]) -> Person:
    return Person(
        login=Login(row.login),
        name=row.name,
        address=EmailAddress.restore(row.address) if row.address else None,
        aliases=tuple(map(EmailAddress.restore, row.aliases.splitlines())),
        manager=Login(row.manager) if row.manager else None,
        groups=frozenset(row.groups.splitlines()),
        language=row.language,
    )
