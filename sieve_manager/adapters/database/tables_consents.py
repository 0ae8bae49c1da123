"""The tables of questions to receivers, and of what they said."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from sieve_manager.adapters.database.tables import metadata

_KEY = String(320).with_variant(String(320, collation="C"), "postgresql")

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", _KEY, nullable=False),
    # As written, for the mail to them; and as it is compared.
    Column("destination", Text, nullable=False),
    Column("destination_key", _KEY, nullable=False),
    Column("state", String(16), nullable=False),
    Column("question", Integer, nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("at", Float, nullable=False),
    Column("done", Boolean, nullable=False),
    Index("consents_source", "kind", "name", "destination_key", unique=True),
    Index("consents_pending", "done", "at"),
)

questions = Table(
    "consent_questions",
    metadata,
    Column("consent", Integer, primary_key=True, autoincrement=False),
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("owner", _KEY, nullable=False),
    Column("destination_key", _KEY, nullable=False),
    Index("consent_questions_owner", "owner", "at"),
    Index("consent_questions_destination", "destination_key", "at"),
)

wishes = Table(
    "consent_wishes",
    metadata,
    Column("login", String(255), primary_key=True),
    # What the forward is to become, as JSON.
    Column("wish", Text, nullable=False),
)
