"""What a step of a case demands of the case and of who takes it, and how one ended; pure."""

from sieve_manager.application.access import Actor
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.staff import Staff, denied
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import (
    InvalidInputError,
    Outcome,
    OutcomeUnknownError,
    SaveFailedError,
    SieveManagerError,
)
from sieve_manager.policy.rights import may_approve


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
