"""Who may see what: every route as its owner, as another owner, as nobody, with and without token.

A route that is new and not listed here is a failure: somebody has to say who may use it.
"""

import pytest

from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from tests.web.world import ANNA, BRUNO, Browser, World

SECRET = "annas-secret-destination"
OPEN = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
    ("GET", "/help"),
    ("GET", "/language/<code>"),
    ("GET", "/accent.css"),
    ("GET", "/logo"),
    ("GET", "/static/<path:filename>"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
}
PAGES = {
    "/": "/",
    "/forward": "/forward",
    "/change/<name>": "/change/pause",
    "/history": "/history",
    "/history/<int:number>": "/history/1",
    "/history/<int:number>/undo": "/history/1/undo",
    "/scripts": "/scripts",
    "/script": "/script?name=sieve-manager",
}
ACTIONS = {
    "/forward": {"action": "review", "to": "x@example.org", "copy": "inbox", "timezone": "UTC"},
    "/forward/preview": {"to": "x@example.org", "copy": "inbox", "timezone": "UTC"},
    "/forward/save": {"to": "x@example.org", "copy": "inbox", "timezone": "UTC"},
    "/change/<name>": {},
    "/history/<int:number>/undo": {},
}


def path_of(rule: str) -> str:
    return PAGES.get(rule, rule)


@pytest.fixture
def world() -> World:
    """Anna has a forward; Bruno has nothing."""
    world = World()
    world.browser(ANNA).save(to=f"{SECRET}@example.net")
    assert "sieve-manager" in world.scripts(ANNA)
    return world


def everything(world: World, login: str) -> tuple[dict[str, bytes], ScriptName | None]:
    return world.scripts(login), world.server.mailbox(Login(login)).active


def test_every_route_says_here_who_may_use_it() -> None:
    routes = {
        (method, rule.rule)
        for rule in World().app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == OPEN | {("GET", one) for one in PAGES} | {("POST", one) for one in ACTIONS}


@pytest.mark.parametrize("rule", PAGES)
def test_an_owner_sees_the_own_page(world: World, rule: str) -> None:
    assert world.browser(ANNA).get(path_of(rule)).status_code == 200


@pytest.mark.parametrize("rule", PAGES)
def test_another_owner_never_sees_it(world: World, rule: str) -> None:
    answer = world.browser(BRUNO).get(path_of(rule))
    assert SECRET not in answer.text
    for trick in ("mailbox", "login", "user", "owner"):
        joiner = "&" if "?" in path_of(rule) else "?"
        answer = world.browser(BRUNO).get(f"{path_of(rule)}{joiner}{trick}={ANNA}")
        assert SECRET not in answer.text


@pytest.mark.parametrize("rule", PAGES)
def test_nobody_is_asked_to_sign_in(world: World, rule: str) -> None:
    answer = world.browser(None).get(path_of(rule))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("rule", PAGES)
def test_looking_writes_nothing(world: World, rule: str) -> None:
    before = everything(world, ANNA), world.rows.writes
    browser = world.browser(ANNA)
    after_sign_in = world.rows.writes
    browser.get(path_of(rule))
    browser.get(path_of(rule))
    assert everything(world, ANNA) == before[0]
    assert world.rows.writes == after_sign_in


@pytest.mark.parametrize("rule", ACTIONS)
def test_an_owner_may_act_on_the_own_mailbox(world: World, rule: str) -> None:
    browser = world.browser(ANNA)
    browser.get("/forward")
    answer = browser.post(path_of(rule), **ACTIONS[rule])
    assert answer.status_code in (200, 303), answer.text


@pytest.mark.parametrize("rule", ACTIONS)
@pytest.mark.parametrize("claimed", [ANNA, None], ids=["claiming the mailbox", "claiming nothing"])
def test_another_owner_never_acts_on_it(world: World, rule: str, claimed: str | None) -> None:
    before = everything(world, ANNA)
    browser = world.browser(BRUNO)
    browser.get("/forward")
    token = browser.hidden()["csrf_token"]
    fields = {**ACTIONS[rule], "csrf_token": token}
    if claimed:
        fields["mailbox"] = claimed
    answer = browser.client.post(path_of(rule), data=fields)
    assert everything(world, ANNA) == before
    assert SECRET not in answer.text
    if claimed:
        assert answer.status_code in (200, 409)
        assert "another mailbox" in answer.text


@pytest.mark.parametrize("rule", ACTIONS)
def test_nobody_acts_even_with_a_token(world: World, rule: str) -> None:
    before = everything(world, ANNA)
    browser = world.browser(None)
    browser.get("/sign-in")
    answer = browser.post(path_of(rule), **ACTIONS[rule], mailbox=ANNA)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")
    assert everything(world, ANNA) == before


@pytest.mark.parametrize("rule", [*ACTIONS, "/sign-in", "/sign-out"])
@pytest.mark.parametrize("login", [ANNA, None], ids=["signed in", "nobody"])
def test_without_a_token_nothing_happens(world: World, rule: str, login: str | None) -> None:
    before = everything(world, ANNA)
    browser: Browser = world.browser(login)
    answer = browser.client.post(path_of(rule), data=ACTIONS.get(rule, {}))
    assert answer.status_code in (200, 400, 401)
    assert "open too long" in answer.text or "signed out" in answer.text
    assert everything(world, ANNA) == before
    if login:
        assert browser.get("/").status_code == 200, "still signed in"


@pytest.mark.parametrize("rule", ACTIONS)
def test_a_token_of_somebody_else_does_not_count(world: World, rule: str) -> None:
    before = everything(world, ANNA)
    other = world.browser(BRUNO)
    other.get("/forward")
    stolen = other.hidden()["csrf_token"]
    browser = world.browser(ANNA)
    browser.get("/forward")
    answer = browser.client.post(path_of(rule), data={**ACTIONS[rule], "csrf_token": stolen})
    assert "open too long" in answer.text
    assert everything(world, ANNA) == before


def test_the_answers_of_private_pages_are_not_stored_anywhere(world: World) -> None:
    browser = world.browser(ANNA)
    for rule in PAGES:
        assert browser.get(path_of(rule)).headers["Cache-Control"] == "no-store"
