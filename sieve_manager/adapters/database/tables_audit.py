"""The tables of the audit log; triggers of the migration refuse every other use of them.

``audit_marks`` holds two rows: "head", the newest entry, which a trigger moves on, and
"pruned", the last one that retention took away. Only what "pruned" has passed can be deleted.
"""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text

from sieve_manager.adapters.database.tables import metadata

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

entries = Table(
    "audit_entries",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("mailbox", String(255), nullable=False),
    Column("entry", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("audit_entries_mailbox", "mailbox", "number"),
)

marks = Table(
    "audit_marks",
    metadata,
    Column("name", String(8), primary_key=True),
    Column("number", _NUMBER, nullable=False),
    Column("digest", String(64), nullable=False),
)
