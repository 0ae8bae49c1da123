"""Servers that hang, lie, stammer or vanish: each time one right error, and no second use."""

import threading
import time
from collections.abc import Callable

import pytest

from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import (
    OutcomeUnknownError,
    ProtocolBrokenError,
    ServerError,
    TemporaryError,
    UnreachableError,
)
from sieve_manager.managesieve import Connection, Endpoint, TlsMode
from tests.managesieve.conftest import ANNA, HASTY, connect, connected
from tests.servers.cutting_proxy import CuttingProxy, Direction
from tests.servers.scripted_managesieve import CAPABILITIES, Conversation, Peer, ScriptedServer

MAIN = ScriptName("main")

READS: list[Callable[[Connection], object]] = [
    lambda connection: connection.list_scripts(),
    lambda connection: connection.get_script(MAIN),
    lambda connection: connection.read([MAIN]),
    lambda connection: connection.check_script(b"keep;"),
    lambda connection: connection.have_space(MAIN, 5),
    lambda connection: connection.noop(),
]
WRITES: list[Callable[[Connection], object]] = [
    lambda connection: connection.put_script(MAIN, b"keep;"),
    lambda connection: connection.set_active(MAIN),
    lambda connection: connection.delete_script(MAIN),
    lambda connection: connection.rename_script(MAIN, ScriptName("other")),
]


def saying(octets: bytes) -> Conversation:
    """Sign in, take one command, say *octets*, then wait for the client to close."""

    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.answer(octets)
        peer.until_closed()

    return conversation


def hanging_up(octets: bytes) -> Conversation:
    """Sign in, take one command, say *octets* and close."""

    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.answer(octets)

    return conversation


# Before the greeting is complete


@pytest.mark.parametrize(
    ("octets", "error"),
    [
        (b"", UnreachableError),
        (b'"SASL" "PLA', UnreachableError),
        (CAPABILITIES, UnreachableError),
        (b"BYE\r\n", UnreachableError),
        (b'BYE (TRYLATER) "full"\r\n', TemporaryError),
        (b"NO (TRYLATER)\r\n", TemporaryError),
        (b"220 smtp.example ESMTP\r\n", ProtocolBrokenError),
        (b"* OK IMAP4rev1\r\n", ProtocolBrokenError),
        (b'"SASL" PLAIN\r\nOK\r\n', ProtocolBrokenError),
        (b"\x15\x03\x01\x00\x02\x02", UnreachableError),
    ],
)
def test_a_greeting_that_is_none_is_one_error(octets: bytes, error: type[ServerError]) -> None:
    with ScriptedServer(lambda peer: peer.send(octets)) as server:
        with pytest.raises(ServerError) as caught:
            connect(server)
        assert type(caught.value) is error


def test_no_greeting_ends_at_the_deadline() -> None:
    with ScriptedServer(lambda peer: peer.until_closed()) as server:
        begin = time.monotonic()
        with pytest.raises(UnreachableError, match=r"0\.3 seconds"):
            connect(server, HASTY)
        assert time.monotonic() - begin < 3


def test_one_octet_at_a_time_does_not_move_the_deadline() -> None:
    with ScriptedServer(lambda peer: peer.drip(CAPABILITIES + b"OK\r\n", 0.1)) as server:
        begin = time.monotonic()
        with pytest.raises(UnreachableError):
            connect(server, HASTY)
        assert time.monotonic() - begin < 3


def test_an_endless_line_ends_at_the_limit() -> None:
    def conversation(peer: Peer) -> None:
        peer.send(b'"')
        while True:
            peer.send(b"a" * 10_000)

    with ScriptedServer(conversation) as server, pytest.raises(ProtocolBrokenError):
        connect(server)


def test_endless_capabilities_end_at_the_limit() -> None:
    def conversation(peer: Peer) -> None:
        while True:
            peer.send(b'"X" "x"\r\n' * 100)

    with ScriptedServer(conversation) as server, pytest.raises(ProtocolBrokenError):
        connect(server)


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with ScriptedServer() as server:
        port = server.port
    with pytest.raises(UnreachableError):
        Connection.open(Endpoint(host="127.0.0.1", port=port, tls=TlsMode.NONE), ANNA)


# During a command


@pytest.mark.parametrize("call", READS)
@pytest.mark.parametrize(
    ("octets", "error"),
    [
        (b"", UnreachableError),
        (b"O", UnreachableError),
        (b'OK "not yet', UnreachableError),
        (b"NO {100}\r\nnot all", UnreachableError),
        (b'BYE "restart"\r\n', UnreachableError),
        (b'BYE (TRYLATER) "restart"\r\n', TemporaryError),
        (b"hello\r\n", ProtocolBrokenError),
    ],
)
def test_a_cut_reading_changes_nothing(
    call: Callable[[Connection], object], octets: bytes, error: type[ServerError]
) -> None:
    with connected(hanging_up(octets)) as (connection, _):
        with pytest.raises(ServerError) as caught:
            call(connection)
        assert type(caught.value) is error
        assert_never_used_again(connection)


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"O",
        b'OK "not yet',
        b"{100}\r\nnot all",
        b'BYE "restart"\r\n',
        b"BYE (QUOTA)\r\n",
        b"hello\r\n",
        b'"main"\r\nOK\r\n',
    ],
)
def test_a_cut_change_is_of_unknown_outcome(
    call: Callable[[Connection], object], octets: bytes
) -> None:
    with connected(hanging_up(octets)) as (connection, _):
        with pytest.raises(OutcomeUnknownError) as caught:
            call(connection)
        assert isinstance(caught.value.__cause__, ServerError)
        assert_never_used_again(connection)


@pytest.mark.parametrize("call", [READS[0], WRITES[0]])
def test_a_late_answer_is_never_taken_for_the_next_one(
    call: Callable[[Connection], object],
) -> None:
    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.command()
        assert peer.until_closed() == b""  # the client gave up before this answer
        peer.send(b'"evil" ACTIVE\r\nOK\r\n')

    with connected(conversation, deadlines=HASTY) as (connection, _):
        with pytest.raises((UnreachableError, OutcomeUnknownError), match=r"0\.3 seconds"):
            call(connection)
        assert_never_used_again(connection)


def test_an_answer_that_nobody_asked_for_is_noticed_before_a_change_is_sent() -> None:
    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.answer(b"OK\r\nOK\r\n")
        assert peer.until_closed() == b""

    with connected(conversation) as (connection, _):
        connection.list_scripts()
        with pytest.raises(ProtocolBrokenError):
            connection.put_script(MAIN, b"keep;")
        assert_never_used_again(connection)


@pytest.mark.parametrize("farewell", [b"", b'BYE "idle"\r\n'])
def test_a_server_that_left_meanwhile_is_noticed_before_a_change_is_sent(farewell: bytes) -> None:
    left = threading.Event()

    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.send(farewell)
        peer.close()
        left.set()

    with connected(conversation) as (connection, _):
        assert left.wait(5)
        with pytest.raises(UnreachableError) as caught:
            connection.put_script(MAIN, b"keep;")
        assert caught.value.server_text == ("idle" if farewell else "")
        assert_never_used_again(connection)


@pytest.mark.parametrize(
    ("call", "octets"),
    [
        (READS[0], b'"a" ACTIVE\r\n"b" ACTIVE\r\nOK\r\n'),
        (READS[1], b'"a"\r\n"b"\r\nOK\r\n'),
        (READS[1], b"OK\r\n"),
        (READS[1], b"{4194305}\r\n"),
        (READS[0], b'"a"\r\n' * 1_001 + b"OK\r\n"),
        (READS[4], b'"a"\r\nOK\r\n'),
    ],
)
def test_an_answer_that_means_nothing_ends_the_session(
    call: Callable[[Connection], object], octets: bytes
) -> None:
    with connected(saying(octets)) as (connection, _):
        with pytest.raises(ProtocolBrokenError):
            call(connection)
        assert_never_used_again(connection)


def test_one_octet_at_a_time_is_an_answer_all_the_same() -> None:
    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.command()
        peer.drip(b"{7}\r\nkeep;\r\n\r\nOK\r\n", 0.001)
        peer.until_closed()

    with connected(conversation) as (connection, _):
        assert connection.get_script(MAIN).octets == b"keep;\r\n"


def test_a_server_that_reads_nothing_ends_at_the_deadline() -> None:
    stop = threading.Event()

    def conversation(peer: Peer) -> None:
        peer.sign_in()
        stop.wait(10)

    with connected(conversation, deadlines=HASTY) as (connection, _):
        with pytest.raises(OutcomeUnknownError):
            connection.put_script(MAIN, b"#" * 4_000_000)
        stop.set()
        assert_never_used_again(connection)


def test_an_interrupted_call_leaves_nothing_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(saying(b"")) as (connection, _):

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(connection._exchange._transport, "receive", interrupt)
        with pytest.raises(KeyboardInterrupt):
            connection.put_script(MAIN, b"keep;")
        assert_never_used_again(connection)


@pytest.mark.parametrize("direction", Direction)
def test_a_save_cut_anywhere_fails_in_one_way(direction: Direction) -> None:
    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.answer(b'OK "stored"\r\n')
        peer.answer(b"OK\r\n")

    with ScriptedServer(conversation) as server, CuttingProxy("127.0.0.1", server.port) as proxy:
        endpoint = Endpoint(host="127.0.0.1", port=proxy.port, tls=TlsMode.NONE)
        whole = {Direction.TO_SERVER: 30, Direction.TO_CLIENT: 13}[direction]
        for offset in range(whole):
            with Connection.open(endpoint, ANNA) as connection:
                proxy.arm(direction, offset)
                with pytest.raises(OutcomeUnknownError):
                    connection.put_script(MAIN, b"keep;")
                assert_never_used_again(connection)
        with Connection.open(endpoint, ANNA) as connection:
            proxy.arm()
            assert connection.put_script(MAIN, b"keep;") == ""
            assert proxy.passed(direction) == whole
        assert proxy.cuts == whole


def assert_never_used_again(connection: Connection) -> None:
    assert not connection.usable
    with pytest.raises(UnreachableError, match="closed"):
        connection.list_scripts()
