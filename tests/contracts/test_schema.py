"""The tables are made and brought up to date at start, however many processes start."""

import os
import pkgutil
import stat
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from sieve_manager.adapters import database as room
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.schema import MIGRATIONS, NEWEST, upgrade
from sieve_manager.adapters.database.tables import metadata
from sieve_manager.errors import SettingsError, StorageError
from tests.servers.postgresql import Postgresql

for _module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
    if ".tables_" in _module.name:
        import_module(_module.name)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind that nobody else uses, without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new.db"
    server: Postgresql = request.getfixturevalue("postgresql")
    return server.new_database()


def test_migrations_lead_to_the_tables_in_the_code(new_url: str) -> None:
    upgrade(new_url)
    database = Database(new_url)
    with database.connection() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == NEWEST
    database.close()


def test_newest_revision_is_the_last_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


def test_processes_that_start_at_once_do_not_disturb_each_other(new_url: str) -> None:
    code = f"from sieve_manager.adapters.database.schema import upgrade; upgrade({new_url!r})"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    database = Database(new_url)
    with database.connection() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == NEWEST
    database.close()


def test_second_start_changes_nothing(database_url: str) -> None:
    upgrade(database_url)


def test_what_root_begins_belongs_to_the_service_like_the_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _file, *owner: given.append(owner))
    upgrade(f"sqlite:///{tmp_path}/new.db")
    upgrade(f"sqlite:///{tmp_path}/new.db")
    assert given == [(tmp_path.stat().st_uid, -1)]


def test_new_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    upgrade(f"sqlite:///{path}")
    for file in tmp_path.glob("new.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="absent"):
        upgrade(f"sqlite:///{tmp_path}/absent/new.db")


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 100, encoding="utf-8")
    with pytest.raises(StorageError, match="not a database"):
        upgrade(f"sqlite:///{path}")
    assert path.read_text(encoding="utf-8").startswith("dear diary")


def test_database_that_cannot_be_reached_shows_no_password() -> None:
    url = "postgresql+psycopg://anna:hunter2@127.0.0.1:1/none?connect_timeout=2"
    with pytest.raises(StorageError) as caught:
        upgrade(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite", "postgresql+psycopg://x:y:z", "nonsense://x"])
def test_unreadable_url_names_its_key(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        upgrade(url)
    assert caught.value.key == "database.url"


def test_failing_statement_is_a_storage_error_without_values(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(StorageError, match="no such table") as caught:
        database.execute(metadata.tables["locks"].delete(), {})
    assert "DELETE" not in str(caught.value)
    database.close()
