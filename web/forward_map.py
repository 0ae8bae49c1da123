"""The map of all forwards, for administrators: drawn, as a list, and as a file."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.chain import Kind, Station
from sieve_manager.application.forward_map import Edge, ForwardMap
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import InvalidInputError
from web import chain_words
from web.context import one_line, wired, zone
from web.map_drawing import MapWords, draw_map
from web.say import _, moment
from web.staff import administrators_only

pages = Blueprint("map", __name__)

MOST_DRAWN = 150
"""Of more ways, the page draws the first and says so; the file has all."""

_PAGE, _LONGEST = 100, 320
_ASKED = ("q", "around", "outside", "looping")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; *around* is an address, or ""."""

    text: str = ""
    around: str = ""
    outside: bool = False
    looping: bool = False


@pages.get("/map")
@administrators_only
def page() -> ResponseReturnValue:
    """The picture of what the filters leave, and the same as a list."""
    wanted, whole = _wanted(), wired().tracing.whole()
    found = _narrowed(whole, wanted)
    number = max(request.args.get("page", 1, type=int), 1)
    start = (number - 1) * _PAGE
    return render_template(
        "map.html",
        wanted=wanted,
        found=found,
        whole=whole,
        circles=len(whole.looping().edges),
        drawing=draw_map(ForwardMap(found.edges[:MOST_DRAWN]), _words()) if found.edges else "",
        most=MOST_DRAWN,
        rows=found.edges[start : start + _PAGE],
        number=number,
        more=start + _PAGE < len(found.edges),
        name=_name,
        kind=chain_words.kind,
        about=_about,
        link=_link,
        as_of=_as_of(),
        at=_address,
    )


@pages.get("/map.svg")
@administrators_only
def as_svg() -> ResponseReturnValue:
    """All that the filters leave, as a file."""
    found = _narrowed(wired().tracing.whole(), _wanted())
    headers = {"Content-Disposition": 'attachment; filename="forwards.svg"'}
    title = f"{_('Map of all forwards')}. {_as_of()}"
    svg = draw_map(found, _words(links=False), title=title)
    return Response(svg, content_type="image/svg+xml; charset=utf-8", headers=headers)


def _wanted() -> Wanted:
    asked = request.args
    return Wanted(
        text=one_line(asked.get("q", ""), _LONGEST),
        around=one_line(asked.get("around", ""), _LONGEST),
        outside="outside" in asked,
        looping="looping" in asked,
    )


def _narrowed(whole: ForwardMap, wanted: Wanted) -> ForwardMap:
    found = whole
    if wanted.around:
        key = wanted.around.lower()
        at = [one for one in whole.stations if one.key.lower() == key]
        found = whole.around(at[0]) if at else ForwardMap(())
    if wanted.text:
        found = found.having(wanted.text)
    if wanted.outside:
        found = found.leading_outside()
    return found.looping() if wanted.looping else found


def _words(*, links: bool = True) -> MapWords:
    return MapWords(
        name=_name,
        about=lambda station: chain_words.kind(station.kind),
        link=_link if links else lambda _station: "",
    )


def _as_of() -> str:
    """When was looked at what mailboxes forward; addresses are as they are now."""
    if swept := wired().register.store.last_done():
        when = moment(swept.finished or swept.touched, zone())
        return _("What mailboxes forward is as of %(when)s.", when=when)
    return _("What other mailboxes forward is not known: they were not looked through yet.")


def _name(station: Station) -> str:
    if station.kind is Kind.UNKNOWN:
        return _("not known")
    try:
        return EmailAddress.parse(station.key).readable
    except InvalidInputError:
        return station.key  # a login that is no address


def _about(edge: Edge) -> str:
    """What its target is, and on which days mail goes there."""
    return ", ".join([chain_words.kind(edge.target.kind), *chain_words.days(edge.way)])


def _link(station: Station) -> str:
    return url_for("map.page", around=station.key)


def _address(endpoint: str, number: int | None = None) -> str:
    """The same question elsewhere, or on another page."""
    asked = {key: request.args[key] for key in _ASKED if request.args.get(key)}
    if number:
        asked["page"] = str(number)
    return f"{url_for(endpoint)}?{urlencode(asked)}"
