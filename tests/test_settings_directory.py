"""[directory]: each kind has its keys, and a refusal names the one that is wrong."""

from pathlib import Path

import pytest

from sieve_manager.errors import SettingsError
from sieve_manager.settings import Settings, load_settings
from sieve_manager.settings_directory import DirectoryKind, DirectorySection

LDAP = 'kind = "ldap"\nhost = "ldap.example.com"\nbase = "ou=people,dc=example,dc=com"\n'
SQL = 'kind = "sql"\nurl = "sqlite:////tmp/people.db"\nquery = "SELECT login FROM people"\n'


def load(tmp_path: Path, text: str, more: str = "") -> Settings:
    path = tmp_path / "sieve-manager.toml"
    text = f'[managesieve]\nhost = "mail.example.com"\n[directory]\n{text}\n{more}'
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def section(tmp_path: Path, text: str) -> DirectorySection:
    return load(tmp_path, text).directory


def test_there_is_none_where_nothing_is_set(tmp_path: Path) -> None:
    assert section(tmp_path, "").kind is DirectoryKind.NONE


def test_ldap_is_implicit_tls_unless_told_otherwise(tmp_path: Path) -> None:
    assert section(tmp_path, LDAP).ldap_port == 636
    assert section(tmp_path, LDAP + 'tls = "starttls"').ldap_port == 389
    assert section(tmp_path, LDAP + "port = 3269").ldap_port == 3269
    assert (
        section(tmp_path, LDAP.replace("ldap.example.com", "::1") + 'tls = "none"').secret is None
    )


def test_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n", encoding="utf-8")
    more = f'password_file = "{tmp_path}/password"\n'
    found = section(tmp_path, LDAP + more + 'bind_dn = "cn=reader"')
    assert found.secret == "s3cret"
    assert section(tmp_path, SQL + more).secret == "s3cret"
    assert "s3cret" not in repr(found)


def test_query_loses_its_last_sign(tmp_path: Path) -> None:
    text = SQL.replace("FROM people", "FROM people ; ")
    assert section(tmp_path, text).query == "SELECT login FROM people "


def test_password_in_the_url_is_not_shown(tmp_path: Path) -> None:
    text = SQL.replace("sqlite:////tmp/people.db", "postgresql+psycopg://a:s3cret@h/d")
    assert "s3cret" not in repr(load(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('kind = "ad"', "kind", "'none', 'table', 'ldap' or 'sql'"),
        ('kind = "ldap"', "host", "is missing; kind = “ldap” needs it"),
        ('kind = "ldap"\nhost = "h"', "base", "is missing"),
        (LDAP + 'name_attribute = ""', "name_attribute", "is missing"),
        ('kind = "sql"', "url", "is missing"),
        ('kind = "sql"\nurl = "sqlite:///x"', "query", "is missing"),
        ('kind = "table"\nhost = "h"', "host", "is used with kind = “ldap” only"),
        ('password = "x"', "password", "“ldap” or “sql” only"),
        (SQL + 'base = "dc=x"', "base", "“ldap” only"),
        (LDAP + 'query = "SELECT 1"', "query", "“sql” only"),
        (SQL.replace("SELECT", "DELETE"), "query", "is one SELECT"),
        (SQL.replace("sqlite", "oracle"), "url", "begins with sqlite"),
        (LDAP + 'filter = "mail=*"', "filter", "in brackets"),
        (LDAP + 'filter = "(mail=*))"', "filter", "in brackets"),
        (LDAP + 'login_attribute = "uid=*"', "login_attribute", "the name of one LDAP attribute"),
        (LDAP + 'tls = "none"', "tls", "only for a server on this machine"),
        (LDAP + 'ca_file = "/nowhere"', "ca_file", "there is no file"),
        (LDAP + 'bind_dn = "cn=x"', "password_file", "bind_dn needs a password"),
        (LDAP + 'bind_dn = "cn=x"\npassword = ""', "password_file", "bind_dn needs a password"),
        (LDAP + 'password = "x"', "bind_dn", "is missing"),
        (LDAP + "port = 0", "port", "greater than or equal to 1"),
        (LDAP + 'basee = "x"', "basee", "did you mean “base”?"),
    ],
)
def test_wrong_key_is_named(tmp_path: Path, text: str, key: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert caught.value.key == f"directory.{key}"
    assert said in str(caught.value)


def test_a_file_of_mailboxes_beside_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("login,address\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, 'kind = "table"', f'[mailboxes]\nfile = "{tmp_path}/m.csv"')
    assert caught.value.key == "mailboxes.file"
