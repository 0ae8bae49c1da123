"""The table of test messages that were sent."""

from sqlalchemy import Boolean, Column, Float, Index, String, Table, Text

from sieve_manager.adapters.database.tables import metadata

proofs = Table(
    "proofs",
    metadata,
    Column("mark", String(32), primary_key=True),
    Column("actor", String(255), nullable=False),
    Column("address", Text, nullable=False),
    Column("sent_at", Float, nullable=False),
    # A login a line.
    Column("logins", Text, nullable=False),
    # Whether it was taken away; the row then only counts.
    Column("clean", Boolean, nullable=False),
    Index("proofs_actor", "actor", "sent_at"),
    Index("proofs_clean", "clean", "sent_at"),
)
