"""The proxy passes everything on, and cuts exactly where it was told to."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.servers.cutting_proxy import CuttingProxy, Direction
from tests.servers.scripted_managesieve import Peer, ScriptedServer


def echo(peer: Peer) -> None:
    """Answer each line with itself."""
    while line := peer.command():
        peer.send(line + b"\r\n")


@contextmanager
def proxied() -> Iterator[CuttingProxy]:
    with ScriptedServer(echo) as server, CuttingProxy("127.0.0.1", server.port) as proxy:
        yield proxy


def say(proxy: CuttingProxy, line: bytes) -> bytes:
    """Send *line* over a new connection and return all that comes back."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        client.sendall(line)
        answer = b""
        while len(answer) < len(line) and (octets := client.recv(100)):
            answer += octets
        return answer


def test_an_unarmed_proxy_passes_everything() -> None:
    with proxied() as proxy:
        assert say(proxy, b"hello\r\n") == b"hello\r\n"
        assert {direction: proxy.passed(direction) for direction in Direction} == {
            Direction.TO_SERVER: 7,
            Direction.TO_CLIENT: 7,
        }
        assert proxy.cuts == 0


@pytest.mark.parametrize("octets", range(7))
def test_a_cut_passes_exactly_that_many_octets_and_happens_once(octets: int) -> None:
    with proxied() as proxy:
        proxy.arm(Direction.TO_CLIENT, octets)
        assert say(proxy, b"hello\r\n") == b"hello\r\n"[:octets]
        assert proxy.passed(Direction.TO_CLIENT) == octets
        assert proxy.cuts == 1
        assert say(proxy, b"again\r\n") == b"again\r\n"


@pytest.mark.parametrize("octets", [0, 1, 6])
def test_a_cut_command_is_never_answered(octets: int) -> None:
    with proxied() as proxy:
        proxy.arm(Direction.TO_SERVER, octets)
        assert say(proxy, b"hello\r\n") == b""
        assert proxy.passed(Direction.TO_SERVER) == octets
        assert proxy.cuts == 1


def test_a_target_that_is_not_there_closes_the_client() -> None:
    with ScriptedServer() as gone:
        port = gone.port
    with CuttingProxy("127.0.0.1", port) as proxy:
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
                assert client.recv(1) == b""
