"""The tables, as the newest migration leaves them.

Instants are seconds since 1970 (UTC), so that both databases compare them alike.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

UNSETTLED = "NOT settled"
"""The index's condition; it must stand as text in the statement, too, or SQLite does not use it."""

versions = Table(
    "versions",
    metadata,
    Column("login", String(255), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("settled", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("role", String(16), nullable=False, server_default="owner"),
    Column("change", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("undoes", Integer),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Index(
        "versions_unsettled",
        "at",
        sqlite_where=text(UNSETTLED),
        postgresql_where=text(UNSETTLED),
    ),
)

locks = Table(
    "locks",
    metadata,
    Column("login", String(255), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("expires", Float, nullable=False),
)

known_destinations = Table(
    "known_destinations",
    metadata,
    Column("login", String(255), primary_key=True),
    Column("addresses", Text, nullable=False),
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(255), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Index("failed_sign_ins_account", "account", "at"),
    Index("failed_sign_ins_address", "address", "at"),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("expires", Float, nullable=False),
    Index("web_sessions_expires", "expires"),
)
