"""Who must agree before mail goes to them, has agreed, or is asked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sieve_manager.application.consent_ports import ConsentStore, known
from sieve_manager.application.history import Change
from sieve_manager.application.plan import Plan
from sieve_manager.application.ports import Clock
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import SAID_NO, Consent, ConsentState, Source, SourceKind
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.policy.consent_policy import (
    A_DAY,
    asks_anew,
    missing,
    must_agree,
    rests_until,
    review_question,
)
from sieve_manager.policy.findings import Finding
from sieve_manager.policy.policy import ConsentOf, Policy

_PUTS_BACK = (Change.UNDO, Change.RESUME, Change.REACTIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """To whom mail may go now, who must agree first, and what there is to say about these."""

    now: tuple[EmailAddress, ...]
    waiting: tuple[EmailAddress, ...] = ()
    findings: tuple[Finding, ...] = ()


def of_mailbox(login: Login) -> Source:
    """The mailbox as a source."""
    return Source(kind=SourceKind.MAILBOX, name=login.text)


def of_address(address: EmailAddress) -> Source:
    """The redirect address as a source."""
    return Source(kind=SourceKind.ADDRESS, name=address.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    """What receivers said, and what they are asked. Every method may raise StorageError."""

    store: ConsentStore
    policy: Policy
    clock: Clock

    @property
    def asks(self) -> bool:
        """Whether anybody must agree."""
        return self.policy.consent is not ConsentOf.NONE

    def look(
        self,
        source: Source,
        owner: str,
        mailbox: Mailbox,
        destinations: Sequence[EmailAddress],
    ) -> Agreed:
        """Tell those who have agreed, or need not, from those who must be asked first.

        All questions of one *owner* count together, whatever sources they are about.
        """
        if not self.asks:
            return Agreed(now=tuple(destinations))
        consents = self.store.of(source)
        waiting = tuple(
            one
            for one in destinations
            if must_agree(one, mailbox, self.policy) and not _has_agreed(known(consents, one))
        )
        return Agreed(
            now=tuple(one for one in destinations if one not in waiting),
            waiting=waiting,
            findings=tuple(self._reviewed(owner, consents, waiting)),
        )

    def ask(self, source: Source, owner: str, waiting: Iterable[EmailAddress]) -> None:
        """Wait for these, and no others; who was not asked today gets a question."""
        now, consents = self.clock(), self.store.of(source)
        wanted = {one.key: one for one in waiting}
        for one in consents:
            if one.state is ConsentState.WAITING and one.destination.key not in wanted:
                dropped = replace(one, state=ConsentState.DROPPED, at=now, done=True)
                self.store.change(one, dropped)
        for address in wanted.values():
            self._ask(source, owner, known(consents, address), address, now)

    def set_wish(
        self, login: Login, wish: Forward | None, waiting: Collection[EmailAddress]
    ) -> None:
        """What the mailbox's forward is to become, once those who are *waiting* agree."""
        self.store.keep_wish(login, wish if waiting else None)
        self.ask(of_mailbox(login), login.text, waiting)

    def follow_again(self, source: Source, receivers: Collection[EmailAddress]) -> None:
        """Do once more what follows from their no."""
        for one in self.store.of(source):
            if one.destination in receivers and one.state in SAID_NO and one.done:
                self.store.change(one, replace(one, done=False))

    def waiting(self, source: Source) -> tuple[Consent, ...]:
        """Those whose mail is wished and who have not agreed, whatever they said."""
        wish = self.store.wish(Login(source.name))
        if wish is None:
            return ()
        return self.unagreed(source, wish.destinations)

    def unagreed(self, source: Source, destinations: Sequence[EmailAddress]) -> tuple[Consent, ...]:
        """What those of *destinations* said who were asked and have not agreed."""
        if not self.asks:
            return ()
        consents = self.store.of(source)
        found = (known(consents, one) for one in destinations)
        return tuple(one for one in found if one and not _has_agreed(one))

    def of_plan(self, plan: Plan) -> tuple[Finding, ...]:
        """Whether *plan* puts back a forward to somebody who was asked and has not agreed."""
        before, after = plan.before.forward, plan.after.forward
        if plan.change not in _PUTS_BACK or after is None or after.paused:
            return ()
        gets_it = before.destinations if before and not before.paused else ()
        new = [one for one in after.destinations if one not in gets_it]
        unagreed = self.unagreed(of_mailbox(plan.after.mailbox.login), new)
        return tuple(missing(one.destination) for one in unagreed)

    def _reviewed(
        self, owner: str, consents: Sequence[Consent], waiting: Sequence[EmailAddress]
    ) -> Iterable[Finding]:
        now = self.clock()
        of_owner = self.store.asked(now - A_DAY, owner=owner)
        for address in waiting:
            to_them = self.store.asked(now - A_DAY, destination=address)
            one = known(consents, address)
            rest = rests_until(address, consents, now)
            yield review_question(address, one, rest, to_them, of_owner, now)
            of_owner += asks_anew(one, now)

    def _ask(
        self,
        source: Source,
        owner: str,
        old: Consent | None,
        address: EmailAddress,
        now: datetime,
    ) -> None:
        if old and not asks_anew(old, now):
            if old.state is ConsentState.DROPPED:
                again = replace(old, state=ConsentState.WAITING, at=now, done=True)
                self.store.change(old, again)
            return
        asked = Consent(
            id=old.id if old else 0,
            source=source,
            destination=address,
            state=ConsentState.WAITING,
            question=old.question + 1 if old else 1,
            asked_at=now,
            at=now,
        )
        self.store.change(old, asked, owner=owner)


def _has_agreed(consent: Consent | None) -> bool:
    return consent is not None and consent.state is ConsentState.AGREED
