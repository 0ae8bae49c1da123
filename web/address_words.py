"""How a redirect address is spoken of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup, escape

from sieve_manager.application.address_history import AddressChange, AddressVersion
from sieve_manager.domain.addresses import readable_domain
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from web.say import N_, _, address, addresses, day, say, short_day, strong, zone_name

KINDS = {AddressKind.REDIRECT: N_("Redirect address"), AddressKind.ALIAS: N_("Alias")}
_CHANGES = {
    AddressChange.PAUSE: N_("Paused"),
    AddressChange.RESUME: N_("Resumed"),
    AddressChange.DELETE: N_("Deleted"),
    AddressChange.AGREED: N_("A receiver has agreed"),
    AddressChange.WITHDRAWN: N_("A receiver does not want the mail any more"),
    AddressChange.UNDO: N_("A change was taken back"),
}
_SHAPES = {
    Phase.ACTIVE: "active",
    Phase.SCHEDULED: "scheduled",
    Phase.PAUSED: "paused",
    Phase.ENDED: "ended",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about an address, and what it is; *value* is empty where there is none."""

    label: str
    value: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a list says of an address; *key* is what links name it by."""

    key: str
    title: str
    shape: str
    state: str
    to: Markup
    note: str


def card_of(kept: RedirectAddress, now: datetime) -> Card:
    """The card of an address in a list."""
    return Card(
        key=str(kept.address),
        title=title_of(kept),
        shape=state_shape(kept, now),
        state=f"{kind_words(kept)}: {state_words(kept, now)}",
        to=addresses(kept.forward.destinations),
        note=kept.forward.note,
    )


def name_of(kept: RedirectAddress) -> Markup:
    """The address in a sentence; a catch-all by what it stands for."""
    if kept.is_catch_all:
        domain = strong(readable_domain(kept.address.domain))
        return say("any other address of %(domain)s", domain=domain)
    return address(kept.address)


def title_of(kept: RedirectAddress) -> str:
    """The address as a heading."""
    if kept.is_catch_all:
        domain = readable_domain(kept.address.domain)
        return _("All other addresses of %(domain)s", domain=domain)
    return kept.address.readable


def address_sentence(kept: RedirectAddress, now: datetime) -> Markup:
    """What happens to mail for it, in one sentence."""
    name, to = name_of(kept), addresses(kept.leads_to)
    match kept.phase(now):
        case Phase.PAUSED if not kept.forward.paused:
            return say("Mail for %(name)s is refused until somebody has agreed.", name=name)
        case Phase.PAUSED:
            return say("Mail for %(name)s is refused: it is paused.", name=name)
        case Phase.ENDED:
            return say("Mail for %(name)s is refused: it has ended.", name=name)
        case phase:
            if kept.kind is AddressKind.ALIAS:
                said = say("Mail for %(name)s is delivered to %(to)s.", name=name, to=to)
            else:
                said = say(
                    "Mail for %(name)s goes to %(to)s, and nothing stays here.", name=name, to=to
                )
            return Markup(" ").join([said, *_days(kept, phase)])


def waiting_sentences(kept: RedirectAddress) -> tuple[Markup, ...]:
    """One for each destination that gets nothing, because it has not agreed."""
    waiting = (one for one in kept.forward.destinations if one in kept.waiting)
    text = "%(name)s has not agreed to receive the mail, and gets none."
    return tuple(say(text, name=address(one)) for one in waiting)


def told_sentence(kept: RedirectAddress) -> Markup:
    """What senders are told while it is not in use."""
    if kept.moved_to:
        return say(
            "While it is paused or over, senders are told the new address %(new)s.",
            new=address(kept.moved_to),
        )
    return say("While it is paused or over, senders are told that it is not in use.")


def gone_sentence(stand_in: RedirectAddress | None) -> Markup:
    """What happens to mail for an address that is not there, but for *stand_in*."""
    if stand_in is None:
        return say("Mail for it is refused.")
    return say("Mail for it goes where mail for %(name)s goes.", name=name_of(stand_in))


def facts_of(kept: RedirectAddress) -> tuple[Fact, ...]:
    """All that was decided about it, each with its name; the note is left to the page."""
    period = kept.forward.period
    moved = address(kept.moved_to) if kept.moved_to else Markup("")
    values = (
        (_("What it is"), escape(kind_words(kept))),
        (_("Where it leads"), addresses(kept.forward.destinations)),
        (_("First day"), _day_there(period.first_day, period.timezone)),
        (_("Last day"), _day_there(period.last_day, period.timezone)),
        (_("Told to senders"), moved),
        (_("Who may change it"), strong(kept.owner.text) if kept.owner else Markup("")),
    )
    return tuple(Fact(label, value) for label, value in values)


def differences(
    before: RedirectAddress | None, after: RedirectAddress | None
) -> tuple[tuple[Fact, Markup], ...]:
    """What is different, each with what it was before."""
    if before is None or after is None:
        return ()
    pairs = zip(facts_of(after), facts_of(before), strict=True)
    return tuple((now, was.value) for now, was in pairs if now != was)


def state_words(kept: RedirectAddress, now: datetime) -> str:
    """Its state in a few words."""
    last = kept.forward.period.last_day
    match kept.phase(now):
        case Phase.ACTIVE if last:
            return _("On until %(day)s", day=short_day(last))
        case Phase.ACTIVE:
            return _("On")
        case Phase.SCHEDULED:
            return _("Begins later")
        case Phase.PAUSED if not kept.forward.paused:
            return _("Waiting for agreement")
        case Phase.PAUSED:
            return _("Paused")
        case Phase.ENDED:
            return _("Ended")


def state_shape(kept: RedirectAddress, now: datetime) -> str:
    """The shape that goes with it."""
    return _SHAPES[kept.phase(now)]


def change_words(version: AddressVersion) -> str:
    """What a change was."""
    if version.new.change is not AddressChange.SET:
        return _(_CHANGES[version.new.change])
    return _("Changed") if version.new.before else _("Made")


def kind_words(kept: RedirectAddress) -> str:
    """A redirect address, an alias, or a catch-all."""
    return _("Catch-all") if kept.is_catch_all else _(KINDS[kept.kind])


def _day_there(one: date | None, zone: str) -> Markup:
    return escape(f"{day(one)} ({zone_name(zone)})" if one else "")


def _days(kept: RedirectAddress, phase: Phase) -> Iterator[Markup]:
    period = kept.forward.period
    if period.first_day and phase is Phase.SCHEDULED:
        yield say("It begins on %(day)s; until then it is refused.", day=day(period.first_day))
    if period.last_day:
        yield say("Its last day is %(day)s.", day=day(period.last_day))
