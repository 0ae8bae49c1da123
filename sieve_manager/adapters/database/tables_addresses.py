"""The tables of redirect addresses and aliases.

An address stands under the key that Postfix asks for: all in lower case, and a catch-all as
``@domain``. Postfix's own queries walk *redirect_addresses* and *redirect_targets* (see
sieve_manager/application/postfix_views.py), so a row stays when its address is gone.
"""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from sieve_manager.adapters.database.tables import metadata

_KEY = String(320).with_variant(String(320, collation="C"), "postgresql")

addresses = Table(
    "redirect_addresses",
    metadata,
    Column("address", _KEY, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    # 0 and NEVER where it has no such day.
    Column("starts", Float, nullable=False),
    Column("ends", Float, nullable=False),
    Column("moved_to", Text, nullable=False),
    # What it is, as JSON; "" where it is gone.
    Column("record", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("owner", String(255), nullable=False),
    Column("domain", String(255), nullable=False),
    Column("words", Text, nullable=False),
    Index("redirect_addresses_revision", "revision"),
    Index("redirect_addresses_owner", "owner", "address"),
    Index("redirect_addresses_ends", "ends"),
)

ways = Table(
    "redirect_targets",
    metadata,
    Column("address", _KEY, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # As written, for whoever delivers there; and as it is compared.
    Column("target", Text, nullable=False),
    Column("target_key", _KEY, nullable=False),
    Index("redirect_targets_target_key", "target_key"),
)

revisions = Table(
    "redirect_revision",
    metadata,
    # One row, which counts all changes; who changes an address locks it first.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)

versions = Table(
    "redirect_versions",
    metadata,
    Column("address", _KEY, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("role", String(16), nullable=False),
    Column("change", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("undoes", Integer),
    # As JSON; null: there was no such address.
    Column("before", Text),
    Column("after", Text),
    Index("redirect_versions_at", "at"),
)
