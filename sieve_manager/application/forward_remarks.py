"""What speaks against a forward beside its own rules: who sets it, and what is not known; pure."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from sieve_manager.application.history import Change
from sieve_manager.application.planning import Wish
from sieve_manager.application.status import Status
from sieve_manager.domain.forward import Forward, Phase
from sieve_manager.policy.case_policy import CasePolicy, review_plain_forward, review_plain_note
from sieve_manager.policy.findings import Finding, refuse
from sieve_manager.policy.policy import Policy

_UNSURE = re.compile(r"[^\w -]|_")  # what one server or another takes for a separator, or refuses

_HANDED_OVER = refuse(
    "undo-handover",
    "The helpdesk has handed this mailbox over. An earlier state can be put back once that has "
    "ended.",
)


def unproved(forward: Forward) -> tuple[Finding, ...]:
    """Without IMAP nobody can say before the first message whether a folder can be made."""
    name = forward.copy.folder
    if name is None or not _UNSURE.search(name):
        return ()
    return (
        refuse(
            "folder-unproved",
            "Here, a folder's name holds only letters, digits, spaces and hyphens: whether "
            "the mail server can make any other folder is not known, because no IMAP server "
            "is configured.",
            where="folder",
        ),
    )


def by_operator(
    wish: Wish, status: Status, policy: Policy, operators: CasePolicy, now: datetime
) -> tuple[Finding, ...]:
    """What operators may not do in others' mailboxes, with or without a case."""
    forward = wish.resolve(status)
    said = review_plain_note(wish.note, operators) if wish.change is Change.SET else ()
    if not isinstance(forward, Forward) or forward.paused:
        return said
    today = now.astimezone(ZoneInfo(forward.period.timezone)).date()
    return (*review_plain_forward(forward, status.mailbox, policy, operators, today), *said)


def case_stays(status: Status, case: int | None, now: datetime) -> tuple[Finding, ...]:
    """Nobody ends a case by the history, which its record would not know of, but by *case*."""
    held = status.handover
    if held is None or held.case == case:
        return ()
    return () if held.forward.phase(now) is Phase.ENDED else (_HANDED_OVER,)
