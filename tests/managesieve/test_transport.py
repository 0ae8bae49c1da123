"""TLS is verified or there is no session; addresses and deadlines."""

import datetime
import socket
import ssl
import time
from pathlib import Path

import pytest

from sieve_manager.demo.certificates import Authority, Certificate
from sieve_manager.errors import TlsError, UnreachableError
from sieve_manager.managesieve import Connection, Deadlines, Endpoint, TlsMode
from sieve_manager.managesieve.protocol import Limits
from sieve_manager.managesieve.transport import Deadline, Transport
from tests.managesieve.conftest import ANNA, HASTY
from tests.servers.scripted_managesieve import (
    CAPABILITIES,
    STARTTLS,
    Conversation,
    Peer,
    ScriptedServer,
)

YESTERDAY = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)


def open_tls(
    server: ScriptedServer,
    ca_file: Path | None,
    *,
    host: str = "localhost",
    tls: TlsMode = TlsMode.STARTTLS,
    server_name: str | None = None,
    deadlines: Deadlines | None = None,
) -> Connection:
    endpoint = Endpoint(
        host=host, port=server.port, tls=tls, ca_file=ca_file, server_name=server_name
    )
    return Connection.open(endpoint, ANNA, deadlines)


def starting_tls(certificate: Certificate, *, before: bytes = STARTTLS) -> Conversation:
    """Offer STARTTLS, take it, sign the client in; assert that nothing came in clear text."""

    def conversation(peer: Peer) -> None:
        peer.greet(before)
        assert peer.answer(b"OK\r\n") == b"STARTTLS"
        peer.start_tls(certificate)
        peer.sign_in()
        peer.answer(b"OK\r\n")

    return conversation


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_starttls_protects_the_sign_in(
    host: str, authority: Authority, certificate: Certificate
) -> None:
    with ScriptedServer(starting_tls(certificate)) as server:
        with open_tls(server, authority.ca_file, host=host) as connection:
            assert not connection.capabilities.starttls
        assert server.commands[0] == b"STARTTLS"
        assert server.commands[-1] == b"LOGOUT"


def test_implicit_tls_protects_everything(authority: Authority, certificate: Certificate) -> None:
    def conversation(peer: Peer) -> None:
        peer.start_tls(certificate)
        peer.sign_in()
        peer.answer(b"OK\r\n")

    with (
        ScriptedServer(conversation) as server,
        open_tls(server, authority.ca_file, tls=TlsMode.IMPLICIT) as connection,
    ):
        assert connection.usable


def test_a_certificate_may_carry_the_configured_name(authority: Authority) -> None:
    certificate = authority.issue("elsewhere", hosts=["mail.example.com"])
    with (
        ScriptedServer(starting_tls(certificate)) as server,
        open_tls(server, authority.ca_file, server_name="mail.example.com") as connection,
    ):
        assert connection.usable


def test_a_certificate_of_an_unknown_authority_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    certificate = Authority(tmp_path).issue()
    assert_refused(starting_tls(certificate), authority.ca_file)


def test_a_certificate_is_not_trusted_without_a_configured_authority(
    certificate: Certificate,
) -> None:
    assert_refused(starting_tls(certificate), None)


def test_a_certificate_for_another_host_is_refused(authority: Authority) -> None:
    certificate = authority.issue("other", hosts=["mail.example.net"])
    assert_refused(starting_tls(certificate), authority.ca_file)


def test_an_expired_certificate_is_refused(authority: Authority) -> None:
    certificate = authority.issue("expired", not_after=YESTERDAY)
    assert_refused(starting_tls(certificate), authority.ca_file)


def assert_refused(conversation: Conversation, ca_file: Path | None) -> None:
    with ScriptedServer(conversation) as server:
        with pytest.raises(TlsError, match="certificate is not trusted"):
            open_tls(server, ca_file)
        assert server.commands == [b"STARTTLS"]


def test_a_server_that_stopped_offering_starttls_gets_no_password(authority: Authority) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        assert peer.until_closed() == b""

    with (
        ScriptedServer(conversation) as server,
        pytest.raises(TlsError, match="does not offer TLS"),
    ):
        open_tls(server, authority.ca_file)


@pytest.mark.parametrize("answer", [b"NO\r\n", b'NO "no TLS today"\r\n'])
def test_a_refused_starttls_gets_no_password(authority: Authority, answer: bytes) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(answer)
        assert peer.until_closed() == b""

    with ScriptedServer(conversation) as server, pytest.raises(TlsError):
        open_tls(server, authority.ca_file)


@pytest.mark.parametrize("injected", [b"O", b"OK\r\n", CAPABILITIES + b"OK\r\n", b"\x16\x03\x03"])
def test_octets_before_tls_are_never_believed_afterwards(
    authority: Authority, certificate: Certificate, injected: bytes
) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(b"OK\r\n" + injected)
        peer.start_tls(certificate)

    with (
        ScriptedServer(conversation) as server,
        pytest.raises(TlsError, match="clear text where TLS must begin"),
    ):
        open_tls(server, authority.ca_file)


def test_octets_that_arrive_a_little_later_spoil_the_handshake(authority: Authority) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(b"OK\r\n")
        peer.send(CAPABILITIES + b"OK\r\n")
        peer.until_closed()

    with ScriptedServer(conversation) as server, pytest.raises(TlsError):
        open_tls(server, authority.ca_file)


def test_what_was_announced_in_clear_text_is_void(
    authority: Authority, certificate: Certificate
) -> None:
    clear = b'"SIEVE" "vnd.evil"\r\n"OWNER" "mallory"\r\n"MAXREDIRECTS" "99"\r\n' + STARTTLS
    with (
        ScriptedServer(starting_tls(certificate, before=clear)) as server,
        open_tls(server, authority.ca_file) as connection,
    ):
        assert not connection.capabilities.has("vnd.evil")
        assert connection.capabilities.owner is None
        assert connection.capabilities.max_redirects is None


def test_sign_in_by_plain_must_be_offered_inside_tls(
    authority: Authority, certificate: Certificate
) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(b"OK\r\n")
        peer.start_tls(certificate)
        peer.send(b'"SASL" ""\r\n' + STARTTLS + b"OK\r\n")
        assert peer.until_closed() == b""

    with ScriptedServer(conversation) as server, pytest.raises(TlsError):
        open_tls(server, authority.ca_file)


def test_no_handshake_ends_at_the_deadline(authority: Authority) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(b"OK\r\n")
        peer.until_closed()

    with ScriptedServer(conversation) as server, pytest.raises(UnreachableError):
        open_tls(server, authority.ca_file, deadlines=HASTY)


def test_a_cut_handshake_is_unreachable(authority: Authority) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(b"OK\r\n")
        peer.close()

    with ScriptedServer(conversation) as server, pytest.raises(UnreachableError):
        open_tls(server, authority.ca_file)


def test_the_second_greeting_must_come(authority: Authority, certificate: Certificate) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(b"OK\r\n")
        peer.start_tls(certificate)
        peer.until_closed()

    with ScriptedServer(conversation) as server, pytest.raises(UnreachableError):
        open_tls(server, authority.ca_file, deadlines=HASTY)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_useless_file_of_authorities_is_refused(tmp_path: Path, content: bytes | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_bytes(content)

    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(b"OK\r\n")
        peer.until_closed()

    with ScriptedServer(conversation) as server, pytest.raises(TlsError, match="authorities"):
        open_tls(server, ca_file)


def test_a_renewed_file_of_authorities_is_read_again(
    authority: Authority, certificate: Certificate, tmp_path: Path
) -> None:
    ca_file = tmp_path / "trusted.pem"
    ca_file.write_bytes(Authority(tmp_path).ca_file.read_bytes())
    assert_refused(starting_tls(certificate), ca_file)
    ca_file.write_bytes(authority.ca_file.read_bytes())
    with ScriptedServer(starting_tls(certificate)) as server, open_tls(server, ca_file) as again:
        assert again.usable


@pytest.mark.parametrize("host", ["a..b", "x" * 70, "nul\0byte"])
def test_a_host_that_cannot_be_found_is_unreachable(host: str) -> None:
    with pytest.raises(UnreachableError):
        Connection.open(Endpoint(host=host), ANNA)


def test_the_next_address_is_tried_when_one_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ScriptedServer() as gone:
        dead = gone.port

    def found(*_: object, **__: object) -> list[tuple[object, ...]]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("127.0.0.1", dead)), (*kind, ("127.0.0.1", server.port))]

    with ScriptedServer(lambda peer: peer.sign_in()) as server:
        monkeypatch.setattr(socket, "getaddrinfo", found)
        endpoint = Endpoint(host="localhost", tls=TlsMode.NONE)
        Connection.open(endpoint, ANNA).close()


def test_a_name_without_addresses_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    with pytest.raises(UnreachableError):
        Connection.open(Endpoint(host="localhost"), ANNA)


def test_clear_text_stays_on_this_machine_even_if_localhost_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Elsewhere(socket.socket):
        def getpeername(self) -> tuple[str, int]:
            return ("192.0.2.1", 4190)

    with ScriptedServer(lambda peer: peer.until_closed()) as server:
        monkeypatch.setattr(socket, "socket", Elsewhere)
        endpoint = Endpoint(host="localhost", port=server.port, tls=TlsMode.NONE)
        with pytest.raises(TlsError, match="leave this machine"):
            Connection.open(endpoint, ANNA)
        monkeypatch.undo()


def test_a_missed_deadline_is_noticed_before_anything_is_done() -> None:
    with pytest.raises(UnreachableError):
        Deadline(0).remaining()


def test_a_broken_record_is_an_error_of_tls() -> None:
    class Broken:
        def settimeout(self, seconds: float) -> None:
            assert seconds > 0

        def recv(self, octets: int) -> bytes:
            raise ssl.SSLError(1, "bad record mac")

    transport = Transport(Broken(), Limits())  # type: ignore[arg-type]  # all that receive uses
    with pytest.raises(TlsError):
        transport.receive(Deadline(5))


def test_small_commands_are_not_held_back(authority: Authority, certificate: Certificate) -> None:
    with (
        ScriptedServer(starting_tls(certificate)) as server,
        open_tls(server, authority.ca_file) as connection,
    ):
        sock = connection._exchange._transport._socket
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_unanswered_connect_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        filling = [socket.socket() for _ in range(3)]
        for sock in filling:  # the queue is full: further handshakes get no answer
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        begin = time.monotonic()
        with pytest.raises(UnreachableError):
            Connection.open(Endpoint(host="127.0.0.1", port=port), ANNA, HASTY)
        assert time.monotonic() - begin < 3
        for sock in filling:
            sock.close()
