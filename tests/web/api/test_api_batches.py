"""Batches by API: a file, its rehearsal, its start, its end, and back."""

from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from sieve_manager.application.tokens import Scope
from sieve_manager.domain.roles import Role
from tests.web.api.calling import V1, Caller, caller, code_of, made
from tests.web.world import ADA, ANNA, BRUNO, OTTO, STAFF, World
from web.api import door

FILE = f"leaver,to,last_day,ticket\n{ANNA},{BRUNO},2027-03-31,T-1\nno one,{BRUNO},,\n".encode()
TWO = f"leaver,to\n{ANNA},{OTTO}\n{BRUNO},{OTTO}\n".encode()


@pytest.fixture
def world() -> World:
    return made()


@pytest.fixture
def api(world: World) -> Caller:
    return caller(world)


def test_from_the_file_to_the_cases_and_back(world: World, api: Caller) -> None:
    answer = api.call("POST", "/batches", octets=FILE)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == "/api/v1/batches/1"
    assert answer.get_json()["state"] == "rehearsing"
    assert [one["line"] for one in answer.get_json()["problems"]] == [3]
    world.work()
    batch = api.get("/batches/1").get_json()
    assert (batch["state"], batch["items"]["done"]) == ("ready", 1)
    assert world.scripts() == {}
    wrong = api.call("POST", "/batches/1/start", {"checksum": "0" * 64})
    assert code_of(wrong) == (412, "changed-meanwhile")
    started = api.call("POST", "/batches/1/start", {"checksum": batch["checksum"]})
    assert started.get_json()["state"] == "running"
    world.work()
    assert api.get("/batches/1").get_json()["state"] == "done"
    [item] = api.get("/batches/1/items").get_json()["items"]
    assert (item["state"], item["mailbox"], item["line"]) == ("done", ANNA, 2)
    assert api.get(f"/cases/{item['case']}").get_json()["ticket"] == "T-1"
    back = api.call("POST", "/batches/1/undo")
    assert back.headers["Location"] == "/api/v1/batches/2"
    world.work()
    checksum = api.get("/batches/2").get_json()["checksum"]
    api.call("POST", "/batches/2/start", {"checksum": checksum})
    world.work()
    assert world.scripts() == {}
    assert code_of(api.call("POST", "/batches/2/undo")) == (409, "batch-nothing")


def test_a_file_that_cannot_be_used_says_why_and_makes_nothing(api: Caller) -> None:
    assert api.call("POST", "/batches", octets=b"").status_code == 422
    wrong = api.call("POST", "/batches", octets=b"leaver,to\nx y,z\n")
    assert code_of(wrong) == (422, "batch-empty")
    assert "line 2" in wrong.get_json()["detail"]
    assert code_of(api.call("POST", "/batches", octets=FILE, kind="application/json")) == (
        415,
        "media-type",
    )
    assert api.get("/batches").get_json() == {"batches": [], "next": None}


def test_a_file_may_be_larger_than_a_form(api: Caller) -> None:
    many = b"leaver,to\n" + b"".join(
        b"l%d@example.com,%s\n" % (n, ANNA.encode()) for n in range(9000)
    )
    assert len(many) > 256 * 1024
    assert api.call("POST", "/batches", octets=many).get_json()["items"]["waiting"] == 9000
    page = api.get("/batches/1/items?after=8998&limit=2").get_json()
    assert [one["item"] for one in page["items"]] == [8999, 9000]
    assert page["next"] == 9000
    assert api.get("/batches/1/items?after=9000").get_json() == {"items": [], "next": None}
    assert api.get("/batches/1/items?state=done").get_json()["items"] == []


def test_a_file_that_comes_in_chunks_is_taken_whole_or_not_at_all(
    world: World, api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LARGEST_FILE_OCTETS", len(FILE) + 1)

    def send(octets: bytes) -> TestResponse:
        return world.app.test_client().post(
            f"{V1}/batches",
            input_stream=BytesIO(octets),
            environ_overrides={"wsgi.input_terminated": True},
            headers={"Authorization": f"Bearer {api.secret}", "Content-Type": "text/csv"},
        )

    assert send(FILE).status_code == 201
    assert code_of(send(FILE + b"x,y\n")) == (413, "too-large")


def test_a_batch_is_paused_resumed_and_cancelled(api: Caller) -> None:
    api.call("POST", "/batches", octets=FILE)
    for step, state in (("pause", "paused"), ("resume", "rehearsing"), ("cancel", "cancelled")):
        assert api.call("POST", f"/batches/1/{step}").get_json()["state"] == state
    assert code_of(api.call("POST", "/batches/1/start", {"checksum": "0" * 64}))[0] == 409
    assert code_of(api.get("/batches/2")) == (404, "no-such-job")


def test_a_batch_is_seen_by_who_made_it_and_by_administrators(world: World, api: Caller) -> None:
    other = caller(world, name="other")
    admin = caller(world, name="admin", role=Role.ADMINISTRATOR)
    api.call("POST", "/batches", octets=FILE)
    world.work()
    for path in ("", "/items"):
        assert code_of(other.get(f"/batches/1{path}")) == (403, "batch-not-yours")
        assert admin.get(f"/batches/1{path}").status_code == 200
    for step in ("pause", "resume", "cancel", "undo"):
        assert code_of(other.call("POST", f"/batches/1/{step}")) == (403, "batch-not-yours")
    assert other.get("/batches").get_json()["batches"] == []
    assert [one["job"] for one in api.get("/batches").get_json()["batches"]] == [1]


def test_a_large_batch_takes_a_second_person_with_the_scope_for_it() -> None:
    staff = {**STAFF, "administrators": [ADA, OTTO], "operators": []}
    world = made(staff=staff, cases={"batch_threshold": 1})
    api = caller(world)
    api.call("POST", "/batches", octets=TWO)
    world.work()
    batch = api.get("/approvals").get_json()["batches"][0]
    sent = {"checksum": batch["checksum"]}
    assert code_of(api.call("POST", "/batches/1/start", sent)) == (403, "batch-own")
    same = caller(world, name="second")
    assert code_of(same.call("POST", "/batches/1/start", sent)) == (403, "batch-own")
    weak = caller(world, Scope.READ, Scope.CASES, name="weak", maker=OTTO)
    assert code_of(weak.call("POST", "/batches/1/start", sent)) == (403, "scope")
    other = caller(world, name="third", maker=OTTO)
    assert other.call("POST", "/batches/1/start", sent).get_json()["state"] == "running"
    world.work()
    assert OTTO.encode() in world.scripts(ANNA)["sieve-manager"]
    assert api.get("/approvals").get_json()["batches"] == []


def test_batches_are_turned_by_pages(world: World, api: Caller) -> None:
    for _file in range(3):
        api.call("POST", "/batches", octets=FILE)
    first = api.get("/batches?limit=2").get_json()
    assert [one["job"] for one in first["batches"]] == [3, 2]
    rest = api.get(f"/batches?limit=2&before={first['next']}").get_json()
    assert [one["job"] for one in rest["batches"]] == [1]
    assert rest["next"] is None
