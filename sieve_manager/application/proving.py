"""Send a test message, follow it, and take it away again."""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Protocol

from sieve_manager.application.access import ITSELF, Access, Actor
from sieve_manager.application.auditing import AuditEntry, Result
from sieve_manager.application.chain import Kind
from sieve_manager.application.ports import Clock
from sieve_manager.application.proof_letter import proof_letter
from sieve_manager.application.proof_report import Found, Report, report
from sieve_manager.application.trace import Hop
from sieve_manager.application.tracing import Tracing
from sieve_manager.application.trail import Trail
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.proof import FOLLOWED, Proof
from sieve_manager.errors import InvalidInputError, NoticeError, ServerError

SENT = "trace.test"
"""A test message was sent."""

_log = logging.getLogger(__name__)
_AN_HOUR = timedelta(hours=1)
_MOST_AN_HOUR = 20
_MOST_MAILBOXES = 25
_GIVEN_UP = timedelta(days=3)


class Proofs(Protocol):
    """The test messages that are under way. Every method may raise StorageError."""

    def add(self, proof: Proof) -> None:
        """Keep it."""
        ...

    def get(self, mark: str) -> Proof | None:
        """The one with this mark."""
        ...

    def sent_by(self, actor: str, since: datetime) -> int:
        """How many they have sent since then, those that are gone too."""
        ...

    def before(self, at: datetime) -> tuple[Proof, ...]:
        """Those that were sent before then and are not cleaned up."""
        ...

    def clean(self, mark: str) -> None:
        """It is taken away everywhere."""
        ...


class Mailboxes(Protocol):
    """Messages in mailboxes, by [master]. Every method may raise ServerError."""

    def find(self, access: Access, mark: str, since: datetime) -> tuple[Found, ...]:
        """All messages since that day that hold *mark*, in any folder."""
        ...

    def take_away(self, access: Access, mark: str, since: datetime) -> int:
        """Delete them for good; how many."""
        ...


class Post(Protocol):
    """The way into the mail transfer agent."""

    def post(
        self, message: EmailMessage, *, sender: EmailAddress, to: EmailAddress, mark: str
    ) -> None:
        """Send it, and ask for reports to *sender* where the server knows such; NoticeError."""
        ...


Wording = Callable[[EmailAddress], tuple[str, str]]
"""Returns subject and text of a test message to an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """What staff does; *sender* is who it comes from where they have no mailbox."""

    tracing: Tracing
    proofs: Proofs
    mailboxes: Mailboxes
    post: Post
    sender: EmailAddress
    trail: Trail
    clock: Clock

    def send(self, actor: Actor, address: EmailAddress, wording: Wording) -> Proof:
        """Send one to *address*.

        Raises:
            NotAllowedError: they are no staff.
            InvalidInputError: they have sent too many.
            NoticeError: the mail server did not take it; nothing is under way.
        """
        now = self.clock()
        self.tracing.staff.demand_role(actor)
        if self.proofs.sent_by(actor.name, now - _AN_HOUR) >= _MOST_AN_HOUR:
            raise _too_many()
        root = self.tracing.trace(actor, address).root
        own = self.tracing.addresses.mailbox(Login(actor.name)).address
        sender, mark = own or self.sender, secrets.token_hex(16)
        logins = _logins(root) | ({Login(actor.name)} if own else set())
        proof = Proof(
            mark=mark,
            actor=actor.name,
            address=address,
            sent_at=now,
            logins=tuple(sorted(logins, key=str)[:_MOST_MAILBOXES]),
        )
        subject, text = wording(address)
        letter = proof_letter(sender, address, mark=mark, subject=subject, text=text, at=now)
        self.proofs.add(proof)
        if self.proofs.sent_by(actor.name, now - _AN_HOUR) > _MOST_AN_HOUR:  # several at once
            self.proofs.clean(mark)
            raise _too_many()
        try:
            self.post.post(letter, sender=sender, to=address, mark=mark)
        except NoticeError:
            self.proofs.clean(mark)
            raise
        entry = AuditEntry(
            at=now, actor=actor, action=SENT, result=Result.DONE, detail=f"To {address}."
        )
        self.trail.write(entry)
        return proof

    def look(self, actor: Actor, mark: str) -> Report | None:
        """How far it has come; None where they have sent no such message."""
        proof = self.proofs.get(mark)
        if proof is None or proof.actor != actor.name or not actor.role.is_staff:
            return None
        root = self.tracing.trace(actor, proof.address).root
        looked_into = ((login, self._found(proof, login)) for login in proof.logins)
        found = {
            login: messages if self._may_open(actor, login) else _without_folders(messages)
            for login, messages in looked_into
            if messages is not None
        }
        return report(proof, root, found, self.clock())

    def take_away(self, proof: Proof) -> bool:
        """Delete it wherever it may be; False where that was not possible everywhere."""
        done = True
        for login in proof.logins:
            access = Access(login=login, actor=ITSELF)
            try:
                self.mailboxes.take_away(access, proof.mark, proof.sent_at)
            except ServerError as error:
                _log.warning("a test message may be left in %s: %s", login, error)
                done = False
        if done or self.clock() - proof.sent_at > _GIVEN_UP:
            self.proofs.clean(proof.mark)
        return done

    def clean_up(self) -> int:
        """Take away all that is over, what nobody looks at any more too; how many."""
        over = self.proofs.before(self.clock() - 2 * FOLLOWED)
        return sum(map(self.take_away, over))

    def _may_open(self, actor: Actor, login: Login) -> bool:
        """Whether they may act for this mailbox, and so know its folders."""
        return login == Login(actor.name) or self.tracing.staff.refusal(actor, login) is None

    def _found(self, proof: Proof, login: Login) -> Sequence[Found] | None:
        access = Access(login=login, actor=ITSELF)
        try:
            return self.mailboxes.find(access, proof.mark, proof.sent_at)
        except ServerError as error:
            _log.warning("a test message could not be looked for in %s: %s", login, error)
            return None


def _too_many() -> InvalidInputError:
    return InvalidInputError(
        "You have sent many test messages. Try again in an hour.",
        where="address",
        code="proof-limit",
    )


def _without_folders(messages: Sequence[Found]) -> Sequence[Found]:
    return [replace(one, folder="") for one in messages]


def _logins(hop: Hop) -> set[Login]:
    own = {Login(hop.station.key)} if hop.station.kind is Kind.MAILBOX else set()
    return own.union(*map(_logins, hop.hops))
