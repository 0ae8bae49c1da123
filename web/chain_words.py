"""How the hops of a chain are spoken of, in the list and in the picture."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from sieve_manager.application.chain import ALWAYS, Kind, Way
from sieve_manager.application.register_words import all_in_words
from sieve_manager.application.trace import Hop, Turn
from web.chain_drawing import Label, Words
from web.context import zone
from web.say import N_, _, address, day, joined, plural, say, strong

_MOST_NAMED = 10  # all of them stand in the list below
_KINDS = {
    Kind.MAILBOX: N_("mailbox"),
    Kind.REDIRECT_ADDRESS: N_("redirect address"),
    Kind.ALIAS: N_("alias"),
    Kind.OUTSIDE: N_("outside"),
    Kind.MISSING: N_("does not exist"),
    Kind.UNKNOWN: N_("worked out for each message"),
}
_TURNS = {
    Turn.LOOP: N_("goes round in a circle"),
    Turn.AGAIN: N_("as shown above"),
    Turn.DEEP: N_("not followed further"),
}
_RESTS = {
    True: "",
    False: N_("the rest is deleted here"),
    None: N_("some mail is deleted here"),
}
_COPIES = {
    True: N_("with a copy left behind"),
    False: N_("without a copy left behind"),
    None: N_("perhaps with a copy left behind"),
}


def sentence(root: Hop) -> Markup:
    """Where mail arrives, first of all."""
    names = list(dict.fromkeys(_arrival(hop) for hop in _arrivals(root)))
    if (more := len(names) - _MOST_NAMED) > 1:
        names[_MOST_NAMED:] = [
            escape(plural("%(num)s other address", "%(num)s other addresses", more))
        ]
    to = address(root.address) if root.address else Markup("")
    if not names:
        return say("Mail for %(address)s arrives nowhere.", address=to)
    return say("Mail for %(address)s arrives at %(places)s.", address=to, places=joined(names))


def kind(of: Kind) -> str:
    """What a station is, in a word or two."""
    return _(_KINDS[of])


def name(hop: Hop) -> str:
    """The address, or what is said in its place."""
    if hop.address:
        return hop.address.readable
    return _("an outside address") if hop.station.kind is Kind.OUTSIDE else _("not known")


def about(hop: Hop) -> str:
    """What it is; and how mail goes on from there, where that is said elsewhere."""
    parts = [_(_KINDS[hop.station.kind])]
    if hop.station.kind.is_relay and not (hop.hops or hop.turn):
        parts.append(_("not in use"))
    if rest := _RESTS[hop.stays]:
        parts.append(_(rest))
    if hop.turn:
        parts.append(_(_TURNS[hop.turn]))
    return ", ".join(parts)


def way(hop: Hop, before: Hop | None) -> str:
    """How mail comes there: what stays before, which messages, and on which days."""
    if hop.way is None or before is None:
        return ""
    parts = [_(_COPIES[hop.way.keeps])] if before.station.kind is Kind.MAILBOX else []
    if words := all_in_words(hop.way.conditions, _):
        parts.append(_("only where %(conditions)s", conditions=words))
    return ", ".join([*parts, *days(hop.way)])


def words_of(root: Hop) -> Words:
    """What the picture of this chain says."""
    return Words(
        title=_("The way of mail for %(address)s", address=name(root)),
        desc=_("The list after this picture says the same."),
        label=lambda hop, before: Label(name=name(hop), about=about(hop), way=way(hop, before)),
        more=lambda count: plural("and %(num)d more", "and %(num)d more", count),
    )


def more(count: int) -> str:
    """What opens a part of a long list."""
    return plural("Show %(num)d further place", "Show %(num)d further places", count)


def days(open_: Way) -> Iterator[str]:
    """From when and until when, where it does not always hold."""
    local = ZoneInfo(zone())
    if open_.window.starts != ALWAYS.starts:
        yield _("from %(day)s", day=day(open_.window.starts.astimezone(local).date()))
    if open_.window.ends != ALWAYS.ends:
        yield _("until %(day)s", day=day(open_.window.ends.astimezone(local).date()))


def _arrivals(root: Hop) -> Iterator[Hop]:
    """The hops at which some mail stays, in order; each place once."""
    for path in root.paths():
        hop = path[-1]
        if hop.turn is not None:
            continue
        if hop.station.kind in (Kind.OUTSIDE, Kind.UNKNOWN):
            yield hop
        if hop.station.kind is not Kind.MAILBOX or hop.stays is False:
            continue
        if not any(_takes_all(one.way) for one in hop.hops):
            yield hop


def _takes_all(found: Way | None) -> bool:
    return found is not None and found.keeps is False and not found.conditions


def _arrival(hop: Hop) -> Markup:
    if hop.station.kind is Kind.UNKNOWN:
        return say("an address that is worked out for each message")
    if hop.address is None:
        return say("an outside address")
    if hop.station.kind is Kind.OUTSIDE:
        return say("%(address)s (outside)", address=address(hop.address))
    return strong(hop.address.readable)
