"""The directory as a query to somebody else's database: read only, text always a parameter."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Subquery,
    column,
    create_engine,
    event,
    func,
    literal_column,
    make_url,
    or_,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from sieve_manager.application.directory import Entry, person_of
from sieve_manager.domain.addresses import EmailAddress, split_addresses
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import DirectoryError, SettingsError

_COLUMNS = ("login", "name", "address", "aliases", "manager", "groups", "language")
_SEARCHED = ("login", "name", "address", "aliases")
_SECONDS = 10
# Of those who hold the typed words anywhere, so many are looked at for the beginnings of words.
_CANDIDATES = 2_000
_MOST_WORDS = 8
_STEPS = 10_000
_WORD = re.compile(r"[^\W_]+")
_SEVERAL = re.compile(r"[,;\n]+")


class SqlDirectory:
    """The Directory port over *query*, which yields a row with a login for each person."""

    def __init__(
        self,
        url: str,
        query: str,
        *,
        password: str | None = None,
        master_separator: str = "*",
        seconds: float = _SECONDS,
    ) -> None:
        self._engine = _engine(url, password, seconds)
        self._query = query
        self._separator = master_separator

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        """Those whom every word of *text* names, by name; accents count as the database does."""
        words = _WORD.findall(text)[:_MOST_WORDS]
        if not words:
            return ()
        with self._asking() as (connection, people):
            wanted = select(people).limit(_CANDIDATES)
            for word in words:
                wanted = wanted.where(or_(*(_holds(people, name, word) for name in _SEARCHED)))
            found = [one for one in self._people(connection, wanted) if one.is_meant_by(text)]
        found.sort(key=lambda one: (one.name.lower(), one.login.text))
        return tuple(found[:limit])

    def person(self, login: Login) -> Person | None:
        """Who has this login."""
        with self._asking() as (connection, people):
            wanted = select(people).where(func.lower(people.c.login) == login.text)
            return next(iter(self._people(connection, wanted)), None)

    def by_address(self, address: EmailAddress) -> Person | None:
        """Whose address or alias this is, also with a sub-address."""
        with self._asking() as (connection, people):
            for one in dict.fromkeys((address, address.without_detail)):
                terms = [_holds(people, name, str(one)) for name in ("address", "aliases")]
                wanted = select(people).where(or_(*terms)).limit(_CANDIDATES)
                for person in self._people(connection, wanted):
                    if one in person.addresses:
                        return person
        return None

    def logins(self) -> Iterator[Login]:
        """All mailboxes, in order of their logins; the whole list is read first."""
        with self._asking() as (connection, people):
            wanted = select(people.c.login)
            found = {person.login for person in self._people(connection, wanted)}
        yield from sorted(found, key=str)

    def _people(self, connection: Connection, wanted: Select[Any]) -> Iterator[Person]:
        for row in connection.execute(wanted).mappings():
            cells = {name: str(row.get(name) or "") for name in _COLUMNS}
            entry = Entry(
                login=cells["login"],
                name=cells["name"],
                addresses=[cells["address"], *split_addresses(cells["aliases"])],
                manager=cells["manager"],
                groups=_SEVERAL.split(cells["groups"]),
                language=cells["language"],
            )
            if person := person_of(entry, master_separator=self._separator):
                yield person

    @contextmanager
    def _asking(self) -> Iterator[tuple[Connection, Subquery]]:
        try:
            with self._engine.connect() as connection:
                yield connection, self._subquery(connection)
        except (SQLAlchemyError, UnicodeError) as error:
            # Neither the statement nor its values: only what the database says of them.
            reason = getattr(error, "orig", None) or type(error).__name__
            said = str(reason).splitlines()[0]
            raise DirectoryError(f"the directory's database cannot be asked: {said}") from error

    def _subquery(self, connection: Connection) -> Subquery:
        """The query as a table; the columns that it lacks are empty."""
        # A colon would begin a parameter; a comment at the end would swallow what follows.
        whole = text(self._query.replace(":", "\\:") + "\n").columns().subquery("whole")
        nobody: Select[Any] = select(literal_column("*")).select_from(whole).limit(0)
        there = set(connection.execute(nobody).keys())
        if "login" not in there:
            raise DirectoryError("the directory's query has no column login (directory.query)")
        cells = [column(name) if name in there else _EMPTY.label(name) for name in _COLUMNS]
        return select(*cells).select_from(whole).subquery("people")


_EMPTY: ColumnElement[str] = literal_column("''")


def _holds(people: Subquery, name: str, word: str) -> ColumnElement[bool]:
    """Whether the cell holds *word*; of a letter with an accent only that there is one.

    SQLite knows the case of ASCII letters alone; what fits too well is sorted out afterwards.
    """
    escaped = re.sub(r"([!%_])", r"!\1", word.lower())
    pattern = "".join(char if char.isascii() else "_" for char in escaped)
    return func.lower(people.c[name]).like(f"%{pattern}%", escape="!")


def _engine(url: str, password: str | None, seconds: float) -> Engine:
    """An engine for reading; a connection is made for each question and closed after it."""
    try:
        parsed = make_url(url)
        is_sqlite = parsed.get_backend_name() == "sqlite"
        if password is not None:
            parsed = parsed.set(password=password)
        engine = create_engine(
            _read_only_file(parsed) if is_sqlite else parsed,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            poolclass=NullPool,
            connect_args={} if is_sqlite else _read_only_session(seconds),
        )
    except (ArgumentError, ImportError, ValueError) as error:
        raise SettingsError("directory.url", "cannot be read as a database's URL") from error
    if is_sqlite:
        event.listen(engine, "connect", lambda made, _record: _end_in_time(made, seconds))
    return engine


def _read_only_file(url: URL) -> URL:
    """SQLite opens the file for reading, and makes none where there is none."""
    return url.set(
        database=f"file:{quote(url.database or '')}", query={"mode": "ro", "uri": "true"}
    )


def _end_in_time(connection: Any, seconds: float) -> None:
    """SQLite asks every some steps whether to go on; a connection is for one question."""
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)


def _read_only_session(seconds: float) -> dict[str, str | int]:
    options = f"-c default_transaction_read_only=on -c statement_timeout={round(seconds * 1000)}"
    return {"connect_timeout": max(2, round(seconds / 2)), "options": options}
