"""Many mailboxes in memory with a register over them, and a server that fails on demand."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sieve_manager.adapters.memory import MemoryScriptStore, MemoryServer
from sieve_manager.adapters.memory_records import MemoryHistory
from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.application.access import Access
from sieve_manager.application.mailbox_reading import MailboxReader
from sieve_manager.application.ports import ScriptSession
from sieve_manager.application.register_store import RegisterStore
from sieve_manager.application.sweeping import Sweeping
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import SieveManagerError
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules

OUT = b'redirect "thief@example.net";\r\n'
Fault = Callable[[Login, int], SieveManagerError | None]
"""What goes wrong with a mailbox at its n-th session, counted from 1."""


@dataclass(slots=True)
class People:
    """Directory and Addresses over the logins that are there."""

    names: list[str]

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        return ()

    def person(self, login: Login) -> Person | None:
        address = EmailAddress.parse(login.text)
        return Person(login=login, address=address) if login.text in self.names else None

    def by_address(self, address: EmailAddress) -> Person | None:
        return self.person(Login(address.key))

    def logins(self) -> Iterator[Login]:
        yield from map(Login, sorted(self.names))

    def mailbox(self, login: Login) -> Mailbox:
        return Mailbox(login=login, address=EmailAddress.parse(login.text))


@dataclass(slots=True)
class FaultyStore:
    """A store that counts sessions and lets them fail."""

    inner: MemoryScriptStore
    fault: Fault = lambda _login, _count: None
    sessions: dict[Login, int] = field(default_factory=dict)

    def session(self, access: Access) -> AbstractContextManager[ScriptSession]:
        return self._session(access)

    @contextmanager
    def _session(self, access: Access) -> Iterator[ScriptSession]:
        assert access.password is None
        count = self.sessions[access.login] = self.sessions.get(access.login, 0) + 1
        if error := self.fault(access.login, count):
            raise error
        with self.inner.session(access) as session:
            yield session

    def forget(self, session_key: str) -> None:
        self.inner.forget(session_key)


class SweepWorld:
    """So many mailboxes, each of which forwards to the outside."""

    def __init__(
        self, count: int, *, register: RegisterStore | None = None, parallel: int = 4
    ) -> None:
        self.now = datetime(2027, 2, 10, 12, tzinfo=UTC)
        self.logins = [f"user{number:05}@example.com" for number in range(count)]
        self.people = People(list(self.logins))
        self.server = MemoryServer()
        for login in self.logins:
            self.give(login, OUT)
        self.store = FaultyStore(MemoryScriptStore(server=self.server))
        self.history = MemoryHistory()
        self.register = register or MemoryRegister(self.clock)
        self.rests: list[float] = []
        self.reader = MailboxReader(
            store=self.store,
            directory=self.people,
            addresses=self.people,
            history=self.history,
            policy=Policy(),
            staff=StaffRules(),
            rest=self.rests.append,
        )
        self.sweeping = Sweeping(
            reader=self.reader, register=self.register, clock=self.clock, parallel=parallel
        )

    def clock(self) -> datetime:
        return self.now

    def pass_hours(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def give(self, login: str, octets: bytes, name: str = "sogo") -> None:
        """Put an active script there."""
        mailbox = self.server.mailbox(Login(login))
        mailbox.scripts[ScriptName(name)] = octets
        mailbox.active = ScriptName(name)
