"""The door of the API: its tokens, and nothing else, open it; every error is a problem."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.tokens import CALLS_A_MINUTE, Scope
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.policy.rights import role_of
from sieve_manager.settings_staff import StaffSection
from tests.web.api.calling import MAKER, Caller, caller, code_of, made
from tests.web.world import ADA, ANNA, BRUNO, OTTO, STAFF, World

FORWARD = f"/mailboxes/{ANNA}/forward"


@pytest.fixture
def world() -> World:
    return made()


@pytest.fixture
def api(world: World) -> Caller:
    return caller(world)


def test_without_a_token_nothing_opens(world: World, api: Caller) -> None:
    answer = Caller(world).get(FORWARD)
    assert code_of(answer) == (401, "token")
    assert "Authorization: Bearer" in answer.get_json()["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    for wrong in ("", "sm_", "sm_wrong", api.secret[:-1], f"{api.secret}x", ADA):
        assert code_of(Caller(world, wrong).get(FORWARD)) == (401, "token")
    for header in (f"Basic {api.secret}", api.secret, f"Bearer {api.secret} x", "Bearer"):
        found = Caller(world).get(FORWARD, authorization=header)
        assert code_of(found) == (401, "token")
    assert Caller(world).get(FORWARD, authorization=f"bearer {api.secret}").status_code == 200


def test_a_session_opens_no_call_and_a_call_leaves_no_cookie(world: World, api: Caller) -> None:
    browser = world.browser(ADA)
    answer = browser.client.get(f"/api/v1{FORWARD}")
    assert code_of(answer) == (401, "token")
    answer = browser.client.get(
        f"/api/v1{FORWARD}", headers={"Authorization": f"Bearer {api.secret}"}
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("/").status_code == 200


def test_a_token_ends_by_its_date_and_by_a_word(world: World, api: Caller) -> None:
    other = caller(world, name="other")
    world.tokens.revoke(MAKER, 2)
    assert code_of(other.get(FORWARD)) == (401, "token")
    assert api.get(FORWARD).status_code == 200
    world.now += timedelta(days=30)
    assert code_of(api.get(FORWARD)) == (401, "token")


@pytest.mark.parametrize(
    ("staff", "role", "opens"),
    [
        (STAFF, Role.ADMINISTRATOR, True),
        ({**STAFF, "administrators": [OTTO]}, Role.ADMINISTRATOR, False),
        ({**STAFF, "administrators": [OTTO]}, Role.OPERATOR, False),
        ({**STAFF, "administrators": [OTTO], "operators": [ADA]}, Role.ADMINISTRATOR, False),
        ({**STAFF, "administrators": [OTTO], "operators": [ADA]}, Role.OPERATOR, True),
        ({**STAFF, "administrators": [OTTO, "group:admins"]}, Role.OPERATOR, False),
    ],
)
def test_a_token_does_not_outlive_the_right_of_who_made_it(
    staff: dict[str, object], role: Role, opens: bool
) -> None:
    world = made()
    api, later = caller(world, role=role), StaffSection.model_validate(staff).rules()
    assert world.tokens.accept(api.secret)
    now = replace(world.staff, rules=later).role
    assert bool(replace(world.tokens, role_of=now).accept(api.secret)) is opens


@pytest.mark.parametrize("named", ["group:admins", "ada.the.chief@example.com"])
def test_nor_the_group_or_the_address_from_which_that_right_came(named: str) -> None:
    person = Person(
        login=Login(ADA),
        address=EmailAddress.parse("ada.the.chief@example.com"),
        groups=frozenset({"Admins"}),
    )
    rules = StaffSection.model_validate({**STAFF, "administrators": [named]}).rules()
    found = [person]

    def role(_login: Login) -> Role:
        return role_of(found[0], rules)

    world = made()
    world.tokens = replace(world.tokens, role_of=role)
    api = caller(world, role=Role.ADMINISTRATOR)
    assert world.tokens.accept(api.secret)
    found[0] = Person(login=Login(ADA))
    assert world.tokens.accept(api.secret) is None


def test_a_token_made_at_the_command_line_stays_until_it_is_revoked() -> None:
    world = made()
    root = Actor(name="root", channel=Channel.CLI, role=Role.ADMINISTRATOR)
    _token, secret = world.tokens.create(
        root, name="hr", scopes=[Scope.READ], role=Role.OPERATOR, days=9
    )
    assert Caller(world, secret).get(FORWARD).status_code == 200


def test_a_scope_opens_only_what_it_names(world: World) -> None:
    reader, writer = caller(world, Scope.READ), caller(world, Scope.CASES, name="writer")
    sent = {"destinations": [BRUNO]}
    assert reader.get(FORWARD).status_code == 200
    assert code_of(reader.call("PUT", FORWARD, sent, If_Match="*")) == (403, "scope")
    assert code_of(reader.call("PUT", f"{FORWARD}?dry_run=true", sent)) == (403, "scope")
    assert code_of(writer.get(FORWARD)) == (403, "scope")
    assert writer.call("PUT", FORWARD, sent, If_Match="*").status_code == 200


def test_too_many_calls_have_to_wait(world: World, api: Caller) -> None:
    for _call in range(CALLS_A_MINUTE):
        assert world.tokens.is_within_limit(world.tokens.store.tokens()[0])
    answer = api.get(FORWARD)
    assert code_of(answer) == (429, "too-many-calls")
    assert answer.headers["Retry-After"] == "60"
    world.now += timedelta(minutes=1)
    assert api.get(FORWARD).status_code == 200


def test_errors_of_http_are_problems(world: World, api: Caller) -> None:
    missing = api.get("/nothing")
    assert code_of(missing) == (404, "no-such-route")
    assert "openapi.json" in missing.get_json()["detail"]
    wrong = api.call("PATCH", FORWARD)
    assert code_of(wrong) == (405, "method")
    assert {"GET", "PUT", "DELETE"} <= set(wrong.headers["Allow"].replace(" ", "").split(","))
    assert code_of(api.call("OPTIONS", FORWARD)) == (405, "method")
    kind = api.call("PUT", FORWARD, octets=b"{}", kind="text/plain", If_Match="*")
    assert code_of(kind) == (415, "media-type")
    form = api.call("PUT", FORWARD, octets=b"a=b", kind="application/x-www-form-urlencoded")
    assert form.status_code in (415, 428)
    large = b'{"destinations": ["' + b"a" * 300_000 + b'"]}'
    sent = api.call("PUT", FORWARD, octets=large, kind="application/json", If_Match="*")
    assert code_of(sent) == (413, "too-large")
    broken = api.call("PUT", FORWARD, octets=b"{", kind="application/json", If_Match="*")
    assert code_of(broken) == (422, "invalid")


def test_a_mistake_of_ours_is_a_problem_without_words(
    world: World, api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.staff.__class__, "demand", lambda *_: 1 / 0)
    world.app.testing = False
    answer = api.get(FORWARD)
    assert code_of(answer) == (500, "mistake")
    assert "division" not in answer.text


def test_the_mail_server_being_away_is_worth_another_try(world: World, api: Caller) -> None:
    world.people.broken = True
    answer = api.get(FORWARD)
    assert code_of(answer) == (503, "directory")
    assert answer.headers["Retry-After"]


def test_the_api_stands_below_the_address_of_the_pages() -> None:
    world = made(web={"base_url": "https://mail.example.com/forwards"})
    client, path = world.app.test_client(), "/forwards/api/v1"
    headers = {"Authorization": f"Bearer {caller(world).secret}"}
    assert client.get(f"{path}/openapi.json").get_json()["servers"] == [{"url": path}]
    assert "Set-Cookie" not in client.get(f"{path}{FORWARD}", headers=headers).headers
    case = {"mailbox": ANNA, "destinations": [BRUNO]}
    begun = client.post(f"{path}/cases", json=case, headers=headers)
    assert begun.headers["Location"] == f"{path}/cases/1"
    assert client.get(begun.headers["Location"], headers=headers).get_json()["case"] == 1
    assert client.get(f"{path}/nowhere").get_json()["code"] == "no-such-route"
