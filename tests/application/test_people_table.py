"""A CSV file of people: who is in it, and what is wrong on which line."""

import pytest

from sieve_manager.application.people_table import (
    COLUMNS,
    DirectoryChange,
    PeopleRead,
    change_between,
    read_people,
)
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person

HEADING = ",".join(COLUMNS) + "\n"


def read(text: str) -> PeopleRead:
    return read_people((HEADING + text).encode(), master_separator="*")


def test_every_column_is_read() -> None:
    found = read(
        'Anna,"Muster,\nAnna",Anna.Muster@Example.com,"anna@example.com a@example.org",'
        'Bob,"Staff; Human  Resources",de_CH\nbob,,,,,,\n'
    )
    assert found.problems == ()
    assert found.people == (
        Person(
            login=Login("anna"),
            name="Muster, Anna",
            address=EmailAddress("Anna.Muster", "example.com"),
            aliases=(EmailAddress("anna", "example.com"), EmailAddress("a", "example.org")),
            manager=Login("bob"),
            groups=frozenset({"Staff", "Human Resources"}),
            language="de-CH",
        ),
        Person(login=Login("bob")),
    )


def test_the_login_alone_is_enough() -> None:
    found = read_people(b"login\r\nanna\r\n", master_separator="*")
    assert (found.people, found.problems) == ((Person(login=Login("anna")),), ())


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        (",Anna,,,,,", 1, "must not be empty"),
        ("a b,,,,,,", 1, "user name"),
        ("victim*helpdesk,,,,,,", 1, "no “*” here"),
        ("anna,A\x1b[31mB,,,,,", 2, "no control characters"),
        (f"anna,{'x' * 256},,,,,", 2, "at most 255"),
        ("anna,,anna@,,,,", 3, "not a complete mail address"),
        ("anna,,,ok@example.com bad@,,,", 4, "“bad@”"),
        ("anna,,,,a b,,", 5, "user name"),
        ("anna,,,,,\x07,", 6, "no control characters"),
        ("anna,,,,,,German", 7, "no code of a language"),
        ("anna,,,,,,,x", 8, "more cells"),
        ("first,,,,,,", 1, "“first” stands on line 2 already"),
        ("anna,,first@EXAMPLE.com,,,,", 3, "stands on line 2 already"),
        ("anna,,,FIRST@example.com,,,", 4, "stands on line 2 already"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(line: str, column: int, said: str) -> None:
    found = read(f"first,,first@example.com,,,,\n{line}\nlast,,,,,,\n")
    assert [(one.line, one.column) for one in found.problems] == [(3, column)]
    assert said in str(found.problems[0])
    assert [str(person.login) for person in found.people] == ["first", "last"]


def test_every_wrong_cell_of_every_line_is_named_in_order() -> None:
    found = read("a b,,x@,,,,\n,,,,,,1\nok,,,,,,\n,,,,,,,,\nc d,,,,,,\n")
    places = [(one.line, one.column) for one in found.problems]
    assert places == [(2, 1), (2, 3), (3, 1), (6, 1)]


def test_an_alias_that_is_the_own_address_is_no_twin() -> None:
    assert read("anna,,anna@example.com,ANNA@example.com anna@example.com,,,\n").problems == ()


def test_a_file_of_nobody_is_refused_so_that_an_import_cannot_empty_the_directory() -> None:
    assert "holds nobody" in str(read("").problems[0])


def test_what_an_import_changes_is_counted() -> None:
    change = change_between({"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 4, "d": 5, "e": 6})
    assert change == DirectoryChange(new=2, changed=1, gone=1, same=1)
