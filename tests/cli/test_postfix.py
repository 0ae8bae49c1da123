"""``sieve-manager postfix config``: for the database in use, and without a secret of ours."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sieve_manager.cli import main

_FROM_HERE = 'local "sm" sieve_manager_postfix scram-sha-256'
_FROM_THERE = 'host "sm" sieve_manager_postfix ADDRESS-OF-POSTFIX/32 scram-sha-256'


def printed(tmp_path: Path, database: str) -> str:
    config = tmp_path / "config.toml"
    config.write_text(
        f"""
[managesieve]
host = "mail.example.com"
[database]
url = "{database}"
[directory]
kind = "table"
[addresses]
domains = ["example.com"]
"""
    )
    result = CliRunner().invoke(main, ["--config", str(config), "postfix", "config"])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_with_sqlite_it_names_the_map_file_and_its_marker(tmp_path: Path) -> None:
    text = printed(tmp_path, "sqlite:////srv/sm/sieve-manager.db")
    assert "dbpath = /srv/sm/postfix/addresses.db\n" in text
    assert "postmap hash:/srv/sm/postfix/changed\n" in text
    assert "virtual_alias_maps = hash:/srv/sm/postfix/changed, sqlite:/etc/postfix/" in text
    assert list(tmp_path.iterdir()) == [tmp_path / "config.toml"], "nothing is written"


@pytest.mark.parametrize(
    ("address", "hosts", "way_in"),
    [
        ("sm:hunter2@db.example.com/sm", "inet:db.example.com:5432", _FROM_THERE),
        ("sm:hunter2@db.example.com:5433/sm", "inet:db.example.com:5433", _FROM_THERE),
        ("sm:hunter2@/sm?host=/run/pg", "unix:/run/pg", _FROM_HERE),
        ("/sm", "unix:/run/postgresql", _FROM_HERE),
    ],
)
def test_with_postgresql_it_names_the_server_and_a_role_of_its_own(
    tmp_path: Path, address: str, hosts: str, way_in: str
) -> None:
    text = printed(tmp_path, f"postgresql+psycopg://{address}")
    assert f"hosts = {hosts}\ndbname = sm\nuser = sieve_manager_postfix\n" in text
    assert "GRANT SELECT ON postfix_targets, postfix_refusals TO sieve_manager_postfix;" in text
    assert f"# In pg_hba.conf, above its other lines: {way_in}\n" in text
    assert "hunter2" not in text
