"""How a redirect address is spoken of."""

from datetime import datetime

from markupsafe import Markup

from sieve_manager.application.address_history import AddressChange, AddressVersion
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from web.say import N_, _, address, addresses, day, say, short_day

KINDS = {AddressKind.REDIRECT: N_("Redirect address"), AddressKind.ALIAS: N_("Alias")}
_CHANGES = {
    AddressChange.PAUSE: N_("Paused"),
    AddressChange.RESUME: N_("Resumed"),
    AddressChange.DELETE: N_("Deleted"),
    AddressChange.UNDO: N_("A change was taken back"),
}
_SHAPES = {
    Phase.ACTIVE: "active",
    Phase.SCHEDULED: "scheduled",
    Phase.PAUSED: "paused",
    Phase.ENDED: "ended",
}


def address_sentence(kept: RedirectAddress, now: datetime) -> Markup:
    """What happens to mail for it, in one sentence."""
    name, to = address(kept.address), addresses(kept.forward.destinations)
    if kept.is_catch_all:
        name = say("any other address of %(domain)s", domain=kept.address.domain)
    match kept.phase(now):
        case Phase.PAUSED:
            return say("Mail for %(name)s is refused: it is paused.", name=name)
        case Phase.ENDED:
            return say("Mail for %(name)s is refused: it has ended.", name=name)
        case _ if kept.kind is AddressKind.ALIAS:
            return say("Mail for %(name)s is delivered to %(to)s.", name=name, to=to)
        case _:
            said = say(
                "Mail for %(name)s goes to %(to)s, and nothing stays here.", name=name, to=to
            )
            return Markup(" ").join([said, *_days(kept)])


def told_sentence(kept: RedirectAddress) -> Markup:
    """What senders are told while it is not in use."""
    if kept.moved_to:
        return say("Senders are then told the new address %(new)s.", new=address(kept.moved_to))
    return say("Senders are then told that it is not in use.")


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
    """A redirect address or an alias."""
    return _(KINDS[kept.kind])


def _days(kept: RedirectAddress) -> list[Markup]:
    period = kept.forward.period
    first = [say("From %(day)s.", day=day(period.first_day))] if period.first_day else []
    return first + ([say("Until %(day)s.", day=day(period.last_day))] if period.last_day else [])
