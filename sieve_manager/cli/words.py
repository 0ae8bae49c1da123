"""What happens to incoming mail, in English sentences; the pages say it in six languages."""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sieve_manager.application.history import Version
from sieve_manager.application.jobs import Counts, ItemState
from sieve_manager.application.status import ForeignRedirect, State, Status
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind, Forward, Phase
from sieve_manager.domain.handover import Handover
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period
from sieve_manager.policy.findings import refusals

_COPIES = {
    CopyKind.INBOX: "A copy stays in the inbox; other filters may sort it.",
    CopyKind.READ: "A copy stays in the inbox, marked as read; other filters may sort it.",
    CopyKind.TRASH: "A copy goes into Trash; the filters after it are skipped.",
    CopyKind.NONE: "No copy stays in this mailbox, and the filters after it are skipped.",
}

_CASE_COPIES = {
    CopyKind.INBOX: "A copy stays in the inbox.",
    CopyKind.READ: "A copy stays in the inbox, marked as read.",
    CopyKind.TRASH: "A copy goes into Trash.",
    CopyKind.NONE: "No copy stays in this mailbox.",
}


def sentences(status: Status) -> Iterator[str]:
    """The sentences about *status*, the most important first."""
    if not status.works:
        yield "Filters are switched on, but the mail server cannot run them:"
        yield from (finding.message for finding in refusals(status.findings))
        yield "Until that is mended, mail stays in the inbox and nothing is forwarded."
        return
    if status.handover:
        yield from handover(status.handover, status)
    elif status.case_changed:
        yield "The rules of a case were changed by hand beyond what we can express; they run."
    if status.forward and not status.reached:
        yield from (one.message for one in status.findings if one.code == "never-reached")
    elif status.forward:
        yield from _forward(status.forward, status)
    elif status.changed:
        yield "Our rule was changed by hand beyond what we can express; it runs as it stands:"
        yield from status.changed
    elif not (status.foreign_redirects or status.handover or status.case_changed):
        yield "Mail stays in this mailbox. Nothing is forwarded."
    yield from map(foreign, status.foreign_redirects)
    if status.superseded:
        yield (
            f"A forward to {_joined(status.superseded.destinations, status)} is in a script that "
            "is not active any more."
        )


def handover(case: Handover, status: Status) -> Iterator[str]:
    """What a case does while it lasts."""
    forward = case.forward
    to = _joined(forward.destinations, status)
    yield f"Case {case.case}: {_when(forward.period)}every new message is forwarded to {to}."
    if forward.copy.kind is CopyKind.FOLDER:
        yield f"A copy goes into the folder “{forward.copy.folder}”."
    else:
        yield _CASE_COPIES[forward.copy.kind]
    if case.reply:
        days = case.reply.interval_days
        yield f"Senders get an automatic reply, each at most once in {days} days."
    yield "All other rules of this mailbox rest meanwhile."


def joined(addresses: Iterable[EmailAddress]) -> str:
    """All of them, as people read them."""
    return ", ".join(one.readable for one in addresses)


def redirect_address(kept: RedirectAddress, now: datetime) -> str:
    """Where a redirect address or an alias leads."""
    to = joined(kept.leads_to)
    name = f"Mail for {kept.address.readable}"
    if kept.is_catch_all:
        name = f"Mail for any other address of {kept.address.domain}"
    when = _when(kept.forward.period)
    match kept.phase(now):
        case Phase.PAUSED if not kept.forward.paused:
            return f"{name} is refused until somebody has agreed."
        case Phase.PAUSED:
            leads = f" It leads to {to}." if to else ""
            return f"{name} is refused: it is paused.{leads}"
        case Phase.ENDED:
            return f"{name} is refused: it ended on {kept.forward.period.last_day}."
        case _ if kept.kind is AddressKind.ALIAS:
            return f"{name} is delivered to {to}."
        case _:
            return f"{name} goes {when}to {to}; nothing stays here."


def foreign(redirect: ForeignRedirect) -> str:
    """A redirect that is not ours."""
    who = f"Another filter (“{redirect.rule}”)" if redirect.rule else "Another filter"
    messages = "some messages" if redirect.conditional else "every message"
    to = redirect.target if redirect.constant else "an address that is worked out for each one"
    does = "sends a notice about" if redirect.notifies else "forwards"
    return f"{who} {does} {messages} to {to}."


def moment(instant: datetime, timezone: str) -> str:
    """``2027-02-01 00:00 (Europe/Zurich)``."""
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M} ({timezone})"


def duration(seconds: float) -> str:
    """``3 h 5 min``, ``5 min`` or ``40 s``; to the next whole one."""
    whole = math.ceil(seconds)
    minutes = math.ceil(seconds / 60)
    if whole < 60:
        return f"{whole} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def counted(counts: Counts, *, rehearsed: bool = False) -> str:
    """``7 of 12 (6 done, 1 failed)``; those done are called rehearsed where they only were."""
    numbers = {state.value: getattr(counts, state.value) for state in ItemState}
    if rehearsed:
        numbers = {"rehearsed": numbers.pop(ItemState.DONE.value), **numbers}
    parts = [f"{number} {state}" for state, number in numbers.items() if number]
    return f"{counts.settled} of {counts.total}" + (f" ({', '.join(parts)})" if parts else "")


def change_of(version: Version, timezone: str) -> str:
    """Who did what and when."""
    new = version.new
    undone = f" of {new.undoes}" if new.undoes is not None else ""
    settled = "" if version.settled else ", outcome not known"
    when = moment(new.at, timezone)
    return f"{new.change}{undone} by {new.actor.name} ({new.actor.channel}) at {when}{settled}"


def _forward(forward: Forward, status: Status) -> Iterator[str]:
    to = _joined(forward.destinations, status)
    match status.state:
        case State.PAUSED:
            stays = "" if status.foreign_redirects else " Mail stays in this mailbox."
            yield f"Forwarding to {to} is paused.{stays}"
            return
        case State.ENDED:
            yield f"Forwarding to {to} ended on {forward.period.last_day}."
            return
        case _:
            said = f"{_when(forward.period)}every new message is forwarded to {to}."
            yield said[0].upper() + said[1:]
    yield _copy(forward.copy)
    if forward.hold_spam:
        yield "Messages marked as spam are not forwarded; they stay in this mailbox."


def _when(period: Period) -> str:
    parts = []
    if period.first_day:
        parts.append(f"from {period.first_day}")
    if period.last_day:
        parts.append(f"until the end of {period.last_day}")
    return f"{' '.join(parts)} ({period.timezone}), " if parts else ""


def _copy(copy: Copy) -> str:
    if copy.kind is CopyKind.FOLDER:
        return f"A copy goes into the folder “{copy.folder}”; the filters after it are skipped."
    return _COPIES[copy.kind]


def _joined(addresses: tuple[EmailAddress, ...], status: Status) -> str:
    return ", ".join(
        f"{address.readable} (outside)" if address in status.outside else address.readable
        for address in addresses
    )
