"""The guide beside Postfix shows what the command prints, and what senders are really told."""

from pathlib import Path

import pytest

from sieve_manager.adapters.database.postfix_views import postgresql_server
from sieve_manager.application.postfix_files import PostfixTables, configuration
from sieve_manager.application.postfix_views import MOVED, NOT_IN_USE, PAUSED

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "install-beside-postfix.md"
SOURCES = {
    "SQLite": Path("/var/lib/sieve-manager-postfix/addresses.db"),
    "PostgreSQL": postgresql_server("postgresql+psycopg://sieve_manager@/sieve_manager"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_the_guide_shows_what_is_printed(name: str) -> None:
    printed = configuration(PostfixTables(source=SOURCES[name], domains=("example.com",)))
    _, _, section = GUIDE.read_text(encoding="utf-8").partition(f"### With {name}\n")
    shown = section.partition("```text\n")[2].partition("```")[0]
    assert shown.splitlines() == list(printed)


@pytest.mark.parametrize("told", [NOT_IN_USE, PAUSED, f"{MOVED}NEW"])
def test_the_guide_says_what_senders_are_told(told: str) -> None:
    assert f"`{told}`" in GUIDE.read_text(encoding="utf-8")
