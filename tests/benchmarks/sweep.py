"""A sweep for the register beside bare sessions with the same steps; and pages of 100,000."""

import base64
import resource
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.history import DatabaseHistory
from sieve_manager.adapters.database.register import DatabaseRegister
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.adapters.memory import MemoryScriptStore, MemoryServer
from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.mailbox_reading import MailboxReader
from sieve_manager.application.ports import ScriptStore
from sieve_manager.application.register import Place, RegisterEntry, SetBy
from sieve_manager.application.register_store import MOST_COUNTED, PAGE, Question, Reading, Sort
from sieve_manager.application.sweeping import Sweeping
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.managesieve import Credentials, Endpoint
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules
from tests.benchmarks.bare import BareSession
from tests.benchmarks.measuring import Times, in_turn, timed
from tests.servers.mailboxes import make_mailbox

MAILBOXES = 1000
ROUNDS = 3
SESSIONS = 8  # as [master] max_connections
MANY = 100_000
NAME = "roundcube"
SCRIPT = (
    b'require ["fileinto","copy"];\r\n# rule:[Lists]\r\nif exists "list-id"\r\n{\r\n'
    b'\tfileinto "Lists";\r\n\tstop;\r\n}\r\n# rule:[Books]\r\n'
    b'if header :contains "subject" "invoice"\r\n{\r\n\tredirect :copy "b%d@example.org";\r\n}\r\n'
)


@dataclass(frozen=True)
class People:
    """Whoever is asked for."""

    names: Sequence[str]

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        return ()

    def person(self, login: Login) -> Person | None:
        return Person(login=login, address=EmailAddress.parse(login.text))

    def by_address(self, address: EmailAddress) -> Person | None:
        return self.person(Login(address.key))

    def logins(self) -> Iterator[Login]:
        yield from map(Login, sorted(self.names))

    def mailbox(self, login: Login) -> Mailbox:
        return Mailbox(login=login)


def sweep(server: DovecotServer) -> tuple[float, float, float]:
    """Mailboxes a second: the first sweep, a later one, and bare sessions that read as much."""
    there, logins = server.endpoints, [make_mailbox(server) for _ in range(MAILBOXES)]
    with ThreadPoolExecutor(SESSIONS) as pool:
        list(pool.map(lambda one: _give(server, one[1], SCRIPT % one[0]), enumerate(logins)))
    store = ManageSieveStore(
        Endpoint(host=there.host, port=there.managesieve_port, ca_file=there.ca_file),
        master=Credentials(login=there.master_user, password=there.master_password),
        max_connections=SESSIONS,
    )
    first = later = bare = 0.0
    for _ in range(ROUNDS):
        with TemporaryDirectory() as name:
            sweeping = _sweeping(Path(name), store, logins)
            first += timed(sweeping.run)
            bare += timed(lambda: _bare_sessions(server, logins))
            later += timed(sweeping.run)
    store.close()
    count = ROUNDS * MAILBOXES * 1000
    return count / first, count / later, count / bare


def sweep_memory() -> tuple[float, float]:
    """Megabytes that the process grows by in a sweep of 5,000 mailboxes, and then of 25,000."""
    sizes = []
    for count in (1_000, 5_000, 25_000):
        server = MemoryServer()
        logins = [f"user{number:06}@example.com" for number in range(count)]
        box = server.mailbox(Login(logins[0]))
        box.scripts[ScriptName(NAME)], box.active = SCRIPT % 1, ScriptName(NAME)
        for login in logins:
            other = server.mailbox(Login(login))
            other.scripts, other.active = box.scripts, box.active
        before = _megabytes()
        with TemporaryDirectory() as name:
            _sweeping(Path(name), MemoryScriptStore(server=server), logins).run()
        sizes.append(_megabytes() - before)
    return sizes[1], sizes[2]


def register_pages() -> dict[str, Times]:
    """A page with its count, for each of the questions that the page can ask, on SQLite."""
    with TemporaryDirectory() as name:
        url = f"sqlite:///{name}/register.db"
        upgrade(url)
        return pages_of(url)


def pages_of(url: str) -> dict[str, Times]:
    """The same on this database, which is empty."""
    database = Database(url)
    register = DatabaseRegister(database, lambda: datetime.now(UTC))
    _fill(register)
    questions = {
        "all": Question(),
        "outside only, by last day": Question(outside=True, sort=Sort.ENDS),
        "no last day, set by the helpdesk": Question(no_end=True, set_by=SetBy.HELPDESK),
        "target gone": Question(gone=True),
        "for operators, by target": Question(for_operators=True, sort=Sort.TARGET),
        "search for two words": Question(text="user0777 example.net"),
        "search for what is not there": Question(text="nobody has this"),
    }
    found = {}
    for name, question in questions.items():
        for place, offset in (("", 0), (", last page", MOST_COUNTED - PAGE)):
            found[name + place] = _page(register, question, offset)
    database.close()
    return found


def _page(register: DatabaseRegister, question: Question, offset: int) -> Times:
    """As the page of the register asks."""

    def ask(_number: int) -> float:
        return timed(look)

    def look() -> None:
        found = register.page(question, offset)
        if offset or len(found) == PAGE:
            register.count(question)

    return in_turn(15, ask)[0]


def _sweeping(directory: Path, store: ScriptStore, logins: Sequence[str]) -> Sweeping:
    url = f"sqlite:///{directory}/register.db"
    upgrade(url)
    database, people = Database(url), People(logins)
    register = DatabaseRegister(database, lambda: datetime.now(UTC))
    reader = MailboxReader(
        store=store,
        directory=people,
        addresses=people,
        history=DatabaseHistory(database),
        policy=Policy(),
        staff=StaffRules(),
    )
    return Sweeping(
        reader=reader, register=register, clock=lambda: datetime.now(UTC), parallel=SESSIONS
    )


def _give(server: DovecotServer, login: str, octets: bytes) -> None:
    with _session(server, login) as session:
        session.put_script(NAME, octets)
        session.set_active(NAME)


def _bare_sessions(server: DovecotServer, logins: Sequence[str]) -> None:
    def read(login: str) -> None:
        with _session(server, login) as session:
            session.ask_together(
                b"CAPABILITY\r\n", b"LISTSCRIPTS\r\n", b'GETSCRIPT "%b"\r\n' % NAME.encode()
            )

    with ThreadPoolExecutor(SESSIONS) as pool:
        list(pool.map(read, logins))


def _session(server: DovecotServer, login: str) -> BareSession:
    there = server.endpoints
    identity = f"{login}\0{there.master_user}\0{there.master_password}"
    session = BareSession(there.host, there.managesieve_port, there.ca_file)
    session.ask(b'AUTHENTICATE "PLAIN" "%b"\r\n' % base64.b64encode(identity.encode()))
    return session


def _fill(register: DatabaseRegister) -> None:
    now = datetime.now(UTC)
    running = register.take("bench", 3600)
    if running is None:
        raise RuntimeError("somebody else sweeps")
    for begin in range(0, MANY, 1000):
        readings = [_reading(number, now) for number in range(begin, begin + 1000)]
        register.write(running, "bench", readings, 3600)
    register.finish(running, "bench")


def _reading(number: int, now: datetime) -> Reading:
    login = Login(f"user{number:06}@example.com")
    entry = RegisterEntry(
        login=login,
        target=f"to{number * 7919 % MANY:06}@example.{'net' if number % 3 else 'com'}",
        place=Place.OUTSIDE if number % 3 else Place.INSIDE,
        ends=now + timedelta(hours=number % 5000) if number % 4 else None,
        set_by=tuple(SetBy)[number % 4],
        gone=number % 1000 == 0,
    )
    words = f"Firstname{number % 313} Lastname{number % 977} {login}"
    return Reading(
        login=login, fingerprint="0" * 64, entries=(entry,), words=words, for_operators=True
    )


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
