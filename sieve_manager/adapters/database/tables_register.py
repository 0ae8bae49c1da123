"""The tables of the register: what the last sweeps found, so that a page need not ask the server.

Losing them loses nothing: the next sweep fills them again. The columns that pages sort and
filter by stand beside the entry's login, so that a page walks one index. Logins and targets are
compared by their octets on both databases.
"""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from sieve_manager.adapters.database.tables import metadata

NEVER = 1e12
"""What *ends* holds for a forward without end: so it sorts behind all others, in the index."""

_LOGIN = String(255).with_variant(String(255, collation="C"), "postgresql")
_TARGET = Text().with_variant(Text(collation="C"), "postgresql")

sweeps = Table(
    "register_sweeps",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("started", Float, nullable=False),
    Column("touched", Float, nullable=False),
    Column("finished", Float),
    Column("cursor", _LOGIN, nullable=False),
    Column("read", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("holder", String(32), nullable=False),
    Column("expires", Float, nullable=False),
)

mailboxes = Table(
    "register_mailboxes",
    metadata,
    Column("login", _LOGIN, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("scripts", Text, nullable=False),
    Column("sweep", Integer, nullable=False),
    Column("stays", Boolean),
)

entries = Table(
    "register_entries",
    metadata,
    Column("login", _LOGIN, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("target", _TARGET, nullable=False),
    Column("place", String(16), nullable=False),
    Column("notice", Boolean, nullable=False),
    Column("conditions", Text, nullable=False),
    Column("kept", Boolean),
    Column("starts", Float),
    Column("ends", Float, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("set_by", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("program", String(32), nullable=False),
    Column("rule", Text, nullable=False),
    Column("script", Text, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("problem", Text, nullable=False),
    Column("is_problem", Boolean, nullable=False),
    Column("for_operators", Boolean, nullable=False),
    Column("words", Text, nullable=False),
    Index("register_entries_target", "is_problem", "target", "login", "position"),
    Index("register_entries_ends", "is_problem", "ends", "login", "position"),
    Index("register_entries_login", "is_problem", "login", "position"),
    Index("register_entries_set_by", "is_problem", "set_by", "login", "position"),
    Index("register_entries_gone", "gone", "login", "position"),
    Index("register_entries_place", "place", "target"),
)

news = Table(
    "register_news",
    metadata,
    Column("sweep", Integer, primary_key=True, autoincrement=False),
    Column("login", _LOGIN, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("target", _TARGET, nullable=False),
    Column("set_by", String(16), nullable=False),
    Column("program", String(32), nullable=False),
    Column("unreadable", Boolean, nullable=False),
)
