"""Which notices are due: who is told what about cases, and about what others did to a mailbox."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sieve_manager.application.access import ITSELF, Actor, Channel
from sieve_manager.application.address_history import NewAddressVersion
from sieve_manager.application.auditing import (
    CASE_RENEW,
    CASE_WITHDRAW,
    CASE_WORDS,
    CONSENT_WORDS,
    AuditEntry,
    AuditRecord,
    Result,
)
from sieve_manager.application.case import Case, CaseState
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.policy.rights import is_same_person

TELL_WITHIN = timedelta(days=3)
"""What is older is not told any more; and what cannot be sent is given up after so long."""
CASE_END = "case.end"
_AN_INSTANT = timedelta(milliseconds=1)
_OWN_HAND = timedelta(minutes=10)


class NoticeKind(StrEnum):
    """What a notice is about; OWNER goes to the mailbox itself.

    DESTINATION and ENDING go to who gets its mail: it begins, it ends soon. The others go to the
    operator who began the case, or asked for it. UNWANTED: a destination does not want it.
    EXTEND: a destination asks for more time. LAPSED: nobody agreed to it in time. REFUSED:
    somebody else withdrew it. LOST: its mailbox cannot be read any more.
    """

    OWNER = "owner"
    DESTINATION = "destination"
    ENDING = "ending"
    REMINDER = "reminder"
    ENDED = "ended"
    FAILED = "failed"
    UNWANTED = "unwanted"
    EXTEND = "extend"
    LAPSED = "lapsed"
    REFUSED = "refused"
    LOST = "lost"
    ADDRESS_CHANGED = "address-changed"
    ADDRESS_REMINDER = "address-reminder"
    ADDRESS_ENDED = "address-ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKey:
    """What is told once: *number* is that of the entry of the audit log, or the case's id.

    *about* tells apart what else may differ: the last day of a reminder, a destination, or both
    (:func:`about_end`). Of an address, *number* is that of its change, or of its last day as an
    ordinal, and *about* the address.
    """

    kind: NoticeKind
    number: int
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How far a notice has come; *sent* is None while it is still to be sent."""

    since: datetime
    sent: datetime | None = None


class SentNotices(Protocol):
    """Which notices were sent. Every method may raise StorageError."""

    def of(self, kind: NoticeKind, numbers: Sequence[int]) -> dict[NoticeKey, Told]:
        """What is kept of notices of this kind about these numbers."""
        ...

    def waiting(self, kind: NoticeKind) -> dict[NoticeKey, Told]:
        """Those of this kind that are kept and not sent yet."""
        ...

    def want(self, key: NoticeKey, at: datetime) -> None:
        """Keep that this is to be sent since *at*; nothing where it is kept already."""
        ...

    def sent(self, keys: Sequence[NoticeKey], at: datetime) -> None:
        """Keep that these were sent, all or none."""
        ...

    def prune(self, kind: NoticeKind, before: datetime) -> int:
        """Forget those of this kind that are kept since before then; how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRules:
    """Who is told, and how many days before its end operator and destinations are reminded."""

    owner: bool = True
    destination: bool = True
    operator: bool = True
    reminder_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that somebody else did to a mailbox; *case* is the one it was about."""

    record: AuditRecord
    case: Case | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressNews:
    """News of a redirect address for *reader*; *kept* is what they may see of it.

    *action* and *change* say what was done to it, where that is the news.
    """

    address: EmailAddress
    reader: Login
    kept: RedirectAddress | None
    action: str = ""
    change: NewAddressVersion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notice that is due.

    *destination* is whom DESTINATION and ENDING tell, and who asked in UNWANTED and EXTEND; *by*
    is who REFUSED, as far as the audit log knows.
    """

    key: NoticeKey
    case: Case | None = None
    deed: Deed | None = None
    destination: EmailAddress | None = None
    by: Actor | None = None
    address: AddressNews | None = None


def owners_due(records: Iterable[AuditRecord], since: datetime) -> Iterator[DueNotice]:
    """What others did to mailboxes since then, each for its owner; without the case it was."""
    for record in records:
        if record.entry.at >= since and _by_somebody_else(record.entry):
            key = NoticeKey(kind=NoticeKind.OWNER, number=record.number)
            yield DueNotice(key=key, deed=Deed(record=record))


def destinations_due(case: Case, now: datetime) -> Iterator[DueNotice]:
    """To whom mail goes by now because of *case*; the same address once in its whole life."""
    if case.state is CaseState.ACTIVE and case.phase(now) is Phase.ACTIVE:
        for one in case.terms.forward.destinations:
            key = NoticeKey(kind=NoticeKind.DESTINATION, number=case.id, about=one.key)
            yield DueNotice(key=key, case=case, destination=one)


def reminder_due(case: Case, now: datetime, days: int) -> DueNotice | None:
    """The reminder of the end of *case*, once for each last day; none for a shorter case."""
    ends, day = case.terms.forward.period.ends, case.terms.forward.period.last_day
    if ends is None or case.state is not CaseState.ACTIVE or not days:
        return None
    remind_at = ends - timedelta(days=days)
    if not max(remind_at, case.begun_at) <= now <= ends or case.begun_at > remind_at:
        return None
    key = NoticeKey(kind=NoticeKind.REMINDER, number=case.id, about=str(day))
    return DueNotice(key=key, case=case)


def endings_due(
    case: Case, now: datetime, days: int, begun: Mapping[NoticeKey, Told]
) -> Iterator[DueNotice]:
    """To whom mail goes because of *case*, which soon ends; once for each last day.

    *begun* is whom it was told that it begins. None of those for whom it begins in its last
    days: they are told its last day with that.
    """
    period = case.terms.forward.period
    if case.phase(now) is not Phase.ACTIVE or not reminder_due(case, now, days):
        return
    if not period.ends or not period.last_day:
        return
    for one in case.terms.forward.destinations:
        told = begun.get(NoticeKey(kind=NoticeKind.DESTINATION, number=case.id, about=one.key))
        if told is None or told.since > period.ends - timedelta(days=days):
            continue
        about = about_end(period.last_day, one)
        key = NoticeKey(kind=NoticeKind.ENDING, number=case.id, about=about)
        yield DueNotice(key=key, case=case, destination=one)


def about_end(last_day: date, destination: EmailAddress) -> str:
    """What tells notices about an end apart; the address stands after the last blank."""
    return f"{last_day} {destination.key}"


def outcome_due(case: Case, records: Sequence[AuditRecord]) -> DueNotice | None:
    """That *case* ended or failed; not to an operator who ended it by their own hand."""
    kind = NoticeKind.FAILED if case.state is CaseState.FAILED else NoticeKind.ENDED
    if kind is NoticeKind.ENDED and any(_own_hand(case, record.entry) for record in records):
        return None
    return DueNotice(key=NoticeKey(kind=kind, number=case.id), case=case)


def refusal_due(case: Case, records: Sequence[AuditRecord]) -> DueNotice | None:
    """That *case*, which is undone, will not begin; not to who withdrew it themselves.

    None for one that had begun, and whose steps were taken back.
    """
    if case.version is not None:
        return None
    by = next((one.entry.actor for one in records if _withdrew(case, one.entry)), None)
    if by and is_same_person(by.name, case.begun_by.name):
        return None
    kind = NoticeKind.LAPSED if by and by.name == ITSELF.name else NoticeKind.REFUSED
    return DueNotice(key=NoticeKey(kind=kind, number=case.id), case=case, by=by)


def _withdrew(case: Case, entry: AuditEntry) -> bool:
    """Both carry the same instant, but for what a database makes of it."""
    return (
        entry.action == CASE_WITHDRAW
        and entry.mailbox == case.login
        and case.ended_at is not None
        and abs(entry.at - case.ended_at) < _AN_INSTANT
    )


def _own_hand(case: Case, entry: AuditEntry) -> bool:
    return (
        entry.action == CASE_END
        and entry.mailbox == case.login
        and entry.actor.name == case.begun_by.name
        and case.ended_at is not None
        and abs(entry.at - case.ended_at) < _OWN_HAND
    )


def _by_somebody_else(entry: AuditEntry) -> bool:
    """A change that was made, by staff, on the command line, or by the clean-up."""
    return (
        entry.result is Result.DONE
        and entry.action not in CASE_WORDS | CONSENT_WORDS | {CASE_RENEW}
        and entry.mailbox is not None
        and entry.action.startswith(("case.", "forward."))
        and entry.actor.name != entry.mailbox.text
        and (entry.actor.role.is_staff or entry.actor.channel is Channel.CLI)
    )
