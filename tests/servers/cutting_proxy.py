"""A TCP proxy that cuts a conversation after a given number of octets in one direction."""

import socket
import threading
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Self

_SERVER_ENDS_SECONDS = 10.0


class Direction(StrEnum):
    """Which way octets go."""

    TO_SERVER = "to server"
    TO_CLIENT = "to client"


class CuttingProxy:
    """Listens on loopback and passes everything on to *host* and *port*, until told to cut.

    :meth:`arm` starts counting anew and says where to cut. The cut hits the connection that
    passes that octet; it happens once, and connections that come later pass unharmed. They
    wait until the server has closed the one that was cut, and so has done all it was told:
    what is then on the server stays there.
    Without TLS in between, octets are those of the protocol.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._passed = dict.fromkeys(Direction, 0)
        self._cut: tuple[Direction, int] | None = None
        self._cuts = 0
        self._pairs: dict[tuple[socket.socket, socket.socket], threading.Thread] = {}
        self._accepting = threading.Thread(target=self._accept)
        self._cutting = threading.Lock()

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def cuts(self) -> int:
        """How many cuts have happened."""
        return self._cuts

    def passed(self, direction: Direction) -> int:
        """Return how many octets went that way since :meth:`arm` was called."""
        with self._lock:
            return self._passed[direction]

    def arm(self, direction: Direction | None = None, after_octets: int = 0) -> None:
        """Count from now; let *after_octets* pass in *direction*, then cut (None: never).

        With 0, the cut comes when the first octet arrives; otherwise right behind the last
        that may pass.
        """
        with self._lock:
            self._passed = dict.fromkeys(Direction, 0)
            self._cut = None if direction is None else (direction, after_octets)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _shut(self._listener)
        self._accepting.join()
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End all connections that there are now, as a server does that starts anew."""
        for pair in list(self._pairs):
            for sock in pair:
                _shut(sock)
        for thread in list(self._pairs.values()):
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with self._cutting:
                    pass
                try:
                    server = socket.create_connection(self._target)
                except ConnectionError:
                    client.close()
                    continue
                for sock in (client, server):
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                thread = threading.Thread(target=self._serve, args=(client, server))
                self._pairs[client, server] = thread
                thread.start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        back = threading.Thread(target=self._pump, args=(server, client, Direction.TO_CLIENT))
        with client, server:
            back.start()
            self._pump(client, server, Direction.TO_SERVER)
            back.join()
        del self._pairs[client, server]

    def _pump(self, source: socket.socket, sink: socket.socket, direction: Direction) -> None:
        with suppress(OSError):
            while octets := source.recv(65_536):
                passing, cut = self._decide(direction, len(octets))
                sink.sendall(octets[:passing])
                if cut:
                    to_server = direction is Direction.TO_SERVER
                    self._end(*((source, sink) if to_server else (sink, source)))
                    break
        _shut(source)
        _shut(sink)

    def _end(self, client: socket.socket, server: socket.socket) -> None:
        """Cut the client off, and hear the server out."""
        with self._cutting:
            _shut(client)
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)
                server.settimeout(_SERVER_ENDS_SECONDS)
                while server.recv(65_536):
                    pass

    def _decide(self, direction: Direction, arrived: int) -> tuple[int, bool]:
        """Return how many of the octets that arrived may pass, and whether to cut then."""
        with self._lock:
            passing, cut = arrived, False
            if self._cut and self._cut[0] is direction:
                left = self._cut[1] - self._passed[direction]
                passing, cut = min(arrived, left), arrived >= left
            self._passed[direction] += passing
            if cut:
                self._cut = None
                self._cuts += 1
            return passing, cut


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
