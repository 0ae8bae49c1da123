"""Whoever counts hears of every question, how it ended, and how long it took."""

import pytest

from sieve_manager.demo.processes import free_ports
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import (
    OutcomeUnknownError,
    RefusedError,
    ScriptNotFoundError,
    SignInRefusedError,
    UnreachableError,
)
from sieve_manager.managesieve import Connection, Endpoint, TlsMode, observing
from tests.managesieve.conftest import ANNA
from tests.servers.scripted_managesieve import Conversation, Peer, ScriptedServer

Heard = list[tuple[str, str]]


def talk(*conversations: Conversation) -> tuple[Heard, ScriptedServer, Endpoint]:
    server = ScriptedServer(*conversations)
    return [], server, Endpoint(host="127.0.0.1", port=server.port, tls=TlsMode.NONE)


def test_each_round_trip_is_heard_of_under_its_first_command() -> None:
    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.answer(b'NO "no"\r\n')
        peer.answer(b'NO (NONEXISTENT) "none"\r\n')
        peer.answer(b"OK\r\n")

    heard, server, endpoint = talk(conversation)

    def observe(command: str, result: str, seconds: float) -> None:
        assert seconds >= 0
        heard.append((command, result))

    with (
        server,
        Connection.open(endpoint, ANNA, observe=observe) as connection,
    ):
        with pytest.raises(RefusedError):
            connection.list_scripts()
        with pytest.raises(ScriptNotFoundError):
            connection.get_script(ScriptName("x"))
    assert heard == [
        ("CONNECT", "ok"),
        ("AUTHENTICATE", "ok"),
        ("CAPABILITY", "ok"),
        ("LISTSCRIPTS", "no"),
        ("GETSCRIPT", "ok"),
        ("LOGOUT", "ok"),
    ]


def test_a_refused_sign_in_and_a_cut_are_told_apart() -> None:
    def refused(peer: Peer) -> None:
        peer.greet()
        peer.answer(b'NO "no"\r\n')

    def cut(peer: Peer) -> None:
        peer.sign_in()
        peer.command()

    heard, server, endpoint = talk(refused, cut)

    def observe(command: str, result: str, _seconds: float) -> None:
        heard.append((command, result))

    with server:
        with pytest.raises(SignInRefusedError):
            Connection.open(endpoint, ANNA, observe=observe)
        connection = Connection.open(endpoint, ANNA, observe=observe)
        with pytest.raises(OutcomeUnknownError):
            connection.set_active(ScriptName("x"))
    assert heard[1] == ("AUTHENTICATE", "no")
    assert heard[-1] == ("SETACTIVE", "OutcomeUnknownError")


def test_a_server_that_is_away_is_heard_of_too() -> None:
    (port,) = free_ports(1)
    heard: Heard = []

    def observe(command: str, result: str, _seconds: float) -> None:
        heard.append((command, result))

    with pytest.raises(UnreachableError):
        Connection.announced(
            Endpoint(host="127.0.0.1", port=port, tls=TlsMode.NONE), observe=observe
        )
    assert heard == [("CONNECT", "UnreachableError")]


def test_what_is_no_error_of_ours_is_an_error_all_the_same() -> None:
    heard: Heard = []

    def observe(command: str, result: str, _seconds: float) -> None:
        heard.append((command, result))

    with pytest.raises(ZeroDivisionError), observing(observe, "SESSION"):
        _ = 1 / 0
    assert heard == [("SESSION", "error")]
