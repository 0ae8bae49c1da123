"""“I do not want this”: the link tells the operator, and changes nothing by itself."""

import re
from datetime import timedelta

import pytest

from sieve_manager.application.case import CaseState
from sieve_manager.application.unwanted_links import LINK_DAYS
from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, STAFF, Browser, World

TERMS = {"to": ANNA, "copy": "inbox", "timezone": "UTC", "own_forward": "off"}
LINK = re.compile(r"http://127\.0\.0\.1:8080(/not-wanted/\S+)")


@pytest.fixture
def world() -> World:
    world = World(master=MASTER, staff=STAFF)
    otto = world.browser(OTTO)
    otto.get(f"/cases/new?leaver={BRUNO}")
    fields = {**TERMS, "reply_interval": "7", "ticket": "HD-1", "reason": "left"}
    assert otto.post("/cases/new/save", leaver=BRUNO, **fields).status_code == 303
    return world


def link(world: World) -> str:
    """The path of the link in the notice to Anna."""
    world.case_notices.run()
    (notice,) = [one for one in world.mailer.sent if str(one.to) == ANNA]
    found = LINK.search(notice.text)
    assert found
    return found[1]


def press(world: World, path: str) -> Browser:
    visitor = world.browser(None)
    visitor.get(path)
    assert visitor.post(path).status_code == 200
    return visitor


def to_otto(world: World) -> list[str]:
    world.case_notices.run()
    return [one.subject for one in world.mailer.sent if str(one.to) == OTTO]


def test_opening_the_link_does_nothing(world: World) -> None:
    page = world.browser(None).get(link(world))
    assert "I do not want this" in page.text
    assert ANNA in page.text
    assert to_otto(world) == []


def test_the_button_tells_the_operator_once_and_changes_nothing(world: World) -> None:
    path, before = link(world), world.scripts(BRUNO)
    for _ in range(2):
        press(world, path)
        assert to_otto(world) == ["anna@example.com does not want the mail for Bruno Bär"]
    assert world.scripts(BRUNO) == before
    assert world.cases.store.case(1).state is CaseState.ACTIVE
    actions = [record.entry.action for record in world.audit.records()]
    assert actions.count("case.unwanted") == 1


def test_a_browser_that_keeps_no_cookies_will_do(world: World) -> None:
    assert world.browser(None).client.post(link(world)).status_code == 200
    assert to_otto(world) == ["anna@example.com does not want the mail for Bruno Bär"]


@pytest.mark.parametrize("change", ["x", "other", "cut", "é"])
def test_a_link_that_was_changed_is_refused(world: World, change: str) -> None:
    path = link(world)
    number, _, rest = path.removeprefix("/not-wanted/").partition(".")
    tokens = {
        "x": f"{number}.{rest}x",
        "other": f"{int(number) + 1}.{rest}",
        "cut": number,
        "é": f"{number}.{rest}é",
    }
    answer = world.browser(None).get(f"/not-wanted/{tokens[change]}")
    assert answer.status_code == 410
    assert "This link is not valid" in answer.text


def test_a_link_ends(world: World) -> None:
    path = link(world)
    world.now += timedelta(days=LINK_DAYS, seconds=1)
    assert world.browser(None).get(path).status_code == 410


def test_the_link_of_a_case_that_is_gone_is_refused(world: World) -> None:
    path = link(world)
    world.cases.store.drop(world.cases.store.case(1))
    assert world.browser(None).get(path).status_code == 410


def test_staff_sees_it_in_the_audit_log(world: World) -> None:
    press(world, link(world))
    ada = world.browser(ADA)
    ada.get("/staff")
    ada.post("/staff/act", login=BRUNO)
    assert "Did not want the mail" in ada.get("/audit").text
