"""Receivers agree, refuse and stop on a page without sign-in; owners see who is waited for."""

import re

import pytest

from sieve_manager.domain.consent import ANSWER_WITHIN
from sieve_manager.policy.policy import ConsentOf, Policy
from tests.web.world import ADA, ANNA, MASTER, STAFF, World

BRUNO, CARLA = "bruno@example.net", "carla@example.org"
INSIDE = "dora@example.com"
LINK = re.compile(r"http://127\.0\.0\.1:8080(/consent/\S+)")
POLICY = Policy(
    default_timezone="Europe/Zurich",
    internal_domains=frozenset({"example.com"}),
    consent=ConsentOf.OUTSIDE,
)


@pytest.fixture
def world() -> World:
    return World(policy=POLICY, master=MASTER, staff=STAFF, addresses={"domains": ["example.com"]})


def follow(world: World) -> None:
    """What the worker does every few seconds."""
    assert world.consent
    world.consent.following.run()


def link(world: World, to: str = BRUNO) -> str:
    """The path of the link in the newest mail to them."""
    follow(world)
    found = LINK.search([one.text for one in world.mailer.sent if str(one.to) == to][-1])
    assert found
    return found[1]


def press(world: World, path: str, answer: str) -> str:
    visitor = world.browser(None)
    visitor.get(path)
    response = visitor.post(path, answer=answer)
    assert response.status_code == 200
    follow(world)
    return response.text


def goes_to(world: World) -> str:
    return b"".join(world.scripts(ANNA).values()).decode()


def test_the_whole_way_from_the_question_to_the_stop(world: World) -> None:
    anna = world.browser(ANNA)
    anna.get("/forward")
    review = anna.post("/forward", action="review", to=BRUNO, copy="inbox", timezone="UTC")
    assert "must agree first" in review.text
    assert "exactly this already" not in review.text
    assert 'action="/forward/save"' in review.text
    page = anna.get(anna.save(to=BRUNO).headers["Location"])
    assert "Waiting for agreement" in page.text
    assert "until somebody agrees" in page.text
    assert f"{BRUNO}</bdi> was asked on" in page.text
    assert BRUNO not in goes_to(world)

    path = link(world)
    asked = world.browser(None).get(path)
    assert "I agree" in asked.text
    assert ANNA in asked.text
    assert "Thank you" in press(world, path, "agree")
    assert BRUNO in goes_to(world)
    assert "Waiting for agreement" not in anna.get("/").text
    assert "A receiver has agreed" in anna.get("/history").text

    stop = link(world)
    assert "Stop sending me this" in world.browser(None).get(stop).text
    assert "not passed on" in press(world, stop, "stop")
    assert BRUNO not in goes_to(world)


def test_opening_the_link_does_nothing(world: World) -> None:
    world.browser(ANNA).save(to=BRUNO)
    path = link(world)
    for _ in range(2):
        assert world.browser(None).get(path).status_code == 200
    follow(world)
    assert BRUNO not in goes_to(world)


def test_a_browser_that_keeps_no_cookies_will_do(world: World) -> None:
    world.browser(ANNA).save(to=[INSIDE, BRUNO])
    for said, answer in (("Thank you", "agree"), ("not passed on", "stop")):
        pressed = world.browser(None).client.post(link(world), data={"answer": answer})
        assert pressed.status_code == 200
        assert said in pressed.text
        follow(world)
        assert (BRUNO in goes_to(world)) is (answer == "agree")


def test_a_refusal_is_seen_by_the_owner(world: World) -> None:
    world.browser(ANNA).save(to=[INSIDE, BRUNO])
    assert "No mail for" in press(world, link(world), "refuse")
    page = world.browser(ANNA).get("/")
    assert f"{BRUNO}</bdi> did not agree" not in page.text  # nothing is waited for any more
    form = world.browser(ANNA).get("/forward")
    assert BRUNO not in form.text


def test_a_link_that_is_not_good_says_the_same_whatever_the_reason(world: World) -> None:
    world.browser(ANNA).save(to=BRUNO)
    path = link(world)
    press(world, path, "agree")
    visitor, said = world.browser(None), set()
    late = World(policy=POLICY, master=MASTER)
    late.browser(ANNA).save(to=CARLA)
    expired = link(late, CARLA)
    late.now += ANSWER_WITHIN * 2
    for bad in (path, "/consent/x", "/consent/answer.7.1.abc", path + "x"):
        answer = visitor.get(bad)
        assert answer.status_code == 410
        visitor.get("/sign-in")  # has the token that every form needs
        assert visitor.post(bad, answer="agree").status_code == 410
        said.add(re.sub(r'name="csrf_token" value="[^"]+"|nonce-\S+', "", answer.text))
    answer = late.browser(None).get(expired)
    assert answer.status_code == 410
    assert len({re.sub(r"/consent/\S+?[\"&]", "", one) for one in said}) == 1
    assert "not valid, or not any more" in answer.text


@pytest.mark.parametrize("wrong", ["", "yes", "agree "])
def test_an_answer_is_one_of_the_buttons(world: World, wrong: str) -> None:
    world.browser(ANNA).save(to=BRUNO)
    path = link(world)
    visitor = world.browser(None)
    visitor.get(path)
    assert visitor.post(path, answer=wrong).status_code == 400


def test_where_nobody_is_asked_no_link_is_good() -> None:
    world = World()
    assert world.browser(None).get("/consent/x").status_code == 410


def test_the_form_keeps_who_is_waited_for(world: World) -> None:
    anna = world.browser(ANNA)
    anna.save(to=[INSIDE, BRUNO])
    form = anna.get("/forward").text
    assert INSIDE in form
    assert BRUNO in form


def test_one_can_stop_waiting(world: World) -> None:
    anna = world.browser(ANNA)
    page = anna.get(anna.save(to=BRUNO).headers["Location"])
    assert "Do not wait any longer" in page.text
    path = link(world)
    anna.get("/change/clear")
    assert anna.post("/change/clear").status_code == 303
    assert "Waiting for agreement" not in anna.get("/").text
    assert world.browser(None).get(path).status_code == 410


def test_a_redirect_address_says_who_has_not_agreed(world: World) -> None:
    ada = world.browser(ADA)
    ada.get("/addresses/new")
    fields = {"address": "contact@example.com", "kind": "redirect", "timezone": "UTC"}
    assert ada.post("/addresses/new/save", to=[INSIDE, BRUNO], **fields).status_code == 303
    show = "/addresses/show?address=contact@example.com"
    assert "has not agreed" in ada.get(show).text
    press(world, link(world), "agree")
    assert "has not agreed" not in ada.get(show).text
