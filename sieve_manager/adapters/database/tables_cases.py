"""The table of cases."""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from sieve_manager.adapters.database.tables import metadata

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(255), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("begun_at", Float, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("role", String(16), nullable=False),
    # The last second of the last day; null where there is none.
    Column("ends", Float),
    Column("ticket", String(100), nullable=False),
    Column("terms", Text, nullable=False),
    Column("version", Integer),
    Column("batch", Integer),
    Column("problem", Text, nullable=False),
    Column("ended_at", Float),
    Column("writing_since", Float),
    UniqueConstraint("login", "number", name="cases_login_number"),
    Index("cases_state", "state", "ends"),
)
