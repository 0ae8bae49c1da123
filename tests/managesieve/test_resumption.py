"""TLS sessions are taken up again, and never further than what was verified."""

import os
import ssl
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from sieve_manager.demo.certificates import Authority, Certificate
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.errors import TlsError
from sieve_manager.managesieve import Connection, Credentials, Endpoint, TlsMode, resumption
from tests.servers import scripted_managesieve
from tests.servers.mailboxes import PASSWORD
from tests.servers.scripted_managesieve import Peer, ScriptedServer

ANNA = Credentials(login="anna", password="secret")


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    resumption._kept.clear()
    yield
    resumption._kept.clear()


def speaking(certificate: Certificate) -> ScriptedServer:
    def conversation(peer: Peer) -> None:
        peer.start_tls(certificate)
        peer.sign_in()
        peer.answer(b"OK\r\n")

    return ScriptedServer(conversation)


def at(server: ScriptedServer, authority: Authority, **more: str) -> Endpoint:
    return Endpoint(
        host="localhost",
        port=server.port,
        tls=TlsMode.IMPLICIT,
        ca_file=authority.ca_file,
        server_name=more.get("server_name"),
    )


def visit(endpoint: Endpoint) -> None:
    with Connection.open(endpoint, ANNA) as connection:
        assert connection.usable


def test_the_second_handshake_is_a_short_one(
    authority: Authority, certificate: Certificate
) -> None:
    with speaking(certificate) as server:
        for _ in range(3):
            visit(at(server, authority))
        assert [peer.resumed for peer in server.peers] == [False, True, True]


def test_another_name_is_verified_by_itself(authority: Authority, certificate: Certificate) -> None:
    with speaking(certificate) as server:
        visit(at(server, authority))
        with pytest.raises(TlsError, match="not trusted"):
            visit(at(server, authority, server_name="mail.example.com"))
        assert [peer.resumed for peer in server.peers] == [False, False]


def test_authorities_that_were_exchanged_verify_anew(
    authority: Authority, certificate: Certificate
) -> None:
    with speaking(certificate) as server:
        visit(at(server, authority))
        changed = authority.ca_file.stat().st_mtime_ns + 1_000_000
        os.utime(authority.ca_file, ns=(changed, changed))
        visit(at(server, authority))
        assert [peer.resumed for peer in server.peers] == [False, False]


def test_after_an_hour_the_certificate_is_verified_anew(
    authority: Authority, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with speaking(certificate) as server:
        now = [0.0]
        monkeypatch.setattr(resumption, "time", SimpleNamespace(monotonic=lambda: now[0]))
        for minutes in (0, 30, 59, 61):  # each visit takes up the session of the one before
            now[0] = minutes * 60.0
            visit(at(server, authority))
        assert [peer.resumed for peer in server.peers] == [False, True, True, False]


def test_a_server_that_takes_up_none_is_left_alone_for_a_minute(
    authority: Authority, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetting(peer: Peer) -> None:
        scripted_managesieve._context.cache_clear()
        peer.start_tls(certificate)
        peer.sign_in()
        peer.answer(b"OK\r\n")

    now, offers, offered = [0.0], [], resumption.offered

    def noted(endpoint: Endpoint, context: ssl.SSLContext) -> ssl.SSLSession | None:
        offers.append(session := offered(endpoint, context))
        return session

    monkeypatch.setattr(resumption, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(resumption, "offered", noted)
    with ScriptedServer(forgetting) as server:
        for seconds in (0, 1, 2, 60, 62, 63):
            now[0] = seconds
            visit(at(server, authority))
        assert [peer.resumed for peer in server.peers] == [False] * 6
    assert list(map(bool, offers)) == [False, True, False, False, False, True]


def test_a_dovecot_takes_up_its_sessions(dovecot: DovecotServer, login: str) -> None:
    there = dovecot.endpoints
    endpoint = Endpoint(host="localhost", port=there.managesieve_port, ca_file=there.ca_file)
    own = Credentials(login=login, password=PASSWORD)
    reused = []
    for _ in range(3):
        with Connection.open(endpoint, own) as connection:
            reused.append(connection._exchange._transport._socket.session_reused)
            assert not connection.capabilities.unauthenticate  # Dovecot 2.3 has none
    assert reused[0] is False
    assert True in reused
