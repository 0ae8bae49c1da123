"""History, locks and known destinations in memory, for tests and for trying things out."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from sieve_manager.application.history import KEPT_VERSIONS, NewVersion, Version
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import MailboxBusyError, VersionNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryHistory:
    """The History port."""

    _versions: dict[Login, list[Version]] = field(default_factory=dict)

    def begin(self, new: NewVersion) -> Version:
        """Keep it as the newest, unsettled."""
        kept = self._versions.setdefault(new.login, [])
        number = kept[-1].number + 1 if kept else 1
        kept.append(Version(number=number, settled=False, new=new))
        return kept[-1]

    def settle(self, login: Login, number: int, *, happened: bool) -> None:
        """Mark it settled, or drop it; a number that is not there is no error."""
        kept = self._versions.get(login, [])
        for index, version in enumerate(kept):
            if version.number == number:
                kept[index : index + 1] = [replace(version, settled=True)] if happened else []
                break
        if happened:
            newest = kept[-KEPT_VERSIONS:]
            needed = {version.new.undoes for version in newest}
            older = kept[:-KEPT_VERSIONS]
            kept[:] = [version for version in older if version.number in needed] + newest

    def last(self, login: Login) -> Version | None:
        """The newest."""
        kept = self._versions.get(login, [])
        return kept[-1] if kept else None

    def versions(self, login: Login) -> tuple[Version, ...]:
        """All, newest first."""
        return tuple(reversed(self._versions.get(login, [])))

    def version(self, login: Login, number: int) -> Version:
        """One; VersionNotFoundError."""
        for version in self._versions.get(login, []):
            if version.number == number:
                return version
        raise VersionNotFoundError(f"There is no version {number} of {login}.")

    def unsettled(self, before: datetime) -> tuple[Login, ...]:
        """Whose newest write nobody has seen end."""
        newest = {login: kept[-1] for login, kept in self._versions.items() if kept}
        return tuple(
            login for login, one in newest.items() if not one.settled and one.new.at < before
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLocks:
    """The Locks port, over the threads of one process; *wait_seconds* until it gives up."""

    wait_seconds: float = 3.0
    _locks: dict[Login, Lock] = field(default_factory=dict)

    def hold(self, login: Login) -> AbstractContextManager[None]:
        """Hold the mailbox's lock; MailboxBusyError."""
        return self._hold(self._locks.setdefault(login, Lock()), login)

    @contextmanager
    def _hold(self, lock: Lock, login: Login) -> Iterator[None]:
        if not lock.acquire(timeout=self.wait_seconds):
            raise MailboxBusyError(f"Somebody else is changing {login} right now.")
        try:
            yield
        finally:
            lock.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryKnownDestinations:
    """The KnownDestinations port."""

    _told: dict[Login, frozenset[EmailAddress]] = field(default_factory=dict)

    def told(self, login: Login) -> frozenset[EmailAddress]:
        """Those that the owner was told of."""
        return self._told.get(login, frozenset())

    def remember(self, login: Login, addresses: Sequence[EmailAddress]) -> None:
        """Exactly these from now on."""
        self._told[login] = frozenset(addresses)
