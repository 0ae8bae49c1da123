"""One connection for one mailbox after another (RFC 5804 §2.14.1)."""

import pytest

from sieve_manager.errors import (
    NotPermittedError,
    RefusedError,
    SignInRefusedError,
    UnreachableError,
)
from sieve_manager.managesieve import Connection, Credentials, Endpoint, TlsMode
from tests.servers.scripted_managesieve import CAPABILITIES, Peer, ScriptedServer

ABLE = b'"UNAUTHENTICATE"\r\n'


def acting_for(mailbox: str) -> Credentials:
    return Credentials(login="master", password="secret", authorisation_identity=mailbox)


def owned_by(mailbox: bytes, extra: bytes = ABLE) -> bytes:
    return (
        CAPABILITIES + b'"MAXREDIRECTS" "7"\r\n"OWNER" "' + mailbox + b'"\r\n' + extra + b"OK\r\n"
    )


def reach(server: ScriptedServer) -> Connection:
    return Connection.reach(Endpoint(host="127.0.0.1", port=server.port, tls=TlsMode.NONE))


def signing_in(peer: Peer, capabilities: bytes) -> None:
    peer.answer(b"OK\r\n")
    peer.answer(capabilities)


def test_the_next_mailbox_needs_no_new_connection() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, owned_by(b"anna"))
        assert peer.answer(b"OK\r\n") == b"UNAUTHENTICATE"
        signing_in(peer, owned_by(b"bert"))
        peer.answer(b"OK\r\n")

    with ScriptedServer(conversation) as server, reach(server) as connection:
        connection.sign_in(acting_for("anna"))
        assert connection.capabilities.owner == "anna"
        connection.unauthenticate()
        assert (connection.capabilities.owner, connection.capabilities.max_redirects) == (None,) * 2
        connection.sign_in(acting_for("bert"))
        assert connection.capabilities.owner == "bert"
    assert len(server.peers) == 1


def test_acting_for_the_mailbox_before_is_noticed() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, owned_by(b"anna"))
        peer.answer(b"OK\r\n")
        signing_in(peer, owned_by(b"anna"))
        peer.until_closed()

    with ScriptedServer(conversation) as server, reach(server) as connection:
        connection.sign_in(acting_for("anna"))
        connection.unauthenticate()
        with pytest.raises(NotPermittedError, match="anna instead of bert"):
            connection.sign_in(acting_for("bert"))
        connection.close()


def test_a_server_that_cannot_is_not_asked() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, owned_by(b"anna", extra=b""))
        assert peer.command() == b"LOGOUT"

    with ScriptedServer(conversation) as server, reach(server) as connection:
        connection.sign_in(acting_for("anna"))
        with pytest.raises(RefusedError, match="UNAUTHENTICATE"):
            connection.unauthenticate()


def test_a_server_that_will_not_leaves_the_mailbox_signed_in() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, owned_by(b"anna"))
        peer.answer(b"NO\r\n")
        peer.answer(b"OK\r\n")

    with ScriptedServer(conversation) as server, reach(server) as connection:
        connection.sign_in(acting_for("anna"))
        with pytest.raises(RefusedError):
            connection.unauthenticate()
        assert connection.capabilities.owner == "anna"


def test_a_refused_second_sign_in_is_a_refusal() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, owned_by(b"anna"))
        peer.answer(b"OK\r\n")
        peer.answer(b'NO "Authentication Error"\r\n')
        peer.answer(b"OK\r\n")

    with ScriptedServer(conversation) as server, reach(server) as connection:
        connection.sign_in(acting_for("anna"))
        connection.unauthenticate()
        with pytest.raises(SignInRefusedError):
            connection.sign_in(acting_for("bert"))


def test_a_server_that_ends_the_connection_instead_is_unreachable() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, owned_by(b"anna"))
        peer.answer(b'BYE "ended"\r\n')

    with ScriptedServer(conversation) as server, reach(server) as connection:
        connection.sign_in(acting_for("anna"))
        with pytest.raises(UnreachableError):
            connection.unauthenticate()
        assert not connection.usable
