"""The map of all forwards: what it draws and lists, for whom, and what the filters leave."""

import re
import time
from xml.etree import ElementTree

import pytest
from markupsafe import escape

from sieve_manager.application.register import Place
from sieve_manager.application.register_store import Reading
from sieve_manager.domain.mailboxes import Login
from tests.application.test_whole_chart import leads
from tests.web.test_register import entry
from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, STAFF, World
from web.forward_map import MOST_DRAWN

OUT = "thief@example.net"
HOSTILE = '<script>alert(1)</script>"&'


@pytest.fixture
def world() -> World:
    """Anna to Bruno and back; Bruno over the team to the outside."""
    world = World(master=MASTER, staff=STAFF, addresses={"domains": ["example.com"]})
    world.addresses.kept["team@example.com"] = leads("team", OUT)
    swept(
        world,
        (entry(ANNA, BRUNO), entry(ANNA, "gone@example.com")),
        (entry(BRUNO, ANNA), entry(BRUNO, "team@example.com")),
        (entry(HOSTILE, BRUNO),),
    )
    return world


def swept(world: World, *of_mailboxes: tuple[object, ...]) -> None:
    store = world.register
    sweep = store.take("a", 60)
    assert sweep
    readings = [Reading(login=Login(one[0].login.text), entries=one) for one in of_mailboxes]
    written = store.write(sweep, "a", readings, 60)
    assert written
    store.finish(written, "a")


def listed(page: str) -> list[tuple[str, str]]:
    """The ways as pairs, from the list."""
    body = page[page.index("From where to where") :]
    rows = re.findall(r"<li.*?</li>", body[: body.index("</ul>")], re.DOTALL)
    return [tuple(re.findall(r"<bdi>(.*?)</bdi>", row)) for row in rows]


def drawn(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own, which is to be XML
    return [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}title")]


def test_all_ways_are_drawn_and_listed(world: World) -> None:
    page = world.browser(ADA).get("/map").text
    assert (ANNA, BRUNO) in listed(page)
    assert ("team@example.com", OUT) in listed(page)
    assert len(listed(page)) == 6
    svg = page[page.index("<svg xmlns") : page.index("</svg>", page.index("<svg xmlns")) + 6]
    assert {ANNA, BRUNO, OUT, "gone@example.com"} <= set(drawn(svg))
    assert svg.count('class="way wrong"') == 2
    assert "2 ways go round in a circle" in page


@pytest.mark.parametrize(
    ("asked", "ways"),
    [
        ("q=TEAM", {(BRUNO, "team@example.com"), ("team@example.com", OUT)}),
        ("looping=yes", {(ANNA, BRUNO), (BRUNO, ANNA)}),
        (
            "around=gone@example.com",
            {(ANNA, "gone@example.com"), (BRUNO, ANNA), (ANNA, BRUNO), (escape(HOSTILE), BRUNO)},
        ),
        ("around=TEAM@example.com&looping=yes", {(ANNA, BRUNO), (BRUNO, ANNA)}),
        ("around=nobody@example.com", set()),
    ],
)
def test_filters_leave_what_they_say(world: World, asked: str, ways: set[tuple[str, str]]) -> None:
    page = world.browser(ADA).get(f"/map?{asked}").text
    if not ways:
        assert "No way is like that" in page
    else:
        assert set(listed(page)) == ways


def test_outside_are_the_ways_that_leave_and_those_that_lead_there(world: World) -> None:
    page = world.browser(ADA).get("/map?outside=yes").text
    assert (ANNA, "gone@example.com") not in listed(page)
    assert {(ANNA, BRUNO), (BRUNO, "team@example.com"), ("team@example.com", OUT)} <= set(
        listed(page)
    )


def test_what_nothing_leads_to_stands_beside_its_next_and_not_behind_others() -> None:
    world = World(master=MASTER, staff=STAFF, addresses={"domains": ["example.com"]})
    for one, to in (("info", "office"), ("office", "team"), ("team", ANNA), ("old", ANNA)):
        world.addresses.kept[f"{one}@example.com"] = leads(
            one, to if "@" in to else f"{to}@example.com"
        )
    svg = world.browser(ADA).get("/map.svg").text
    at = dict(re.findall(r"<title>([^<]*)@example.com</title><rect x=\"(\d+)\"", svg))
    assert at["info"] < at["office"] < at["team"] == at["old"] < at["anna"]


def test_the_way_back_of_a_circle_runs_between_two_rows() -> None:
    world = World(master=MASTER, staff=STAFF)
    swept(world, (entry(ANNA, BRUNO),), (entry(BRUNO, ANNA),), (entry("zoe@example.com", BRUNO),))
    svg = world.browser(ADA).get("/map.svg").text
    ways = re.findall(r'way wrong" d="M(\d+) (\d+)C\S+ (\d+) \S+ \S+ (\d+) (\d+)"', svg)
    backwards = [list(map(int, one)) for one in ways if int(one[3]) < int(one[0])]
    assert len(backwards) == 1
    _x, y, low, _end_x, end_y = backwards[0]
    assert end_y == y
    tops = sorted({int(one) for one in re.findall(r'<rect x="\d+" y="(\d+)"', svg)})
    assert tops[0] + 40 < y + (low - y) * 3 / 4 < tops[1]


def test_the_file_stands_alone_and_runs_nothing(world: World) -> None:
    answer = world.browser(ADA).get("/map.svg")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="forwards.svg"'
    assert answer.content_type.startswith("image/svg+xml")
    assert "<script" not in answer.text
    assert "<a " not in answer.text
    assert "<style>" in answer.text
    assert HOSTILE in drawn(answer.text)
    assert 'role="img"' in answer.text
    assert drawn(answer.text)[0].startswith("Map of all forwards. What mailboxes forward is as of")


def test_redirect_addresses_are_on_it_where_no_mailbox_forwards() -> None:
    world = World(master=MASTER, staff=STAFF, addresses={"domains": ["example.com"]})
    world.addresses.kept["team@example.com"] = leads("team", OUT)
    assert listed(world.browser(ADA).get("/map").text) == [("team@example.com", OUT)]


def test_what_the_sweep_took_for_inside_is_inside_though_logins_are_no_addresses() -> None:
    world = World(master=MASTER, staff=STAFF)
    swept(world, (entry("anna", BRUNO, place=Place.INSIDE), entry("anna", OUT)))
    assert listed(world.browser(ADA).get("/map?outside=yes").text) == [("anna", OUT)]


def test_hostile_addresses_are_text(world: World) -> None:
    page = world.browser(ADA).get("/map").text
    assert "<script>alert" not in page


def test_only_administrators_see_it(world: World) -> None:
    assert world.browser(OTTO).get("/map").status_code == 403
    assert world.browser(OTTO).get("/map.svg").status_code == 403
    assert "Map of all forwards" not in world.browser(OTTO).get("/register").text
    assert "Map of all forwards" in world.browser(ADA).get("/register").text


def test_it_belongs_to_the_register_and_leads_back_there(world: World) -> None:
    page = world.browser(ADA).get("/map").text
    assert re.search(r'<a href="/register" aria-current="page">', page)
    assert '<a href="/register">←' in page


def test_where_nobody_forwards_it_says_so() -> None:
    world = World(master=MASTER, staff=STAFF)
    assert "Nobody forwards anything" in world.browser(ADA).get("/map").text


def test_a_thousand_forwards_are_usable() -> None:
    world = World(master=MASTER, staff=STAFF)
    swept(
        world,
        *((entry(f"p{n:04}@example.com", f"p{n // 3:04}@example.com"),) for n in range(1000)),
    )
    browser = world.browser(ADA)
    begun = time.process_time()
    page = browser.get("/map").text
    assert time.process_time() - begun < 2
    assert f"the first {MOST_DRAWN} are drawn" in page
    assert len(listed(page)) == 100
    further = browser.get("/map?page=10").text
    assert len(listed(further)) == 100
    whole = browser.get("/map.svg").text
    assert whole.count('class="way') == 1000
