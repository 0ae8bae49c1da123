"""The chain of a message as a picture (SVG), made from its hops and from words; pure.

A tree that grows downwards, so that it is as readable on a phone as on paper. Colours and lines
come from the style sheet. What it says, the list beside it says, too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from sieve_manager.application.chain import Kind
from sieve_manager.application.trace import Hop, Turn

MOST_BOXES = 40
"""Of a larger chain only so many hops are drawn, those nearest to its beginning."""

_WIDTH, _HEIGHT, _GAP, _INDENT, _EDGE = 300, 60, 14, 32, 2
_LONGEST_NAME, _LONGEST_DETAIL = 31, 42

_BOX = Markup(
    '<g class="{kind}"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'
    '<text class="name" x="{text}" y="{first}">{name}</text>'
    '<text class="about" x="{text}" y="{second}">{about}</text>'
    '<text class="about" x="{text}" y="{third}">{way}</text></g>'
)
_ARROW = Markup(
    '<path class="line" d="M{x} {top}V{middle}H{end}"/>'
    '<path class="head" d="M{end} {middle}l-7 -4.5v9z"/>'
)
_MORE = Markup('<text class="more" x="{x}" y="{y}">{words}</text>')
_WHOLE = Markup(
    '<svg class="chain" role="img" aria-labelledby="chain-title chain-desc" '
    'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    '<title id="chain-title">{title}</title><desc id="chain-desc">{desc}</desc>{parts}</svg>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What stands in a box: the address, what it is, and how mail comes there."""

    name: str
    about: str
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything that the picture says, in the page's language.

    *label* is given a hop and the one before it; *more* how many hops are not drawn.
    """

    title: str
    desc: str
    label: Callable[[Hop, Hop | None], Label]
    more: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class _Row:
    """A box, or (*hop* None) so many hops that are not drawn; *parent* is the number of a row."""

    hop: Hop | None
    before: Hop | None
    depth: int
    parent: int
    more: int = 0


def draw(root: Hop, words: Words, most: int = MOST_BOXES) -> Markup:
    """The picture of the chain from *root*, of at most *most* boxes."""
    rows = _rows(root, most)
    lines = (_arrow(rows, number) for number, row in enumerate(rows) if row.parent >= 0)
    boxes = (_drawn(row, number, words) for number, row in enumerate(rows))
    deepest = max(row.depth for row in rows)
    return _WHOLE.format(
        width=deepest * _INDENT + _WIDTH + 2 * _EDGE,
        height=len(rows) * (_HEIGHT + _GAP) - _GAP + 2 * _EDGE,
        title=words.title,
        desc=words.desc,
        parts=Markup("").join((*lines, *boxes)),
    )


def count(root: Hop) -> int:
    """How many hops there are, *root* included."""
    return sum(1 for _ in root.paths())


def _rows(root: Hop, most: int) -> list[_Row]:
    kept = {id(hop) for hop, _ in zip(_nearest(root), range(most), strict=False)}
    rows: list[_Row] = []

    def add(hop: Hop, before: Hop | None, depth: int, parent: int) -> None:
        here = len(rows)
        rows.append(_Row(hop, before, depth, parent))
        left_out = 0
        for one in hop.hops:
            if id(one) in kept:
                add(one, hop, depth + 1, here)
            else:
                left_out += count(one)
        if left_out:
            rows.append(_Row(None, hop, depth + 1, here, left_out))

    add(root, None, 0, -1)
    return rows


def _nearest(root: Hop) -> Iterator[Hop]:
    """All hops, those with the fewest before them first."""
    level = [root]
    while level:
        yield from level
        level = [one for hop in level for one in hop.hops]


def _top(number: int) -> int:
    return _EDGE + number * (_HEIGHT + _GAP)


def _arrow(rows: list[_Row], number: int) -> Markup:
    row = rows[number]
    return _ARROW.format(
        x=_EDGE + (row.depth - 1) * _INDENT + _INDENT // 2,
        top=_top(row.parent) + _HEIGHT,
        middle=_top(number) + _HEIGHT // 2,
        end=_EDGE + row.depth * _INDENT,
    )


def _drawn(row: _Row, number: int, words: Words) -> Markup:
    x, y = _EDGE + row.depth * _INDENT, _top(number)
    if row.hop is None:
        return _MORE.format(x=x + 8, y=y + _HEIGHT // 2 + 5, words=words.more(row.more))
    label = words.label(row.hop, row.before)
    return _BOX.format(
        kind=_kind(row.hop),
        x=x,
        y=y,
        width=_WIDTH,
        height=_HEIGHT,
        text=x + 12,
        first=y + 20,
        second=y + 37,
        third=y + 53,
        name=_short(label.name, _LONGEST_NAME),
        about=_short(label.about, _LONGEST_DETAIL),
        way=_short(label.way, _LONGEST_DETAIL),
    )


def _kind(hop: Hop) -> str:
    wrong = hop.turn is Turn.LOOP or hop.station.kind is Kind.MISSING
    return f"{hop.station.kind.value}{' wrong' if wrong else ''}"


def _short(text: str, longest: int) -> str:
    plain = "".join(one for one in text if one.isprintable())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
