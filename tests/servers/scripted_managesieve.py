"""A small ManageSieve server that says what a test tells it to, right or wrong."""

import functools
import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from sieve_manager.demo.certificates import Certificate

_LITERAL = re.compile(rb"\{([0-9]+)\+\}\r\n\Z")
_PATIENCE_SECONDS = 10.0  # a test that hangs must end all the same
_GRACE_SECONDS = 2.0  # to see that the client has closed, and end

CAPABILITIES = (
    b'"IMPLEMENTATION" "Scripted"\r\n'
    b'"SASL" "PLAIN"\r\n'
    b'"SIEVE" "fileinto copy"\r\n'
    b'"VERSION" "1.0"\r\n'
)
STARTTLS = b'"STARTTLS"\r\n'


@functools.lru_cache(maxsize=64)
def _context(certificate: Certificate) -> ssl.SSLContext:
    """What a server has once, so that it knows the sessions that it gave out."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate_file, certificate.key_file)
    return context


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket, stopped: threading.Event) -> None:
        sock.settimeout(_PATIENCE_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = sock
        self._stopped = stopped
        self._buffer = b""
        self.commands: list[bytes] = []
        self.resumed = False

    def send(self, octets: bytes) -> None:
        """Send at once."""
        self._socket.sendall(octets)

    def drip(self, octets: bytes, every_seconds: float) -> None:
        """Send one octet at a time."""
        for octet in octets:
            if self._stopped.wait(every_seconds):
                return
            self.send(bytes([octet]))

    def command(self) -> bytes:
        """Return the next command, its literals included, without the last line break."""
        whole = self._line()
        while literal := _LITERAL.search(whole):
            whole += self._exactly(int(literal[1])) + self._line()
        self.commands.append(whole.removesuffix(b"\r\n"))
        return self.commands[-1]

    def start_tls(self, certificate: Certificate) -> None:
        """Take the server's side of a handshake; a client may well refuse it."""
        self._socket = _context(certificate).wrap_socket(self._socket, server_side=True)
        self.resumed = self._socket.session_reused or False

    def greet(self, extra: bytes = b"") -> None:
        """Send capabilities and OK."""
        self.send(CAPABILITIES + extra + b'OK "ready"\r\n')

    def answer(self, octets: bytes) -> bytes:
        """Take one command, send *octets*, return the command."""
        command = self.command()
        self.send(octets)
        return command

    def sign_in(self, extra: bytes = b"") -> None:
        """Do all that a client does until it is signed in; *extra* is announced then."""
        self.greet()
        self.answer(b'OK "Logged in."\r\n')
        self.answer(CAPABILITIES + extra + b"OK\r\n")

    def until_closed(self) -> bytes:
        """Wait until the client has closed; return what came before that."""
        rest, self._buffer = self._buffer, b""
        with suppress(ConnectionError, ssl.SSLError):
            while octets := self._socket.recv(65_536):
                rest += octets
        return rest

    def close(self) -> None:
        """Close at once."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            self._more()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line + b"\r\n"

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        octets, self._buffer = self._buffer[:count], self._buffer[count:]
        return octets

    def _more(self) -> None:
        octets = self._socket.recv(65_536)
        if not octets:
            raise ConnectionResetError("the client closed")
        self._buffer += octets


Conversation = Callable[[Peer], object]


class ScriptedServer:
    """Listens on loopback; the first connection gets the first conversation, and so on.

    Further connections get the last. A connection is closed when its conversation ends. What
    a conversation asserted in vain is raised at the end of the ``with`` block.
    """

    def __init__(self, *conversations: Conversation) -> None:
        self._conversations = conversations
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._failures: list[BaseException] = []
        self.peers: list[Peer] = []

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def commands(self) -> list[bytes]:
        """All commands of all connections."""
        return [command for peer in self.peers for command in peer.commands]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_GRACE_SECONDS)
        for peer in self.peers:
            peer.close()
        for thread in self._threads:
            thread.join()
        if self._failures and error is None:
            raise self._failures[0]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                peer = Peer(sock, self._stopped)
                self.peers.append(peer)
                number = min(len(self.peers), len(self._conversations)) - 1
                thread = threading.Thread(
                    target=self._converse, args=(self._conversations[number], peer)
                )
                self._threads.append(thread)
                thread.start()

    def _converse(self, conversation: Conversation, peer: Peer) -> None:
        try:
            conversation(peer)
        except OSError:  # the client is free to close whenever it likes
            pass
        except AssertionError as failure:
            self._failures.append(failure)
        finally:
            peer.close()
