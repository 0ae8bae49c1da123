"""What the use cases need from the outside world, as protocols that adapters fulfil.

Every method may raise the errors of :mod:`sieve_manager.errors` that its docstring names and
no others.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sieve_manager.application.access import Access
from sieve_manager.application.auditing import AuditEntry, AuditRecord, Marks
from sieve_manager.application.history import NewVersion, Version
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.scripts import Script, ScriptChange, ScriptListing, ScriptName

Clock = Callable[[], datetime]
"""Returns now, aware, in UTC."""


class ScriptSession(Protocol):
    """One mailbox's scripts on the server, over one connection (RFC 5804).

    Every method may raise a ServerError; those that write raise OutcomeUnknownError when the
    connection ends before the answer. After UnreachableError, OutcomeUnknownError or
    ProtocolBrokenError the session is of no more use.
    """

    @property
    def capabilities(self) -> ServerCapabilities:
        """What the server announced after sign-in."""
        ...

    def list_scripts(self) -> ScriptListing:
        """All names and which is active (§2.7)."""
        ...

    def read(self, names: Sequence[ScriptName]) -> tuple[ScriptListing, tuple[Script, ...]]:
        """The listing, and those of *names* that are there, in one round trip."""
        ...

    def get_scripts(self, names: Sequence[ScriptName]) -> tuple[Script, ...]:
        """The exact octets of these scripts, in order (§2.9); ScriptNotFoundError."""
        ...

    def check_script(self, octets: bytes) -> str:
        """Let the server compile it (§2.12): its warnings, or ""; ScriptRefusedError."""
        ...

    def rehearse(
        self, name: ScriptName, octets: bytes, names: Sequence[ScriptName]
    ) -> tuple[ScriptListing, tuple[Script, ...]]:
        """Let the server compile it, where it can (§2.12), ask for room (§2.5), and read.

        What it returns is as for :meth:`read`; all in one round trip. ScriptRefusedError,
        QuotaError.
        """
        ...

    def put_script(self, name: ScriptName, octets: bytes) -> str:
        """Store it under this name, atomically (§2.6): the server's warnings, or ""."""
        ...

    def set_active(self, name: ScriptName | None) -> None:
        """Make it the active script; None switches all off (§2.8)."""
        ...

    def delete_script(self, name: ScriptName) -> None:
        """Delete it (§2.10); ScriptIsActiveError, ScriptNotFoundError."""
        ...

    def finish(
        self, last: ScriptChange, names: Sequence[ScriptName]
    ) -> tuple[str, ScriptListing, tuple[Script, ...]]:
        """Make the last change and read what there is then, in one round trip.

        Returns the server's warnings, or "", and what :meth:`read` returns.
        """
        ...


class ScriptStore(Protocol):
    """The way to mailboxes' scripts."""

    def session(self, access: Access) -> AbstractContextManager[ScriptSession]:
        """A session for this mailbox; SignInRefusedError, UnreachableError, TlsError, ..."""
        ...

    def forget(self, session_key: str) -> None:
        """End what is kept open for a signed-in session (at sign-out)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """A mailbox's folders by the names that fileinto takes; *trash* is the one for Trash."""

    names: tuple[str, ...]
    trash: str | None


class Folders(Protocol):
    """A mailbox's folders, over IMAP."""

    def listing(self, access: Access) -> FolderListing:
        """All folders that can hold mail; FolderError, ServerError."""
        ...

    def ensure(self, access: Access, folder: str) -> None:
        """Create and subscribe the folder where it is missing; FolderError, ServerError."""
        ...


class History(Protocol):
    """What was done to each mailbox, newest last; keeps 10 versions and what an undo needs.

    Every method may raise StorageError.
    """

    def begin(self, new: NewVersion) -> Version:
        """Keep what is about to be written, before it is."""
        ...

    def settle(self, login: Login, number: int, *, happened: bool) -> None:
        """Say how a begun write ended; one that did not happen leaves the history."""
        ...

    def last(self, login: Login) -> Version | None:
        """The newest version, settled or not; on the way of every page, so it must be quick."""
        ...

    def versions(self, login: Login) -> tuple[Version, ...]:
        """All that is kept, newest first."""
        ...

    def version(self, login: Login, number: int) -> Version:
        """One of them; VersionNotFoundError."""
        ...

    def unsettled(self, before: datetime) -> tuple[Login, ...]:
        """Whose newest write was begun before then, and nobody has seen how it ended; up to 500."""
        ...


class Locks(Protocol):
    """One writer of ours a mailbox, over all processes."""

    def hold(self, login: Login) -> AbstractContextManager[None]:
        """Hold the mailbox's lock; MailboxBusyError after a short wait, StorageError."""
        ...


class Addresses(Protocol):
    """From a login to its mailbox's addresses."""

    def mailbox(self, login: Login) -> Mailbox:
        """The mailbox with its primary address and aliases, as far as known."""
        ...


class Directory(Protocol):
    """Who has a mailbox here. Every method may raise StorageError or DirectoryError."""

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        """Those of whom every word of *text* begins a word of name, login or addresses, by name.

        Managers may be left out; :meth:`person` knows them.
        """
        ...

    def person(self, login: Login) -> Person | None:
        """Who has this login."""
        ...

    def by_address(self, address: EmailAddress) -> Person | None:
        """Whose primary address or alias this is."""
        ...

    def logins(self) -> Iterator[Login]:
        """All mailboxes, in order of their logins."""
        ...


class AuditLog(Protocol):
    """What was done, in a chain that only grows. Every method may raise StorageError."""

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add these, in order, all or none."""
        ...

    def entries(
        self, *, mailbox: Login | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[AuditRecord, ...]:
        """The newest, newest first: of one mailbox, where given, and below number *before*."""
        ...


class AuditArchive(AuditLog, Protocol):
    """The same for who looks after it. Every method may raise StorageError."""

    def records(self) -> Iterator[AuditRecord]:
        """All that are kept, oldest first."""
        ...

    def marks(self) -> Marks:
        """Where the chain begins and ends, as it is kept apart from the entries."""
        ...

    def prune(self, before: datetime) -> int:
        """Take away the oldest entries, up to the first that is not before then; how many."""
        ...


class KnownDestinations(Protocol):
    """Which outside destinations an owner has been told of."""

    def told(self, login: Login) -> frozenset[EmailAddress]:
        """Those that the owner was told of; StorageError."""
        ...

    def remember(self, login: Login, addresses: Sequence[EmailAddress]) -> None:
        """The owner's outside destinations are now exactly these; StorageError."""
        ...


class Mailer(Protocol):
    """The way to send a notice by mail."""

    def send(self, *, to: EmailAddress, subject: str, text: str, identity: str = "") -> None:
        """Send a plain-text notice that nothing answers automatically; NoticeError.

        Two with the same *identity* (letters and digits) are the same message to mail servers.
        """
        ...


class Inbox(Protocol):
    """The way to put a notice into a mailbox itself, past its Sieve script."""

    def leave(self, access: Access, message: bytes) -> None:
        """Put a message (RFC 5322, lines end in CRLF) into INBOX, unread; ServerError."""
        ...
