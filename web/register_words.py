"""How the entries of the register, and its sweeps, are spoken of."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from sieve_manager.application.register import OURS, EntryState, Place, RegisterEntry, SetBy
from sieve_manager.application.register_store import Sweep, SweepState
from sieve_manager.application.register_words import all_in_words
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import InvalidInputError
from web.context import zone
from web.say import N_, _, day, moment, plural, say, strong

SETTERS = {
    SetBy.OWNER: N_("the owner"),
    SetBy.HELPDESK: N_("the helpdesk"),
    SetBy.PROGRAM: N_("somebody with another program"),
    SetBy.UNKNOWN: N_("nobody knows whom"),
}
_PROGRAMS = {
    "roundcube": "Roundcube",
    "nextcloud": "Nextcloud",
    "horde": "Horde",
    "snappymail": "SnappyMail",
    "sogo": "SOGo",
}
_STATES = {
    EntryState.ACTIVE: (N_("On"), "active"),
    EntryState.SCHEDULED: (N_("Not yet begun"), "scheduled"),
    EntryState.PAUSED: (N_("Paused"), "paused"),
    EntryState.ENDED: (N_("Ended"), "ended"),
}
_PLACES = {Place.INSIDE: N_("inside"), Place.OUTSIDE: N_("outside")}


def sentences(entry: RegisterEntry) -> Iterator[Markup]:
    """What the entry does, and until when."""
    conditions = all_in_words(entry.conditions, _)
    facts = {"target": _target(entry), "conditions": conditions}
    if entry.notice and conditions:
        yield say("A notice about some messages goes to %(target)s: %(conditions)s.", **facts)
    elif entry.notice:
        yield say("A notice about every message goes to %(target)s.", **facts)
    elif conditions:
        yield say("Some messages are forwarded to %(target)s: %(conditions)s.", **facts)
    else:
        yield say("Every message is forwarded to %(target)s.", **facts)
    if not entry.notice:
        yield say(_copy(entry.kept))
    yield from _days(entry)


def _target(entry: RegisterEntry) -> Markup:
    if not entry.target:
        return say("an address that is worked out for each message")
    place = _PLACES.get(entry.place)
    shown = strong(_readable(entry.target))
    return Markup("{} ({})").format(shown, _(place)) if place else shown


def _readable(target: str) -> str:
    try:
        return EmailAddress.parse(target).readable
    except InvalidInputError:
        return target


def _copy(kept: bool | None) -> str:
    match kept:
        case True:
            return N_("A copy stays in the mailbox.")
        case False:
            return N_("No copy stays in the mailbox.")
        case None:
            return N_("Whether a copy stays depends on the message.")


def _days(entry: RegisterEntry) -> Iterator[Markup]:
    """Whole days, where they are such in the zone of this page; else with the time."""
    local = ZoneInfo(zone())
    if entry.starts:
        starts = entry.starts.astimezone(local)
        whole = starts.time() == time.min
        yield say("From %(day)s on.", day=day(starts.date()) if whole else moment(starts, zone()))
    if entry.ends:
        ends = entry.ends.astimezone(local)
        if (ends + timedelta(seconds=1)).time() == time.min:
            yield say("Until the end of %(day)s.", day=day(ends.date()))
        else:
            yield say("Until %(when)s.", when=moment(ends, zone()))


def state_words(entry: RegisterEntry, now: datetime) -> str:
    """The state in a few words."""
    return _(_STATES[entry.state(now)][0])


def state_shape(entry: RegisterEntry, now: datetime) -> str:
    """The name of its icon."""
    return _STATES[entry.state(now)][1]


def set_by(entry: RegisterEntry) -> Markup:
    """Who set it, as far as known."""
    match entry.set_by:
        case SetBy.OWNER:
            return say("Set by the owner (%(who)s)", who=strong(entry.actor))
        case SetBy.HELPDESK if entry.actor:
            return say("Set by the helpdesk (%(who)s)", who=strong(entry.actor))
        case SetBy.HELPDESK:
            return say("Set by the helpdesk")
        case SetBy.PROGRAM:
            program = _PROGRAMS.get(entry.program, entry.program)
            return say("Set with %(program)s", program=program)
        case SetBy.UNKNOWN if entry.program == OURS:
            return say("Set here; it is not known by whom")
        case SetBy.UNKNOWN:
            return say("Written by hand or by an unknown program")


def sweep_words(sweep: Sweep | None) -> Iterator[Markup]:
    """How the last sweep stands."""
    if sweep is None:
        yield say("The mailboxes were not looked through yet.")
        return
    count = sweep.read + sweep.failed
    mailboxes = plural("%(num)d mailbox", "%(num)d mailboxes", count)
    match sweep.state:
        case SweepState.DONE:
            when = moment(sweep.finished or sweep.touched, zone())
            yield say("Looked through on %(when)s: %(count)s.", when=when, count=mailboxes)
        case SweepState.RUNNING if not count:
            yield say("All mailboxes will be looked through; that begins within a minute.")
        case SweepState.RUNNING:
            yield say(
                "The mailboxes are being looked through: %(count)s so far, about %(all)s in all.",
                count=mailboxes,
                all=str(max(sweep.expected, count)),
            )
        case SweepState.PAUSED:
            yield say(
                "The look through all mailboxes waits after %(count)s: %(reason)s",
                count=mailboxes,
                reason=sweep.reason,
            )
    if sweep.failed:
        yield escape(
            plural("%(num)d could not be read.", "%(num)d could not be read.", sweep.failed)
        )
