"""Writes what is done, refused and failed to the audit log.

The history's begun version, kept before anything is written to the mail server, is what survives
a killed process: the next writer settles it and writes the entry that is missing (see
docs/explanation/decisions/0017-one-entry-an-action.md).
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sieve_manager.application.access import Access, Actor
from sieve_manager.application.auditing import AuditEntry, Result, canonical
from sieve_manager.application.case import Case
from sieve_manager.application.history import Change, Version
from sieve_manager.application.planning import Wish
from sieve_manager.application.ports import AuditLog, Clock
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    Outcome,
    PolicyRefusedError,
    SaveFailedError,
    ScriptRefusedError,
    SieveManagerError,
    StorageError,
)

SIGN_IN = "staff.sign-in"
REFUSED_RIGHT = "staff.refused"
ACT, STOP = "staff.act", "staff.stop"
_LONGEST_DETAIL = 500
_log = logging.getLogger(__name__)
_CUT_OFF = "Cut off; the next writer found "
_OUTCOMES = {
    Outcome.UNCHANGED: "nothing was changed",
    Outcome.SAVED: "the server has the change",
    Outcome.UNKNOWN: "whether the server has the change is not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What the use cases tell of themselves; *log* None: nowhere.

    An entry that cannot be written never makes an action look failed: it goes to the program's
    own log, whole, as an error.
    """

    clock: Clock
    log: AuditLog | None = None

    def write(self, entry: AuditEntry) -> bool:
        """Append it; False where it could not be written."""
        try:
            self._append(entry)
        except StorageError as error:
            _log.error(
                "an entry of the audit log could not be written: %s: %s", error, canonical(entry)
            )
            return False
        return True

    def signed_in(self, actor: Actor) -> None:
        """Somebody signed in; an entry where they are staff."""
        if actor.role.is_staff:
            done = Result.DONE
            self.write(AuditEntry(at=self.clock(), actor=actor, action=SIGN_IN, result=done))

    def denied(self, actor: Actor, mailbox: Login | None, error: NotAllowedError) -> None:
        """Somebody wanted what their role does not allow."""
        self.write(
            AuditEntry(
                at=self.clock(),
                actor=actor,
                action=REFUSED_RIGHT,
                result=Result.REFUSED,
                mailbox=mailbox,
                detail=words_of(error),
            )
        )

    def saved(
        self,
        access: Access,
        version: Version,
        after: Fingerprint,
        ticket: str,
        to: Iterable[EmailAddress],
    ) -> bool:
        """A write is done; False where that could not be written down."""
        return self.write(
            AuditEntry(
                at=version.new.at,
                actor=access.actor,
                action=action_of(version.new.change),
                result=Result.DONE,
                mailbox=access.login,
                ticket=ticket,
                reason=version.new.note,
                before=version.new.before.fingerprint.text,
                after=after.text,
                to=tuple(map(str, to)),
                detail=f"Change {version.number}.",
            )
        )

    def said(self, access: Access, action: str, case: Case, at: datetime, reason: str) -> None:
        """Somebody asked for a case, agreed to it or took it back; no mailbox was written to."""
        self.write(
            AuditEntry(
                at=at,
                actor=access.actor,
                action=action,
                result=Result.DONE,
                mailbox=access.login,
                ticket=case.terms.ticket,
                reason=reason,
                to=tuple(map(str, case.terms.forward.destinations)),
                detail=f"Case {case.id}, asked for by {case.begun_by.name}.",
            )
        )

    def acting(self, actor: Actor, mailbox: Login, *, begins: bool) -> None:
        """Somebody of the staff begins, or ends, to act for a mailbox."""
        action, done = ACT if begins else STOP, Result.DONE
        self.write(
            AuditEntry(at=self.clock(), actor=actor, action=action, result=done, mailbox=mailbox)
        )

    def settled(self, version: Version, *, happened: bool) -> None:
        """A write whose process was killed was looked at; StorageError."""
        new = version.new
        found = f"change {version.number} done." if happened else "nothing changed."
        self._append(
            AuditEntry(
                at=new.at,
                actor=new.actor,
                action=action_of(new.change),
                result=Result.DONE if happened else Result.FAILED,
                mailbox=new.login,
                reason=new.note,
                before=new.before.fingerprint.text,
                after=new.after.fingerprint.text if happened else "",
                detail=_CUT_OFF + found,
            )
        )

    @contextmanager
    def watch(self, access: Access, wish: Wish, loaded: Fingerprint | None) -> Iterator[None]:
        """Write an entry where an error leaves the block: refused, or failed."""
        try:
            yield
        except SieveManagerError as error:
            self.write(
                AuditEntry(
                    at=self.clock(),
                    actor=access.actor,
                    action=action_of(wish.change),
                    result=result_of(error),
                    mailbox=access.login,
                    ticket=wish.ticket,
                    reason=wish.note,
                    before=loaded.text if loaded else "",
                    detail=words_of(error),
                )
            )
            raise

    def _append(self, entry: AuditEntry) -> None:
        if self.log is not None:
            self.log.append([entry])


def action_of(change: Change) -> str:
    """The stable word of a change: ``forward.set``, ``case.begin``."""
    return change.value.replace("-", ".") if "-" in change.value else f"forward.{change.value}"


def words_of(error: SieveManagerError) -> str:
    """What happened, in one line; a compiler's words are left out: they may quote a script."""
    match error:
        case SaveFailedError():
            text = f"{error.step}: {words_of(error.cause)}; {_OUTCOMES[error.outcome]}"
        case ScriptRefusedError():
            text = error.message
        case _:
            text = str(error)
    return " ".join(text.split())[:_LONGEST_DETAIL]


def result_of(error: SieveManagerError) -> Result:
    """Whether the action was refused, or failed."""
    match error:
        case (
            PolicyRefusedError() | ChangedMeanwhileError() | NotAllowedError() | InvalidInputError()
        ):
            return Result.REFUSED
        case _:
            return Result.FAILED
