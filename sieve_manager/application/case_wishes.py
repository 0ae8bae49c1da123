"""What a case makes of the own forward, its last step, what is to be known of others; pure."""

from sieve_manager.application.case import Case
from sieve_manager.application.history import Change
from sieve_manager.application.planning import Wish
from sieve_manager.application.status import Status
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.forward import Forward
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Finding, warn
from sieve_manager.sieve.placement import KEEP, Keep


def wish_end(case: Case) -> Wish:
    """Take out the rules of the case; the owner's forward stays as it is."""
    return Wish(
        change=Change.CASE_END,
        resolve=lambda _: KEEP,
        handover=lambda _: None,
        note=case.terms.reason,
        ticket=case.terms.ticket,
    )


def own_forward(status: Status, terms: CaseTerms) -> Forward | Keep:
    """What becomes of the forward that the leaver had set."""
    if terms.own_forward is OwnForward.KEEP or status.forward is None or status.forward.paused:
        return KEEP
    return status.forward.with_paused(True)


def remarks(status: Status, terms: CaseTerms) -> tuple[Finding, ...]:
    """What the operator should know of the leaver's own forwards."""
    found = []
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
