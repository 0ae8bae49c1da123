"""The picture of a chain: everything in it, nothing of it as markup, and large ones fold."""

import itertools
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.application.chain import Window
from sieve_manager.application.trace import Hop, trace
from tests.application.charts import MemoryChart, address, way
from tests.application.world import NOW
from web.chain_drawing import MOST_BOXES, Label, Words, count, draw

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>"&\u202e\x00</script>'


def label(hop: Hop, before: Hop | None) -> Label:
    name = str(hop.address or "…")
    return Label(name=name, about=hop.station.kind.value, way="" if before is None else "copy")


WORDS = Words(title="The way", desc="As the list", label=label, more=lambda count: f"+{count}")


def traced(**mailboxes: list[str]) -> Hop:
    chart = MemoryChart(mailboxes={one: [way(to) for to in tos] for one, tos in mailboxes.items()})
    return trace(chart, address("a"), Window(NOW))


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314 - our own


def texts(picture: ET.Element) -> list[str]:
    return [one.text or "" for one in picture.iter("text")]


def test_every_hop_is_a_box_with_an_arrow_from_the_one_before() -> None:
    picture = parsed(draw(traced(a=["b", "x@example.net"], b=["a", "gone"]), WORDS))
    names = [one.text for one in picture.iter("text") if one.get("class") == "name"]
    assert names == [
        "a@example.com",
        "b@example.com",
        "a@example.com",
        "gone@example.com",
        "x@example.net",
    ]
    kinds = [one.get("class") for one in picture.iter("g")]
    assert kinds == ["mailbox", "mailbox", "mailbox wrong", "missing wrong", "outside"]
    assert sum(one.get("class") == "line" for one in picture.iter("path")) == 4
    assert picture.get("role") == "img"
    said = picture.get("aria-labelledby", "").split()
    assert [one.text for one in picture if one.get("id") in said] == ["The way", "As the list"]


def test_no_box_lies_on_another_or_outside_of_the_picture() -> None:
    picture = parsed(draw(traced(a=["b", "c"], b=["c", "x@example.net"], c=["d"]), WORDS))
    width, height = (float(picture.get(one, "")) for one in ("width", "height"))
    tops = [float(one.get("y", "")) for one in picture.iter("rect")]
    assert all(after - before > 60 for before, after in itertools.pairwise(tops))
    for one in picture.iter("rect"):
        x, y, wide, high = (float(one.get(key, "")) for key in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + wide <= width
        assert y + high <= height


@pytest.mark.parametrize("field", ["title", "desc", "name"])
def test_words_are_text_and_nothing_else(field: str) -> None:
    hostile = Label(name=HOSTILE, about=HOSTILE, way=HOSTILE)
    words = Words(
        title=HOSTILE.replace("\x00", "") if field == "title" else "t",
        desc=HOSTILE.replace("\x00", "") if field == "desc" else "d",
        label=lambda *_: hostile,
        more=str,
    )
    picture = parsed(draw(traced(a=["b"]), words))
    assert not list(picture.iter("script"))
    assert "<script>" in "".join(picture.itertext())
    assert not any("\u202e" in one for one in texts(picture))


def test_long_words_are_cut() -> None:
    words = Words(
        title="t", desc="d", label=lambda *_: Label(name="n" * 99, about="", way=""), more=str
    )
    (name,) = [one for one in texts(parsed(draw(traced(a=[]), words))) if one]
    assert (len(name), name[-1]) == (31, "…")


def test_a_large_chain_folds_from_its_far_end() -> None:
    root = traced(a=["b", *(f"x{number}@example.net" for number in range(60))], b=["c"], c=["d"])
    picture = parsed(draw(root, WORDS))
    assert sum(1 for _ in picture.iter("g")) == MOST_BOXES
    assert texts(picture).count(f"+{count(root) - MOST_BOXES - 2}") == 1  # x38 and on
    assert "+2" in texts(picture)  # c and d, which are farther away than 40 others


trees = st.recursive(st.just([]), lambda below: st.lists(below, max_size=6), max_leaves=80)


def made(tree: list[object]) -> Hop:
    hop = traced(a=[])
    return Hop(
        address=hop.address,
        station=hop.station,
        hops=tuple(made(one) for one in tree),  # type: ignore[arg-type]  # lists of lists
    )


@settings(max_examples=60)
@given(trees, st.integers(1, 50))
def test_what_is_drawn_and_what_is_counted_is_everything(tree: list[object], most: int) -> None:
    root = made(tree)
    picture = parsed(draw(root, WORDS, most))
    boxes = sum(1 for _ in picture.iter("g"))
    left_out = sum(int(one[1:]) for one in texts(picture) if one.startswith("+"))
    assert boxes == min(most, count(root))
    assert boxes + left_out == count(root)
