"""The pages over mailboxes in memory: an application to press buttons in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from types import SimpleNamespace
from typing import ClassVar, cast

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.test import TestResponse

from sieve_manager.adapters.database.throttle import Attempt
from sieve_manager.adapters.day_words import day_words
from sieve_manager.adapters.memory import (
    CAPABILITIES,
    MemoryFolders,
    MemoryMailer,
    MemoryScriptStore,
    MemoryServer,
)
from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.adapters.memory_cases import MemoryCases
from sieve_manager.adapters.memory_consents import MemoryConsents
from sieve_manager.adapters.memory_ledger import MemoryLedger
from sieve_manager.adapters.memory_notices import MemoryNotices
from sieve_manager.adapters.memory_records import (
    MemoryHistory,
    MemoryKnownDestinations,
    MemoryLocks,
)
from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.adapters.memory_tokens import MemoryReplays, MemoryTokens
from sieve_manager.adapters.metrics import Metrics
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.agreements import Agreements
from sieve_manager.application.case_batches import CaseBatches
from sieve_manager.application.case_entry import EntryReader
from sieve_manager.application.case_notice_facts import NoticeFacts
from sieve_manager.application.case_notice_sending import CaseNotices
from sieve_manager.application.case_notices import NoticeRules
from sieve_manager.application.cases import Cases
from sieve_manager.application.ending_links import EndingLinks
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.ledger import conclude
from sieve_manager.application.mailbox_reading import MailboxReader
from sieve_manager.application.measuring import MeasuredLocks
from sieve_manager.application.notices import Notices
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.readiness import Readiness
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.application.register_news import RegisterNews
from sieve_manager.application.register_upkeep import Register
from sieve_manager.application.staff import Staff
from sieve_manager.application.sweeping import Sweeping
from sieve_manager.application.tokens import Tokens
from sieve_manager.application.tracing import Tracing
from sieve_manager.application.unwanted_links import UnwantedLinks
from sieve_manager.application.whole_chart import AddressBecomes, WholeChart
from sieve_manager.bootstrap import Wired
from sieve_manager.bootstrap_consent import wire_consent
from sieve_manager.bootstrap_single_sign_on import wire_single_sign_on
from sieve_manager.demo.world import DemoWorld
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import DirectoryError
from sieve_manager.policy.policy import ConsentOf, Policy
from sieve_manager.settings import Settings
from sieve_manager.settings_addresses import AddressesSection
from sieve_manager.settings_cases import CasesSection
from sieve_manager.settings_staff import StaffSection
from tests.application.relays import Relay
from web import create_app

NOW = datetime(2027, 2, 10, 12, 3, tzinfo=UTC)
ANNA, BRUNO = "anna@example.com", "bruno@example.com"
OTTO, ADA = "otto@example.com", "ada@example.com"
PRESIDENT, ELSEWHERE = "president@example.com", "elsa@example.org"
PASSWORDS = {
    ANNA: "secret of anna",
    BRUNO: "secret of bruno",
    OTTO: "secret of the operator",
    ADA: "secret of the administrator",
    PRESIDENT: "secret of the president",
    ELSEWHERE: "secret of elsa",
}
MASTER = {"user": "master", "password": "secret of the master"}
STAFF = {
    "operators": [OTTO],
    "administrators": [ADA],
    "operator_domains": ["example.com"],
    "protected": [PRESIDENT],
}
SENDER = EmailAddress("noreply", "example.com")
MANAGERS = {ANNA: BRUNO}
NAMES = {ANNA: "Anna Miller", BRUNO: "Bruno Bär", OTTO: "Otto Normal", PRESIDENT: "The President"}


class SharedTemplates(BytecodeCache):
    """Templates are compiled once for all tests, not once an application."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class OwnAddress:
    """Addresses port: the login is the address."""

    def mailbox(self, login: Login) -> Mailbox:
        return Mailbox(login=login, address=EmailAddress.parse(login.text))


@dataclass
class People:
    """Directory port over whoever has a password here."""

    groups: dict[str, set[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    broken: bool = False

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        return tuple(one for one in self._all() if one.is_meant_by(text))[:limit]

    def person(self, login: Login) -> Person | None:
        return next((one for one in self._all() if one.login == login), None)

    def by_address(self, address: EmailAddress) -> Person | None:
        return self.person(Login(address.key))

    def logins(self) -> Iterator[Login]:
        yield from (one.login for one in self._all())

    def _all(self) -> list[Person]:
        if self.broken:
            raise DirectoryError("The directory is away")
        return [
            Person(
                login=Login(login),
                name=NAMES.get(login, ""),
                address=EmailAddress.parse(login),
                groups=frozenset(self.groups.get(login, ())),
                manager=Login(MANAGERS[login]) if login in MANAGERS else None,
            )
            for login in PASSWORDS
            if login not in self.gone
        ]


@dataclass
class MemoryRows:
    """Session rows that one can look into."""

    rows: dict[str, bytes] = field(default_factory=dict)
    writes: int = 0

    def get(self, key: str) -> bytes | None:
        return self.rows.get(key)

    def set(self, key: str, value: bytes, lifetime: timedelta) -> None:
        assert lifetime > timedelta(0)
        self.writes += 1
        self.rows[key] = value

    def delete(self, key: str) -> None:
        self.rows.pop(key, None)

    def purge(self) -> int:
        return 0


@dataclass
class CountingThrottle:
    """Lets three failures of an account pass, then asks to wait half a minute."""

    failures: dict[tuple[str, str], int] = field(default_factory=dict)
    last: tuple[str, str] = ("", "")

    def begin(self, account: str, address: str, now: datetime) -> Attempt:
        wait = self.allowed(account, address, now)
        if not wait:
            self.failed(account, address, now)
            self.last = account, address
        return Attempt(number=1, wait_seconds=wait)

    def withdraw(self, attempt: Attempt) -> None:
        self.failures[self.last] -= 1
        self.failures = {key: count for key, count in self.failures.items() if count}

    def allowed(self, account: str, address: str, now: datetime) -> float:
        return 29.2 if self.failures.get((account, address), 0) >= 3 else 0.0

    def failed(self, account: str, address: str, now: datetime) -> None:
        self.failures[account, address] = self.failures.get((account, address), 0) + 1

    def succeeded(self, account: str, address: str) -> None:
        self.failures.pop((account, address), None)


class World:
    """Mailboxes, their server, and the pages."""

    def __init__(
        self,
        *,
        policy: Policy | None = None,
        capabilities: ServerCapabilities = CAPABILITIES,
        web: dict[str, object] | None = None,
        master: dict[str, str] | None = None,
        imap: dict[str, str] | None = None,
        passwords: dict[str, str] | None = None,
        demo_world: DemoWorld | None = None,
        metrics: dict[str, object] | None = None,
        oidc: dict[str, object] | None = None,
        staff: dict[str, object] | None = None,
        cases: dict[str, object] | None = None,
        addresses: dict[str, object] | None = None,
    ) -> None:
        self.now = NOW
        self.server = MemoryServer(capabilities=capabilities, passwords=passwords or PASSWORDS)
        self.store = MemoryScriptStore(server=self.server)
        self.folders = MemoryFolders()
        self.mailer = MemoryMailer()
        self.owner_mail = OwnerMail(mailer=self.mailer, inbox=None, sender=SENDER, clock=self.clock)
        self.rows = MemoryRows()
        self.throttle = CountingThrottle()
        self.history = MemoryHistory()
        self.audit = MemoryAuditLog()
        self.policy = policy or Policy(default_timezone="Europe/Zurich")
        self.measures = Metrics()
        self.readiness = Readiness(checks={"database": lambda: None, "mail_server": lambda: None})
        self.consents = MemoryConsents()
        agreements = None
        if self.policy.consent is not ConsentOf.NONE:
            agreements = Agreements(store=self.consents, policy=self.policy, clock=self.clock)
        self.forwards = Forwards.over(
            store=self.store,
            folders=self.folders,
            history=self.history,
            locks=MeasuredLocks(MemoryLocks(wait_seconds=0.01), self.measures),
            addresses=OwnAddress(),
            policy=self.policy,
            clock=self.clock,
            staff=StaffSection.model_validate(staff or {}).rules(),
            audit=self.audit,
            operators=CasesSection.model_validate(cases or {}).rules(),
            agreements=agreements,
        )
        self.settings = Settings(
            managesieve={"host": "127.0.0.1"},
            web={"secret_key": "k" * 32, "title": "Example University", **(web or {})},
            master=master,
            imap=imap,
            metrics=metrics or {},
            oidc=oidc,
            staff=staff or {},
            cases=cases or {},
        )
        self.people = People()
        self.register, self.addresses = MemoryRegister(self.clock), MemoryAddresses()
        self.sweeping = Sweeping(
            reader=MailboxReader(
                store=self.store,
                directory=self.people,
                addresses=OwnAddress(),
                history=self.history,
                policy=self.policy,
                staff=self.settings.staff.rules(),
            ),
            register=self.register,
            clock=self.clock,
        )
        self.staff = Staff(
            directory=self.people,
            addresses=OwnAddress(),
            rules=self.settings.staff.rules(),
            has_master=master is not None,
        )
        self.tracing = Tracing(
            register=self.register,
            history=self.history,
            directory=self.people,
            addresses=OwnAddress(),
            store=self.addresses,
            staff=self.staff,
            policy=self.policy,
            clock=self.clock,
            domains=AddressesSection.model_validate(addresses or {}).rules().domains,
        )
        self.cases = Cases(
            forwards=self.forwards,
            store=MemoryCases(),
            staff=self.staff,
            clock=self.clock,
            policy=self.settings.cases.rules(),
        )
        self.entries = EntryReader(day_words=day_words, find=self.people.by_address)
        self.ledger = MemoryLedger(clock=self.clock)
        self.batches = CaseBatches(
            cases=self.cases,
            entries=self.entries,
            staff=self.staff,
            ledger=self.ledger,
            policy=self.policy,
        )
        self.case_notices = CaseNotices(
            cases=self.cases.store,
            audit=self.audit,
            notices=MemoryNotices(),
            facts=NoticeFacts(
                directory=self.people,
                addresses=OwnAddress(),
                day_words=day_words,
                base_url=self.settings.web.base_url,
                languages=self.settings.web.languages,
                timezone=self.policy.default_timezone,
                links=UnwantedLinks(secret=self.settings.web.secret),
                ending_links=EndingLinks(secret=self.settings.web.secret),
            ),
            mailer=self.mailer,
            owner_mail=self.owner_mail,
            rules=NoticeRules(),
            clock=self.clock,
            trail=self.forwards.saving.trail,
        )
        self.tokens = Tokens(
            store=MemoryTokens(),
            clock=self.clock,
            trail=self.forwards.saving.trail,
            role_of=self.staff.role,
        )
        self.replays = MemoryReplays(clock=self.clock)
        self.relay = Relay(self.addresses)
        self.redirect_addresses = RedirectAddresses(
            store=self.addresses,
            relay=self.relay,
            directory=self.people,
            chart=self._chart,
            seen=self.tracing.seen,
            trail=self.forwards.saving.trail,
            clock=self.clock,
            rules=AddressesSection.model_validate(addresses or {}).rules(),
            policy=self.policy,
            staff=self.settings.staff.rules(),
            agreements=agreements,
        )
        self.consent = wire_consent(
            self.settings, self.forwards, self.redirect_addresses, self.mailer, self.owner_mail
        )
        self.app = self._application(demo_world)

    def _chart(self, address: EmailAddress, kept: RedirectAddress | None) -> WholeChart:
        return WholeChart(
            forwards=self.tracing.forwards,
            directory=self.people,
            addresses=self.addresses,
            inside={"example.com", *self.policy.internal_domains, address.domain},
            now=self.clock(),
            becomes=AddressBecomes(address=address, kept=kept),
        )

    def _application(self, demo_world: DemoWorld | None) -> Flask:
        wired = SimpleNamespace(
            settings=self.settings,
            policy=self.policy,
            clock=self.clock,
            store=self.store,
            folders=self.folders,
            mailer=self.mailer,
            notices=Notices(
                known=MemoryKnownDestinations(),
                mail=self.owner_mail,
                policy=self.policy,
            ),
            throttle=self.throttle,
            web_sessions=self.rows,
            forwards=self.forwards,
            audit=self.audit,
            trail=self.forwards.saving.trail,
            directory=self.people,
            staff=self.staff,
            register=Register(
                store=self.register,
                sweeping=self.sweeping,
                news=RegisterNews(register=self.register),
            ),
            cases=self.cases,
            case_entries=self.entries,
            case_batches=self.batches,
            case_notices=self.case_notices,
            ledger=self.ledger,
            single_sign_on=wire_single_sign_on(
                self.settings, self.true_time, self.people, self.staff, self.store
            ),
            tokens=self.tokens,
            replays=self.replays,
            redirect_addresses=self.redirect_addresses,
            consent=self.consent,
            proving=None,
            tracing=self.tracing,
            measures=self.measures,
            readiness=self.readiness,
        )
        app = create_app(cast(Wired, wired), demo_world=demo_world)
        app.testing = True
        app.jinja_env.bytecode_cache = SharedTemplates()
        return app

    def work(self) -> None:
        """Handle all that waits in jobs, as a worker does."""
        for job in self.ledger.active():
            handle = self.batches.handle
            while leased := self.ledger.lease("w", [job.id], 10, 60.0):
                self.ledger.settle("w", [(item, handle(job, item)) for item in leased])
            conclude(self.ledger, job)

    def clock(self) -> datetime:
        return self.now

    def true_time(self) -> datetime:
        """The clock that a real OpenID provider goes by."""
        return datetime.now(UTC)

    @contextmanager
    def acting(self) -> Iterator[Access]:
        """Act for Anna without a page, in the application's context."""
        actor = Actor(name=ANNA, channel=Channel.WEB)
        with self.app.test_request_context():
            yield Access(login=Login(ANNA), actor=actor, password=PASSWORDS[ANNA])

    def give(
        self, octets: bytes, name: str = "roundcube", *, active: bool = True, login: str = ANNA
    ) -> None:
        """Put a script there as another program would."""
        mailbox = self.server.mailbox(Login(login))
        mailbox.scripts[ScriptName(name)] = octets
        if active:
            mailbox.active = ScriptName(name)

    def scripts(self, login: str = ANNA) -> dict[str, bytes]:
        """What the server holds."""
        kept = self.server.mailbox(Login(login)).scripts
        return {name.text: octets for name, octets in kept.items()}

    def browser(self, login: str | None = ANNA) -> "Browser":
        """A browser, signed in unless *login* is None."""
        browser = Browser(self.app.test_client())
        if login is not None:
            answer = browser.sign_in(login, PASSWORDS[login])
            assert answer.status_code == 303, answer.text
        return browser


@dataclass
class Browser:
    """Follows forms as a browser without JavaScript does."""

    client: FlaskClient
    page: TestResponse | None = None
    signed_in: bool = False

    def get(self, path: str, **headers: str) -> TestResponse:
        self.page = self.client.get(path, headers=headers)
        return self.page

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send *fields* with what the page that is open has hidden in its first form."""
        hidden = self.hidden()
        known = {key: hidden[key] for key in ("csrf_token", "mailbox", "loaded") if key in hidden}
        self.page = self.client.post(path, data={**known, **fields})
        return self.page

    def send_file(self, path: str, octets: bytes) -> TestResponse:
        """Send a file with the form of the page that is open."""
        token = self.hidden().get("csrf_token", "")
        data = {"csrf_token": token, "file": (BytesIO(octets), "cases.csv")}
        self.page = self.client.post(path, data=data)
        return self.page

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page that is open; the last form's win."""
        assert self.page is not None
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page.text)
        return {name: unescape(value) for name, value in found}

    def words(self) -> str:
        """What the page says, without its marks."""
        assert self.page is not None
        main = self.page.text.partition("<main ")[2].partition(">")[2].partition("</main>")[0]
        inline = re.sub(r"</?(?:bdi|strong|a|q)\b[^>]*>", "", main)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", inline)).split())

    def sign_in(self, login: str, password: str) -> TestResponse:
        self.get("/sign-in")
        answer = self.post("/sign-in", login=login, password=password)
        self.signed_in = answer.status_code == 303
        return answer

    def act_for(self, login: str) -> TestResponse:
        """Choose a mailbox on the helpdesk's start page."""
        self.get("/staff")
        return self.post("/staff/act", login=login)

    def save(self, **fields: object) -> TestResponse:
        """Open the form and save at once."""
        self.get("/forward")
        values = {"to": "carla@example.net", "copy": "inbox", "timezone": "Europe/Zurich"}
        return self.post("/forward/save", **{**values, **fields})
