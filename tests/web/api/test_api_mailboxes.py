"""A mailbox's forward by API: looked at, rehearsed, set, paused, cleared."""

import pytest

from sieve_manager.application.access import Channel
from sieve_manager.application.auditing import Result
from tests.web.api.calling import Caller, caller, code_of, etag_of, made
from tests.web.world import ANNA, BRUNO, ELSEWHERE, PRESIDENT, World

FORWARD = f"/mailboxes/{ANNA}/forward"


@pytest.fixture
def world() -> World:
    return made()


@pytest.fixture
def api(world: World) -> Caller:
    return caller(world)


def test_a_forward_is_set_and_read_back(world: World, api: Caller) -> None:
    sent = {"destinations": [BRUNO], "copy": "read", "last_day": "2027-03-31", "note": "away"}
    answer = api.call("PUT", FORWARD, sent, If_Match=etag_of(api))
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert (found["state"], found["destinations"], found["copy"]) == ("active", [BRUNO], "read")
    assert found["last_day"] == "2027-03-31"
    assert found["timezone"] == "Europe/Zurich"
    assert answer.headers["ETag"] == f'"{found["fingerprint"]}"'
    assert api.get(FORWARD).get_json() == found
    [version] = api.get(f"/mailboxes/{ANNA}/history").get_json()["versions"]
    assert (version["actor"], version["channel"]) == ("ada@example.com/token:hr", "api")
    assert version["note"] == "away"


def test_a_dry_run_writes_nothing_and_says_what_would_be(world: World, api: Caller) -> None:
    sent = {"destinations": [BRUNO]}
    plan = api.call("PUT", f"{FORWARD}?dry_run=true", sent).get_json()
    assert not world.scripts()
    assert plan["after"]["destinations"] == [BRUNO]
    assert any("redirect" in line for line in plan["differences"][0]["lines"])
    done = api.call("PUT", FORWARD, sent, If_Match=f'"{plan["fingerprint"]}"')
    assert done.get_json()["fingerprint"] == plan["after"]["fingerprint"]


def test_a_forward_is_paused_resumed_and_cleared(world: World, api: Caller) -> None:
    api.call("PUT", FORWARD, {"destinations": [BRUNO]}, If_Match="*")
    paused = api.call("POST", f"{FORWARD}/pause", If_Match=etag_of(api))
    assert paused.get_json()["state"] == "paused"
    resumed = api.call("POST", f"{FORWARD}/resume", If_Match=paused.headers["ETag"])
    assert resumed.get_json()["state"] == "active"
    plan = api.call("DELETE", f"{FORWARD}?dry_run=true")
    assert plan.get_json()["after"]["state"] == "off"
    assert world.scripts()
    cleared = api.call("DELETE", FORWARD, If_Match=resumed.headers["ETag"])
    assert cleared.get_json()["state"] == "off"
    assert not world.scripts()
    again = api.call("POST", f"{FORWARD}/resume", If_Match="*")
    assert code_of(again) == (422, "no-forward")


def test_nothing_is_written_over_what_was_not_seen(world: World, api: Caller) -> None:
    seen, sent = etag_of(api), {"destinations": [BRUNO]}
    assert code_of(api.call("PUT", FORWARD, sent)) == (428, "if-match-missing")
    assert code_of(api.call("PUT", FORWARD, sent, If_Match="anything")) == (422, "if-match")
    world.give(b"keep;\r\n")
    before = world.scripts()
    assert code_of(api.call("PUT", FORWARD, sent, If_Match=seen)) == (412, "changed-meanwhile")
    assert world.scripts() == before


def test_everything_that_is_wrong_is_said_at_once(world: World, api: Caller) -> None:
    sent = {"destinations": ["no address"], "copy": "elsewhere", "timezone": "Mars/Base"}
    answer = api.call("PUT", FORWARD, sent, If_Match="*")
    assert answer.status_code == 422
    fields = {one["field"] for one in answer.get_json()["errors"]}
    assert fields == {"destinations", "copy", "timezone"}
    assert not world.scripts()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "destinations"),
        ({"destinations": []}, "destinations"),
        ({"destinations": BRUNO}, "destinations"),
        ({"destinations": [7]}, "destinations.0"),
        ({"destinations": [BRUNO], "hold_spam": "yes"}, "hold_spam"),
        ({"destinations": [BRUNO], "last_day": "tomorrow"}, "last_day"),
        ({"destinations": [BRUNO], "surprise": 1}, "surprise"),
        ({"destinations": [BRUNO], "copy_choice": "none"}, "copy_choice"),
        ([], ""),
    ],
)
def test_a_body_of_another_form_is_refused(api: Caller, sent: object, field: str) -> None:
    answer = api.call("PUT", FORWARD, sent, If_Match="*")
    assert code_of(answer) == (422, "invalid")
    assert field in [one["field"] for one in answer.get_json()["errors"]]


def test_a_parameter_that_is_not_known_is_refused(world: World, api: Caller) -> None:
    """A misspelt dry run would write."""
    answer = api.call("PUT", f"{FORWARD}?dryrun=true", {"destinations": [BRUNO]}, If_Match="*")
    assert code_of(answer) == (422, "invalid")
    twice = api.call("DELETE", f"{FORWARD}?dry_run=true&dry_run=false", If_Match="*")
    assert code_of(twice) == (422, "invalid")
    assert not world.scripts()


@pytest.mark.parametrize(
    ("login", "code"),
    [(PRESIDENT, "act-protected"), (ELSEWHERE, "act-outside"), ("who@example.com", "act-unknown")],
)
def test_an_operators_token_opens_what_operators_may(
    world: World, api: Caller, login: str, code: str
) -> None:
    path = f"/mailboxes/{login}/forward"
    assert code_of(api.get(path)) == (403, code)
    assert code_of(api.call("PUT", path, {"destinations": [BRUNO]}, If_Match="*")) == (403, code)
    entry = world.audit.entries(limit=1)[0].entry
    assert entry.actor.channel is Channel.API
    assert entry.result is Result.REFUSED
    assert entry.mailbox is not None
    assert entry.mailbox.text == login


def test_an_operators_token_shows_nothing_of_others_rules(world: World, api: Caller) -> None:
    world.give(
        b'# rule:[private]\r\nif header "subject" "x" { fileinto "private"; }\r\n', "private"
    )
    for path in (FORWARD, f"/mailboxes/{ANNA}/history", f"{FORWARD}?dry_run=true"):
        method = "PUT" if "dry" in path else "GET"
        sent = {"destinations": [BRUNO]} if "dry" in path else None
        assert "private" not in api.call(method, path, sent).text
    done = api.call("PUT", FORWARD, {"destinations": [BRUNO]}, If_Match="*")
    assert done.status_code == 200
    assert "private" not in done.text
    assert b"private" in world.scripts()["private"]


def test_people_are_found_as_far_as_one_may_act_for_them(api: Caller) -> None:
    found = api.get("/mailboxes?text=example").get_json()["people"]
    logins = {one["login"] for one in found}
    assert ANNA in logins
    assert not {PRESIDENT, ELSEWHERE} & logins


def test_a_login_that_would_be_another_is_refused(api: Caller) -> None:
    assert code_of(api.get("/mailboxes/anna*master/forward")) == (422, "login")
    assert code_of(api.get("/mailboxes/%0A/forward")) == (422, "login")
