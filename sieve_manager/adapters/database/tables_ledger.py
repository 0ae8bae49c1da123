"""The tables of jobs, their items, and periodic duties.

The states in the indexes' conditions must stand as text in the statements, too: a bound value
would keep SQLite from using them.
"""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text, text

from sieve_manager.adapters.database.tables import metadata

IS_LEASED = "state = 'leased'"

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("resumes_as", String(16), nullable=False),
    Column("created", Float, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("role", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("payload", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("settled_before", Integer, nullable=False),
    Column("finished", Float),
    Index("jobs_state", "state"),
)

items = Table(
    "job_items",
    metadata,
    Column("job", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String(255), nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("holder", String(32)),
    Column("expires", Float),
    Column("error", Text, nullable=False),
    Column("result", Text, nullable=False),
    # The next to lease, and how many are in which state, without a look at the others.
    Index("job_items_next", "job", "state", "not_before", "number"),
    Index("job_items_key", "key", "job", "number"),
    # What keeps two holders from one mailbox, whatever else goes wrong.
    Index(
        "job_items_one_lease",
        "key",
        unique=True,
        sqlite_where=text(IS_LEASED),
        postgresql_where=text(IS_LEASED),
    ),
    Index(
        "job_items_leases",
        "expires",
        sqlite_where=text(IS_LEASED),
        postgresql_where=text(IS_LEASED),
    ),
)

duties = Table(
    "duties",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("due", Float, nullable=False),
    Column("holder", String(32), nullable=False),
    Column("expires", Float, nullable=False),
)
