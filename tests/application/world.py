"""A mailbox in memory with the use cases wired to it, and a server that breaks on demand."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sieve_manager.adapters.memory import (
    CAPABILITIES,
    MemoryFolders,
    MemoryScriptStore,
    MemoryServer,
)
from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.adapters.memory_consents import MemoryConsents
from sieve_manager.adapters.memory_records import MemoryHistory, MemoryLocks
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.agreements import Agreements
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.ports import AuditLog, ScriptSession
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.scripts import Script, ScriptChange, ScriptListing, ScriptName
from sieve_manager.errors import OutcomeUnknownError, UnreachableError
from sieve_manager.policy.policy import ConsentOf, Policy

LOGIN = Login("anna@example.com")
NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
ACCESS = Access(
    login=LOGIN, actor=Actor(name="anna@example.com", channel=Channel.WEB), password="secret"
)


def forward(*to: str, copy: str = "inbox", paused: bool = False) -> Forward:
    return Forward(
        destinations=tuple(EmailAddress.parse(one) for one in to or ("bruno@example.net",)),
        copy=Copy.parse(copy),
        period=Period(timezone="Europe/Zurich"),
        paused=paused,
    )


class OwnAddress:
    """Addresses port: the login is the address."""

    def mailbox(self, login: Login) -> Mailbox:
        return Mailbox(login=login, address=EmailAddress.parse(login.text))


@dataclass(slots=True)
class Breaks:
    """Breaks the connection at the *at*-th call that writes, before or after it took effect.

    *down* keeps every later session from opening; *late* happens only at the second look
    after the break, as on a server that is still at it.
    """

    at: int = 0
    after: bool = False
    down: bool = False
    late: Callable[[], object] | None = None
    reads: int = 0
    count: int = 0
    broken: bool = False

    def around(self) -> AbstractContextManager[None]:
        return self._around()

    @contextmanager
    def _around(self) -> Iterator[None]:
        self.count += 1
        breaks = self.count == self.at
        if breaks and not self.after:
            self.broken = True
            raise OutcomeUnknownError("cut off")
        yield
        if breaks:
            self.broken = True
            raise OutcomeUnknownError("cut off")


@dataclass(slots=True)
class BreakingSession:
    """A session whose writing calls go through Breaks."""

    inner: ScriptSession
    breaks: Breaks

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def read(self, names: Sequence[ScriptName]) -> tuple[ScriptListing, tuple[Script, ...]]:
        if self.breaks.broken and self.breaks.late:
            self.breaks.reads += 1
            if self.breaks.reads == 2:
                self.breaks.late()
        return self.inner.read(names)

    def put_script(self, name: ScriptName, octets: bytes) -> str:
        with self.breaks.around():
            return self.inner.put_script(name, octets)

    def set_active(self, name: ScriptName | None) -> None:
        with self.breaks.around():
            self.inner.set_active(name)

    def delete_script(self, name: ScriptName) -> None:
        with self.breaks.around():
            self.inner.delete_script(name)

    def finish(
        self, last: ScriptChange, names: Sequence[ScriptName]
    ) -> tuple[str, ScriptListing, tuple[Script, ...]]:
        with self.breaks.around():
            return self.inner.finish(last, names)


@dataclass(slots=True)
class BreakingStore:
    """A store whose sessions break as told."""

    inner: MemoryScriptStore
    breaks: Breaks = field(default_factory=Breaks)

    @contextmanager
    def session(self, access: Access) -> Iterator[BreakingSession]:
        if self.breaks.broken and self.breaks.down:
            raise UnreachableError("no connection")
        with self.inner.session(access) as inner:
            yield BreakingSession(inner, self.breaks)

    def forget(self, session_key: str) -> None:
        self.inner.forget(session_key)


class World:
    """One mailbox, its server, and the use cases."""

    def __init__(
        self,
        *,
        policy: Policy | None = None,
        capabilities: ServerCapabilities = CAPABILITIES,
        history: MemoryHistory | None = None,
        audit: AuditLog | None = None,
    ) -> None:
        self.audit = MemoryAuditLog()
        self.server = MemoryServer(capabilities=capabilities)
        self.store = BreakingStore(MemoryScriptStore(server=self.server))
        self.history = history or MemoryHistory()
        self.folders = MemoryFolders()
        self.now = NOW
        self.policy = policy or Policy(default_timezone="Europe/Zurich")
        self.consents = MemoryConsents()
        agreements = Agreements(store=self.consents, policy=self.policy, clock=self.tick)
        self.forwards = Forwards.over(
            store=self.store,
            folders=self.folders,
            history=self.history,
            locks=MemoryLocks(wait_seconds=0.01),
            addresses=OwnAddress(),
            policy=self.policy,
            clock=self.tick,
            patience=(0.0, 0.0),
            audit=audit or self.audit,
            agreements=None if self.policy.consent is ConsentOf.NONE else agreements,
        )

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def give(self, octets: bytes, name: str = "roundcube", *, active: bool = True) -> None:
        """Put a script there as another program would."""
        mailbox = self.server.mailbox(LOGIN)
        mailbox.scripts[ScriptName(name)] = octets
        if active:
            mailbox.active = ScriptName(name)

    @property
    def scripts(self) -> dict[str, bytes]:
        return {name.text: octets for name, octets in self.server.mailbox(LOGIN).scripts.items()}

    @property
    def active(self) -> str | None:
        name = self.server.mailbox(LOGIN).active
        return name.text if name else None
