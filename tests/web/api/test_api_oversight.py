"""The audit log and the register by API, to whom they are for."""

import pytest

from sieve_manager.domain.roles import Role
from tests.web.api.calling import Caller, caller, code_of
from tests.web.test_register import swept
from tests.web.world import ANNA, BRUNO, PRESIDENT, World


@pytest.fixture
def world() -> World:
    return swept(count=3)


@pytest.fixture
def api(world: World) -> Caller:
    return caller(world)


@pytest.fixture
def admin(world: World) -> Caller:
    return caller(world, role=Role.ADMINISTRATOR, name="admin")


def test_the_register_shows_operators_what_they_may_see(api: Caller, admin: Caller) -> None:
    found, all_of_them = api.get("/register"), admin.get("/register").get_json()
    assert found.get_json()["count"] == 7
    assert all_of_them["count"] == 8
    assert not {"Private", "secret", PRESIDENT} & set(found.text.replace('"', " ").split())
    assert any(one["rule"] == "Private <b>rule</b>" for one in all_of_them["forwards"])
    assert PRESIDENT in {one["mailbox"] for one in all_of_them["forwards"]}


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        ("outside=true&text=anna", ["thief@example.net", None]),
        ("gone=true", ["left@example.com"]),
        ("set_by=helpdesk", [BRUNO]),
        ("text=to00&sort=target&limit=2&offset=1", ["to001@example.net", "to002@example.net"]),
        ("text=%00nobody", []),
    ],
)
def test_the_register_is_asked(api: Caller, asked: str, targets: list[str | None]) -> None:
    found = api.get(f"/register?{asked}").get_json()
    assert [one["target"] for one in found["forwards"]] == targets


def test_mailboxes_that_could_not_be_read_are_asked_for(api: Caller) -> None:
    [found] = api.get("/register?problems=true").get_json()["forwards"]
    assert (found["mailbox"], found["problem"]) == (BRUNO, "<closed>")


def test_the_audit_log_is_for_administrators(api: Caller, admin: Caller) -> None:
    assert code_of(api.get("/audit")) == (403, "administrators-only")
    api.call("PUT", f"/mailboxes/{ANNA}/forward", {"destinations": [BRUNO]}, If_Match="*")
    newest, *others = admin.get("/audit").get_json()["entries"]
    assert newest["entry"]["mailbox"] == ANNA
    assert newest["entry"]["channel"] == "api"
    assert others
    older = admin.get(f"/audit?before={newest['number']}&limit=1").get_json()["entries"]
    assert older == others[:1]
    of_anna = admin.get(f"/audit?mailbox={ANNA}").get_json()["entries"]
    assert {one["entry"]["mailbox"] for one in of_anna} == {ANNA}
    assert admin.get(f"/audit?mailbox={PRESIDENT}").get_json()["entries"] == []
    wrong = admin.get("/audit?mailbox=a%20b")
    assert code_of(wrong) == (422, "login")
    assert [one["field"] for one in wrong.get_json()["errors"]] == ["mailbox"]


def test_an_address_is_traced(admin: Caller) -> None:
    found = admin.get(f"/trace?address={ANNA}").get_json()
    assert (found["trace"]["kind"], found["trace"]["mailbox"]) == ("mailbox", ANNA)
    assert "thief@example.net" in {one["address"] for one in found["trace"]["hops"]}


def test_what_is_no_address_cannot_be_traced(admin: Caller) -> None:
    assert code_of(admin.get("/trace?address=nobody")) == (422, "address-invalid")
    assert code_of(admin.get("/trace")) == (422, "invalid")
