"""A mail server in memory that passes the same contract tests as the real ones."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from sieve_manager.application.access import Access
from sieve_manager.application.ports import FolderListing, ScriptSession
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import (
    Activation,
    Deletion,
    Script,
    ScriptChange,
    ScriptListing,
    ScriptName,
)
from sieve_manager.errors import (
    AccountDisabledError,
    FolderError,
    Quota,
    QuotaError,
    ScriptIsActiveError,
    ScriptNotFoundError,
    ScriptRefusedError,
    SignInRefusedError,
)

Judge = Callable[[bytes], str]
"""Compiles a script: returns warnings or "", raises ScriptRefusedError."""

EXTENSIONS = frozenset(
    {
        "body",
        "copy",
        "date",
        "encoded-character",
        "enotify",
        "envelope",
        "fileinto",
        "imap4flags",
        "include",
        "mailbox",
        "regex",
        "reject",
        "relational",
        "spamtest",
        "subaddress",
        "vacation",
        "variables",
    }
)
CAPABILITIES = ServerCapabilities(
    implementation="Memory", sieve=EXTENSIONS, version="1.0", max_redirects=4
)
_COMMENTS = re.compile(rb"#[^\n]*|/\*.*?\*/", re.DOTALL)


def judge_by_its_end(octets: bytes) -> str:
    """Accept what ends as a Sieve command does: enough to tell a script from prose."""
    rest = _COMMENTS.sub(b"", octets).strip()
    if rest and rest[-1:] not in b";}":
        raise ScriptRefusedError(
            "The server refused the script", server_text="line 1: error: expected end of command"
        )
    return ""


@dataclass(slots=True)
class _Mailbox:
    scripts: dict[ScriptName, bytes] = field(default_factory=dict)
    active: ScriptName | None = None


@dataclass(slots=True, kw_only=True)
class MemoryServer:
    """The scripts of all mailboxes, and the server's limits (None: no limit).

    *passwords* by login: nobody else can sign in. None: anybody, with any password.
    """

    judge: Judge = judge_by_its_end
    capabilities: ServerCapabilities = CAPABILITIES
    max_scripts: int | None = None
    max_size_octets: int | None = None
    max_storage_octets: int | None = None
    passwords: Mapping[str, str] | None = None
    _mailboxes: dict[Login, _Mailbox] = field(default_factory=dict)

    def mailbox(self, login: Login) -> _Mailbox:
        """The scripts of *login*, none at first."""
        return self._mailboxes.setdefault(login, _Mailbox())

    def sign_in(self, access: Access) -> None:
        """Check the password; without one it is the master user who acts.

        Raises:
            SignInRefusedError: wrong.
            AccountDisabledError: the master user asked for a mailbox that is not there.
        """
        if self.passwords is None:
            return
        if access.password is None and access.login.text not in self.passwords:
            raise AccountDisabledError("There is no such mailbox")
        if access.password is not None and self.passwords.get(access.login.text) != access.password:
            raise SignInRefusedError("The server refused the login or the password")

    def need_room(self, login: Login, name: ScriptName, size_octets: int) -> None:
        """Raise QuotaError where a script of this size would exceed a limit."""
        kept = self.mailbox(login).scripts
        if self.max_size_octets is not None and size_octets > self.max_size_octets:
            raise QuotaError("The script is too large", quota=Quota.MAXSIZE)
        if self.max_scripts is not None and len(kept.keys() | {name}) > self.max_scripts:
            raise QuotaError("There are too many scripts", quota=Quota.MAXSCRIPTS)
        others = sum(len(octets) for key, octets in kept.items() if key != name)
        if self.max_storage_octets is not None and others + size_octets > self.max_storage_octets:
            raise QuotaError("There is no room for the script", quota=Quota.STORAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySession:
    """One mailbox of a MemoryServer as a ScriptSession."""

    server: MemoryServer
    login: Login

    @property
    def capabilities(self) -> ServerCapabilities:
        """The server's."""
        return self.server.capabilities

    def list_scripts(self) -> ScriptListing:
        """All names, oldest first."""
        mailbox = self._mailbox
        return ScriptListing(names=tuple(mailbox.scripts), active=mailbox.active)

    def read(self, names: Sequence[ScriptName]) -> tuple[ScriptListing, tuple[Script, ...]]:
        """The listing, and those of *names* that are there."""
        there = [name for name in names if name in self._mailbox.scripts]
        return self.list_scripts(), self.get_scripts(there)

    def get_scripts(self, names: Sequence[ScriptName]) -> tuple[Script, ...]:
        """These scripts in order; ScriptNotFoundError."""
        kept = self._mailbox.scripts
        for name in names:
            self._need(name)
        return tuple(Script(name=name, octets=kept[name]) for name in names)

    def check_script(self, octets: bytes) -> str:
        """What the judge says; ScriptRefusedError."""
        return self.server.judge(octets)

    def rehearse(
        self, name: ScriptName, octets: bytes, names: Sequence[ScriptName]
    ) -> tuple[ScriptListing, tuple[Script, ...]]:
        """Whether it would fit and compile, and what there is; ScriptRefusedError, QuotaError."""
        self.server.need_room(self.login, name, len(octets))
        self.check_script(octets)
        return self.read(names)

    def put_script(self, name: ScriptName, octets: bytes) -> str:
        """Keep it if it fits and the judge accepts it, else change nothing."""
        self.server.need_room(self.login, name, len(octets))
        warnings = self.server.judge(octets)
        self._mailbox.scripts[name] = bytes(octets)
        return warnings

    def set_active(self, name: ScriptName | None) -> None:
        """Activate it, or none; ScriptNotFoundError."""
        if name is not None:
            self._need(name)
        self._mailbox.active = name

    def delete_script(self, name: ScriptName) -> None:
        """Delete it; ScriptNotFoundError, ScriptIsActiveError."""
        self._need(name)
        if self._mailbox.active == name:
            raise ScriptIsActiveError("The active script cannot be deleted")
        del self._mailbox.scripts[name]

    def finish(
        self, last: ScriptChange, names: Sequence[ScriptName]
    ) -> tuple[str, ScriptListing, tuple[Script, ...]]:
        """Make the last change, and read."""
        warnings = ""
        match last:
            case Script():
                warnings = self.put_script(last.name, last.octets)
            case Activation():
                self.set_active(last.name)
            case Deletion():
                self.delete_script(last.name)
        return warnings, *self.read(names)

    @property
    def _mailbox(self) -> _Mailbox:
        return self.server.mailbox(self.login)

    def _need(self, name: ScriptName) -> None:
        if name not in self._mailbox.scripts:
            raise ScriptNotFoundError("There is no script of that name")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryScriptStore:
    """ScriptStore over a MemoryServer; *forgotten* collects the sessions that were ended."""

    server: MemoryServer = field(default_factory=MemoryServer)
    forgotten: list[str] = field(default_factory=list)

    def session(self, access: Access) -> AbstractContextManager[ScriptSession]:
        """A session for this mailbox; SignInRefusedError."""
        return self._session(access)

    @contextmanager
    def _session(self, access: Access) -> Iterator[ScriptSession]:
        self.server.sign_in(access)
        yield MemorySession(server=self.server, login=access.login)

    def forget(self, session_key: str) -> None:
        """Note that the session was ended."""
        self.forgotten.append(session_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFolders:
    """Folders by login; every mailbox begins with *initial*."""

    initial: tuple[str, ...] = ("INBOX", "Archive", "Trash")
    trash: str | None = "Trash"
    _names: dict[Login, list[str]] = field(default_factory=dict)

    def listing(self, access: Access) -> FolderListing:
        """All folders."""
        return FolderListing(names=tuple(self._of(access.login)), trash=self.trash)

    def ensure(self, access: Access, folder: str) -> None:
        """Create the folder where it is missing; FolderError for an impossible name."""
        if not folder or any(ord(char) < 0x20 for char in folder):
            raise FolderError("The folder could not be created", folder=folder)
        names = self._of(access.login)
        if folder not in names and folder.upper() != "INBOX":
            names.append(folder)

    def _of(self, login: Login) -> list[str]:
        return self._names.setdefault(login, list(self.initial))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail that was sent."""

    to: EmailAddress
    subject: str
    text: str
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMailer:
    """Keeps what it should have sent in *sent*."""

    sent: list[Notice] = field(default_factory=list)

    def send(self, *, to: EmailAddress, subject: str, text: str, identity: str = "") -> None:
        """Keep the notice."""
        self.sent.append(Notice(to=to, subject=subject, text=text, identity=identity))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryInbox:
    """Keeps what it left in each mailbox in *left*."""

    left: dict[Login, list[bytes]] = field(default_factory=dict)

    def leave(self, access: Access, message: bytes) -> None:
        """Keep the message."""
        self.left.setdefault(access.login, []).append(message)
