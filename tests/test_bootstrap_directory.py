"""Which directory is wired, and that it supplies the addresses in place of [mailboxes]."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.bootstrap_directory import People, wire_people
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import DirectoryError, SettingsError
from sieve_manager.settings import load_settings
from tests.servers.slapd import PASSWORD, PEOPLE, READER, running_slapd

Wire = Callable[[str], People]
ANNA = Person(
    login=Login("anna"),
    address=EmailAddress("anna.muster", "example.com"),
    aliases=(EmailAddress("office", "example.com"),),
)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """Wire from what the test adds to the configuration."""
    url = f"sqlite:///{tmp_path}/sieve-manager.db"
    upgrade(url)
    database = Database(url)

    def wired(text: str) -> People:
        file = tmp_path / "config.toml"
        file.write_text(f'[managesieve]\nhost = "localhost"\n{text}', encoding="utf-8")
        return wire_people(load_settings(file), database, lambda: datetime.now(UTC))

    yield wired
    database.close()


def test_without_a_directory_the_mailboxes_of_the_configuration_are_it(
    wire: Wire, tmp_path: Path
) -> None:
    (tmp_path / "m.csv").write_text("anna,anna.muster@example.com,office@example.com\n")
    people = wire(f'[mailboxes]\nfile = "{tmp_path}/m.csv"')
    assert people.table is None
    assert people.directory.search("office") == (ANNA,)
    assert people.addresses.mailbox(ANNA.login) == ANNA.mailbox


def test_a_table_supplies_addresses_and_the_default_domain_those_of_others(wire: Wire) -> None:
    people = wire('[directory]\nkind = "table"\n[mailboxes]\ndefault_domain = "example.net"')
    assert people.table is people.directory
    assert people.table is not None
    people.table.apply(people.table.plan([ANNA]))
    assert people.addresses.mailbox(ANNA.login) == ANNA.mailbox
    assert people.addresses.mailbox(Login("bob")).address == EmailAddress("bob", "example.net")
    assert list(people.directory.logins()) == [ANNA.login]


def test_a_query_supplies_addresses(wire: Wire, tmp_path: Path) -> None:
    people = wire(
        f'[directory]\nkind = "sql"\nurl = "sqlite:///{tmp_path}/sieve-manager.db"\n'
        "query = \"SELECT 'anna' AS login, 'anna.muster@example.com' AS address, "
        "'office@example.com' AS aliases;\""
    )
    assert people.table is None
    assert people.addresses.mailbox(ANNA.login) == ANNA.mailbox


def test_ldap_is_asked_as_configured(wire: Wire) -> None:
    people = wire(
        '[directory]\nkind = "ldap"\nhost = "127.0.0.1"\nport = 1\ntls = "none"\nbase = "dc=x"\n'
        'alias_attribute = "other"\nbind_dn = "cn=reader"\npassword = "secret"\n'
        '[master]\nuser = "master"\npassword = "x"\nseparator = "!"\n'
    )
    assert "secret" not in repr(people)
    assert "alias='other'" in repr(people)
    assert "master_separator='!'" in repr(people)
    with pytest.raises(DirectoryError):
        people.addresses.mailbox(ANNA.login)


def test_ldap_without_its_package_says_what_to_install(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("sieve_manager.adapters.ldap")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ldap3", None)
    with pytest.raises(SettingsError) as caught:
        wire('[directory]\nkind = "ldap"\nhost = "h"\nbase = "dc=x"')
    assert "sieve-manager[ldap]" in str(caught.value)


def test_ldap_is_asked_over_starttls_with_the_password_of_a_file(
    wire: Wire, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    with running_slapd() as slapd:
        slapd.add([replace(ANNA, name="Anna Muster", groups=frozenset({"Staff"}))])
        people = wire(
            f'[directory]\nkind = "ldap"\nhost = "127.0.0.1"\nport = {slapd.port}\n'
            f'tls = "starttls"\nca_file = "{slapd.ca_file}"\nbase = "{PEOPLE}"\n'
            f'bind_dn = "{READER}"\npassword_file = "{tmp_path}/password"\n'
            'alias_attribute = "proxyAddresses"\n'
        )
        assert people.addresses.mailbox(ANNA.login) == ANNA.mailbox
        (found,) = people.directory.search("muster")
        assert (found.name, found.groups) == ("Anna Muster", {"Staff"})
