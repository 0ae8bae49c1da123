"""Somebody else's database beside the contract: it is only read, and asked for a while only."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sieve_manager.adapters.sql_directory import SqlDirectory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import DirectoryError, SettingsError
from tests.contracts.sql import QUERY, sql_directory

SLOW = {
    "sqlite": "WITH RECURSIVE n(login) AS (SELECT 1 UNION ALL SELECT login + 1 FROM n) "
    "SELECT login FROM n WHERE login < 0",
    "postgresql": "SELECT 'anna' AS login, pg_sleep(60) AS name",
}
WRITING = {
    "sqlite": "INSERT INTO somebody_elses_people (username) VALUES ('x') RETURNING 1 AS login",
    "postgresql": "WITH made AS (INSERT INTO somebody_elses_people (username) VALUES ('x') "
    "RETURNING 1) SELECT '1' AS login",
}


def kind(url: str) -> str:
    return url.split(":", maxsplit=1)[0].split("+", maxsplit=1)[0]


def failure(ask: Callable[[], object]) -> str:
    with pytest.raises(DirectoryError) as caught:
        ask()
    return str(caught.value)


def test_the_login_alone_is_enough(database_url: str) -> None:
    directory = SqlDirectory(database_url, "SELECT 'Anna' AS login")
    assert directory.person(Login("anna")) == Person(login=Login("anna"))
    assert directory.search("ann") == (Person(login=Login("anna")),)
    assert directory.by_address(EmailAddress("anna", "example.com")) is None


def test_rows_that_name_nobody_are_left_out(database_url: str) -> None:
    query = "SELECT 'a b' AS login UNION SELECT NULL UNION SELECT 'x*y' UNION SELECT 'fine'"
    assert list(SqlDirectory(database_url, query).logins()) == [Login("fine")]


def test_what_cannot_be_used_of_a_row_is_left_out(database_url: str) -> None:
    query = (
        "SELECT 'anna' AS login, 'no address' AS address, 'a@example.com; @x' AS aliases, "
        "'a b' AS manager, 'Anna' AS name"
    )
    (found,) = SqlDirectory(database_url, query).search("anna")
    assert found == Person(
        login=Login("anna"), name="Anna", aliases=(EmailAddress("a", "example.com"),)
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT 1 AS name", "no column login"),
        ("SELECT login FROM nowhere", "nowhere"),
        ("SELECT 'x' AS login)", "cannot be asked"),
        ("SELECT 'x' AS login; DROP TABLE somebody_elses_people", "syntax error"),
    ],
)
def test_a_query_that_does_not_work_is_said(database_url: str, query: str, said: str) -> None:
    directory = SqlDirectory(database_url, query)
    assert said in failure(lambda: directory.search("anna"))
    assert said in failure(lambda: list(directory.logins()))


def test_nothing_is_ever_written(database_url: str) -> None:
    before = list(sql_directory(database_url).logins())
    directory = SqlDirectory(database_url, WRITING[kind(database_url)])
    failure(lambda: list(directory.logins()))
    assert list(SqlDirectory(database_url, QUERY).logins()) == before


def test_postgresql_itself_refuses_to_write(postgresql_url: str) -> None:
    query = "SELECT current_setting('transaction_read_only') AS login"
    assert list(SqlDirectory(postgresql_url, query).logins()) == [Login("on")]


def test_a_query_that_takes_too_long_is_given_up(database_url: str) -> None:
    directory = SqlDirectory(database_url, SLOW[kind(database_url)], seconds=0.5)
    began = time.monotonic()
    failure(lambda: list(directory.logins()))
    assert time.monotonic() - began < 5


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "what? a #%20 name.db"
    directory = SqlDirectory(f"sqlite:///{path}", "SELECT 1 AS login")
    assert "unable to open" in failure(lambda: directory.search("anna"))
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_added_to_the_url_and_never_said() -> None:
    directory = SqlDirectory(
        "postgresql+psycopg://reader@127.0.0.1:1/people", "SELECT 1", password="s3cret/@:"
    )
    assert directory._engine.url.password == "s3cret/@:"
    assert "s3cret" not in failure(lambda: directory.search("anna"))


@pytest.mark.parametrize("url", ["postgresql+psycopg://h:x/d", "nonsense://x", "sqlite"])
def test_a_url_that_cannot_be_read_names_its_key(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        SqlDirectory(url, "SELECT 1")
    assert caught.value.key == "directory.url"
