"""What a case makes of a mailbox, in sentences and as a state."""

from dataclasses import dataclass

from markupsafe import Markup

from sieve_manager.application.status import Status
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.handover import Handover
from web.context import wired
from web.forward_words import copy_sentence, destinations, when_and_where
from web.say import _, day, plural, say, short_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """The case's handover, and where its dates stand now."""

    handover: Handover
    phase: Phase


def handing(status: Status) -> Handing | None:
    """The handover of *status* that its mailbox holds now, also before and after its days."""
    if status.handover is None or not status.works:
        return None
    return Handing(handover=status.handover, phase=status.handover.forward.phase(wired().clock()))


def is_handed_over(status: Status) -> bool:
    """Whether a case decides over the mail now, and everything else rests."""
    found = handing(status)
    return found is not None and found.phase is Phase.ACTIVE


def is_awaited(status: Status) -> bool:
    """Whether a case will decide over the mail from its first day on."""
    found = handing(status)
    return found is not None and found.phase is Phase.SCHEDULED


def handover_sentences(status: Status) -> tuple[Markup, ...]:
    """What the case does or did, the most important first; nothing where there is none."""
    found = handing(status)
    if found is None:
        return _changed(status)
    forward = found.handover.forward
    to = destinations(forward.destinations, status)
    if found.phase is Phase.ENDED and forward.period.last_day:
        last = day(forward.period.last_day)
        return (say("The handover to %(to)s ended on %(last)s.", to=to, last=last),)
    said = [when_and_where(forward, to), copy_sentence(forward.copy)]
    if found.handover.reply:
        said.append(_reply(found.handover.reply.interval_days))
    said.append(say("The other filters of this mailbox rest meanwhile."))
    if forward.hold_spam:
        said.append(say("Messages marked as spam are not forwarded; they stay in this mailbox."))
    return tuple(said)


def _reply(interval_days: int) -> Markup:
    text = plural(
        "Senders get an automatic reply, each at most once a day.",
        "Senders get an automatic reply, each at most once in %(num)s days.",
        interval_days,
    )
    return Markup("{}").format(text)


def _changed(status: Status) -> tuple[Markup, ...]:
    if not status.case_changed or not status.works:
        return ()
    return (
        say(
            "The rules of a handover were changed outside these pages, in a way that they cannot "
            "put into words. The mail server runs them as they stand there."
        ),
    )


def handover_label(status: Status) -> str:
    """The state in a few words, where a case decides or will decide."""
    period = status.handover.forward.period if status.handover else None
    if period and period.first_day and is_awaited(status):
        return _("From %(day)s", day=short_day(period.first_day))
    last = period.last_day if period else None
    return _("Handed over until %(day)s", day=short_day(last)) if last else _("Handed over")
