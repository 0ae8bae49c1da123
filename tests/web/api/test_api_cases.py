"""Cases by API: from the plan to the end, with somebody else's word, and in bulk."""

import pytest
from werkzeug.test import TestResponse

from sieve_manager.application.case import NewCase
from sieve_manager.application.tokens import Scope
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from tests.web.api.calling import Caller, caller, code_of, etag_of, made
from tests.web.world import ADA, ANNA, BRUNO, ELSEWHERE, OTTO, PRESIDENT, STAFF, World

CASE = {
    "mailbox": ANNA,
    "destinations": [BRUNO],
    "last_day": "2027-03-31",
    "reply": {"language": "de"},
    "ticket": "INC-42",
    "reason": "has left",
}
TWO_ADMINISTRATORS = {**STAFF, "administrators": [ADA, OTTO], "operators": []}


@pytest.fixture
def world() -> World:
    return made()


@pytest.fixture
def api(world: World) -> Caller:
    return caller(world)


def begun(api: Caller, **more: object) -> TestResponse:
    answer = api.call("POST", "/cases", {**CASE, **more})
    assert answer.status_code == 201, answer.text
    return answer


def test_a_case_from_the_plan_to_the_end(world: World, api: Caller) -> None:
    world.give(b"keep;\r\n")
    before = world.scripts()
    plan = api.call("POST", "/cases?dry_run=true", CASE)
    assert plan.status_code == 200
    assert not plan.get_json()["refused"]
    assert world.scripts() == before
    answer = api.call("POST", "/cases", CASE, If_Match=plan.headers["ETag"])
    assert answer.status_code == 201
    case = answer.get_json()
    assert answer.headers["Location"] == "/api/v1/cases/1"
    assert (case["state"], case["mailbox"], case["destinations"]) == ("active", ANNA, [BRUNO])
    assert case["begun_by"] == "ada@example.com/token:hr"
    assert "Anna Miller ist nicht mehr bei uns" in case["reply"]["text"]
    assert api.get("/cases/1").get_json() == case
    assert api.get(f"/mailboxes/{ANNA}/forward").headers["ETag"] != plan.headers["ETag"]
    assert api.call("POST", "/cases/1/end?dry_run=true").get_json()["after"]["state"] == "off"
    ended = api.call("POST", "/cases/1/end", If_Match=etag_of(api))
    assert ended.get_json()["state"] == "ended"
    assert world.scripts() == before
    assert code_of(api.call("PATCH", "/cases/1", {"last_day": None})) == (409, "case-over")


def test_a_case_is_begun_upon_what_was_seen_or_not_at_all(world: World, api: Caller) -> None:
    seen = etag_of(api)
    world.give(b"keep;\r\n")
    before = world.scripts()
    answer = api.call("POST", "/cases", CASE, If_Match=seen)
    assert code_of(answer) == (412, "changed-meanwhile")
    assert world.scripts() == before
    assert api.get("/cases").get_json() == {"cases": [], "next": None}


def test_a_change_keeps_what_is_left_out(api: Caller) -> None:
    first = begun(api, copy="read", hold_spam=False, own_forward="keep").get_json()
    changed = api.call("PATCH", "/cases/1", {"last_day": "2027-04-30"}).get_json()
    text = first["reply"]["text"].replace("31. März", "30. April")
    reply = {**first["reply"], "text": text}
    assert changed == {**first, "last_day": "2027-04-30", "reply": reply}
    assert reply != first["reply"], "the day in it is the new one"
    changed = api.call("PATCH", "/cases/1", {"reply": None, "last_day": None}).get_json()
    assert changed == {**first, "last_day": None, "reply": None}
    own = {"subject": "Gone", "text": "Write to {addresses}", "interval_days": 3}
    changed = api.call("PATCH", "/cases/1", {"reply": own}).get_json()
    assert changed["reply"] == {**own, "text": f"Write to {BRUNO}"}
    plan = api.call("PATCH", "/cases/1?dry_run=true", {"destinations": [OTTO]}).get_json()
    assert not plan["empty"]
    assert api.call("POST", "/cases/1/undo").get_json()["reply"] is None


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"destinations": ["nowhere"]}, "destinations", "address-invalid"),
        ({"last_day": "2027-01-01", "first_day": "2027-02-01"}, "last_day", "day-order"),
        ({"copy": "shredder"}, "copy", "copy"),
        ({"timezone": "Mars"}, "timezone", "zone"),
        ({"reply": {"language": "xx"}}, "reply.language", "reply-kind"),
        ({"reply": {"text": "{secret}"}}, "reply.text", "reply-blank"),
        ({"reply": {}}, "reply", "value-error"),
        ({"reply": {"language": "de", "text": "x"}}, "reply", "value-error"),
        ({"ticket": "a\x00b"}, "ticket", "case-text"),
        ({"mailbox": "a b"}, "mailbox", "login"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    world: World, api: Caller, wrong: dict[str, object], field: str, code: str
) -> None:
    answer = api.call("POST", "/cases", {**CASE, **wrong})
    assert answer.status_code == 422, answer.text
    [problem] = answer.get_json()["errors"]
    assert (problem["field"], problem["code"]) == (field, code)
    assert not problem["message"].startswith("Value error")
    assert world.scripts() == {}


def test_what_the_policy_refuses_is_refused_here_too() -> None:
    world = made(cases={"end_required": True})
    api = caller(world)
    answer = api.call("POST", "/cases", {**CASE, "last_day": None})
    assert code_of(answer) == (422, "policy-refused")
    assert world.scripts() == {}


def test_operators_see_cases_of_mailboxes_that_they_may_act_for(world: World, api: Caller) -> None:
    admin = caller(world, role=Role.ADMINISTRATOR, name="all")
    begun(api)
    begun(admin, mailbox=PRESIDENT, ticket="")
    begun(admin, mailbox=ELSEWHERE, ticket="")
    assert len(admin.get("/cases").get_json()["cases"]) == 3
    assert [one["mailbox"] for one in api.get("/cases").get_json()["cases"]] == [ANNA]
    assert admin.get("/cases?text=inc&state=active").get_json()["cases"][0]["case"] == 1
    assert admin.get("/cases?state=ended").get_json() == {"cases": [], "next": None}
    first = admin.get("/cases?limit=2").get_json()
    assert len(first["cases"]) == 2
    rest = admin.get(f"/cases?limit=2&offset={first['next']}").get_json()
    assert [len(rest["cases"]), rest["next"]] == [1, None]
    for number, code in ((2, "act-protected"), (3, "act-outside")):
        for method, step in (("GET", ""), ("PATCH", ""), ("POST", "/end"), ("POST", "/undo")):
            sent = {} if method == "PATCH" else None
            answer = api.call(method, f"/cases/{number}{step}", sent)
            assert code_of(answer) == (403, code)
    assert code_of(api.get("/cases/4")) == (404, "no-such-case")
    assert code_of(api.get(f"/cases/{10**30}")) == (404, "no-such-route")


def test_a_case_waits_for_another_person_and_not_for_another_token() -> None:
    world = made(staff=TWO_ADMINISTRATORS, cases={"approval_for": ["outside"]})
    asking = caller(world, Scope.CASES, Scope.READ)
    case = begun(asking, destinations=["new@example.net"]).get_json()
    assert case["state"] == "waiting"
    assert world.scripts() == {}
    waiting = asking.get("/approvals").get_json()
    assert [one["case"] for one in waiting["cases"]] == [1]
    assert waiting["batches"] == []
    assert code_of(asking.call("POST", "/cases/1/approve")) == (403, "scope")
    same = caller(world, Scope.POLICY, name="second")
    assert code_of(same.call("POST", "/cases/1/approve")) == (403, "approve-own")
    other = caller(world, Scope.POLICY, name="third", maker=OTTO)
    assert not other.call("POST", "/cases/1/approve?dry_run=true").get_json()["refused"]
    assert other.call("POST", "/cases/1/approve").get_json()["state"] == "active"
    assert b"new@example.net" in world.scripts()["sieve-manager"]
    assert code_of(other.call("POST", "/cases/1/approve")) == (409, "case-settled")


def test_many_cases_that_wait_are_all_told() -> None:
    world = made(cases={"approval_for": ["outside"]})
    api = caller(world)
    begun(api, destinations=["new@example.net"])
    one = world.cases.store.case(1)
    for number in range(120):
        login = Login(f"{number:03}@example.com")
        world.cases.store.begin(
            NewCase(login=login, at=world.now, actor=one.begun_by, terms=one.terms, state=one.state)
        )
    admin = caller(world, name="admin", role=Role.ADMINISTRATOR)
    assert len(admin.get("/approvals").get_json()["cases"]) == 121


def test_a_case_that_waits_is_withdrawn_with_a_word() -> None:
    world = made(cases={"approval_for": ["outside"]})
    api = caller(world)
    begun(api, destinations=["new@example.net"])
    answer = api.call("POST", "/cases/1/withdraw", {"reason": "not\nagreed"})
    assert (answer.get_json()["state"], answer.get_json()["problem"]) == ("undone", "not agreed")
    assert api.get("/approvals").get_json()["cases"] == []


def test_two_cases_in_one_mailbox_are_a_conflict(api: Caller) -> None:
    begun(api)
    assert code_of(api.call("POST", "/cases", CASE)) == (409, "case-exists")
