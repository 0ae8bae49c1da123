"""A search among 100,000 people of our own table, on both databases, and what an import takes."""

import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sieve_manager.adapters.database.directory import DatabaseDirectory
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from tests.benchmarks.measuring import in_turn, timed
from tests.servers.postgresql import running_postgresql

PEOPLE = 100_000
ROUNDS = 20
_SYLLABLES = re.findall("..", "anbecadoelfigahoinjokaleminoolperasotuvi")
# From what somebody types first to what is as common as it can be without a match.
QUERIES = (
    *("a", "an", "anbe", "anbe ca", "anbe.cado@", "nobody", "student", "example com"),
    *("an student", "a b c d e f", "student staff"),
)


def directory() -> None:
    """Print two rows for each database: the slowest of the searches, and the imports."""
    with tempfile.TemporaryDirectory() as name:
        _measure("SQLite", f"sqlite:///{Path(name) / 'directory.db'}")
    with running_postgresql() as server:
        _measure("PostgreSQL", server.new_database())


def _measure(kind: str, url: str) -> None:
    upgrade(url)
    database = Database(url)
    people = DatabaseDirectory(database)
    everybody = list(_people())
    first = timed(lambda: people.apply(people.plan(everybody)))
    again = timed(lambda: people.apply(people.plan(everybody[:-1])))
    works = [lambda _, text=text: timed(lambda: people.search(text)) for text in QUERIES]
    times = in_turn(ROUNDS, *works)
    slowest = max(times, key=lambda one: one.p95)
    text = QUERIES[times.index(slowest)]
    print(
        f"| search 100,000 people on {kind}, the slowest text (“{text}”), ms median (p95) | "
        f"{slowest} | | | under 50 |"
    )
    print(
        f"| import 100,000 people on {kind}, the first time, then one changed, s | "
        f"{first / 1000:.1f}, {again / 1000:.1f} | | | |"
    )
    database.close()


def _people() -> Iterator[Person]:
    chance = random.Random(1)  # noqa: S311 - the same people in every run
    for number in range(PEOPLE):
        first, last = (
            "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(2)
        )
        domain = ("student.example.com", "staff.example.com")[number % 2]
        yield Person(
            login=Login(f"{first}.{last}{number}"),
            name=f"{first.title()} {last.title()}",
            address=EmailAddress(f"{first}.{last}{number}", domain),
            aliases=(EmailAddress(f"{first[0]}{last}{number}", domain),),
        )
