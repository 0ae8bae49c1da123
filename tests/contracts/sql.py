"""Somebody else's table of people, and how the tests ask it."""

from sqlalchemy import column, create_engine, table, text

from sieve_manager.adapters.sql_directory import SqlDirectory
from sieve_manager.domain.people import Person
from tests.contracts.people import PEOPLE

# With what a query may hold: colons, percent signs, a comment at the end, other names.
QUERY = """
SELECT username AS login, full_name AS name, mail AS address, others AS aliases, boss AS manager,
  teams AS groups, speaks AS language
FROM somebody_elses_people
WHERE full_name NOT LIKE '%:nobody%' AND CAST(active AS text) = '1' -- who is gone stays out
"""
_COLUMNS = ("username", "full_name", "mail", "others", "boss", "teams", "speaks")


def sql_directory(url: str) -> SqlDirectory:
    """A directory over a table that is made and filled at *url*."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS somebody_elses_people"))
        columns = ", ".join(f"{name} text" for name in _COLUMNS)
        connection.execute(text(f"CREATE TABLE somebody_elses_people ({columns}, active int)"))
        insert = table("somebody_elses_people", *map(column, (*_COLUMNS, "active"))).insert()
        rows = [_row(person) | {"active": 1} for person in PEOPLE]
        gone = _row(PEOPLE[0]) | {"username": "gone", "full_name": "Anna Gone", "active": 0}
        connection.execute(insert, [*rows, gone])
    engine.dispose()
    return SqlDirectory(url, QUERY)


def _row(person: Person) -> dict[str, str | None]:
    return {
        "username": person.login.text.upper(),
        "full_name": person.name,
        "mail": str(person.address) if person.address else None,
        "others": " ".join(map(str, person.aliases)) or None,
        "boss": person.manager.text if person.manager else None,
        "teams": "; ".join(person.groups),
        "speaks": person.language.replace("-", "_"),
    }
