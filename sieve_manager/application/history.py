"""What the history holds of each write: enough to show it, to explain it and to undo it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.access import Actor
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptSet

KEPT_VERSIONS = 10
"""How many changes of a mailbox or an address are kept, the newest ones."""


class Change(StrEnum):
    """What somebody did.

    CASE_RENEW: the reply of a case has learned of a new alias. AGREED and WITHDRAWN: a receiver
    said whether they want the mail.
    """

    SET = "set"
    PAUSE = "pause"
    RESUME = "resume"
    CLEAR = "clear"
    UNDO = "undo"
    REACTIVATE = "reactivate"
    ADOPT = "adopt"
    CASE_BEGIN = "case-begin"
    CASE_CHANGE = "case-change"
    CASE_END = "case-end"
    CASE_RENEW = "case-renew"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A write that is about to happen; *undoes* is the number of the version it takes back.

    *before* and *after* hold the listing, which script is active, and the exact octets of
    every script that was read for the change.
    """

    login: Login
    at: datetime
    actor: Actor
    change: Change
    before: ScriptSet
    after: ScriptSet
    note: str = ""
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An entry of a mailbox's history; *number* counts up within the mailbox, from 1.

    *settled* is False while the write was begun and nobody has yet seen how it ended.
    """

    number: int
    settled: bool
    new: NewVersion
