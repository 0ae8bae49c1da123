"""From another program's entries to people, and from a login to what the directory says of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.directory import DirectoryAddresses, Entry, person_of
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.errors import DirectoryError

ANNA = Person(login=Login("anna"), address=EmailAddress("anna", "example.com"))


def read(**facts: object) -> Person:
    found = person_of(Entry(login="anna", **facts), master_separator="*")  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize("login", ["", "a b", "x*y", "a\x00", "a" * 300])
def test_an_entry_without_a_usable_login_is_nobody(login: str) -> None:
    assert person_of(Entry(login=login), master_separator="*") is None


def test_the_first_address_is_the_primary_one() -> None:
    found = read(addresses=["A@Example.com", "SMTP:a@example.com", "smtp:b@example.com", "x500:/o"])
    assert str(found.address) == "A@example.com"
    assert [str(alias) for alias in found.aliases] == ["b@example.com"]


def test_an_alias_never_becomes_the_primary_address() -> None:
    found = read(addresses=["", "b@example.com"])
    assert (found.address, found.aliases) == (None, (EmailAddress("b", "example.com"),))
    assert read(addresses=[]).aliases == ()


def test_text_is_one_line_that_steers_nothing() -> None:
    found = read(name=" A\x1b[31m\nB\u202e ", groups=["", "\x00", "Staff\t1"], language="de_CH")
    assert (found.name, found.groups, found.language) == ("A [31m B", {"Staff 1"}, "de-CH")
    assert len(read(name="x" * 1000).name) == 255


def test_a_manager_that_is_no_login_is_none() -> None:
    assert read(manager="Bob ").manager == Login("bob")
    assert read(manager="x*y").manager is None


@given(st.text(), st.text(), st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=2))
def test_no_entry_is_a_failure(
    login: str, name: str, addresses: list[str], groups: list[str]
) -> None:
    entry = Entry(login=login, name=name, addresses=addresses, groups=groups, language=name)
    person_of(entry, master_separator="*")


@dataclass
class Away(MemoryDirectory):
    """A directory that can be away, and counts how often it was asked."""

    away: bool = False
    asked: list[Login] = field(default_factory=list)

    def person(self, login: Login) -> Person | None:
        self.asked.append(login)
        if self.away:
            raise DirectoryError("away")
        return next((person for person in self.people if person.login == login), None)


class Otherwise:
    """What a login is where the directory does not know it."""

    def mailbox(self, login: Login) -> Mailbox:
        return Mailbox(login=login, address=EmailAddress(login.text, "example.net"))


@dataclass
class Hours:
    """A clock that is moved by hand."""

    now: datetime = datetime(2027, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def over(directory: Away, clock: Callable[[], datetime]) -> DirectoryAddresses:
    return DirectoryAddresses(directory, otherwise=Otherwise(), clock=clock)


def test_the_directory_is_asked_once_a_minute() -> None:
    directory, clock = Away((ANNA,)), Hours()
    addresses = over(directory, clock)
    assert addresses.mailbox(ANNA.login) == addresses.mailbox(ANNA.login) == ANNA.mailbox
    assert directory.asked == [ANNA.login]
    clock.now += timedelta(minutes=1)
    directory.people = ()
    assert addresses.mailbox(ANNA.login).address == EmailAddress("anna", "example.net")
    assert len(directory.asked) == 2


def test_what_it_said_before_holds_while_it_is_away() -> None:
    directory, clock = Away((ANNA,)), Hours()
    addresses = over(directory, clock)
    addresses.mailbox(ANNA.login)
    directory.away = True
    clock.now += timedelta(hours=5)
    assert addresses.mailbox(ANNA.login) == ANNA.mailbox
    with pytest.raises(DirectoryError):
        addresses.mailbox(Login("bob"))
