"""The people of a CSV file, and what importing them would change; pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from sieve_manager.application.csv_table import Problem, Row, RowReader, read_table
from sieve_manager.domain.addresses import EmailAddress, split_addresses
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import InvalidInputError

COLUMNS = ("login", "name", "address", "aliases", "manager", "groups", "language")
_REQUIRED = ("login",)
_SEVERAL_GROUPS = re.compile(r"[,;\n]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRead:
    """Who is in the file, in its order; where there are *problems*, not all of them."""

    people: tuple[Person, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryChange:
    """How many people an import adds, changes, takes out, and leaves as they are."""

    new: int
    changed: int
    gone: int
    same: int

    @property
    def any(self) -> bool:
        """Whether anything changes at all."""
        return bool(self.new or self.changed or self.gone)


def read_people(octets: bytes, *, master_separator: str) -> PeopleRead:
    """Read the columns of :data:`COLUMNS`; only the login must be there.

    Aliases are parted by spaces, commas or semicolons, groups by commas or semicolons. An
    address belongs to one person only.
    """
    table = read_table(octets, columns=COLUMNS, required=_REQUIRED)
    reading = _Reading(master_separator)
    for row in table.rows:
        reading.take(row)
    problems = sorted([*table.problems, *reading.problems], key=lambda one: (one.line, one.column))
    if not problems and not reading.people:
        problems = [Problem(line=2, column=0, heading="", error=_NOBODY)]
    return PeopleRead(people=tuple(reading.people), problems=tuple(problems))


def change_between(before: Mapping[str, object], after: Mapping[str, object]) -> DirectoryChange:
    """What happens to the entries *before*, by their logins, where *after* takes their place."""
    same = sum(before.get(login) == entry for login, entry in after.items())
    new = len(after.keys() - before.keys())
    return DirectoryChange(
        new=new,
        changed=len(after) - new - same,
        gone=len(before.keys() - after.keys()),
        same=same,
    )


class _Reading:
    """The people read so far, and on which line each login and address was first seen."""

    def __init__(self, master_separator: str) -> None:
        self.people: list[Person] = []
        self.problems: list[Problem] = []
        self._separator = master_separator
        self._logins: dict[Login, int] = {}
        self._addresses: dict[EmailAddress, int] = {}

    def take(self, row: Row) -> None:
        reader = RowReader(row)
        login = reader.read("login", self._login, None)
        person = Person(
            login=login or Login(""),
            name=reader.read("name", one_line, ""),
            address=reader.read("address", _address, None),
            aliases=reader.read("aliases", _addresses, ()),
            manager=reader.read("manager", self._login, None),
            groups=reader.read("groups", _groups, frozenset()),
            language=reader.read("language", _language, ""),
        )
        self._look_for_twins(reader, person)
        self.problems += reader.problems
        if not reader.problems:
            self.people.append(person)

    def _login(self, text: str) -> Login | None:
        return Login.parse(text, master_separator=self._separator)

    def _look_for_twins(self, reader: RowReader, person: Person) -> None:
        line = reader.row.line
        if person.login.text:
            seen = self._logins.setdefault(person.login, line)
            if seen != line:
                reader.refuse("login", twin(person.login.text, seen))
        headings = ["address"] * bool(person.address) + ["aliases"] * len(person.aliases)
        for heading, address in zip(headings, person.addresses, strict=True):
            seen = self._addresses.setdefault(address, line)
            if seen != line:
                reader.refuse(heading, twin(str(address), seen))


def one_line(text: str) -> str:
    """*text* with its line breaks and runs of white space as single spaces.

    Raises:
        InvalidInputError: too long, or with characters that steer a terminal.
    """
    name = " ".join(text.split())
    if len(name) > _LONGEST_NAME or any(unicodedata.category(char) == "Cc" for char in name):
        raise InvalidInputError(
            "A name has at most {limit} characters, and no control characters.",
            code="name",
            limit=str(_LONGEST_NAME),
        )
    return name


def _address(text: str) -> EmailAddress | None:
    return EmailAddress.parse(text)


def _addresses(text: str) -> tuple[EmailAddress, ...]:
    return tuple(dict.fromkeys(EmailAddress.parse(one) for one in split_addresses(text)))


def _groups(text: str) -> frozenset[str]:
    names = (one_line(part) for part in _SEVERAL_GROUPS.split(text))
    return frozenset(name for name in names if name)


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise InvalidInputError(
            "“{text}” is no code of a language, such as en or de-CH.", code="language", text=text
        )
    return text.replace("_", "-")


def twin(text: str, line: int) -> InvalidInputError:
    """That *text*, which may stand in a file once, was on *line* before."""
    return InvalidInputError(
        "“{text}” stands on line {line} already.", code="twin", text=text, line=str(line)
    )


_NOBODY = InvalidInputError("The file holds nobody.", code="empty")
