"""The map of all forwards as a picture (SVG), made from its ways and from words; pure.

Mail runs from left to right: a station stands in the column behind all that lead to it, and one
that nothing leads to in the column before its next, so that few ways pass behind others. Colours
come from the style sheet of the page, or from one of its own where the picture is saved.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sieve_manager.application.chain import Station
from sieve_manager.application.forward_map import Edge, ForwardMap

_WIDTH, _HEIGHT, _GAP, _COLUMN, _EDGE = 240, 40, 12, 310, 16
_LONGEST_NAME = 28
# A cubic curve comes down three quarters of the way to its handles: to the gap below the boxes.
_SAG = round((_HEIGHT + _GAP) / 2 / 0.75)
_MOST_COLUMNS = 12

_LINK = Markup('<a href="{link}" tabindex="-1">{box}</a>')
_BOX = Markup(
    '<g class="{kind}"><title>{name}</title>'
    '<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'
    '<text class="name" x="{text}" y="{first}">{short}</text>'
    '<text class="about" x="{text}" y="{second}">{about}</text></g>'
)
_WAY = Markup(
    '<path class="way {kind}" d="M{x} {y}C{bend} {low} {back} {end_low} {end_x} {end_y}"/>'
)
_HEAD = Markup('<path class="tip {kind}" d="M{x} {y}l-7 -4.5v9z"/>')
_WHOLE = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" class="chain map" {role} '
    'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{head}{parts}</svg>'
)
_PICTURE, _HIDDEN = Markup('role="img"'), Markup('aria-hidden="true"')
_TITLE = Markup("<title>{}</title>")
# What the page's style sheet says, for a picture that stands alone.
_STYLE = Markup(
    "<style>svg{font-family:sans-serif;background:#fff}rect{fill:#f2f4f7;stroke:#667085}"
    ".outside rect{stroke:#b54708;stroke-dasharray:6 4}.missing rect{stroke:#b42318}"
    ".name{font-size:13px;font-weight:600}.about{font-size:11px;fill:#475467}"
    ".way{fill:none;stroke:#667085;stroke-width:1.5}.way.outside{stroke:#b54708;"
    "stroke-dasharray:6 4}.way.wrong{stroke:#b42318;stroke-width:3}.tip{fill:#667085}"
    ".tip.outside{fill:#b54708}.tip.wrong{fill:#b42318}</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapWords:
    """What the picture says of a station, and where a click on it leads ("": nowhere)."""

    name: Callable[[Station], str]
    about: Callable[[Station], str]
    link: Callable[[Station], str]


@dataclass(frozen=True, slots=True)
class _Place:
    column: int
    row: int

    @property
    def x(self) -> int:
        return _EDGE + self.column * _COLUMN

    @property
    def y(self) -> int:
        return _EDGE + self.row * (_HEIGHT + _GAP)


def draw_map(drawn: ForwardMap, words: MapWords, *, title: str = "") -> Markup:
    """The picture; with a *title*: for a file, which has a style of its own and no list beside."""
    places = _places(drawn)
    ways = (_way(edge, places) for edge in drawn.edges)
    boxes = (_box(station, place, words) for station, place in places.items())
    columns = max((one.column for one in places.values()), default=0)
    rows = max((one.row for one in places.values()), default=0)
    return _WHOLE.format(
        width=columns * _COLUMN + _WIDTH + 2 * _EDGE,
        height=(rows + 1) * (_HEIGHT + _GAP) + 2 * _EDGE,
        role=_PICTURE if title else _HIDDEN,
        head=_TITLE.format(title) + _STYLE if title else "",
        parts=Markup("").join((*ways, *boxes)),
    )


def _places(drawn: ForwardMap) -> Mapping[Station, _Place]:
    """Each group that hangs together below the one before, those with most stations first."""
    found: dict[Station, _Place] = {}
    top = 0
    for group in _groups(drawn):
        columns, leading = _columns(group), _leading(group)
        filled = dict.fromkeys(columns.values(), top)
        for station in group.stations:
            column = columns[station]
            # Beside what leads there, where that is free.
            before = (found[one].row for one in leading[station] if one in found)
            row = max(filled[column], min(before, default=top))
            found[station] = _Place(column, row)
            filled[column] = row + 1
        top = max(filled.values())
    return found


def _leading(group: ForwardMap) -> Mapping[Station, Sequence[Station]]:
    found: dict[Station, list[Station]] = defaultdict(list)
    for edge in group.edges:
        found[edge.target].append(edge.source)
    return found


def _groups(drawn: ForwardMap) -> Sequence[ForwardMap]:
    leader: dict[Station, Station] = {}

    def lead(station: Station) -> Station:
        while (one := leader.setdefault(station, station)) != station:
            leader[station] = leader[one]
            station = one
        return station

    for edge in drawn.edges:
        leader[lead(edge.target)] = lead(edge.source)
    groups: dict[Station, list[Edge]] = defaultdict(list)
    for edge in drawn.edges:
        groups[lead(edge.source)].append(edge)
    return [ForwardMap(tuple(one)) for one in sorted(groups.values(), key=len, reverse=True)]


def _columns(group: ForwardMap) -> Mapping[Station, int]:
    """As many columns behind the beginning as the longest way there; circles count once."""
    columns = dict.fromkeys(group.stations, 0)
    for _ in range(_MOST_COLUMNS):
        moved = False
        for edge in group.edges:
            if not edge.looping and columns[edge.target] <= columns[edge.source]:
                columns[edge.target] = columns[edge.source] + 1
                moved = True
        if not moved:
            break
    return {**columns, **_beside_their_next(group, columns)}


def _beside_their_next(group: ForwardMap, columns: Mapping[Station, int]) -> Mapping[Station, int]:
    """Of the stations that nothing leads to, the last columns they can have."""
    found: dict[Station, int] = {}
    targets = {edge.target for edge in group.edges}
    for edge in group.edges:
        if edge.source not in targets:
            before = columns[edge.target] - 1
            found[edge.source] = min(before, found.get(edge.source, before))
    return found


def _way(edge: Edge, places: Mapping[Station, _Place]) -> Markup:
    start, end = places[edge.source], places[edge.target]
    kind = "wrong" if edge.looping else edge.target.kind.value
    x, y = start.x + _WIDTH, start.y + _HEIGHT // 2
    end_x, end_y = end.x, end.y + _HEIGHT // 2
    bend, sag = max(40, abs(end_x - x) // 2), 0
    if end.column <= start.column:  # back, below the boxes
        bend, sag = 70, _SAG
    line = _WAY.format(
        kind=kind,
        x=x,
        y=y,
        bend=x + bend,
        low=y + sag,
        back=end_x - bend,
        end_low=end_y + sag,
        end_x=end_x,
        end_y=end_y,
    )
    return line + _HEAD.format(kind=kind, x=end_x, y=end_y)


def _box(station: Station, place: _Place, words: MapWords) -> Markup:
    name, link = _plain(words.name(station)), words.link(station)
    box = _BOX.format(
        kind=station.kind.value,
        name=name,
        x=place.x,
        y=place.y,
        width=_WIDTH,
        height=_HEIGHT,
        text=place.x + 10,
        first=place.y + 17,
        second=place.y + 32,
        short=_short(name),
        about=words.about(station),
    )
    return _LINK.format(link=link, box=box) if link else box


def _plain(text: str) -> str:
    return "".join(one for one in text if one.isprintable())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"
