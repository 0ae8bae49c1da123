"""The link in the mail that says when mail ends: it asks the helpdesk, and changes nothing."""

import re
from datetime import timedelta

import pytest

from sieve_manager.application.case import CaseState
from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, STAFF, Browser, World

TERMS = {"to": ANNA, "copy": "inbox", "timezone": "UTC", "own_forward": "off"}
LINK = re.compile(r"http://127\.0\.0\.1:8080(/ending/\S+)")
OVER = "This link is not valid, or not any more. Please write to the helpdesk."


@pytest.fixture
def world() -> World:
    """Bruno's case goes to Anna until 2027-02-25, and it is February 20."""
    world = World(master=MASTER, staff=STAFF)
    otto = world.browser(OTTO)
    otto.get(f"/cases/new?leaver={BRUNO}")
    fields = {**TERMS, "reply_interval": "7", "ticket": "HD-1", "reason": "left"}
    kept = otto.post("/cases/new/save", leaver=BRUNO, last_day="2027-02-25", **fields)
    assert kept.status_code == 303
    world.case_notices.run()
    world.now += timedelta(days=10)
    return world


def link(world: World) -> str:
    """The path of the link in the notice to Anna."""
    world.case_notices.run()
    (path,) = [found[1] for one in to(world, ANNA) if (found := LINK.search(one))]
    return path


def to(world: World, whom: str) -> list[str]:
    """What was sent: subject and text."""
    return [f"{one.subject}\n{one.text}" for one in world.mailer.sent if str(one.to) == whom]


def asked(world: World) -> list[str]:
    """What Otto was asked."""
    world.case_notices.run()
    return [one for one in to(world, OTTO) if "asks for more time" in one]


def press(world: World, path: str, answer: str) -> Browser:
    visitor = world.browser(None)
    visitor.get(path)
    assert visitor.post(path, answer=answer).status_code == 200
    return visitor


def test_opening_the_link_says_what_ends_and_does_nothing(world: World) -> None:
    page = world.browser(None).get(link(world)).text
    for shown in ("Bruno Bär", ANNA, "Thu, 25 Feb 2027", "Ask the helpdesk to extend"):
        assert shown in page
    assert asked(world) == []


def test_a_browser_that_keeps_no_cookies_will_do(world: World) -> None:
    pressed = world.browser(None).client.post(link(world), data={"answer": "extend"})
    assert pressed.status_code == 200
    assert asked(world)


def test_asking_tells_the_operator_once_and_changes_nothing(world: World) -> None:
    path, before = link(world), world.scripts(BRUNO)
    for _ in range(2):
        assert "The helpdesk is asked to extend it" in press(world, path, "extend").words()
        (question,) = asked(world)
        assert "/cases/1/change" in question
    assert world.scripts(BRUNO) == before
    assert world.cases.store.case(1).state is CaseState.ACTIVE
    actions = [record.entry.action for record in world.audit.records()]
    assert actions.count("case.extend-wanted") == 1


def test_letting_it_end_is_nothing_to_do(world: World) -> None:
    visitor = press(world, link(world), "end")
    assert "it ends by itself" in visitor.words()
    assert asked(world) == []


def test_another_answer_is_none(world: World) -> None:
    visitor, path = world.browser(None), link(world)
    visitor.get(path)
    assert visitor.post(path, answer="x").status_code == 400


@pytest.mark.parametrize("change", ["x", "other", "later", "cut", "unwanted"])
def test_a_link_that_was_changed_is_refused(world: World, change: str) -> None:
    path = link(world)
    number, day, rest = path.removeprefix("/ending/").split(".", 2)
    begun = next(one for one in to(world, ANNA) if "/not-wanted/" in one)
    tokens = {
        "x": f"{number}.{day}.{rest}x",
        "other": f"{int(number) + 1}.{day}.{rest}",
        "later": f"{number}.2027-12-31.{rest}",
        "cut": number,
        "unwanted": begun.partition("/not-wanted/")[2].split()[0],
    }
    assert_over(world, f"/ending/{tokens[change]}")


@pytest.mark.parametrize("how", ["last day", "ended", "gone"])
def test_a_link_that_is_over_says_the_same(world: World, how: str) -> None:
    path = link(world)
    if how == "last day":
        world.now += timedelta(days=6)
    elif how == "ended":
        otto = world.browser(OTTO)
        otto.get("/cases/1/end")
        assert otto.post("/cases/1/end").status_code == 303
    else:
        world.cases.store.drop(world.cases.store.case(1))
    assert_over(world, path)


def assert_over(world: World, path: str) -> None:
    visitor = world.browser(None)
    answers = [visitor.get(path)]
    visitor.get("/sign-in")
    answers.append(visitor.post(path, answer="extend"))
    assert [one.status_code for one in answers] == [410, 410]
    assert all(OVER in one.text for one in answers)
    assert asked(world) == []


def test_staff_sees_it_in_the_audit_log(world: World) -> None:
    press(world, link(world), "extend")
    ada = world.browser(ADA)
    ada.get("/staff")
    ada.post("/staff/act", login=BRUNO)
    assert "Asked for the handover to be extended" in ada.get("/audit").text
