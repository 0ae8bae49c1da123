"""Redirect addresses and aliases through the API."""

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.roles import Role
from tests.web.api.calling import Caller, caller, code_of, made
from tests.web.world import ANNA, BRUNO, World

CONTACT = EmailAddress("contact", "example.com")
ONE = f"/addresses/{CONTACT}"


@pytest.fixture
def world() -> World:
    return made(addresses={"domains": ["example.com"]})


@pytest.fixture
def api(world: World) -> Caller:
    return caller(world, role=Role.ADMINISTRATOR)


def test_an_address_from_its_plan_to_its_end(world: World, api: Caller) -> None:
    sent = {"destinations": [ANNA, "x@example.net"], "note": "Fair", "ticket": "T-1"}
    planned = api.call("PUT", f"{ONE}?dry_run=true", sent).get_json()
    assert (planned["before"], planned["after"]["destinations"]) == (None, sent["destinations"])
    assert world.addresses.get(CONTACT) is None
    answer = api.call("PUT", ONE, sent)
    assert answer.status_code == 200, answer.text
    assert [*map(str, world.relay.answer(CONTACT, world.now).destinations)] == sent["destinations"]
    etag = answer.headers["ETag"]
    assert api.get(ONE).headers["ETag"] == etag
    paused = api.call("POST", f"{ONE}/pause", If_Match=etag)
    assert paused.get_json()["state"] == "paused"
    resumed = api.call("POST", f"{ONE}/resume", If_Match=paused.headers["ETag"])
    gone = api.call("DELETE", ONE, If_Match=resumed.headers["ETag"])
    assert (gone.get_json()["state"], gone.headers.get("ETag")) == ("deleted", None)
    assert code_of(api.get(ONE)) == (404, "address-none")
    history = api.get(f"{ONE}/history").get_json()["versions"]
    assert [one["change"] for one in history] == ["delete", "resume", "pause", "set"]
    assert history[-1]["ticket"] == "T-1"
    assert history[0]["actor"].endswith("/token:hr")


def test_each_change_stands_in_the_audit_log_with_its_ticket(world: World, api: Caller) -> None:
    api.call("PUT", ONE, {"destinations": [ANNA], "ticket": "T-1", "note": "Fair"})
    api.call("POST", f"{ONE}/pause?ticket=T-2", If_Match="*")
    api.call("POST", f"{ONE}/resume?ticket=T-3&dry_run=true", If_Match="*")
    api.call("POST", f"{ONE}/resume?ticket=T-3", If_Match="*")
    api.call("PUT", ONE, {"destinations": [f"{CONTACT}"]}, If_Match="*")
    api.call("DELETE", f"{ONE}?ticket=T-4", If_Match="*")
    told = [one.entry for one in world.audit.entries() if one.entry.action.startswith("address.")]
    assert [(one.action, one.result.value, one.ticket) for one in told] == [
        ("address.delete", "done", "T-4"),
        ("address.resume", "done", "T-3"),
        ("address.pause", "done", "T-2"),
        ("address.set", "done", "T-1"),
    ]
    assert {str(one.mailbox) for one in told} == {str(CONTACT)}
    assert all(one.actor.name.endswith("/token:hr") for one in told)
    assert told[-1].reason == "Fair"
    versions = api.get(f"{ONE}/history").get_json()["versions"]
    assert [one["ticket"] for one in versions] == ["T-4", "T-3", "T-2", "T-1"]


def test_nothing_is_written_over_what_was_not_seen(api: Caller) -> None:
    first = api.call("PUT", ONE, {"destinations": [ANNA]}).headers["ETag"]
    assert code_of(api.call("PUT", ONE, {"destinations": [BRUNO]})) == (409, "address-exists")
    assert code_of(api.call("DELETE", ONE)) == (428, "if-match-missing")
    second = api.call("PUT", ONE, {"destinations": [BRUNO]}, If_Match=first)
    assert second.get_json()["destinations"] == [BRUNO]
    late = api.call("PUT", ONE, {"destinations": [ANNA]}, If_Match=first)
    assert code_of(late) == (412, "changed-meanwhile")
    whatever = api.call("PUT", ONE, {"destinations": [ANNA]}, If_Match="*")
    assert whatever.status_code == 200


def test_the_list_is_turned_by_pages(api: Caller) -> None:
    for name in ("c", "a", "b"):
        api.call("PUT", f"/addresses/{name}@example.com", {"destinations": [ANNA]})
    api.call("PUT", "/addresses/d@example.com", {"destinations": [ANNA], "kind": "alias"})
    page = api.get("/addresses?limit=3").get_json()
    assert [one["address"][0] for one in page["addresses"]] == ["a", "b", "c"]
    rest = api.get(f"/addresses?limit=3&offset={page['next']}").get_json()
    assert ([one["kind"] for one in rest["addresses"]], rest["next"]) == (["alias"], None)
    assert len(api.get("/addresses?kind=alias").get_json()["addresses"]) == 1
    assert api.get("/addresses?text=b@").get_json()["addresses"][0]["address"] == "b@example.com"


@pytest.mark.parametrize(
    ("path", "sent", "expected"),
    [
        (ONE, {"destinations": [str(CONTACT)]}, (422, "address-itself")),
        ("/addresses/x@example.org", {"destinations": [ANNA]}, (422, "policy-refused")),
        (ONE, {"destinations": [ANNA, BRUNO], "kind": "alias"}, (422, "alias-one")),
        (ONE, {"destinations": [ANNA], "owner": "no one"}, (422, "login")),
        (ONE, {"destinations": [ANNA], "owner": "nobody"}, (422, "address-owner")),
        ("/addresses/nonsense", {"destinations": [ANNA]}, (422, "address-invalid")),
    ],
)
def test_what_is_wrong_is_said(
    api: Caller, path: str, sent: object, expected: tuple[int, str]
) -> None:
    assert code_of(api.call("PUT", path, sent)) == expected


def test_operators_need_the_policys_word(world: World, api: Caller) -> None:
    api.call("PUT", ONE, {"destinations": [ANNA]})
    operator = caller(world, name="otto")
    assert operator.get("/addresses").get_json()["addresses"] == []
    assert code_of(operator.get(ONE)) == (403, "administrators-only")
    allowed = made(addresses={"domains": ["example.com"], "operators": True})
    by_operator = caller(allowed).call("PUT", ONE, {"destinations": [ANNA]})
    assert by_operator.status_code == 200
