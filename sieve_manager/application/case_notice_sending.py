"""Sends the notices about cases that are due, each once.

A notice counts as sent when the mail server has taken it, and is kept as sent right after. A
process that is killed between the two sends it again: under the same Message-ID, which mail
servers and programs know as the same message, unless more has become due for the same mail.
Killed anywhere else, it is neither sent twice nor forgotten.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sieve_manager.application.access import ITSELF, Access, Actor, Channel
from sieve_manager.application.address_notices import AddressNotices
from sieve_manager.application.auditing import AuditEntry, AuditRecord, Result
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.case_notice_facts import NoticeFacts, Reader
from sieve_manager.application.case_notice_words import mail_of
from sieve_manager.application.case_notices import (
    TELL_WITHIN,
    Deed,
    DueNotice,
    NoticeKey,
    NoticeKind,
    NoticeRules,
    SentNotices,
    about_end,
    destinations_due,
    endings_due,
    outcome_due,
    owners_due,
    refusal_due,
    reminder_due,
)
from sieve_manager.application.case_ports import CaseStore
from sieve_manager.application.ending_links import Ending
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import AuditLog, Clock, Mailer
from sieve_manager.application.trail import Trail
from sieve_manager.application.unwanted_links import Unwanted
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import CaseNotFoundError, NoticeError

_log = logging.getLogger(__name__)
NOT_WANTED = "case.unwanted"
EXTEND_WANTED = "case.extend-wanted"
_PAGE = 500
_MOST_CASES = 100_000
_IN_ONE_MAIL = 50
_FAILURES_IN_A_ROW = 5  # then the mail server is away; the next round tries again


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNotices:
    """A round of notices, over *mailer*; None: nobody is told anything.

    *addresses* finds what is due about redirect addresses; None: nothing. *lost* says of
    mailboxes, each with an instant, which of them could not be read since then.
    """

    cases: CaseStore
    audit: AuditLog
    notices: SentNotices
    facts: NoticeFacts
    mailer: Mailer | None
    owner_mail: OwnerMail | None
    rules: NoticeRules
    clock: Clock
    trail: Trail
    addresses: AddressNotices | None = None
    lost: Callable[[Mapping[Login, datetime]], Collection[Login]] = lambda _: ()

    def not_wanted(self, unwanted: Unwanted, address: str) -> None:
        """A destination does not want the mail, says somebody at the network *address*.

        The next round tells the operator, once, and an entry goes to the audit log. Nothing else
        happens. CaseNotFoundError, StorageError.
        """
        about = unwanted.destination.key
        key = NoticeKey(kind=NoticeKind.UNWANTED, number=unwanted.case, about=about)
        self._say(key, NOT_WANTED, Actor(name=about, channel=Channel.WEB, address=address))

    def ending(self, token: str) -> Ending | None:
        """The end that a link is about; None where the link is not ours, or it is over.

        It is over where the case has ended, has another last day, or does not pass mail on to
        that address any more. StorageError.
        """
        links = self.facts.ending_links
        found = links.read(token) if links else None
        if found is None:
            return None
        try:
            case = self.cases.case(found.case)
        except CaseNotFoundError:
            return None
        forward = case.terms.forward
        runs = case.state is CaseState.ACTIVE and case.phase(self.clock()) is not Phase.ENDED
        same = forward.period.last_day == found.last_day
        return found if runs and same and found.destination in forward.destinations else None

    def extend_wanted(self, ending: Ending, address: str) -> None:
        """A destination asks for more time; as :meth:`not_wanted`, once for each last day."""
        about = about_end(ending.last_day, ending.destination)
        key = NoticeKey(kind=NoticeKind.EXTEND, number=ending.case, about=about)
        actor = Actor(name=ending.destination.key, channel=Channel.WEB, address=address)
        self._say(key, EXTEND_WANTED, actor)

    def _say(self, key: NoticeKey, action: str, actor: Actor) -> None:
        """Have the operator told, once, and write it to the audit log."""
        case = self.cases.case(key.number)
        known = key in self.notices.of(key.kind, [key.number])
        self.notices.want(key, self.clock())
        if known:
            return
        self.trail.write(
            AuditEntry(
                at=self.clock(),
                actor=actor,
                action=action,
                result=Result.DONE,
                mailbox=case.login,
                ticket=case.terms.ticket,
            )
        )

    def run(self) -> int:
        """Send what is due; how many mails. What fails now is tried again in later rounds.

        Raises:
            StorageError: our database failed.
            DirectoryError: the directory does not say who they are.
        """
        if self.mailer is None:
            return 0
        now = self.clock()
        count = failures = 0
        for due in _mails(self._unsent(self._due(now), now), self.facts):
            try:
                count += self._send(self.mailer, due, now)
                failures = 0
            except NoticeError as error:
                failures += 1
                _log.warning("a notice was not sent: %s", error)
                for one in due.items:
                    self.notices.want(one.key, now)
            if failures >= _FAILURES_IN_A_ROW:
                break
        for kind in (NoticeKind.OWNER, NoticeKind.ADDRESS_CHANGED):
            self.notices.prune(kind, now - 2 * TELL_WITHIN)
        return count

    def _due(self, now: datetime) -> Iterator[DueNotice]:
        since = now - TELL_WITHIN
        rules, recent = self.rules, tuple(self._recent(since))
        active = self.cases.found([CaseState.ACTIVE], limit=_MOST_CASES)
        if rules.owner:
            yield from owners_due(recent, since)
        if rules.destination:
            begun = self.notices.of(NoticeKind.DESTINATION, [case.id for case in active])
            for case in active:
                yield from destinations_due(case, now)
                yield from endings_due(case, now, rules.reminder_days, begun)
        if self.addresses:
            yield from self.addresses.due(now, rules)
        if rules.operator:
            yield from self._lost(active, now)
            yield from self._reminders(now)
            yield from self._outcomes(since, recent)
            yield from self._said(NoticeKind.UNWANTED)
            yield from self._said(NoticeKind.EXTEND)

    def _lost(self, active: Iterable[Case], now: datetime) -> Iterator[DueNotice]:
        running = {case.login: case for case in active if case.phase(now) is not Phase.ENDED}
        for login in self.lost({login: case.begun_at for login, case in running.items()}):
            case = running[login]
            yield DueNotice(key=NoticeKey(kind=NoticeKind.LOST, number=case.id), case=case)

    def _reminders(self, now: datetime) -> Iterator[DueNotice]:
        days = self.rules.reminder_days
        ahead, active = now + timedelta(days=days), [CaseState.ACTIVE]
        for case in self.cases.found(active, ends_from=now, ends_before=ahead, limit=_MOST_CASES):
            if reminder := reminder_due(case, now, days):
                yield reminder

    def _outcomes(self, since: datetime, recent: Sequence[AuditRecord]) -> Iterator[DueNotice]:
        for state, ended_from, due in (
            (CaseState.ENDED, since, outcome_due),
            (CaseState.FAILED, None, outcome_due),
            (CaseState.UNDONE, since, refusal_due),
        ):
            for case in self.cases.found([state], ended_from=ended_from, limit=_MOST_CASES):
                if found := due(case, recent):
                    yield found

    def _said(self, kind: NoticeKind) -> Iterator[DueNotice]:
        """What destinations said."""
        for key in self.notices.waiting(kind):
            try:
                case = self.cases.case(key.number)
            except CaseNotFoundError:
                continue
            destination = EmailAddress.restore(key.about.rpartition(" ")[2])
            yield DueNotice(key=key, case=case, destination=destination)

    def _recent(self, since: datetime) -> Iterator[AuditRecord]:
        """The newest entries; a late one stands among newer ones, so whole pages are read."""
        before: int | None = None
        while page := self.audit.entries(before=before, limit=_PAGE):
            yield from page
            if all(record.entry.at < since for record in page):
                return
            before = page[-1].number

    def _unsent(self, due: Iterable[DueNotice], now: datetime) -> list[DueNotice]:
        """Those that were not sent; first those that did not fail before."""
        all_due = list(due)
        kept = {
            key: told
            for kind in NoticeKind
            for key, told in self.notices.of(
                kind, sorted({one.key.number for one in all_due if one.key.kind is kind})
            ).items()
        }
        fresh = [one for one in all_due if one.key not in kept]
        again = [
            one
            for one in all_due
            if (told := kept.get(one.key)) and not told.sent and told.since > now - TELL_WITHIN
        ]
        return [self._with_case(one) for one in (*fresh, *again)]

    def _with_case(self, due: DueNotice) -> DueNotice:
        """A deed about a case knows which: the newest of the mailbox by then."""
        deed = due.deed
        if deed is None or deed.record.entry.mailbox is None:
            return due
        if not deed.record.entry.action.startswith("case."):
            return due
        begun = (
            case
            for case in self.cases.of_mailbox(deed.record.entry.mailbox)
            if case.begun_at <= deed.record.entry.at
        )
        return replace(due, deed=Deed(record=deed.record, case=next(begun, None)))

    def _send(self, mailer: Mailer, due: "_Mail", now: datetime) -> int:
        keys = [one.key for one in due.items]
        reader = due.reader
        items = [self.facts.of(one, reader.language, now) for one in due.items]
        mail = mail_of(due.kind, reader.language, items, self.facts.common(reader))
        send = mailer.send
        if self.owner_mail and reader.mailbox:
            send = partial(self.owner_mail.send, Access(login=reader.mailbox, actor=ITSELF))
        send(
            to=reader.address,
            subject=mail.subject,
            text=mail.text,
            identity=_identity(keys, reader),
        )
        self.notices.sent(keys, now)
        return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """What one mail says to one reader."""

    kind: NoticeKind
    reader: Reader
    items: Sequence[DueNotice]


def _mails(due: Iterable[DueNotice], facts: NoticeFacts) -> list[_Mail]:
    """One mail a kind and reader, of up to 50 items; nothing for who has no address."""
    grouped: dict[tuple[NoticeKind, EmailAddress], tuple[Reader, list[DueNotice]]] = {}
    for one in due:
        reader = facts.reader(one)
        if reader is not None:
            grouped.setdefault((one.key.kind, reader.address), (reader, []))[1].append(one)
    return [
        _Mail(kind=kind, reader=reader, items=items[start : start + _IN_ONE_MAIL])
        for (kind, _), (reader, items) in grouped.items()
        for start in range(0, len(items), _IN_ONE_MAIL)
    ]


def _identity(keys: Sequence[NoticeKey], reader: Reader) -> str:
    told = "\n".join(sorted(f"{key.kind} {key.number} {key.about}" for key in keys))
    return hashlib.sha256(f"{reader.address.key}\n{told}".encode()).hexdigest()[:40]
