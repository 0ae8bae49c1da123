"""The tables of the HTTP API: tokens, how often each was used lately, and kept answers."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from sieve_manager.adapters.database.tables import metadata

tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    # SHA-256 of the secret, which is not kept.
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    # Who made it was named in [staff].
    Column("listed", Boolean, nullable=False),
    Column("used", Float),
    Column("revoked", Float),
)

calls = Table(
    "api_calls",
    metadata,
    Column("token", Integer, primary_key=True, autoincrement=False),
    # Since 1970.
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("calls", Integer, nullable=False),
)

answers = Table(
    "api_answers",
    metadata,
    Column("token", Integer, primary_key=True, autoincrement=False),
    Column("key", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("at", Float, nullable=False),
    # Status, headers and body as JSON; null while the call is under way.
    Column("answer", Text),
    Index("api_answers_at", "at"),
)
