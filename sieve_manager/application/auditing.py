"""What the audit log holds: who did what to whose mailbox, why, and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.access import Actor
from sieve_manager.domain.mailboxes import Login


class Result(StrEnum):
    """How an action ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One action.

    *mailbox* None: an action on none (a token, a policy). *action* is a stable word such as
    ``case.begin``, ``forward.set``, ``approval.grant``. *before* and *after* are fingerprints of
    the mailbox's scripts, or "". *detail* is what a reader needs beside (never a script's text,
    a message or a secret), as a line of English.
    """

    at: datetime
    actor: Actor
    action: str
    result: Result
    mailbox: Login | None = None
    ticket: str = ""
    reason: str = ""
    before: str = ""
    after: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """An entry as it is kept: *number* counts up from 1; *digest* (64 hexadecimal digits)
    covers the entry and the digest of the one before.
    """

    number: int
    digest: str
    entry: AuditEntry
