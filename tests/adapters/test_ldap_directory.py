"""LDAP beside the contract: connections that are not safe, answers that do not come, entries
that are not as they should be.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.adapters.ldap import idle
from sieve_manager.adapters.ldap.directory import LdapDirectory
from sieve_manager.adapters.ldap.session import common_name, equals
from sieve_manager.demo.certificates import Authority
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import DirectoryError
from sieve_manager.managesieve import TlsMode
from tests.contracts.ldap import NAMES, ldap_directory, ldap_server
from tests.contracts.people import ANNA, CARLA, PEOPLE
from tests.servers.cutting_proxy import CuttingProxy, Direction
from tests.servers.slapd import PASSWORD, SUFFIX, Slapd, running_slapd

MANY = 1201


@pytest.fixture(scope="module")
def slapd() -> Iterator[Slapd]:
    """A server with the people of the contract and many more."""
    with running_slapd() as server:
        server.add(PEOPLE)
        more = (Person(login=Login(f"p{n:04}"), name=f"Person {n}") for n in range(MANY))
        server.add(more)
        yield server


def failure(ask: Callable[[], object]) -> str:
    with pytest.raises(DirectoryError) as caught:
        ask()
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


def at(slapd: Slapd, **changes: Any) -> LdapDirectory:
    """A directory whose endpoint is changed."""
    server = ldap_server(slapd)
    endpoint = replace(server.endpoint, **changes)
    return LdapDirectory(server=replace(server, endpoint=endpoint, seconds=1), names=NAMES)


@pytest.mark.parametrize("tls", TlsMode)
def test_a_question_is_answered_however_the_connection_is_protected(
    slapd: Slapd, tls: TlsMode
) -> None:
    directory = LdapDirectory(server=ldap_server(slapd, tls), names=NAMES)
    assert directory.person(ANNA.login) == ANNA


@pytest.mark.parametrize("tls", [TlsMode.IMPLICIT, TlsMode.STARTTLS])
def test_a_certificate_of_another_authority_is_refused(
    slapd: Slapd, tmp_path: Path, tls: TlsMode
) -> None:
    port = slapd.tls_port if tls is TlsMode.IMPLICIT else slapd.port
    directory = at(slapd, tls=tls, port=port, ca_file=Authority(tmp_path).ca_file)
    assert "certificate verify failed" in failure(lambda: directory.person(ANNA.login))


@pytest.mark.parametrize("tls", [TlsMode.IMPLICIT, TlsMode.STARTTLS])
def test_a_certificate_of_another_host_is_refused(slapd: Slapd, tls: TlsMode) -> None:
    # 127.1 leads to 127.0.0.1, but that is not what the certificate says.
    port = slapd.tls_port if tls is TlsMode.IMPLICIT else slapd.port
    directory = at(slapd, tls=tls, port=port, host="127.1")
    assert "ostname mismatch" in failure(lambda: directory.person(ANNA.login))


def test_a_server_that_is_away_is_said(slapd: Slapd) -> None:
    assert "cannot be asked" in failure(lambda: at(slapd, port=1).search("anna"))


def test_authorities_that_were_taken_away_are_said(slapd: Slapd, tmp_path: Path) -> None:
    server = ldap_server(slapd)
    moved = replace(server, endpoint=replace(server.endpoint, ca_file=tmp_path / "gone.pem"))
    with pytest.raises(DirectoryError, match="No such file"):
        LdapDirectory(server=moved, names=NAMES).person(Login("anna"))


@pytest.fixture
def proxy(slapd: Slapd) -> Iterator[CuttingProxy]:
    with CuttingProxy("127.0.0.1", slapd.tls_port) as proxy:
        yield proxy


def test_the_next_question_needs_no_new_connection(slapd: Slapd, proxy: CuttingProxy) -> None:
    directory = at(slapd, port=proxy.port)
    assert directory.person(ANNA.login) == ANNA
    first = proxy.passed(Direction.TO_CLIENT)
    proxy.arm()
    assert directory.person(ANNA.login) == ANNA
    assert 0 < proxy.passed(Direction.TO_CLIENT) < first / 2  # no certificate, no sign-in


def test_a_server_that_hung_up_meanwhile_is_asked_anew(slapd: Slapd, proxy: CuttingProxy) -> None:
    directory = at(slapd, port=proxy.port)
    for _ in range(2):
        assert directory.person(ANNA.login) == ANNA
        proxy.hang_up()


def test_a_connection_that_broke_in_an_answer_is_not_used_again(
    slapd: Slapd, proxy: CuttingProxy
) -> None:
    directory = at(slapd, port=proxy.port)
    assert directory.person(ANNA.login) == ANNA
    proxy.arm(Direction.TO_CLIENT, 20)
    failure(lambda: directory.search("anna"))
    assert directory.person(ANNA.login) == ANNA


def test_a_connection_that_nobody_used_for_long_is_ended(
    slapd: Slapd, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = at(slapd, port=proxy.port)
    assert directory.person(ANNA.login) == ANNA
    first = proxy.passed(Direction.TO_CLIENT)
    monkeypatch.setattr(idle, "_KEPT_SECONDS", 0.0)
    proxy.arm()
    assert directory.person(ANNA.login) == ANNA
    assert proxy.passed(Direction.TO_CLIENT) > first / 2


def test_a_wrong_password_is_said(slapd: Slapd) -> None:
    server = replace(ldap_server(slapd), password=PASSWORD + "x")
    directory = LdapDirectory(server=server, names=NAMES)
    assert "directory.bind_dn" in failure(lambda: directory.search("anna"))


def test_a_base_that_is_not_there_is_said(slapd: Slapd) -> None:
    directory = ldap_directory(slapd, base=f"ou=gone,{SUFFIX}")
    assert "directory.base" in failure(lambda: directory.person(ANNA.login))
    assert "directory.base" in failure(lambda: list(directory.logins()))


def test_a_filter_that_cannot_be_read_is_said(slapd: Slapd) -> None:
    directory = ldap_directory(slapd, filter="(&(mail=*)(mail))")
    assert "directory.filter" in failure(lambda: directory.search("anna"))


def test_all_are_listed_page_by_page(slapd: Slapd) -> None:
    logins = list(ldap_directory(slapd).logins())
    assert len(logins) == len(set(logins)) == MANY + len(PEOPLE)
    assert logins == sorted(logins, key=str)


def test_a_list_that_the_server_cuts_is_no_list(slapd: Slapd) -> None:
    anonymous = LdapDirectory(
        server=replace(ldap_server(slapd), bind_dn="", password=None), names=NAMES
    )
    assert "size limit" in failure(lambda: list(anonymous.logins()))
    assert anonymous.search("anna muster")[0].login == ANNA.login


def test_a_search_that_many_fit_finds_the_first(slapd: Slapd) -> None:
    found = ldap_directory(slapd).search("person")
    assert len(found) == 20
    assert [one.name for one in ldap_directory(slapd).search("person 1200")] == ["Person 1200"]


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port where *answer* gets each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                with server.accept()[0] as connection:
                    answer(connection)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def drip(connection: socket.socket) -> None:
    """The beginning of a long answer, an octet at a time, until the other side has had enough."""
    connection.sendall(b"\x30\x84\x00\x00\xff\xff")
    while True:
        connection.sendall(b"\x04")
        time.sleep(0.05)


def nothing(connection: socket.socket) -> None:
    while connection.recv(1000):
        pass


@pytest.mark.parametrize("answer", [drip, nothing])
@pytest.mark.parametrize("tls", TlsMode)
def test_an_answer_that_does_not_come_is_given_up(
    slapd: Slapd, answer: Callable[[socket.socket], None], tls: TlsMode
) -> None:
    with listening(answer) as port:
        directory = at(slapd, port=port, tls=tls)
        directory = replace(directory, server=replace(directory.server, seconds=0.3))
        began = time.monotonic()
        failure(lambda: directory.search("anna"))
        assert time.monotonic() - began < 3


_WELCOME = b"\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\x00\x04\x00\x04\x00"


@pytest.mark.parametrize(
    "octets",
    [
        *[b"", b"\x00", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x05"],
        *[_WELCOME[:n] + b"\x1f" + _WELCOME[n + 1 :] for n in range(2, len(_WELCOME), 2)],
    ],
)
def test_a_server_that_speaks_no_ldap_is_a_failure_of_ours(slapd: Slapd, octets: bytes) -> None:
    with listening(lambda connection: connection.sendall(octets)) as port:
        directory = at(slapd, port=port, tls=TlsMode.NONE)
        failure(lambda: directory.search("anna"))


def test_a_login_with_the_master_user_s_separator_is_left_out(slapd: Slapd) -> None:
    directory = replace(ldap_directory(slapd), master_separator="@")
    assert Login("bruno@example.com") not in set(directory.logins())
    assert directory.person(ANNA.login) == replace(ANNA, manager=None)


def test_what_has_no_attribute_is_empty(slapd: Slapd) -> None:
    directory = ldap_directory(slapd, alias="", manager="", groups="", language="")
    assert directory.person(ANNA.login) == Person(
        login=ANNA.login, name=ANNA.name, address=ANNA.address
    )
    assert directory.by_address(EmailAddress("office", "example.com")) is None


def test_a_manager_may_be_a_login(slapd: Slapd) -> None:
    found = ldap_directory(slapd, manager="preferredLanguage").person(CARLA.login)
    assert found is not None
    assert found.manager == Login("pt-br")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cn=Staff,ou=groups,dc=example,dc=com", "Staff"),
        ("CN=Smith\\, John,DC=example", "Smith, John"),
        ("Staff", "Staff"),
        ("a=b=c", "a=b=c"),
        ("=", "="),
        ("", ""),
    ],
)
def test_a_group_is_called_by_the_first_part_of_its_name(text: str, name: str) -> None:
    assert common_name(text) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_in_a_filter_is_only_text(text: str) -> None:
    value = equals("cn", text).removeprefix("(cn=").removesuffix(")")
    assert not set(value) & set("()*\0")
    assert value.count("\\") == sum(text.count(sign) for sign in "\\()*\0")
