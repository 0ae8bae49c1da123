"""Who may see and do what: every route in every role, with and without a token.

A route that is new and not listed here is a failure: somebody has to say who may use it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from hashlib import sha256

import pytest
from werkzeug.test import TestResponse

from sieve_manager.application.staff import Staff
from sieve_manager.application.unwanted_links import Unwanted, UnwantedLinks
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from tests.web.world import (
    ADA,
    ANNA,
    BRUNO,
    ELSEWHERE,
    MASTER,
    NOW,
    OTTO,
    PRESIDENT,
    STAFF,
    Browser,
    World,
)

SECRET = "annas-secret-destination"
# Only what somebody else's rules say holds this.
THEIRS = "annas-private-rule"
SCRIPT = "my own filters"


class Who(StrEnum):
    """Everybody who may come; the operator acts for another mailbox than the own."""

    NOBODY = "nobody"
    OWNER = "the owner"
    OTHER_OWNER = "another owner"
    OPERATOR = "an operator"
    OPERATOR_OUTSIDE = "an operator outside their domains"
    OPERATOR_PROTECTED = "an operator at a protected mailbox"
    OPERATOR_NO_MORE = "somebody who is no operator any more"
    ADMINISTRATOR = "an administrator"


class Answer(StrEnum):
    """What a route answers."""

    GIVEN = "given"
    SIGN_IN = "asked to sign in"
    REFUSED = "refused"


G, S, R = Answer.GIVEN, Answer.SIGN_IN, Answer.REFUSED


class Right(StrEnum):
    """Whom a route is for."""

    OPEN = "everybody"
    MAILBOX = "who may act for the mailbox"
    WHOLE = "who may see all rules of the mailbox"
    SIGNED_IN = "whoever is signed in"
    STAFF = "operators and administrators"
    CASE = "who may act for the mailbox of a case, which is in another domain"
    BATCH = "who made a batch, here an administrator, and administrators"
    HANDED_OVER = "the owner of a mailbox that is handed over, where the policy says so"
    REDIRECT = "the owner of a redirect address, and administrators"
    ADMINISTRATORS = "administrators"
    TOKEN = "programs with a token: no session opens it, whosever it is"


# In the order of Who.
ANSWERS: dict[Right, tuple[Answer, ...]] = {
    Right.OPEN: (G, G, G, G, G, G, G, G),
    Right.MAILBOX: (S, G, G, G, R, R, R, G),
    Right.WHOLE: (S, G, G, R, R, R, R, G),
    Right.SIGNED_IN: (S, G, G, G, G, G, G, G),
    Right.STAFF: (S, R, R, G, G, G, R, G),
    Right.CASE: (S, R, R, R, R, R, R, G),
    Right.BATCH: (S, R, R, R, R, R, R, G),
    Right.HANDED_OVER: (S, R, R, R, R, R, R, R),
    Right.REDIRECT: (S, G, R, R, R, R, R, G),
    Right.ADMINISTRATORS: (S, R, R, R, R, R, R, G),
    Right.TOKEN: (R, R, R, R, R, R, R, R),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route as somebody would use it; *path* where it differs from the *rule*."""

    method: str
    rule: str
    right: Right
    path: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return self.path or self.rule

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def page(rule: str, right: Right, path: str = "") -> Route:
    return Route(method="GET", rule=rule, right=right, path=path)


def action(rule: str, right: Right, path: str = "", **fields: str) -> Route:
    return Route(method="POST", rule=rule, right=right, path=path, fields=fields)


def call(method: str, rule: str, path: str = "") -> Route:
    """One of the API; what a token opens, tests/web/api/test_api_rights.py says."""
    rule, path = f"/api/v1{rule}", path and f"/api/v1{path}"
    return Route(method=method, rule=rule, right=Right.TOKEN, path=path)


API_ADDRESS, API_ADDRESS_PATH = "/addresses/<address>", "/addresses/contact@example.com"
API_FORWARD, API_FORWARD_PATH = "/mailboxes/<login>/forward", f"/mailboxes/{ANNA}/forward"
UNWANTED = UnwantedLinks(secret="k" * 32).make(
    Unwanted(case=1, destination=EmailAddress.parse(ANNA)), NOW
)
FORWARD = {"to": "x@example.org", "copy": "inbox", "timezone": "UTC"}
CASE = {**FORWARD, "to": ANNA, "own_forward": "off", "reply_interval": "7"}
CONTACT = "contact@example.com"
REDIRECT = {"address": CONTACT, "to": "x@example.org", "timezone": "UTC"}
ADDRESS_LINES, NO_LINES = "address,to\nnew@example.com,x@example.org\n", sha256().hexdigest()
NEW_ADDRESS = {**REDIRECT, "address": "new@example.com", "kind": "redirect"}
TOKEN = {"name": "t", "scope": "read", "role": "operator", "days": "9"}
ROUTES = (
    page("/help", Right.OPEN),
    page("/sign-in", Right.OPEN),
    page("/language/<code>", Right.OPEN, "/language/en"),
    page("/accent.css", Right.OPEN),
    page("/healthz", Right.OPEN),
    page("/readyz", Right.OPEN),
    page("/not-wanted/<token>", Right.OPEN, f"/not-wanted/{UNWANTED}"),
    action("/not-wanted/<token>", Right.OPEN, f"/not-wanted/{UNWANTED}"),
    page("/", Right.MAILBOX),
    page("/forward", Right.MAILBOX),
    action("/forward", Right.MAILBOX, action="review", **FORWARD),
    action("/forward/preview", Right.MAILBOX, **FORWARD),
    action("/forward/save", Right.MAILBOX, **FORWARD),
    page("/change/<name>", Right.MAILBOX, "/change/pause"),
    action("/change/<name>", Right.MAILBOX, "/change/pause"),
    page("/history", Right.MAILBOX),
    page("/audit", Right.MAILBOX),
    page("/history/<int:number>", Right.MAILBOX, "/history/1"),
    page("/history/<int:number>/undo", Right.MAILBOX, "/history/1/undo"),
    action("/history/<int:number>/undo", Right.MAILBOX, "/history/1/undo"),
    page("/scripts", Right.WHOLE),
    page("/script", Right.WHOLE, f"/script?name={SCRIPT}"),
    page("/staff", Right.STAFF, "/staff?q=anna"),
    page("/staff/policy", Right.STAFF),
    page("/staff/tokens", Right.ADMINISTRATORS),
    action("/staff/tokens", Right.ADMINISTRATORS, **TOKEN),
    action("/staff/tokens/<int:number>/revoke", Right.ADMINISTRATORS, "/staff/tokens/1/revoke"),
    page("/staff/search", Right.STAFF, "/staff/search?q=anna"),
    action("/staff/act", Right.STAFF, login=BRUNO),
    action("/staff/stop", Right.SIGNED_IN),
    page("/trace", Right.SIGNED_IN),
    page("/map", Right.ADMINISTRATORS),
    page("/map.svg", Right.ADMINISTRATORS),
    page("/addresses", Right.SIGNED_IN),
    page("/addresses/new", Right.ADMINISTRATORS),
    action("/addresses/new", Right.ADMINISTRATORS, action="review", **NEW_ADDRESS),
    action("/addresses/new/save", Right.ADMINISTRATORS, **NEW_ADDRESS),
    page("/addresses/import", Right.ADMINISTRATORS),
    action("/addresses/import", Right.ADMINISTRATORS, text=ADDRESS_LINES),
    action("/addresses/import/make", Right.ADMINISTRATORS, checksum=NO_LINES),
    page("/addresses.csv", Right.SIGNED_IN),
    page("/addresses/show", Right.REDIRECT, f"/addresses/show?address={CONTACT}"),
    page("/addresses/change", Right.REDIRECT, f"/addresses/change?address={CONTACT}"),
    action("/addresses/change", Right.REDIRECT, action="review", **REDIRECT),
    action("/addresses/change/save", Right.REDIRECT, **REDIRECT),
    page("/addresses/step/<name>", Right.REDIRECT, f"/addresses/step/pause?address={CONTACT}"),
    action("/addresses/step/<name>", Right.REDIRECT, "/addresses/step/pause", address=CONTACT),
    page("/register", Right.STAFF),
    page("/register/sweep", Right.STAFF),
    action("/register/sweep", Right.ADMINISTRATORS),
    page("/register.csv", Right.STAFF),
    page("/register.json", Right.STAFF),
    page("/cases", Right.STAFF),
    page("/cases/colleagues", Right.STAFF, "/cases/colleagues?to=anna"),
    page("/cases/new", Right.STAFF, f"/cases/new?leaver={BRUNO}"),
    action("/cases/new", Right.STAFF, action="review", leaver=BRUNO, **CASE),
    action("/cases/new/save", Right.STAFF, leaver=BRUNO, **CASE),
    page("/cases/<int:case_id>", Right.CASE, "/cases/1"),
    page("/cases/<int:case_id>/change", Right.CASE, "/cases/1/change"),
    action("/cases/<int:case_id>/change", Right.CASE, "/cases/1/change", action="review", **CASE),
    action("/cases/<int:case_id>/change/save", Right.CASE, "/cases/1/change/save", **CASE),
    page("/cases/<int:case_id>/<name>", Right.CASE, "/cases/1/end"),
    action("/cases/<int:case_id>/<name>", Right.CASE, "/cases/1/end"),
    page("/batches", Right.STAFF),
    action("/batches", Right.STAFF, file="leaver,to\nanna@example.com,bruno@example.com\n"),
    page("/batches/template.csv", Right.STAFF),
    page("/batches/<int:number>", Right.BATCH, "/batches/1"),
    page("/batches/<int:number>/progress", Right.BATCH, "/batches/1/progress"),
    page("/batches/<int:number>/results.csv", Right.BATCH, "/batches/1/results.csv"),
    action("/batches/<int:number>/<step>", Right.BATCH, "/batches/1/cancel"),
    page("/handover/end", Right.HANDED_OVER),
    action("/handover/end", Right.HANDED_OVER),
    page("/api/v1/openapi.json", Right.OPEN),
    call("GET", "/mailboxes", "/mailboxes?text=anna"),
    call("GET", "/addresses", "/addresses"),
    call("GET", API_ADDRESS, API_ADDRESS_PATH),
    call("PUT", API_ADDRESS, API_ADDRESS_PATH),
    call("DELETE", API_ADDRESS, API_ADDRESS_PATH),
    call("POST", f"{API_ADDRESS}/pause", f"{API_ADDRESS_PATH}/pause"),
    call("POST", f"{API_ADDRESS}/resume", f"{API_ADDRESS_PATH}/resume"),
    call("GET", f"{API_ADDRESS}/history", f"{API_ADDRESS_PATH}/history"),
    call("GET", API_FORWARD, API_FORWARD_PATH),
    call("PUT", API_FORWARD, API_FORWARD_PATH),
    call("DELETE", API_FORWARD, API_FORWARD_PATH),
    call("POST", f"{API_FORWARD}/pause", f"{API_FORWARD_PATH}/pause"),
    call("POST", f"{API_FORWARD}/resume", f"{API_FORWARD_PATH}/resume"),
    call("GET", "/mailboxes/<login>/history", f"/mailboxes/{ANNA}/history"),
    call("GET", "/cases"),
    call("POST", "/cases"),
    call("GET", "/cases/<int:case_id>", "/cases/1"),
    call("PATCH", "/cases/<int:case_id>", "/cases/1"),
    call("POST", "/cases/<int:case_id>/end", "/cases/1/end"),
    call("POST", "/cases/<int:case_id>/undo", "/cases/1/undo"),
    call("POST", "/cases/<int:case_id>/approve", "/cases/1/approve"),
    call("POST", "/cases/<int:case_id>/withdraw", "/cases/1/withdraw"),
    call("GET", "/approvals"),
    call("GET", "/batches"),
    call("POST", "/batches"),
    call("GET", "/batches/<int:number>", "/batches/1"),
    call("GET", "/batches/<int:number>/items", "/batches/1/items"),
    call("POST", "/batches/<int:number>/start", "/batches/1/start"),
    call("POST", "/batches/<int:number>/pause", "/batches/1/pause"),
    call("POST", "/batches/<int:number>/resume", "/batches/1/resume"),
    call("POST", "/batches/<int:number>/cancel", "/batches/1/cancel"),
    call("POST", "/batches/<int:number>/undo", "/batches/1/undo"),
    call("GET", "/audit"),
    call("GET", "/register"),
    call("GET", "/trace", f"/trace?address={CONTACT}"),
)
# What has tests of its own: whoever comes, these have no part in the matrix.
ELSEWHERE_TESTED = {
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
    ("GET", "/logo"),
    ("GET", "/static/<path:filename>"),
    ("GET", "/metrics"),
    ("POST", "/trace/test"),
    ("GET", "/trace/test/<mark>"),
    ("GET", "/trace/test/<mark>/steps"),
    ("GET", "/consent/<token>"),
    ("POST", "/consent/<token>"),
    ("GET", "/ending/<token>"),
    ("POST", "/ending/<token>"),
    ("GET", "/sign-in/oidc"),
    ("GET", "/sign-in/oidc/answer"),
}

PAGES = tuple(one for one in ROUTES if one.method == "GET")
CALLS = tuple(one for one in ROUTES if one.right is Right.TOKEN and one.method != "GET")
ACTIONS = tuple(one for one in ROUTES if one.method == "POST" and one not in CALLS)
# Their link says who comes, whatever cookies the browser keeps.
GUARDED = tuple(one for one in ACTIONS if not one.rule.endswith("/<token>"))
OF_MAILBOX = (Right.MAILBOX, Right.WHOLE)
MAILBOX_PAGES = tuple(one for one in PAGES if one.right in OF_MAILBOX)
MAILBOX_ACTIONS = tuple(one for one in ACTIONS if one.right in OF_MAILBOX)
PRIVATE_PAGES = tuple(one for one in PAGES if one.right is not Right.OPEN)


def made() -> World:
    """Anna has a forward inside rules of another program; Bruno has one, too."""
    world = World(master=MASTER, staff=STAFF, addresses={"domains": ["example.com"]})
    theirs = (
        f'require "fileinto";\r\n# rule:[{THEIRS}]\r\n'
        f'if header :is "subject" "{THEIRS}"\r\n{{\r\n\tfileinto "{THEIRS}";\r\n}}\r\n'
    )
    world.give(theirs.encode(), SCRIPT)
    world.browser(ANNA).save(to=f"{SECRET}@example.net")
    assert SECRET in world.scripts(ANNA)[SCRIPT].decode()
    world.give(b"keep;\r\n", SCRIPT, login=BRUNO)
    world.browser(BRUNO).save()
    ada = world.browser(ADA)
    ada.get(f"/cases/new?leaver={ELSEWHERE}")
    # Not to Anna: where her mail goes may be seen, so a chain that leads to her may say it.
    case = {**CASE, "to": BRUNO}
    assert ada.post("/cases/new/save", leaver=ELSEWHERE, **case).status_code == 303
    ada.get("/batches")
    assert ada.send_file("/batches", f"leaver,to\n{PRESIDENT},{ANNA}\n".encode()).status_code == 303
    ada.get("/addresses/new")
    kept = {**NEW_ADDRESS, "address": CONTACT, "owner": ANNA, "to": f"{SECRET}@example.net"}
    assert ada.post("/addresses/new/save", **kept).status_code == 303
    ada.get("/staff/tokens")
    assert ada.post("/staff/tokens", **TOKEN).status_code == 200
    return world


@pytest.fixture
def world() -> World:
    return made()


def come(world: World, who: Who) -> Browser:
    """A browser of *who*; staff acts for somebody, under rules that then are those of STAFF."""
    match who:
        case Who.NOBODY:
            return world.browser(None)
        case Who.OWNER:
            return world.browser(ANNA)
        case Who.OTHER_OWNER:
            return world.browser(BRUNO)
        case Who.ADMINISTRATOR:
            return acting(world, ADA, ANNA)
        case Who.OPERATOR:
            return acting(world, OTTO, ANNA)
        case Who.OPERATOR_OUTSIDE:
            return acting(world, OTTO, ELSEWHERE, began_as={"operators": [OTTO]})
        case Who.OPERATOR_PROTECTED:
            return acting(world, OTTO, PRESIDENT, began_as={"operators": [OTTO]})
        case Who.OPERATOR_NO_MORE:
            return acting(world, BRUNO, ANNA, began_as={"operators": [BRUNO]})


def acting(
    world: World, login: str, whom: str, began_as: dict[str, object] | None = None
) -> Browser:
    """Signed in, and acting for *whom*, which was allowed by *began_as* at that time."""
    wired = world.app.extensions["sieve_manager"]
    now: Staff = wired.staff
    if began_as is not None:
        wired.staff = World(master=MASTER, staff=began_as).staff
    browser = world.browser(login)
    assert browser.act_for(whom).status_code == 303
    wired.staff = now
    return browser


def use(browser: Browser, route: Route, **more: str) -> TestResponse:
    """As from a page that is open; with the form's token, where there is one."""
    if route.method == "GET":
        return browser.get(route.where)
    browser.get("/help" if browser.signed_in else "/sign-in")
    if file := route.fields.get("file"):
        return browser.send_file(route.where, file.encode())
    return browser.post(route.where, **{**route.fields, **more})


def everything(world: World, login: str = ANNA) -> tuple[dict[str, bytes], ScriptName | None]:
    return world.scripts(login), world.server.mailbox(Login(login)).active


def answer(response: TestResponse) -> Answer:
    if response.status_code == 303 and response.headers["Location"].startswith("/sign-in"):
        return Answer.SIGN_IN
    if response.status_code == 401 and response.get_json()["code"] == "token":
        return Answer.REFUSED
    if response.status_code == 403 or "You may not do this" in response.text:
        return Answer.REFUSED  # a part of a page says it with status 200
    assert response.status_code in (200, 303), response.text
    return Answer.GIVEN


@cache
def visitor(who: Who) -> tuple[World, Browser]:
    """One world for all looks of *who*: looking changes nothing, which is tested below."""
    world = made()
    return world, come(world, who)


def test_every_route_says_here_who_may_use_it() -> None:
    routes = {
        (method, rule.rule)
        for rule in World().app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == ELSEWHERE_TESTED | {(one.method, one.rule) for one in ROUTES}
    assert all(len(answers) == len(Who) for answers in ANSWERS.values())


@pytest.mark.parametrize("route", PAGES, ids=str)
@pytest.mark.parametrize("who", Who)
def test_a_page_is_seen_by_whom_it_is_for(who: Who, route: Route) -> None:
    _world, browser = visitor(who)
    if route.rule == "/sign-in" and who is not Who.NOBODY:
        return  # leads on, whoever it is
    response = use(browser, route)
    assert answer(response) is ANSWERS[route.right][list(Who).index(who)]
    if who not in (Who.OWNER, Who.OPERATOR, Who.ADMINISTRATOR):
        assert SECRET not in response.text
    if who not in (Who.OWNER, Who.ADMINISTRATOR):
        assert THEIRS not in response.text
    if who is Who.OPERATOR and route.rule != "/script":
        assert SCRIPT not in response.text


@pytest.mark.parametrize("route", ACTIONS, ids=str)
@pytest.mark.parametrize("who", Who)
def test_an_action_is_done_for_whom_it_is_for(who: Who, route: Route) -> None:
    expected = ANSWERS[route.right][list(Who).index(who)]
    if expected is Answer.GIVEN:
        world = made()
        browser = come(world, who)
    else:
        world, browser = visitor(who)
    before = {login: everything(world, login) for login in (ANNA, PRESIDENT, ELSEWHERE)}
    response = use(browser, route)
    assert answer(response) is expected
    if who not in (Who.OWNER, Who.OPERATOR, Who.ADMINISTRATOR):
        assert {login: everything(world, login) for login in before} == before
        assert SECRET not in response.text
    if who not in (Who.OWNER, Who.ADMINISTRATOR):
        assert THEIRS not in response.text


@pytest.mark.parametrize("route", CALLS, ids=str)
@pytest.mark.parametrize("who", Who)
def test_no_session_opens_a_call(who: Who, route: Route) -> None:
    world, browser = visitor(who)
    before = everything(world)
    browser.get("/forward" if browser.signed_in else "/sign-in")
    headers = {"X-CSRFToken": browser.hidden()["csrf_token"], "If-Match": "*"}
    sent = {"destinations": [BRUNO]}
    response = browser.client.open(route.where, method=route.method, json=sent, headers=headers)
    assert answer(response) is ANSWERS[route.right][list(Who).index(who)]
    assert everything(world) == before


@pytest.mark.parametrize("route", MAILBOX_PAGES, ids=str)
@pytest.mark.parametrize("who", [Who.OTHER_OWNER, Who.OPERATOR_OUTSIDE])
def test_no_address_opens_another_mailbox(who: Who, route: Route) -> None:
    _world, browser = visitor(who)
    for trick in ("mailbox", "login", "user", "owner", "acting_for"):
        joiner = "&" if "?" in route.where else "?"
        response = browser.get(f"{route.where}{joiner}{trick}={ANNA}")
        assert SECRET not in response.text
        assert THEIRS not in response.text


@pytest.mark.parametrize("who", [Who.OWNER, Who.OPERATOR])
def test_looking_writes_nothing(who: Who) -> None:
    world = made()
    browser = come(world, who)
    before = everything(world), world.rows.writes
    for route in PRIVATE_PAGES:
        use(browser, route)
        use(browser, route)
    assert (everything(world), world.rows.writes) == before


@pytest.mark.parametrize("route", MAILBOX_ACTIONS, ids=str)
@pytest.mark.parametrize("claimed", [ANNA, None], ids=["claiming the mailbox", "claiming nothing"])
@pytest.mark.parametrize("who", [BRUNO, OTTO])
def test_nobody_acts_on_a_mailbox_by_claiming_it(
    world: World, route: Route, claimed: str | None, who: str
) -> None:
    before = everything(world)
    browser = world.browser(who)
    browser.get("/forward")
    token = browser.hidden()["csrf_token"]
    fields = {**route.fields, "csrf_token": token, **({"mailbox": claimed} if claimed else {})}
    response = browser.client.post(route.where, data=fields)
    assert everything(world) == before
    assert SECRET not in response.text
    if claimed:
        assert response.status_code in (200, 409)
        assert "another mailbox" in response.text


@pytest.mark.parametrize("route", MAILBOX_ACTIONS, ids=str)
def test_a_form_of_one_mailbox_is_not_taken_while_acting_for_another(
    world: World, route: Route
) -> None:
    browser = acting(world, OTTO, ANNA)
    browser.get("/forward")
    form = browser.hidden()
    assert form["mailbox"] == ANNA
    browser.act_for(BRUNO)
    before = everything(world), everything(world, BRUNO)
    for fields in (form, {**form, "mailbox": OTTO}):
        response = browser.client.post(route.where, data={**route.fields, **fields})
        assert response.status_code in (200, 409)
        assert "another mailbox" in response.text
    assert (everything(world), everything(world, BRUNO)) == before


@pytest.mark.parametrize("route", [*GUARDED, action("/sign-in", Right.OPEN)], ids=str)
@pytest.mark.parametrize("who", [Who.OWNER, Who.OPERATOR, Who.NOBODY])
def test_without_a_token_nothing_happens(world: World, route: Route, who: Who) -> None:
    browser = come(world, who)
    before = everything(world)
    response = browser.client.post(route.where, data=route.fields)
    assert response.status_code in (200, 400, 401)
    assert "open too long" in response.text or "signed out" in response.text
    assert everything(world) == before
    if who is not Who.NOBODY:
        assert browser.get("/").status_code == 200, "still signed in"
        assert ("You act for" in response.text) is (who is Who.OPERATOR) or "preview" in route.rule


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_a_token_of_somebody_else_does_not_count(world: World, route: Route) -> None:
    before = everything(world)
    other = world.browser(BRUNO)
    other.get("/forward")
    stolen = other.hidden()["csrf_token"]
    browser = world.browser(ANNA)
    browser.get("/forward")
    response = browser.client.post(route.where, data={**route.fields, "csrf_token": stolen})
    assert "open too long" in response.text
    assert everything(world) == before


def test_the_answers_of_private_pages_are_not_stored_anywhere() -> None:
    for who in (Who.OWNER, Who.ADMINISTRATOR):
        _world, browser = visitor(who)
        for route in PRIVATE_PAGES:
            assert use(browser, route).headers["Cache-Control"] == "no-store"


def test_without_the_master_identity_staff_pages_say_so() -> None:
    world = World(staff=STAFF)
    browser = world.browser(OTTO)
    assert "Nobody can act for others yet" in browser.get("/staff").text
    assert browser.act_for(ANNA).status_code == 403
    assert "master identity is not configured" in browser.words()
