"""The Directory port, on everything that can be one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sieve_manager.adapters.database.directory import DatabaseDirectory
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.ports import Directory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from tests.contracts.ldap import ldap_directory
from tests.contracts.people import ANNA, BRUNO, CARLA, PEOPLE, ZOE
from tests.contracts.sql import sql_directory

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(params=["memory", *DATABASES, "ldap", "sql on sqlite", "sql on postgresql"])
def directory(request: pytest.FixtureRequest) -> Iterator[Directory]:
    match request.param:
        case "memory":
            yield MemoryDirectory(PEOPLE)
        case "ldap":
            yield ldap_directory(request.getfixturevalue("slapd"))
        case "sql on sqlite" | "sql on postgresql" as kind:
            yield sql_directory(request.getfixturevalue(f"{kind.split()[-1]}_url"))
        case kind:
            database = Database(request.getfixturevalue(f"{kind}_url"))
            filled = DatabaseDirectory(database)
            filled.apply(filled.plan(PEOPLE))
            yield filled
            database.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("anna", [ANNA]),
        ("ANN", [ANNA, BRUNO]),
        ("muster a", [ANNA]),
        ("an", [ANNA, BRUNO, ZOE]),
        ("office", [ANNA]),
        ("am@example.org", [ANNA]),
        ("anna.muster@example.com", [ANNA]),
        ("example", [ANNA, BRUNO, ZOE]),
        ("bruno@ex", [BRUNO]),
        ("o'hara", [CARLA]),
        ("zoe.and", [ZOE]),
        ("anna zoe", []),
        ("uster", []),
        ("nobody", []),
        ("", []),
        ("  ", []),
    ],
)
def test_every_word_that_is_typed_begins_a_word(
    directory: Directory, text: str, found: list[Person]
) -> None:
    # Whoever is meant is asked for with all that is known; a search may leave the manager out.
    people = [replace(person, manager=None) for person in directory.search(text)]
    assert people == [replace(person, manager=None) for person in found]


def test_no_more_are_found_than_asked_for(directory: Directory) -> None:
    assert len(directory.search("an", limit=2)) == 2


@pytest.mark.parametrize(
    "text",
    [
        *["*", "%", "_", "\\", "'", '"', ")(uid=*", "*)(uid=*))(|(uid=*", "a*", "%nna", "_nna"],
        *["' OR '1'='1", "\\2a", "x'; DROP TABLE directory_people; --", ":text", "{0}", "%s", "?"],
        *["\x00", "an\x00na", "\x1b[31m", "\n", "\ud800", "\u202e", "🙂", "a" * 5000, "a " * 5000],
    ],
)
def test_text_is_only_text(directory: Directory, text: str) -> None:
    found = directory.search(text)
    assert all(person.is_meant_by(text) for person in found)
    assert list(directory.logins()) == [person.login for person in PEOPLE]


def test_a_person_is_known_by_the_login_with_everything(directory: Directory) -> None:
    for person in PEOPLE:
        assert directory.person(person.login) == person
    assert directory.person(Login("nobody")) is None
    assert directory.person(Login("*")) is None


@pytest.mark.parametrize(
    ("address", "person"),
    [
        ("anna.muster@example.com", ANNA),
        ("OFFICE@example.com", ANNA),
        ("am@example.org", ANNA),
        ("am+lists@example.org", ANNA),
        ("za@xn--bcher-kva.example", ZOE),
        ("m@example.org", None),
        ("am@example.com", None),
        ("*@example.com", None),
        ("%@example.com", None),
    ],
)
def test_a_person_is_known_by_every_address(
    directory: Directory, address: str, person: object
) -> None:
    assert directory.by_address(EmailAddress(*address.split("@"))) == person


def test_all_mailboxes_are_listed_in_order(directory: Directory) -> None:
    assert list(directory.logins()) == sorted((one.login for one in PEOPLE), key=str)
