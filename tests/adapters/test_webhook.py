"""The webhook is signed, follows nobody elsewhere, and says what went wrong."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sieve_manager.adapters.webhook import SIGNATURE, HttpWebhook
from sieve_manager.errors import NoticeError

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
SECRET = "a secret that nobody knows"


class _Handler(BaseHTTPRequestHandler):
    """Keeps what it gets; answers with the status that the path names."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        got = self.server.got  # type: ignore[attr-defined]  # a server of ours, which has it
        got.append((self.path, dict(self.headers), body))
        status = int(self.path.partition("status=")[2] or 204)
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Not on the terminal."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    server.got = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def hook(server: HTTPServer, path: str = "/hook") -> HttpWebhook:
    url = f"http://127.0.0.1:{server.server_port}{path}"
    return HttpWebhook(url, secret=SECRET, clock=lambda: NOW)


def test_the_receiver_can_tell_who_sent_it_and_when(server: HTTPServer) -> None:
    hook(server, "/hook?team=mail").post(b'{"count": 1}')
    ((path, headers, body),) = server.got  # type: ignore[attr-defined]
    assert (path, body) == ("/hook?team=mail", b'{"count": 1}')
    assert headers["Content-Type"] == "application/json"
    seconds = str(int(NOW.timestamp()))
    signed = hmac.new(SECRET.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE] == f"t={seconds},v1={signed}"


@pytest.mark.parametrize("status", [302, 307, 400, 500])
def test_another_answer_is_an_error_and_is_not_followed(server: HTTPServer, status: int) -> None:
    with pytest.raises(NoticeError, match=str(status)):
        hook(server, f"/hook?status={status}").post(b"{}")
    assert len(server.got) == 1  # type: ignore[attr-defined]


def test_nobody_there_is_an_error_without_the_secret() -> None:
    with pytest.raises(NoticeError) as caught:
        HttpWebhook("http://127.0.0.1:1/", secret=SECRET, clock=lambda: NOW).post(b"{}")
    assert SECRET not in str(caught.value)
    assert caught.value.retryable
