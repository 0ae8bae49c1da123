"""What the steps of a case want of the mailbox: the wishes, and what speaks against them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sieve_manager.application.access import Access
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.case_demands import demand_begun, needs_approval
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.history import Change
from sieve_manager.application.planning import Wish
from sieve_manager.application.ports import Clock
from sieve_manager.application.status import Status
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.forward import Forward, Phase
from sieve_manager.domain.handover import Handover
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.case_policy import (
    CasePolicy,
    Concern,
    concerns_of,
    new_concerns,
    review_case,
)
from sieve_manager.policy.findings import Finding, refuse, warn
from sieve_manager.sieve.placement import KEEP, Keep


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWishes:
    """Makes the wishes; what they do not hold is looked up in the mailbox that access is for."""

    forwards: Forwards
    clock: Clock
    policy: CasePolicy

    def begin(self, access: Access, terms: CaseTerms, number: int) -> Wish:
        """Hand the mailbox over; InvalidInputError where another case holds it."""

        def handover(status: Status) -> Handover:
            found = status.handover
            over = found is not None and found.forward.phase(self.clock()) is Phase.ENDED
            if status.case_changed or (found is not None and found.case != number and not over):
                raise InvalidInputError(
                    "There is a case in this mailbox already. Change or end that one.",
                    code="case-exists",
                )
            return terms.handover(number)

        return self._wish(access, Change.CASE_BEGIN, terms, number, handover)

    def change(self, access: Access, case: Case, terms: CaseTerms) -> Wish:
        """Other terms of a case that runs; InvalidInputError where it may not have them."""
        demand_begun(case)
        if case.state not in (CaseState.ACTIVE, CaseState.FAILED):
            raise InvalidInputError("This case is over. Begin a new one.", code="case-over")
        if self.concerns(access, terms, case.terms):
            raise needs_approval()
        return self._wish(
            access,
            Change.CASE_CHANGE,
            terms,
            case.number,
            lambda _: terms.handover(case.number),
            began=case.terms.forward.period.first_day or _today(case.begun_at, case.terms),
            was=case.terms.own_forward,
        )

    def concerns(
        self, access: Access, terms: CaseTerms, agreed: CaseTerms | None = None
    ) -> frozenset[Concern]:
        """What of *terms* needs somebody else's word, beyond what was *agreed* to."""
        looking = self.forwards.looking
        mailbox = looking.addresses.mailbox(access.login)
        rest = (mailbox, access.actor.role, looking.policy, self.policy)
        return new_concerns(agreed, terms, *rest) if agreed else concerns_of(terms, *rest)

    def _wish(
        self,
        access: Access,
        change: Change,
        terms: CaseTerms,
        number: int,
        handover: Callable[[Status], Handover],
        *,
        began: date | None = None,
        was: OwnForward | None = None,
    ) -> Wish:
        role, day = access.actor.role, _today(self.clock(), terms)
        return Wish(
            change=change,
            resolve=lambda status: _own_forward(status, terms),
            handover=handover,
            trash=self.forwards.wishes.trash(access, terms.forward),
            note=terms.reason,
            ticket=terms.ticket,
            remarks=lambda status: (
                *_remarks(status, terms, was),
                *review_case(
                    terms,
                    status.mailbox,
                    role,
                    self.forwards.looking.policy,
                    self.policy,
                    day,
                    began=began,
                ),
            ),
            basis=(change, terms, number, role, day, began, was),
        )


def wish_end(case: Case) -> Wish:
    """Take out the rules of the case; the owner's forward stays as it is, and so does another
    case that has begun since.
    """
    return Wish(
        change=Change.CASE_END,
        resolve=lambda _: KEEP,
        handover=lambda status: KEEP if _is_of_another(status, case) else None,
        note=case.terms.reason,
        ticket=case.terms.ticket,
    )


def _is_of_another(status: Status, case: Case) -> bool:
    """Whether the mailbox is handed over by another case than this."""
    return status.handover is not None and status.handover.case != case.number


def _own_forward(status: Status, terms: CaseTerms) -> Forward | Keep:
    """What becomes of the forward that the leaver had set."""
    if terms.own_forward is OwnForward.KEEP or status.forward is None or status.forward.paused:
        return KEEP
    return status.forward.with_paused(True)


def _remarks(
    status: Status, terms: CaseTerms, was: OwnForward | None = None
) -> tuple[Finding, ...]:
    """What the operator should know of the leaver's own forwards; *was* is what a case that runs
    has made of the one set here.
    """
    found = []
    off = was is OwnForward.OFF and status.forward is not None and status.forward.paused
    if off and terms.own_forward is OwnForward.KEEP:
        found.append(
            refuse(
                "case-own-forward-off",
                "The case has switched this forward off already. Once the case has ended, the "
                "forward can be resumed.",
                where="own_forward",
            )
        )
    if targets := dict.fromkeys(redirect.target for redirect in status.foreign_redirects):
        found.append(
            warn(
                "case-other-forwards",
                "A filter of this mailbox forwards to {targets}. It rests while the case lasts, "
                "and goes on afterwards.",
                targets=", ".join(targets),
            )
        )
    if terms.own_forward is OwnForward.KEEP and status.forward and not status.forward.paused:
        found.append(
            warn(
                "case-own-forward",
                "The forward to {targets} rests while the case lasts, and goes on afterwards.",
                where="own_forward",
                targets=", ".join(one.readable for one in status.forward.destinations),
            )
        )
    return tuple(found)


def _today(now: datetime, terms: CaseTerms) -> date:
    """The day that it is where the case is."""
    return now.astimezone(ZoneInfo(terms.forward.period.timezone)).date()
