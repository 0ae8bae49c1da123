"""One owner with two programs for one mailbox: ours, and Roundcube."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.history import Change
from sieve_manager.application.status import Status
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from tests.end_to_end.prediction import Fate, own_fates
from tests.end_to_end.site import Site
from tests.servers.mailboxes import PASSWORD, deliver, imap_folders, make_mailbox
from tests.servers.roundcube import RoundcubeServer
from tests.servers.roundcube_client import RoundcubeClient
from tests.servers.script_files import script_files

A, B, BOOKS = "a@example.net", "b@example.org", "books@example.org"
# How Roundcube lists our forward.
OURS = "Sieve Manager: forward (Europe/Zurich)"
# Actions in Roundcube's form.
ARCHIVE = {"type": "fileinto", "mailbox": "Archive"}
STOP = {"type": "stop"}


@dataclass(frozen=True, slots=True)
class Followed:
    """Where one message went: to whom, and the folders that hold it, with "is read"."""

    to: list[str]
    kept: dict[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An owner signed in to both."""

    login: str
    site: Site
    dovecot: DovecotServer
    sink: SmtpSink
    roundcube: RoundcubeClient
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def access(self) -> Access:
        """The owner's right to the own mailbox."""
        actor = Actor(name=self.login, channel=Channel.WEB)
        return Access(login=Login.parse(self.login), actor=actor, password=PASSWORD)

    @property
    def status(self) -> Status:
        """What our overview says."""
        return self.site.wired.forwards.overview(self.access)

    @property
    def listed(self) -> list[tuple[str, bool]]:
        """What Roundcube lists: the names of the filters, and whether they are on."""
        return [(one.name, one.enabled) for one in self.roundcube.filters()]

    @property
    def scripts(self) -> dict[str, bytes]:
        """All scripts as they lie on the server."""
        return script_files(self.dovecot, self.login)

    def set(self, wanted: Forward) -> Status:
        """Set a forward with us, having seen the overview."""
        forwards = self.site.wired.forwards
        return forwards.set_forward(self.access, wanted, self.status.fingerprint).status

    def change(self, change: Change) -> Status:
        """Pause, resume, clear, reactivate or adopt with us, having seen the overview."""
        forwards = self.site.wired.forwards
        return forwards.change(self.access, change, self.status.fingerprint).status

    def mail(self, subject: str, at: datetime | None = None) -> Followed:
        """Deliver a message with *subject* in its own, and look where it went: as predicted.

        *at* is the clock of the server, where that was set.
        """
        own = f"{subject} {self.login} {next(self.numbers)}"
        predicted = own_fates(self.site, self.login, own, at=at)
        earlier = len(self.sink.messages)
        reply = deliver(self.dovecot, self.login, own)
        assert reply.code == 250, reply
        sent = [one.recipients for one in self.sink.messages[earlier:] if one.subject == own]
        to = sorted(recipient for recipients in sent for recipient in recipients)
        kept = [
            (folder, seen)
            for folder, messages in imap_folders(self.dovecot, self.login).items()
            for found, seen in messages
            if found == own
        ]
        stored = {self.login: len(kept)} if kept else {}
        assert Fate(to=tuple(to), stored=stored) in predicted
        return Followed(to=to, kept=dict(kept))


@contextmanager
def new_owner(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, roundcube: RoundcubeServer
) -> Iterator[Owner]:
    """Make a mailbox whose owner is signed in to both programs."""
    login = make_mailbox(dovecot)
    with RoundcubeClient(roundcube.base_url, login, PASSWORD) as client:
        yield Owner(login=login, site=site, dovecot=dovecot, sink=sink, roundcube=client)
