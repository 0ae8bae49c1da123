"""Owners in a browser, as the benchmarks need them: signed in, and saving again and again."""

from itertools import count

from sieve_manager.demo.dovecot import DovecotServer
from tests.benchmarks.bare import whole_session
from tests.benchmarks.measuring import Milliseconds, timed
from tests.end_to_end.site import sign_in
from tests.servers.mailboxes import PASSWORD, make_mailbox
from tests.servers.page_client import PageClient, Pairs

_numbers = count(1)


class Owner:
    """One mailbox with a visitor who has signed in for it."""

    def __init__(self, server: DovecotServer, base_url: str) -> None:
        self.login = make_mailbox(server)
        self.client = PageClient(base_url)
        sign_in(self.client, self.login, PASSWORD)
        self._other_login = make_mailbox(server)
        self._server = server
        self._pairs: Pairs = []

    def prepare(self) -> None:
        """Open the form and fill in another destination than last time."""
        form = self.client.get("/forward").form("/forward")
        to = f"a{next(_numbers)}@example.net"
        self._pairs = form.filled(to=to, copy="inbox")

    def save(self) -> None:
        """Send it; the answer comes after the server was read back."""
        response, text = self.client.ask("POST", "/forward/save", self._pairs)
        assert response.status == 303, text

    def prepare_and_save(self) -> Milliseconds:
        """How long the save alone takes."""
        self.prepare()
        return timed(self.save)

    def open_overview(self) -> Milliseconds:
        """How long the overview takes."""
        return timed(lambda: self.client.ask("GET", "/"))

    def bare_session(self) -> None:
        """What a bare client does, for a mailbox of its own."""
        there = self._server.endpoints
        whole_session(
            there.host, there.managesieve_port, there.ca_file, self._other_login, PASSWORD
        )

    def forget_logs(self) -> None:
        """Dovecot scans these again at each change and they only grow; see field notes."""
        for login in (self.login, self._other_login):
            for log in self._server.home(login).rglob("dovecot.index.log*"):
                log.unlink(missing_ok=True)
