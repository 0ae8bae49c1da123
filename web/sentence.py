"""What happens to incoming mail, in plain sentences, worked out from what the server runs."""

from typing import assert_never

from markupsafe import Markup, escape

from sieve_manager.application.reading import ForeignRedirect
from sieve_manager.application.status import State, Status
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.policy.findings import refusals
from web.forward_words import copy_sentence, destinations, when_and_where
from web.handover_words import (
    handover_label,
    handover_sentences,
    is_awaited,
    is_handed_over,
)
from web.say import _, day, finding_text, say, short_day, strong


def sentences(status: Status) -> tuple[Markup, ...]:
    """The sentences, the most important first."""
    if not status.works:
        return tuple(_broken(status))
    of_case = handover_sentences(status)
    if is_handed_over(status):
        return of_case
    ours = bool(status.forward or status.changed or status.superseded)
    others = [_foreign(redirect, besides=ours) for redirect in status.foreign_redirects]
    if is_awaited(status):  # first what happens now
        return (*_ours(status), *others, *of_case)
    return (*of_case, *_ours(status), *others)


def _ours(status: Status) -> list[Markup]:
    if status.forward and not status.reached:
        unreached = (one for one in status.findings if one.code == "never-reached")
        return [escape(finding_text(one)) for one in unreached]
    if status.forward:
        return _forward(status.forward, status)
    if status.changed:
        return [
            say(
                "Your forward was changed outside this page, in a way that this page cannot put "
                "into words. The mail server runs it as it stands there."
            )
        ]
    if status.superseded:
        return [_superseded(status, status.superseded), _stays(status)]
    if status.foreign_redirects:
        mailbox = strong(str(status.mailbox))
        return [say("For %(mailbox)s, no forward is set up on this page.", mailbox=mailbox)]
    return [_nothing(status)]


def _broken(status: Status) -> list[Markup]:
    reasons = [escape(finding_text(one)) for one in refusals(status.findings)]
    return [
        say("Your filters are switched on, but the mail server cannot run them."),
        *reasons,
        say(
            "Until that is mended, mail stays in the inbox of %(mailbox)s and nothing is "
            "forwarded.",
            mailbox=strong(str(status.mailbox)),
        ),
    ]


def _forward(forward: Forward, status: Status) -> list[Markup]:
    to = destinations(forward.destinations, status)
    match status.state:
        case State.PAUSED:
            return [say("Forwarding to %(to)s is paused.", to=to), _stays(status)]
        case State.ENDED if forward.period.last_day:
            last = day(forward.period.last_day)
            return [
                say("Forwarding to %(to)s ended on %(last)s.", to=to, last=last),
                _stays(status),
            ]
        case _:
            first = forward.period.first_day
            copy = copy_sentence(forward.copy)
            if status.other_scripts and not (forward.copy.stops and _comes_late(status)):
                copy += " " + _others(forward.copy)
            said = [when_and_where(forward, to), copy]
            if forward.hold_spam:
                said.append(
                    say("Messages marked as spam are not forwarded; they stay in this mailbox.")
                )
            if status.state is State.SCHEDULED and first:
                said.append(say("Before %(first)s, nothing is forwarded.", first=day(first)))
            return said


def _others(copy: Copy) -> Markup:
    if copy.stops:
        return say("Your other filters are skipped for forwarded messages.")
    return say("Your other filters sort it.")


def _comes_late(status: Status) -> bool:
    """Whether other filters decide before the forward; the finding says what that means."""
    return any(one.code == "filters-first" for one in status.findings)


def _stays(status: Status) -> Markup:
    return Markup() if status.foreign_redirects else _nothing(status)


def _nothing(status: Status) -> Markup:
    if status.other_scripts:
        return say(
            "Mail to %(mailbox)s is not forwarded. Your filters sort it.",
            mailbox=strong(str(status.mailbox)),
        )
    return say(
        "Mail to %(mailbox)s stays in this mailbox. Nothing is forwarded.",
        mailbox=strong(str(status.mailbox)),
    )


def _foreign(redirect: ForeignRedirect, *, besides: bool) -> Markup:
    facts = {"filter": filter_phrase(redirect), "to": strong(redirect.target)}
    if not redirect.constant:
        return say(
            "Besides, %(filter)s forwards some messages to an address that is worked out for "
            "each message; we cannot say where to.",
            **facts,
        )
    if besides:
        if redirect.conditional:
            return say("Besides, %(filter)s forwards some messages to %(to)s.", **facts)
        return say("Besides, %(filter)s forwards every message to %(to)s.", **facts)
    if redirect.conditional:
        return say("But %(filter)s forwards some messages to %(to)s.", **facts)
    return say("But %(filter)s forwards every message to %(to)s.", **facts)


def filter_phrase(redirect: ForeignRedirect) -> Markup:
    """``a filter made in Roundcube (“Invoices”)``, as a part of a sentence."""
    program = PROGRAMS.get(redirect.dialect.value)
    if program and redirect.rule:
        return say(
            "a filter made in %(program)s (“%(rule)s”)", program=program, rule=bdi(redirect.rule)
        )
    if program:
        return say("a filter made in %(program)s", program=program)
    if redirect.rule:
        return say("another filter (“%(rule)s”)", rule=bdi(redirect.rule))
    return say("another filter")


def english(text: str) -> Markup:
    """What a server said: read aloud as what it is, whatever the page's language."""
    return Markup('<bdi lang="en">{}</bdi>').format(text)


def bdi(text: str) -> Markup:
    """Somebody's words inside a sentence of ours, kept from turning its direction."""
    return Markup("<bdi>{}</bdi>").format(text)


PROGRAMS = {
    "roundcube": "Roundcube",
    "nextcloud": "Nextcloud",
    "sogo": "SOGo",
    "horde": "Horde",
}


def _superseded(status: Status, forward: Forward) -> Markup:
    to = destinations(forward.destinations, status)
    if status.active_script is None:
        return say(
            "A forward to %(to)s is set up here, but another program has switched all filters off.",
            to=to,
        )
    if status.hidden:
        return say(
            "A forward to %(to)s is set up here, but another program has switched to other "
            "filters, so it does not run.",
            to=to,
        )
    return say(
        "A forward to %(to)s is set up here, but another program has switched to the filters in "
        "“%(script)s”, so it does not run.",
        to=to,
        script=bdi(str(status.active_script)),
    )


def state_label(status: Status) -> str:
    """The state in a few words."""
    if not status.works:
        return _("Does not work")
    if is_handed_over(status) or _waits_for_a_case(status):
        return handover_label(status)
    period = status.forward.period if status.forward else None
    match status.state:
        case State.OFF:
            return _("Off")
        case State.SCHEDULED if period and period.first_day:
            return _("From %(day)s", day=short_day(period.first_day))
        case State.ACTIVE if period and period.last_day:
            return _("On until %(day)s", day=short_day(period.last_day))
        case State.ACTIVE | State.SCHEDULED:
            return _("On")
        case State.ENDED:
            return _("Ended")
        case State.PAUSED:
            return _("Paused")
        case State.FOREIGN:
            return _("Set elsewhere")
        case _:
            assert_never(status.state)


def state_shape(status: Status) -> str:
    """The name of the state's shape in the page's icons."""
    if is_handed_over(status):
        return State.ACTIVE.value
    if _waits_for_a_case(status):
        return State.SCHEDULED.value
    return status.state.value if status.works and status.reached else "broken"


def _waits_for_a_case(status: Status) -> bool:
    """Whether nothing happens but what a case will do from its first day on."""
    return status.state is State.OFF and is_awaited(status)
