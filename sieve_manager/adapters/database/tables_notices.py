"""The table of notices that were sent, or are to be."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table

from sieve_manager.adapters.database.tables import metadata

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

sent_notices = Table(
    "sent_notices",
    metadata,
    Column("kind", String(16), primary_key=True),
    # Of the audit log's entry, or the case's id.
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("about", String(320), primary_key=True),
    Column("since", Float, nullable=False),
    # Null while it is still to be sent.
    Column("sent", Float),
    Index("sent_notices_sent", "kind", "sent"),
)
