"""A real OpenID provider on loopback, in a process and with a key of its own.

Somebody signs in by sending their name to the authorization page. A test changes over HTTP, too,
what the provider says next; see :class:`tests.servers.openid_provider_process.Wishes`.
"""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from sieve_manager.demo.processes import accepts, free_ports, wait_until

CLIENT_ID, CLIENT_SECRET = "sieve-manager", "secret of the client: %/+&"
_PROGRAM = Path(__file__).with_name("openid_provider_process.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderServer:
    """Where it is, and the browser's and the test's side of it."""

    port: int

    @property
    def issuer(self) -> str:
        """As it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    def approve(self, url: str, subject: str = "anna") -> str:
        """Open the authorization page *url*, sign in as *subject*; where that leads."""
        parts = urlsplit(url)
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(
            "POST",
            f"{parts.path}?{parts.query}",
            urlencode({"subject": subject}),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        assert response.status == 302, body
        return str(response.headers["Location"])

    def person(self, subject: str, **claims: object) -> None:
        """Let *subject* exist, with these claims."""
        self.tell(people={subject: claims})

    def tell(self, **wishes: object) -> None:
        """Change what it does from now on; see ``Wishes`` there."""
        self._post("/test", wishes)

    def access_token(self, subject: str) -> str:
        """An access token of *subject*, as a sign-in would bring it."""
        token = f"access-of-{subject}-{secrets.token_hex(8)}"
        self.tell(give={token: subject})
        return token

    def forget_refreshing(self) -> None:
        """Renew no token any more that was given out so far."""
        self.tell(forget=True)

    def reset(self) -> None:
        """Do everything right again."""
        self._post("/test", {"reset": True})

    def seen(self) -> dict[str, int]:
        """How often each path was asked since the last reset."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/test")
        found: dict[str, int] = json.loads(connection.getresponse().read())
        connection.close()
        return found

    def _post(self, path: str, value: Mapping[str, object]) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", path, json.dumps(value), {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200
        connection.close()


@contextmanager
def running_provider(directory: Path) -> Iterator[ProviderServer]:
    """Yield a provider that is ready; its log is in *directory*."""
    (port,) = free_ports(1)
    with (directory / "provider.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, _PROGRAM, str(port), CLIENT_ID, CLIENT_SECRET], stdout=log, stderr=log
        )
        try:
            wait_until(
                lambda: accepts(port) or process.poll() is not None, seconds=20, what="provider"
            )
            assert process.poll() is None, (directory / "provider.log").read_text()
            yield ProviderServer(port=port)
        finally:
            process.kill()
            process.wait()


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
