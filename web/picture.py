"""The way of a message as a picture: plain data that the page draws as boxes and arrows.

The boxes are a nested list that style sheets lay out from left to right (on a phone from top
to bottom), so what a screen reader says and what the picture shows cannot differ.
"""

from dataclasses import dataclass

from markupsafe import Markup

from sieve_manager.application.status import State, Status
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from web.handover_words import is_awaited, is_handed_over
from web.say import _, say, short_day, strong
from web.sentence import filter_phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """An arrow from the mailbox to a destination; *runs* is False where it is at rest."""

    target: Markup
    outside: bool | None
    condition: Markup | str
    runs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Incoming mail, the mailbox with the copy's place, and the arrows that leave it."""

    mailbox: Markup
    copy: Markup | str
    keeps: bool
    branches: tuple[Branch, ...]


def draw(status: Status) -> Picture:
    """The picture of what happens now."""
    if is_handed_over(status) and status.handover:
        return _handed_over(status.handover.forward, status)
    awaited = status.handover.forward if is_awaited(status) and status.handover else None
    forward = status.forward
    runs = status.works and status.state is State.ACTIVE
    ours = _branches(forward, status) if forward else ()
    others = tuple(
        Branch(
            target=strong(redirect.target) if redirect.constant else say("not known"),
            outside=_is_outside(redirect.target, status) if redirect.constant else None,
            condition=filter_phrase(redirect),
            runs=status.works,
        )
        for redirect in status.foreign_redirects
    )
    copied = forward.copy if forward and runs else Copy()
    return Picture(
        mailbox=strong(str(status.mailbox)),
        copy=_copy(copied) if forward and runs else _kept(status),
        keeps=copied.kind is not CopyKind.NONE,
        branches=(*ours, *others, *(_awaited(awaited, status) if awaited else ())),
    )


def _handed_over(forward: Forward, status: Status) -> Picture:
    """While a case lasts, it alone decides."""
    last = forward.period.last_day
    condition = _("until %(day)s", day=short_day(last)) if last else _("every message")
    return Picture(
        mailbox=strong(str(status.mailbox)),
        copy=_copy(forward.copy),
        keeps=forward.copy.kind is not CopyKind.NONE,
        branches=_arrows(forward, status, condition, runs=True),
    )


def _awaited(forward: Forward, status: Status) -> tuple[Branch, ...]:
    """What a case will do from its first day on."""
    return _arrows(forward, status, _days_to_come(forward), runs=False)


def _branches(forward: Forward, status: Status) -> tuple[Branch, ...]:
    runs = status.works and status.state is State.ACTIVE
    return _arrows(forward, status, _condition(forward, status), runs=runs)


def _arrows(forward: Forward, status: Status, condition: str, *, runs: bool) -> tuple[Branch, ...]:
    return tuple(
        Branch(
            target=strong(one.readable),
            outside=one in status.outside,
            condition=condition,
            runs=runs,
        )
        for one in forward.destinations
    )


def _condition(forward: Forward, status: Status) -> str:
    last = forward.period.last_day
    if not status.works:
        return _("does not work")
    match status.state:
        case State.PAUSED:
            return _("paused")
        case State.ENDED:
            return _("ended")
        case State.SCHEDULED:
            return _days_to_come(forward)
        case _ if last:
            return _("until %(day)s", day=short_day(last))
        case _:
            return _("all but spam") if forward.hold_spam else _("every message")


def _days_to_come(forward: Forward) -> str:
    first, last = forward.period.first_day, forward.period.last_day
    if first and last:
        return _("%(first)s to %(last)s", first=short_day(first), last=short_day(last))
    return _("from %(day)s", day=short_day(first)) if first else ""


def _kept(status: Status) -> str:
    if status.works and status.other_scripts:
        return _("sorted by your filters")
    return _("mail stays in the inbox")


def _copy(copy: Copy) -> Markup | str:
    match copy.kind:
        case CopyKind.INBOX:
            return _("copy in the inbox")
        case CopyKind.READ:
            return _("copy in the inbox, marked as read")
        case CopyKind.FOLDER:
            return say("copy in the folder %(folder)s", folder=strong(copy.folder or ""))
        case CopyKind.TRASH:
            return _("copy in the trash")
        case CopyKind.NONE:
            return _("no copy stays here")


def _is_outside(target: str, status: Status) -> bool:
    return target.lower() in {one.key for one in status.outside}
