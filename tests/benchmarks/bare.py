"""The least that a ManageSieve client can do, as the yardstick: no checks, no care."""

import base64
import functools
import socket
import ssl
from pathlib import Path
from typing import Self

_LITERAL_END = b"\r\n"


@functools.lru_cache(maxsize=1)
def _context(ca_file: Path) -> ssl.SSLContext:
    """Kept, for reading authorities is slow."""
    return ssl.create_default_context(cafile=str(ca_file))


class BareSession:
    """A socket, TLS, and lines; answers are read until their OK and not looked at."""

    def __init__(self, host: str, port: int, ca_file: Path) -> None:
        self._sock = socket.create_connection((host, port))
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._answer()
        self.ask(b"STARTTLS\r\n")
        context = _context(ca_file)
        self._sock = context.wrap_socket(self._sock, server_hostname=host)
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ask(b"LOGOUT\r\n")
        self._sock.close()

    def authenticate(self, login: str, password: str) -> None:
        """AUTHENTICATE PLAIN with an initial response (RFC 5804 §2.1)."""
        token = base64.b64encode(f"\0{login}\0{password}".encode())
        self.ask(b'AUTHENTICATE "PLAIN" "%s"\r\n' % token)

    def put_script(self, name: str, octets: bytes) -> None:
        self.ask(b'PUTSCRIPT "%s" {%d+}\r\n%s\r\n' % (name.encode(), len(octets), octets))

    def set_active(self, name: str) -> None:
        self.ask(b'SETACTIVE "%s"\r\n' % name.encode())

    def ask(self, command: bytes) -> None:
        """Send, and read until the answer's last line; RuntimeError where that is not OK."""
        self._sock.sendall(command)
        self._answer()

    def ask_together(self, *commands: bytes) -> None:
        """Send all at once, and read the answer to each."""
        self._sock.sendall(b"".join(commands))
        for _ in commands:
            self._answer()

    def _answer(self) -> None:
        while True:
            while _LITERAL_END not in self._buffer:
                received = self._sock.recv(65536)
                if not received:
                    raise RuntimeError("the server closed the connection")
                self._buffer += received
            line, self._buffer = self._buffer.split(_LITERAL_END, 1)
            if line.startswith((b"NO", b"BYE")):
                raise RuntimeError(line.decode())
            if line.startswith(b"OK"):
                return


def whole_session(host: str, port: int, ca_file: Path, login: str, password: str) -> None:
    """Connect, STARTTLS, AUTHENTICATE, PUTSCRIPT, SETACTIVE, LOGOUT."""
    with BareSession(host, port, ca_file) as session:
        session.authenticate(login, password)
        session.put_script("bare", b'require ["copy"];\r\nredirect :copy "x@example.net";\r\n')
        session.set_active("bare")
