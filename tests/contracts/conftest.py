"""What the contracts run on: memory, SQLite, a real PostgreSQL, real mail servers."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.domain.mailboxes import Login
from tests.contracts.people import PEOPLE
from tests.servers.postgresql import Postgresql, running_postgresql
from tests.servers.slapd import Slapd, running_slapd

_logins = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A private server for the whole run."""
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database file with its tables."""
    path: Path = tmp_path_factory.mktemp("sqlite") / "sieve-manager.db"
    url = f"sqlite:///{path}"
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def postgresql_url(postgresql: Postgresql) -> str:
    """A database on the server with its tables."""
    url = postgresql.new_database()
    upgrade(url)
    return url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn; tests share it and keep apart by their login."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def database(database_url: str) -> Iterator[Database]:
    """A pool of connections to it."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture(scope="session", params=["memory", "sqlite", "postgresql"])
def records(request: pytest.FixtureRequest) -> Iterator[Database | None]:
    """Where records are kept: in memory (None), or in each database."""
    if request.param == "memory":
        yield None
        return
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    yield database
    database.close()


@pytest.fixture(scope="session")
def slapd() -> Iterator[Slapd]:
    """A private LDAP server that holds the people of tests/contracts/people.py."""
    with running_slapd() as server:
        server.add(PEOPLE)
        yield server


@pytest.fixture
def login() -> Login:
    """A mailbox that no other test has."""
    return Login(f"owner{next(_logins)}@example.com")
