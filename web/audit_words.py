"""What the audit log says of a mailbox, in people's words."""

from dataclasses import dataclass

from markupsafe import Markup

from sieve_manager.application.auditing import (
    CASE_APPROVE,
    CASE_ASK,
    CASE_WITHDRAW,
    AuditEntry,
    AuditRecord,
    Result,
)
from sieve_manager.application.case_notice_sending import EXTEND_WANTED, NOT_WANTED
from sieve_manager.application.proving import SENT
from sieve_manager.application.trail import ACT, REFUSED_RIGHT, STOP
from web.acting import who
from web.say import N_, _, joined, say, strong


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An entry with its words; *to* says where the forward that it brought leads, or "".

    *details* are what we or the server said, in English, or "".
    """

    record: AuditRecord
    what: str
    who: str
    how: str
    to: Markup
    details: str


def deed(record: AuditRecord, *, whole: bool) -> Deed:
    """The words of an entry; without details where somebody may not see everything."""
    entry = record.entry
    ended_well = entry.result is Result.DONE
    return Deed(
        record=record,
        what=_(_WORDS.get(entry.action, _ANYTHING)),
        who=who(entry.actor),
        how=_how(entry),
        to=_to(entry),
        details="" if ended_well or not whole else entry.detail,
    )


def _how(entry: AuditEntry) -> str:
    match entry.result:
        case Result.DONE:
            return _("This was done.")
        case Result.REFUSED:
            return _("This was refused.")
        case Result.FAILED:
            return _("This failed.")


def _to(entry: AuditEntry) -> Markup:
    return (
        say("To %(addresses)s.", addresses=joined(map(strong, entry.to))) if entry.to else Markup()
    )


_ANYTHING = N_("Something else")
_WORDS = {
    "forward.set": N_("Set a forward"),
    "forward.pause": N_("Pause the forward"),
    "forward.resume": N_("Resume the forward"),
    "forward.clear": N_("Switch the forward off"),
    "forward.undo": N_("Put back an earlier state"),
    "forward.reactivate": N_("Switch the forward on again"),
    "forward.adopt": N_("Keep changes from elsewhere"),
    "forward.agreed": N_("Forward to a receiver who has agreed"),
    "forward.withdrawn": N_("Take out a receiver who does not want the mail"),
    "consent.agree": N_("Agreed to receive the mail"),
    "consent.refuse": N_("Refused to receive the mail"),
    "consent.withdraw": N_("Did not want the mail any more"),
    "case.begin": N_("Hand the mailbox over"),
    "case.change": N_("Change the handover"),
    "case.renew": N_("Tell the automatic reply of a new alias"),
    "case.end": N_("End the handover"),
    CASE_ASK: N_("Ask for a handover that needs approval"),
    CASE_APPROVE: N_("Approve a handover"),
    CASE_WITHDRAW: N_("Withdraw a handover that waited for approval"),
    NOT_WANTED: N_("Did not want the mail"),
    EXTEND_WANTED: N_("Asked for the handover to be extended"),
    SENT: N_("Send a test message"),
    REFUSED_RIGHT: N_("Act for this mailbox"),
    ACT: N_("Begin to act for this mailbox"),
    STOP: N_("End acting for this mailbox"),
    "unreadable": N_("Somebody has changed this entry; it cannot be read any more"),
}
