"""The tables of the directory that is kept here, filled by an import.

Words and addresses have tables of their own so that a search and a look-up walk an index. Words
and logins are compared by their octets on both databases: in a language's order the words that
begin alike need not stand together.
"""

from sqlalchemy import Column, Index, String, Table, Text

from sieve_manager.adapters.database.tables import metadata

_WORD = String(64).with_variant(String(64, collation="C"), "postgresql")
_LOGIN = String(255).with_variant(String(255, collation="C"), "postgresql")

people = Table(
    "directory_people",
    metadata,
    Column("login", _LOGIN, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("manager", Text, nullable=False),
    Column("groups", Text, nullable=False),
    Column("language", Text, nullable=False),
)

addresses = Table(
    "directory_addresses",
    metadata,
    Column("address", String(255), primary_key=True),
    Column("login", _LOGIN, nullable=False),
    Index("directory_addresses_login", "login"),
    sqlite_with_rowid=False,
)

words = Table(
    "directory_words",
    metadata,
    Column("word", _WORD, primary_key=True),
    Column("login", _LOGIN, primary_key=True),
    Index("directory_words_login", "login", "word"),
    sqlite_with_rowid=False,
)
