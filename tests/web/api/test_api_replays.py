"""A call that is repeated with its key is done once, and answered alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sieve_manager.application.replays import KEPT
from sieve_manager.domain.roles import Role
from tests.web.api.calling import Caller, caller, code_of, made
from tests.web.world import ANNA, BRUNO, OTTO, World

CASE = {"mailbox": ANNA, "destinations": [BRUNO]}
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


@pytest.fixture
def world() -> World:
    return made()


@pytest.fixture
def api(world: World) -> Caller:
    return caller(world)


def test_the_same_call_is_done_once_and_answered_alike(world: World, api: Caller) -> None:
    first = api.call("POST", "/cases", CASE, Idempotency_Key=KEY)
    writes = len(world.history.versions(world.cases.store.case(1).login))
    again = api.call("POST", "/cases", CASE, Idempotency_Key=KEY)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.content_type == first.content_type
    assert len(world.history.versions(world.cases.store.case(1).login)) == writes
    other = api.call("POST", "/cases", CASE, Idempotency_Key=f"{KEY}x")
    assert code_of(other) == (409, "case-exists")


def test_a_key_is_for_one_call(api: Caller) -> None:
    path = f"/mailboxes/{ANNA}/forward"
    sent = {"destinations": [BRUNO]}
    first = api.call("PUT", path, sent, If_Match="*", Idempotency_Key=KEY)
    assert first.status_code == 200
    reused = (422, "idempotency-key-reused")
    others = [
        api.call("PUT", path, {"destinations": [OTTO]}, If_Match="*", Idempotency_Key=KEY),
        api.call("PUT", path, sent, If_Match=first.headers["ETag"], Idempotency_Key=KEY),
        api.call("DELETE", path, If_Match="*", Idempotency_Key=KEY),
        api.call("PUT", f"/mailboxes/{BRUNO}/forward", sent, If_Match="*", Idempotency_Key=KEY),
    ]
    assert [code_of(one) for one in others] == [reused] * 4
    again = api.call("PUT", path, sent, If_Match="*", Idempotency_Key=KEY)
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_key_belongs_to_a_token_and_lasts_a_day(world: World, api: Caller) -> None:
    assert api.call("POST", "/cases", CASE, Idempotency_Key=KEY).status_code == 201
    other = caller(world, name="other")
    met = other.call("POST", "/cases", CASE, Idempotency_Key=KEY)
    assert code_of(met) == (409, "case-exists")
    world.now += KEPT + timedelta(seconds=1)
    assert code_of(api.call("POST", "/cases", CASE, Idempotency_Key=KEY)) == (409, "case-exists")


def test_a_refusal_is_kept_and_what_may_pass_is_not(world: World, api: Caller) -> None:
    wrong = {**CASE, "destinations": ["nowhere"]}
    refused = api.call("POST", "/cases", wrong, Idempotency_Key=KEY)
    again = api.call("POST", "/cases", wrong, Idempotency_Key=KEY)
    assert (refused.status_code, refused.data) == (422, again.data)
    world.people.broken = True
    away = api.call("POST", "/cases", CASE, Idempotency_Key="other")
    assert code_of(away) == (503, "directory")
    world.people.broken = False
    assert api.call("POST", "/cases", CASE, Idempotency_Key="other").status_code == 201


def test_a_call_that_is_under_way_is_not_begun_again(world: World, api: Caller) -> None:
    store = world.replays
    api.call("POST", "/cases", CASE, Idempotency_Key=KEY)
    [(name, (at, replay))] = store.kept.items()
    store.kept[name] = at, replace(replay, answer=None)
    answer = api.call("POST", "/cases", CASE, Idempotency_Key=KEY)
    assert code_of(answer) == (409, "call-under-way")
    assert answer.headers["Retry-After"]


def test_a_mistake_of_ours_gives_the_key_back(
    world: World, api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.app.testing = False
    with monkeypatch.context() as broken:
        broken.setattr(world.staff.__class__, "demand", lambda *_: 1 / 0)
        answer = api.call("POST", "/cases", CASE, Idempotency_Key=KEY)
        assert code_of(answer) == (500, "mistake")
    assert api.call("POST", "/cases", CASE, Idempotency_Key=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "ä", "x" * 256])
def test_a_key_of_another_form_is_refused(world: World, api: Caller, key: str) -> None:
    answer = api.call("POST", "/cases", CASE, Idempotency_Key=key)
    assert code_of(answer) == (422, "idempotency-key")
    assert world.scripts() == {}


def test_a_rehearsal_takes_no_key_away(api: Caller) -> None:
    assert api.call("POST", "/cases?dry_run=true", CASE, Idempotency_Key=KEY).status_code == 200
    assert api.call("POST", "/cases", CASE, Idempotency_Key=KEY).status_code == 201


def test_a_kept_answer_opens_nothing_to_a_lesser_role(world: World, api: Caller) -> None:
    admin = caller(world, name="admin", role=Role.ADMINISTRATOR)
    assert admin.call("POST", "/cases", CASE, Idempotency_Key=KEY).status_code == 201
    assert code_of(api.call("POST", "/cases", CASE, Idempotency_Key=KEY)) == (409, "case-exists")
