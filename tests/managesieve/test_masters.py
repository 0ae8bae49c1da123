"""The few connections of the master: no more than allowed, and never for the wrong mailbox."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import (
    AccountDisabledError,
    NotPermittedError,
    SignInRefusedError,
    TemporaryError,
)
from sieve_manager.managesieve import Connection, Credentials, Endpoint, Pool, TlsMode
from sieve_manager.managesieve.masters import MasterConnections
from tests.servers.scripted_managesieve import CAPABILITIES, Peer, ScriptedServer

MASTER = Credentials(login="master", password="secret")


def owned_by(mailbox: bytes) -> bytes:
    return CAPABILITIES + b'"OWNER" "' + mailbox + b'"\r\n"UNAUTHENTICATE"\r\nOK\r\n'


def signing_in(peer: Peer, mailbox: bytes) -> None:
    peer.answer(b"OK\r\n")
    peer.answer(owned_by(mailbox))


def good_bye(peer: Peer) -> None:
    peer.answer(b"OK\r\n")


def putting(connection: Connection) -> object:
    return connection.put_script(ScriptName("x"), b"keep;")


def listing(connection: Connection) -> object:
    return connection.list_scripts()


@contextmanager
def masters(
    server: ScriptedServer, *, most: int = 2, wait_seconds: float = 10
) -> Iterator[MasterConnections]:
    endpoint, pool = Endpoint(host="127.0.0.1", port=server.port, tls=TlsMode.NONE), Pool()
    yield MasterConnections(
        lambda: Connection.reach(endpoint), MASTER, pool, most=most, wait_seconds=wait_seconds
    )
    pool.close()


def test_a_kept_connection_is_signed_in_for_nobody() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        for mailbox in (b"anna", b"bert"):
            signing_in(peer, mailbox)
            assert peer.answer(b"OK\r\n") == b"UNAUTHENTICATE"
        good_bye(peer)

    with ScriptedServer(conversation) as server, masters(server) as connections:
        for mailbox in ("anna", "bert"):
            with connections.acting_for(mailbox) as connection:
                assert connection.capabilities.owner == mailbox
            assert connection.capabilities.owner is None
    assert len(server.peers) == 1


@pytest.mark.parametrize("use", [putting, listing])
def test_nothing_is_changed_or_learned_where_a_server_mixes_mailboxes_up(
    use: Callable[[Connection], object],
) -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, b"anna")
        peer.answer(b"OK\r\n")
        peer.answer(b"OK\r\n")
        peer.answer(owned_by(b"anna"))
        if use is listing:
            peer.answer(b'"annas" ACTIVE\r\nOK\r\n')
        good_bye(peer)

    with ScriptedServer(conversation) as server, masters(server) as connections:
        with connections.acting_for("anna"):
            pass
        with (
            pytest.raises(NotPermittedError, match="anna instead of bert"),
            connections.acting_for("bert") as connection,
        ):
            use(connection)
    assert server.peers[0].commands[-1] == b"LOGOUT"


def test_what_the_server_announces_is_asked_with_the_first_question() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        peer.answer(b"OK\r\n")
        assert [peer.command(), peer.command()] == [b"CAPABILITY", b"LISTSCRIPTS"]
        peer.send(owned_by(b"anna") + b'"a"\r\nOK\r\n')
        good_bye(peer)

    with (
        ScriptedServer(conversation) as server,
        masters(server) as connections,
        connections.acting_for("anna") as connection,
    ):
        assert connection.list_scripts().names == (ScriptName("a"),)


def test_what_was_done_counts_though_the_sign_out_fails() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, b"anna")
        peer.answer(b"NO\r\n")

    with ScriptedServer(conversation) as server, masters(server) as connections:
        with connections.acting_for("anna"):
            pass
        with connections.acting_for("anna"):
            pass
    assert len(server.peers) == 2


def test_no_more_than_allowed_are_open_at_once() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        while True:
            signing_in(peer, b"anna")
            peer.answer(b"OK\r\n")

    inside, most, lock = 0, 0, threading.Lock()

    def work(_number: int) -> None:
        nonlocal inside, most
        with connections.acting_for("anna"):
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1

    with (
        ScriptedServer(conversation) as server,
        masters(server) as connections,
        ThreadPoolExecutor(6) as threads,
    ):
        list(threads.map(work, range(30)))
    assert most <= 2
    assert len(server.peers) <= 2


def test_who_waits_too_long_for_a_connection_is_told() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, b"anna")
        good_bye(peer)

    with (
        ScriptedServer(conversation) as server,
        masters(server, most=1, wait_seconds=0.05) as connections,
        connections.acting_for("anna"),
        pytest.raises(TemporaryError, match="All 1 connections"),
        connections.acting_for("bert"),
    ):
        pytest.fail("had one more")


REFUSED = b'NO "Authentication Error"\r\n'


def test_a_refused_mailbox_is_told_from_a_refused_master() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, b"anna")
        peer.answer(b"OK\r\n")
        peer.answer(REFUSED)
        signing_in(peer, b"anna")
        good_bye(peer)

    with ScriptedServer(conversation) as server, masters(server) as connections:
        with connections.acting_for("anna"):
            pass
        with pytest.raises(AccountDisabledError), connections.acting_for("missing"):
            pytest.fail("signed in")


def test_a_master_that_is_welcome_no_more_is_refused() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        signing_in(peer, b"anna")
        peer.answer(b"OK\r\n")
        for _ in range(2):
            peer.answer(REFUSED)
        good_bye(peer)

    with ScriptedServer(conversation) as server, masters(server) as connections:
        with connections.acting_for("anna"):
            pass
        with pytest.raises(SignInRefusedError) as caught, connections.acting_for("bert"):
            pytest.fail("signed in")
    assert type(caught.value) is SignInRefusedError
