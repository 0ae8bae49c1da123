"""A ManageSieve session typed by hand: what the servers do, without any client of ours."""

import base64
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from sieve_manager.demo.mail_server import Endpoints


class ManageSieveLines:
    """One connection; every answer is the raw text up to its OK, NO or BYE line."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")

    def answer(self) -> str:
        """Read one answer; the text of literals stands in it as it is."""
        text, line = "", ""
        while not line.startswith(("OK", "NO", "BYE")):
            line = self._lines.readline().decode()
            if not line:
                raise ConnectionError(text)
            text += line
            while size := re.search(r"\{(\d+)\}\r\n$", text):
                text = text.removesuffix(size[0]) + self._lines.read(int(size[1])).decode()
                text += self._lines.readline().decode()
        return text

    def say(self, command: str) -> str:
        """Send one command line and return the answer."""
        self._connection.sendall(command.encode() + b"\r\n")
        return self.answer()

    def put_active(self, name: str, script: str) -> None:
        """Upload *script* and make it the active one."""
        size = len(script.encode())
        for command in (f'PUTSCRIPT "{name}" {{{size}+}}\r\n{script}', f'SETACTIVE "{name}"'):
            answer = self.say(command)
            assert answer.startswith("OK"), answer

    def close(self) -> None:
        """End the connection."""
        self._lines.close()
        self._connection.close()


@contextmanager
def signed_in_lines(
    endpoints: Endpoints, login: str, password: str, *, acting_for: str = ""
) -> Iterator[ManageSieveLines]:
    """Yield a session of *login* after STARTTLS, or of *acting_for* in whose name it acts."""
    plain = socket.create_connection((endpoints.host, endpoints.managesieve_port), timeout=10)
    greeting = ManageSieveLines(plain)
    greeting.answer()
    assert greeting.say("STARTTLS").startswith("OK")
    context = ssl.create_default_context(cafile=str(endpoints.ca_file))
    session = ManageSieveLines(context.wrap_socket(plain, server_hostname=endpoints.host))
    try:
        session.answer()
        token = base64.b64encode(f"{acting_for}\0{login}\0{password}".encode()).decode()
        answer = session.say(f'AUTHENTICATE "PLAIN" "{token}"')
        assert "OK" in answer, answer
        yield session
    finally:
        session.close()
