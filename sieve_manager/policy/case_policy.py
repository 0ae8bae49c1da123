"""What operators may settle in a case, and what takes a second person: data and decisions."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.domain.mailboxes import Mailbox
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.policy.findings import Finding, inform, refuse
from sieve_manager.policy.policy import Policy


class Concern(StrEnum):
    """What about a case needs a second person."""

    OUTSIDE = "outside"
    ENDLESS = "endless"


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePolicy:
    """[cases] as data: what holds for operators; administrators are bound by [policy] alone.

    *inside_only*: no destination outside. *longest_days* 0: any. *ticket_pattern* is a regular
    expression that the whole ticket matches; empty: any ticket, or none. *approval_for*: which
    concerns wait for somebody else's word. *batch_threshold*: a batch of more cases is started
    by somebody else than who made it; 0: never.
    """

    inside_only: bool = False
    max_destinations: int = 10
    copy_choices: frozenset[CopyKind] = field(default_factory=lambda: frozenset(CopyKind))
    longest_days: int = 0
    end_required: bool = False
    reason_required: bool = False
    ticket_pattern: str = ""
    approval_for: frozenset[Concern] = frozenset()
    approval_days: int = 7
    batch_threshold: int = 0
    owner_may_end: bool = False


def review_case(
    terms: CaseTerms,
    mailbox: Mailbox,
    role: Role,
    policy: Policy,
    cases: CasePolicy,
    today: date,
    *,
    began: date | None = None,
) -> tuple[Finding, ...]:
    """What the rules for operators say of *terms*, beside those for every forward.

    A case without a first day begins *today*; one that *began* already is as long as from then.
    """
    if role is not Role.OPERATOR:
        return ()
    return (
        *_destinations(terms, mailbox, policy, cases),
        *_period(terms, cases, today, began),
        *_texts(terms, cases),
        *_approval(terms, mailbox, policy, cases),
    )


def review_plain_forward(
    forward: Forward, mailbox: Mailbox, policy: Policy, cases: CasePolicy, today: date
) -> tuple[Finding, ...]:
    """What the rules for operators say of a forward that they set without a case."""
    terms = CaseTerms(forward=forward)
    found = [*_destinations(terms, mailbox, policy, cases), *_period(terms, cases, today)]
    if concerns_of(terms, mailbox, Role.OPERATOR, policy, cases):
        found.append(
            refuse(
                "case-only",
                "Somebody else of the helpdesk has to agree to this. Hand the mailbox over "
                "instead, and ask for approval there.",
                where="to",
            )
        )
    return tuple(found)


def review_plain_note(note: str, cases: CasePolicy) -> tuple[Finding, ...]:
    """What they say of the ticket and the reason, which stand in one line there."""
    words = note.split()
    found = []
    if cases.reason_required and not words:
        found.append(refuse("case-no-reason", "Say why.", where="note"))
    if cases.ticket_pattern and not any(re.fullmatch(cases.ticket_pattern, one) for one in words):
        found.append(
            refuse("case-ticket", "Enter the number of the ticket as it is.", where="note")
        )
    return tuple(found)


def concerns_of(
    terms: CaseTerms, mailbox: Mailbox, role: Role, policy: Policy, cases: CasePolicy
) -> frozenset[Concern]:
    """What of *terms* somebody else has to agree to before anything is written."""
    if role is not Role.OPERATOR:
        return frozenset()
    found = set()
    if not all(policy.is_inside(one, mailbox) for one in terms.forward.destinations):
        found.add(Concern.OUTSIDE)
    if terms.forward.period.last_day is None:
        found.add(Concern.ENDLESS)
    return frozenset(found) & cases.approval_for


def new_concerns(
    agreed: CaseTerms,
    terms: CaseTerms,
    mailbox: Mailbox,
    role: Role,
    policy: Policy,
    cases: CasePolicy,
) -> frozenset[Concern]:
    """What of *terms* goes beyond what was *agreed* to, and needs agreement anew.

    Another address outside does, and more days for the addresses outside that there are.
    """
    found = concerns_of(terms, mailbox, role, policy, cases)
    new = found - concerns_of(agreed, mailbox, role, policy, cases)
    if Concern.OUTSIDE not in found:
        return new
    known = set(agreed.forward.destinations)
    other = any(
        one not in known and not policy.is_inside(one, mailbox)
        for one in terms.forward.destinations
    )
    longer = not _is_within(terms.forward.period, agreed.forward.period)
    return new | {Concern.OUTSIDE} if other or longer else new


def _is_within(period: Period, whole: Period) -> bool:
    """Whether no day of *period* lies outside *whole*."""
    starts = whole.first_day is None or (
        period.first_day is not None and period.first_day >= whole.first_day
    )
    ends = whole.last_day is None or (
        period.last_day is not None and period.last_day <= whole.last_day
    )
    return starts and ends


def _destinations(
    terms: CaseTerms, mailbox: Mailbox, policy: Policy, cases: CasePolicy
) -> list[Finding]:
    found = [
        refuse(
            "case-outside",
            "{address} is outside. Only an administrator can hand mail over to there.",
            where="to",
            address=address.readable,
        )
        for address in terms.forward.destinations
        if cases.inside_only and not policy.is_inside(address, mailbox)
    ]
    if len(terms.forward.destinations) > cases.max_destinations:
        found.append(
            refuse(
                "case-too-many",
                "At most {limit} people can take over.",
                where="to",
                limit=str(cases.max_destinations),
            )
        )
    if terms.forward.copy.kind not in cases.copy_choices:
        found.append(
            refuse(
                "case-copy",
                "Only an administrator can make this choice.",
                where="copy",
            )
        )
    return found


def _period(
    terms: CaseTerms, cases: CasePolicy, today: date, began: date | None = None
) -> list[Finding]:
    period = terms.forward.period
    if period.last_day is None:
        if not (cases.end_required or cases.longest_days):
            return []
        return [refuse("case-no-end", "Choose a last day.", where="last_day")]
    first = period.first_day or began or today
    days = (period.last_day - min(first, began or first)).days + 1
    if not cases.longest_days or days <= cases.longest_days:
        return []
    return [
        refuse(
            "case-too-long",
            "A case lasts at most {days} days.",
            where="last_day",
            days=str(cases.longest_days),
        )
    ]


def _texts(terms: CaseTerms, cases: CasePolicy) -> list[Finding]:
    found = []
    if cases.reason_required and not terms.reason:
        found.append(refuse("case-no-reason", "Say why.", where="reason"))
    if cases.ticket_pattern and not re.fullmatch(cases.ticket_pattern, terms.ticket):
        found.append(
            refuse("case-ticket", "Enter the number of the ticket as it is.", where="ticket")
        )
    return found


def _approval(
    terms: CaseTerms, mailbox: Mailbox, policy: Policy, cases: CasePolicy
) -> list[Finding]:
    if not concerns_of(terms, mailbox, Role.OPERATOR, policy, cases):
        return []
    return [
        inform(
            "case-approval",
            "Somebody else of the helpdesk has to agree before anything is written.",
        )
    ]
