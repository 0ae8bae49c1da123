"""What a case makes of the own forward, its last step, what is to be known of others; pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sieve_manager.application.access import Actor
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.history import Change
from sieve_manager.application.planning import Wish
from sieve_manager.application.staff import Staff, denied
from sieve_manager.application.status import Status
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import (
    InvalidInputError,
    Outcome,
    OutcomeUnknownError,
    SaveFailedError,
    SieveManagerError,
)
from sieve_manager.policy.findings import Finding, refuse, warn
from sieve_manager.policy.rights import may_approve
from sieve_manager.sieve.placement import KEEP, Keep


def wish_end(case: Case) -> Wish:
    """Take out the rules of the case; the owner's forward stays as it is, and so does another
    case that has begun since.
    """
    return Wish(
        change=Change.CASE_END,
        resolve=lambda _: KEEP,
        handover=lambda status: KEEP if is_of_another(status, case) else None,
        note=case.terms.reason,
        ticket=case.terms.ticket,
    )


def is_of_another(status: Status, case: Case) -> bool:
    """Whether the mailbox is handed over by another case than this."""
    return status.handover is not None and status.handover.case != case.number


def own_forward(status: Status, terms: CaseTerms) -> Forward | Keep:
    """What becomes of the forward that the leaver had set."""
    if terms.own_forward is OwnForward.KEEP or status.forward is None or status.forward.paused:
        return KEEP
    return status.forward.with_paused(True)


def remarks(status: Status, terms: CaseTerms, was: OwnForward | None = None) -> tuple[Finding, ...]:
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


def last_step(case: Case) -> int:
    """The version that the last step of *case* made; InvalidInputError where there is none."""
    if case.version is None:
        raise InvalidInputError("There is no step to take back.", code="case-no-step")
    return case.version


def demand_begun(case: Case) -> None:
    """Return where *case* does not wait for somebody's word; InvalidInputError."""
    if case.state is CaseState.WAITING:
        raise InvalidInputError(
            "This case waits for approval. It can be withdrawn.", code="case-waits"
        )


def settled() -> InvalidInputError:
    """The error of who comes too late to a case that waited."""
    return InvalidInputError("This case does not wait for anybody.", code="case-settled")


def needs_approval() -> InvalidInputError:
    """The error of who wants more than was agreed to."""
    return InvalidInputError(
        "This needs somebody else's word. End this case and begin a new one, or ask an "
        "administrator.",
        code="case-needs-approval",
    )


def today(now: datetime, terms: CaseTerms) -> date:
    """The day that it is where the case is."""
    return now.astimezone(ZoneInfo(terms.forward.period.timezone)).date()


def may_have_happened(error: SieveManagerError) -> bool:
    """Whether the rules may stand in the mailbox all the same."""
    if isinstance(error, SaveFailedError):
        return error.outcome is not Outcome.UNCHANGED
    return isinstance(error, OutcomeUnknownError)


def demand_other(actor: Actor, case: Case, staff: Staff) -> None:
    """Return where *actor* may agree to *case*; NotAllowedError."""
    refusal = may_approve(
        actor.role,
        Login(actor.name),
        asked_by=case.begun_by.name,
        mailbox=case.login,
        same=staff.is_same_person,
    )
    if refusal:
        raise denied(refusal)
