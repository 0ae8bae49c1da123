"""Everything that policy has to say about a forward, all of it at once."""

from datetime import datetime

from sieve_manager.domain.forward import CopyKind, Forward, Phase
from sieve_manager.domain.mailboxes import Mailbox
from sieve_manager.policy.destinations import review_destinations
from sieve_manager.policy.findings import Finding, inform, refuse
from sieve_manager.policy.policy import Policy


def review(
    forward: Forward, mailbox: Mailbox, policy: Policy, now: datetime
) -> tuple[Finding, ...]:
    """Return all findings about *forward* for *mailbox*, before anything is saved."""
    return (
        *review_destinations(forward, mailbox, policy),
        *_review_copy(forward, policy),
        *_review_period(forward, now),
    )


def _review_copy(forward: Forward, policy: Policy) -> tuple[Finding, ...]:
    if forward.copy.kind not in policy.copy_choices:
        return (refuse("copy-not-allowed", "This choice is not allowed here.", where="copy"),)
    if forward.copy.kind is CopyKind.NONE:
        return (
            inform(
                "no-copy",
                "No copy stays here. If a destination fails, the message is not in this mailbox.",
                where="copy",
            ),
        )
    return ()


def _review_period(forward: Forward, now: datetime) -> tuple[Finding, ...]:
    if forward.phase(now) is Phase.ENDED:
        return (refuse("ended", "The last day is in the past.", where="last_day"),)
    return ()
