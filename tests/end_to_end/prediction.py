"""What a trace says about one message, to be compared with where that message then was.

The trace says which ways there are; here a message takes them, as slowly and obviously as
Postfix and Pigeonhole do. Where a condition is one that we do not read, more than one fate is
possible, and the page says so, too.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, product

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.chain import Kind, Station, Way
from sieve_manager.application.trace import Hop, Turn
from sieve_manager.demo.mail_server import MailServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.policy.policy import DEFAULT_MAX_REDIRECTS
from sieve_manager.sieve.conditions import Condition, ConditionKind
from tests.end_to_end.site import Site
from tests.servers.mailboxes import PASSWORD, imap_folders

Question = Condition | Way | Station
"""Whether it holds, whether it leaves a copy, or whether the rest stays there."""

_RELAYS = (Kind.REDIRECT_ADDRESS, Kind.ALIAS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """Where a message is in the end: the addresses that it left for, sorted, and mailboxes.

    *answer* is the code with which Postfix did not take it: 550, or 451 where its expansion has
    no end.
    """

    to: tuple[str, ...] = ()
    stored: Mapping[str, int] = field(default_factory=dict)
    answer: str = ""


def own_trace(site: Site, login: str, password: str = PASSWORD) -> Hop:
    """What the page of the owner of this mailbox says now."""
    actor = Actor(name=login, channel=Channel.WEB)
    access = Access(login=Login.parse(login), actor=actor, password=password)
    status = site.wired.forwards.overview(access)
    return site.wired.tracing.trace(actor, EmailAddress.parse(login), status).root


def whole_trace(site: Site, address: str) -> Hop:
    """What an administrator sees, once all mailboxes were looked through."""
    ada = Actor(name="ada@example.com", channel=Channel.CLI, role=Role.ADMINISTRATOR)
    site.wired.register.sweep()
    return site.wired.tracing.trace(ada, EmailAddress.parse(address)).root


def possible(
    root: Hop,
    subject: str,
    *,
    at: datetime | None = None,
    spam: bool = False,
    here: Collection[str] | None = None,
) -> list[Fate]:
    """Every fate that the trace leaves open to a message with this subject; most often one.

    *here* are the logins behind the Postfix that mail goes on to; None: all.
    """
    headers = {"subject": subject, **({"x-spam-flag": "YES"} if spam else {})}
    moment = at or datetime.now(UTC)
    questions = tuple(dict.fromkeys(_questions(root, headers)))
    fates: list[Fate] = []
    # The trace does not say whether a copy stays because it is filed, or because nobody took it.
    for files, *answers in product((False, True), repeat=1 + len(questions)):
        known = dict(zip(questions, answers, strict=True))
        message = _Message(root, headers, moment, known, here, files)
        message.begin()
        if message.fate not in fates:
            fates.append(message.fate)
    return fates


def own_fates(
    site: Site, login: str, subject: str, *, at: datetime | None = None, spam: bool = False
) -> list[Fate]:
    """What the owner's page says now, where the Dovecot sends all that it forwards to the sink."""
    return possible(own_trace(site, login), subject, at=at, spam=spam, here=())


def found(server: MailServer, sink: SmtpSink, subject: str, logins: Collection[str]) -> Fate:
    """Where the message with this subject is: at the sink, and in all folders of *logins*."""
    to = (one.recipients for one in sink.messages if one.subject == subject)
    stored = Counter(
        login
        for login in logins
        for messages in imap_folders(server, login).values()
        for one, _ in messages
        if one == subject
    )
    return Fate(to=tuple(sorted(chain.from_iterable(to))), stored=dict(stored))


@dataclass(slots=True)
class _Message:
    """One message on its way through the chain at *root*."""

    root: Hop
    headers: Mapping[str, str]
    at: datetime
    answers: Mapping[Question, bool]
    here: Collection[str] | None
    files: bool
    to: list[str] = field(default_factory=list)
    stored: Counter[str] = field(default_factory=Counter)
    answer: str = ""
    passed: set[Station] = field(default_factory=set)

    @property
    def fate(self) -> Fate:
        if self.answer:
            return Fate(answer=self.answer)
        return Fate(to=tuple(sorted(self.to)), stored=dict(+self.stored))

    def begin(self) -> None:
        """Send it to the address at the root."""
        if self.here is None:
            self.answer = self._send(self.root, ())
        else:
            self._deliver(self.root, ())

    def _send(self, hop: Hop, before: tuple[Station, ...]) -> str:
        """Postfix: all aliases at once; nobody gets the same message twice.

        Returns the code with which it is not taken.
        """
        if self._is_closed(hop):
            return "550"
        ends: dict[Station, Hop] = {}
        if not self._expand(hop, (), ends):
            return "451"
        for station, end in ends.items():
            if station.kind is Kind.MAILBOX and (self.here is None or station.key in self.here):
                self._deliver(end, before)
            elif not self._is_closed(end) or self.here is not None:
                self.to.append(str(end.address or "?"))
        return ""

    def _is_closed(self, hop: Hop) -> bool:
        """Whether Postfix knows no such address, or is told that it is not in use."""
        if self.here is not None or hop.station.kind is Kind.MAILBOX:
            return False
        return hop.station.kind is not Kind.OUTSIDE and not self._taken(hop)

    def _expand(self, hop: Hop, before: tuple[Station, ...], ends: dict[Station, Hop]) -> bool:
        """Whether it comes to an end, and to which ones."""
        if hop.station.kind not in _RELAYS or (before and self._is_closed(hop)):
            ends.setdefault(hop.station, hop)
            return True
        if hop.station in before:
            return False
        return all(self._expand(one, (*before, hop.station), ends) for one in self._taken(hop))

    def _deliver(self, hop: Hop, before: tuple[Station, ...]) -> None:
        """Pigeonhole: what comes a second time is kept, and goes nowhere any more.

        Where the first who is to get it is refused and nothing is filed, nobody gets it. What
        is refused is kept in the inbox, too, and would be sent on the next time.
        """
        again = hop.station in before or hop.station in self.passed
        taken = [] if again else self._taken(hop)
        kept = any(self._keeps(one.way) for one in taken if one.way)
        kept = kept or (not taken and self._stays(hop))
        if not again:
            self.passed.add(hop.station)
        filed, refused = kept and self.files, False
        for number, one in enumerate(taken):
            if self._send(one, (*before, hop.station)):
                refused = True
                self.passed.discard(hop.station)
                if number == 0 and not filed:
                    break
        self.stored[hop.station.key] += filed + 1 if refused else kept

    def _taken(self, hop: Hop) -> list[Hop]:
        taken = [one for one in self._first(hop).hops if one.way and self._open(one.way)]
        # Beyond its limit Pigeonhole runs no redirect at all; the trace warns of that.
        too_many = hop.station.kind is Kind.MAILBOX and len(taken) > DEFAULT_MAX_REDIRECTS
        return [] if too_many else taken

    def _first(self, hop: Hop) -> Hop:
        """Where the trace followed this station."""
        assert hop.turn is not Turn.DEEP, "the trace does not say what is behind"
        if not hop.turn:
            return hop
        paths = (path[-1] for path in self.root.paths())
        return next(one for one in paths if one.station == hop.station and not one.turn)

    def _stays(self, hop: Hop) -> bool:
        stays = self._first(hop).stays
        return self.answers[hop.station] if stays is None else stays

    def _open(self, way: Way) -> bool:
        conditions = ((one, _holds(one, self.headers)) for one in way.conditions)
        answers = (self.answers[one] if known is None else known for one, known in conditions)
        return way.window.holds(self.at) and all(answers)

    def _keeps(self, way: Way) -> bool:
        return self.answers[way] if way.keeps is None else way.keeps


def _questions(root: Hop, headers: Mapping[str, str]) -> Iterator[Question]:
    """What the trace leaves open."""
    for path in root.paths():
        if path[-1].stays is None:
            yield path[-1].station
        if way := path[-1].way:
            yield from (one for one in way.conditions if _holds(one, headers) is None)
            if way.keeps is None:
                yield way


def _holds(condition: Condition, headers: Mapping[str, str]) -> bool | None:
    """Whether it does for a message with these headers; None: it cannot be told."""
    match condition.kind:
        case ConditionKind.SPAM:
            found: bool | None = "x-spam-flag" in headers
        case ConditionKind.EXISTS:
            found = all(name.lower() in headers for name in condition.fields)
        case ConditionKind.FIELD if condition.match in ("is", "contains"):
            texts = [headers.get(name.lower(), "").lower() for name in condition.fields]
            values = [value.lower() for value in condition.values]
            within = str.__contains__ if condition.match == "contains" else str.__eq__
            found = any(within(text, value) for text in texts for value in values)
        case ConditionKind.ANY:
            parts = [_holds(part, headers) for part in condition.parts]
            found = True if True in parts else None if None in parts else False
        case _:
            return None
    return None if found is None else found != condition.negated
