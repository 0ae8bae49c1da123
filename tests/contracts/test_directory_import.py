"""Importing people into our own table: exactly as planned, all or nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from sieve_manager.adapters.database import directory as module
from sieve_manager.adapters.database.directory import DatabaseDirectory, ImportPlan
from sieve_manager.adapters.database.engine import Database
from sieve_manager.application.people_table import DirectoryChange
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import ChangedMeanwhileError, StorageError
from tests.contracts.people import ANNA, BRUNO, CARLA, PEOPLE, ZOE


@pytest.fixture
def directory(database: Database) -> Iterator[DatabaseDirectory]:
    made = DatabaseDirectory(database)
    made.apply(made.plan(PEOPLE))
    yield made
    made.apply(made.plan([]))


def people_of(directory: DatabaseDirectory) -> list[Person | None]:
    return [directory.person(login) for login in directory.logins()]


def test_a_plan_says_what_changes_and_changes_nothing(directory: DatabaseDirectory) -> None:
    plan = directory.plan([ANNA, replace(BRUNO, name="B"), Person(login=Login("new"))])
    assert plan.change == DirectoryChange(new=1, changed=1, gone=2, same=1)
    assert people_of(directory) == [ANNA, BRUNO, CARLA, ZOE]


def test_after_the_import_there_are_exactly_the_people_of_the_plan(
    directory: DatabaseDirectory,
) -> None:
    moved = replace(BRUNO, name="Beat", address=EmailAddress("beat", "example.com"))
    directory.apply(directory.plan([moved, CARLA]))
    assert people_of(directory) == [moved, CARLA]
    assert directory.search("beat") == (moved,)
    for old in ("bruno österreicher", "anna", "office"):
        assert directory.search(old) == ()
    assert directory.by_address(EmailAddress("bruno", "example.com")) is None
    assert directory.by_address(EmailAddress("office", "example.com")) is None


def test_an_address_can_move_from_one_person_to_another(directory: DatabaseDirectory) -> None:
    heir = replace(BRUNO, aliases=ANNA.aliases)
    directory.apply(directory.plan([replace(ANNA, aliases=()), heir]))
    assert directory.by_address(EmailAddress("office", "example.com")) == heir


def test_another_spelling_of_an_address_is_a_change(directory: DatabaseDirectory) -> None:
    louder = replace(ANNA, address=EmailAddress("ANNA.Muster", "example.com"))
    plan = directory.plan([louder, BRUNO, CARLA, ZOE])
    assert plan.change == DirectoryChange(new=0, changed=1, gone=0, same=3)


def test_a_directory_that_was_changed_since_is_not_overwritten(
    directory: DatabaseDirectory,
) -> None:
    plan = directory.plan([ANNA])
    directory.apply(directory.plan([BRUNO]))
    with pytest.raises(ChangedMeanwhileError):
        directory.apply(plan)
    assert people_of(directory) == [BRUNO]


def test_of_two_imports_at_once_one_is_told_of_the_other(directory: DatabaseDirectory) -> None:
    many = [
        Person(login=Login(f"p{number:04}"), address=EmailAddress(f"p{number:04}", "example.com"))
        for number in range(2_000)
    ]
    plans = [directory.plan(many[:1_500]), directory.plan(many[500:])]

    def outcome(plan: ImportPlan) -> int:
        try:
            directory.apply(plan)
        except ChangedMeanwhileError:
            return 0
        return len(plan.written)

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(outcome, plans)) == [0, 1_500]
    assert len(people_of(directory)) == 1_500


def test_an_import_that_fails_changes_nothing(
    directory: DatabaseDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = directory.plan([Person(login=Login("new"), name="New")])
    monkeypatch.setattr(module, "text", lambda _sql: text("SELECT broken"))
    with pytest.raises(StorageError):
        directory.apply(plan)
    assert people_of(directory) == [ANNA, BRUNO, CARLA, ZOE]
    assert directory.search("new") == ()
    assert directory.search("anna") == (ANNA,)


def test_many_people_are_read_in_several_goes(directory: DatabaseDirectory) -> None:
    many = [Person(login=Login(f"p{n:05}"), name=f"Person {n}") for n in range(2500)]
    directory.apply(directory.plan(many))
    assert list(directory.logins()) == [person.login for person in many]
    assert [one.name for one in directory.search("person 2499")] == ["Person 2499"]
    assert len(directory.search("p")) == 20


def test_a_search_can_walk_the_index_all_the_way(directory: DatabaseDirectory) -> None:
    many = [Person(login=Login(f"p{n:05}"), name=f"Ann{n} Bob{n}") for n in range(3000)]
    directory.apply(directory.plan(many))
    with directory._database.connection() as connection:
        sqlite = connection.dialect.name == "sqlite"
        statement = module._search("bob1", ["ann"], 20).compile(
            connection, compile_kwargs={"literal_binds": True}
        )
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        if not sqlite:  # so small a table is read whole wherever that is allowed
            connection.exec_driver_sql("SET enable_seqscan = off")
        steps = connection.exec_driver_sql(f"{explain} {statement}").all()
        if not sqlite:
            connection.exec_driver_sql("RESET enable_seqscan")
    said = "\n".join(str(step[-1]) for step in steps)
    assert "SCAN directory" not in said
    assert "Seq Scan" not in said
