"""How a case is spoken of: its state in a few words, and what happened to it."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from markupsafe import Markup

from sieve_manager.application.access import Access
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.history import Change, Version
from sieve_manager.application.status import Status
from sieve_manager.domain.forward import CopyKind, Phase
from web.context import wired
from web.say import _, addresses, day, say, short_day

_OF_CASES = (
    Change.CASE_BEGIN,
    Change.CASE_CHANGE,
    Change.CASE_RENEW,
    Change.CASE_END,
    Change.UNDO,
)
_SHAPES = {
    CaseState.WAITING: "paused",
    CaseState.BEGINNING: "scheduled",
    CaseState.ENDED: "ended",
    CaseState.UNDONE: "ended",
    CaseState.FAILED: "broken",
}


def state_words(case: Case) -> str:
    """The state in a few words."""
    match case.state:
        case CaseState.WAITING:
            return _("Waiting for approval")
        case CaseState.BEGINNING:
            return _("Beginning")
        case CaseState.ENDED:
            return _("Ended")
        case CaseState.UNDONE:
            return _("Taken back")
        case CaseState.FAILED:
            return _("Failed")
        case CaseState.ACTIVE:
            return _active(case)


def _active(case: Case) -> str:
    period = case.terms.forward.period
    match case.phase(wired().clock()):
        case Phase.SCHEDULED if period.first_day:
            return _("From %(day)s", day=short_day(period.first_day))
        case Phase.ENDED:
            return _("Over, is being tidied up")
        case _ if period.last_day:
            return _("On until %(day)s", day=short_day(period.last_day))
        case _:
            return _("On")


def state_shape(case: Case) -> str:
    """The name of the state's shape in the page's icons."""
    if case.state is not CaseState.ACTIVE:
        return _SHAPES[case.state]
    match case.phase(wired().clock()):
        case Phase.SCHEDULED:
            return "scheduled"
        case Phase.ENDED:
            return "ended"
        case _:
            return "active"


def case_sentence(case: Case) -> Markup:
    """Who takes over and when, whether it is to come, runs or is over."""
    period = case.terms.forward.period
    to = addresses(case.terms.forward.destinations)
    if case.state is CaseState.ENDED and case.ended_at:
        ended = case.ended_at.astimezone(ZoneInfo(period.timezone)).date()
        ended = min(ended, period.last_day or ended)  # tidied up a little later
        return say("The handover to %(to)s ended on %(last)s.", to=to, last=day(ended))
    if case.state is CaseState.UNDONE:
        return say("The handover to %(to)s was taken back.", to=to)
    first = day(period.first_day) if period.first_day else ""
    last = day(period.last_day) if period.last_day else ""
    if first and last:
        return say(
            "From %(first)s until %(last)s, mail goes to %(to)s.", first=first, last=last, to=to
        )
    if last:
        return say("Until %(last)s, mail goes to %(to)s.", last=last, to=to)
    if first:
        return say("From %(first)s, mail goes to %(to)s.", first=first, to=to)
    return say("Until somebody ends it, mail goes to %(to)s.", to=to)


def copy_choices() -> tuple[tuple[CopyKind, str, str], ...]:
    """The choices for the copy, each with what it means and its consequence."""
    return (
        (
            CopyKind.NONE,
            _("Keep no copy"),
            _("If a destination fails, the message is not in this mailbox either."),
        ),
        (
            CopyKind.INBOX,
            _("Keep a copy in the inbox"),
            _("Who may read this mailbox finds it there."),
        ),
        (
            CopyKind.READ,
            _("Keep a copy, marked as read"),
            _("It stays in the inbox, but does not count as new."),
        ),
        (CopyKind.FOLDER, _("Put the copy into a folder"), _("The inbox stays empty.")),
        (
            CopyKind.TRASH,
            _("Put the copy into the trash"),
            _("It is deleted when the trash is emptied."),
        ),
    )


def running_case(status: Status) -> Case | None:
    """The case whose rules the mailbox holds, as far as it is known here."""
    if status.handover is None:
        return None
    cases = wired().cases.store.of_mailbox(status.mailbox.login)
    return next((one for one in cases if one.number == status.handover.case), None)


def steps_of(case: Case, access: Access) -> Iterable[Version]:
    """What was written for this case, the oldest first, as far as it is kept."""
    versions = reversed(wired().forwards.history(access))
    until = case.ended_at
    return tuple(
        one
        for one in versions
        if one.new.change in _OF_CASES
        and one.new.at >= case.begun_at
        and (until is None or one.new.at <= until)
    )
