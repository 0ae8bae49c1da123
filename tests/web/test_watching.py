"""Each request is one line of the log, under its identifier, and without any secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from sieve_manager.adapters.logs import JsonFormatter, TextFormatter
from sieve_manager.errors import Outcome, SaveFailedError, ScriptRefusedError
from tests.servers.openid_provider import CLIENT_ID, CLIENT_SECRET, ProviderServer, query_of
from tests.web.world import ANNA, PASSWORDS, Browser, World
from web import watching

Lines = list[dict[str, object]]


class Log:
    """What was written, in both forms."""

    def __init__(self) -> None:
        self.json, self.text = io.StringIO(), io.StringIO()

    def lines(self, message: str = "") -> Lines:
        found: Lines = [json.loads(line) for line in self.json.getvalue().splitlines()]
        return [line for line in found if message in ("", line["message"])]


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything that is logged, from level DEBUG on."""
    log, root = Log(), logging.getLogger()
    handlers: list[logging.Handler] = []
    for stream, formatter in ((log.json, JsonFormatter), (log.text, TextFormatter)):
        handlers.append(logging.StreamHandler(stream))
        handlers[-1].setFormatter(formatter(watching.facts))
        root.addHandler(handlers[-1])
    level = root.level
    root.setLevel(logging.DEBUG)
    yield log
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def test_a_request_is_one_line_with_route_status_time_and_who_acts(log: Log) -> None:
    World().browser(ANNA).get("/history/7?secret=x")
    (line,) = [one for one in log.lines("request") if one["route"] == "/history/<int:number>"]
    assert line["login"] == ANNA
    assert (line["method"], line["status"]) == ("GET", 404)
    assert isinstance(line["milliseconds"], int)
    assert "secret" not in log.json.getvalue()


def test_who_signs_in_and_who_signs_out_is_named(log: Log) -> None:
    browser = World().browser(ANNA)
    browser.get("/")
    browser.post("/sign-out")
    named = {(one["route"], one["method"]): one.get("login") for one in log.lines("request")}
    assert named["/sign-in", "POST"] == ANNA
    assert named["/sign-out", "POST"] == ANNA
    assert named["/sign-in", "GET"] is None


def test_lines_that_are_written_meanwhile_bear_the_same_identifier(log: Log) -> None:
    browser = World().browser(None)
    answer = browser.client.post("/sign-in", data={})
    refused = [one for one in log.lines() if str(one["message"]).startswith("form refused")]
    assert [one["request_id"] for one in refused] == [answer.headers["X-Request-Id"]]


def test_the_identifier_stands_in_the_answer_and_on_the_error_page() -> None:
    browser = World().browser(ANNA)
    answer = browser.get("/nowhere")
    identifier = answer.headers["X-Request-Id"]
    assert len(identifier) == 16
    assert f"say this number: {identifier}" in " ".join(browser.words().split())
    assert browser.get("/").headers["X-Request-Id"] != identifier


@pytest.mark.parametrize(
    ("given", "trusted", "taken"),
    [
        ("0123456789abcdef", True, True),
        ("0123456789abcdef", False, False),
        ("short", True, False),
        ("with spaces in it", True, False),
        ("a" * 65, True, False),
    ],
)
def test_an_identifier_is_taken_from_trusted_proxies_only(
    given: str, trusted: bool, taken: bool
) -> None:
    world = World(web={"trusted_proxies": ["127.0.0.1"] if trusted else []})
    answer = world.browser(None).get("/help", **{"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is taken


def test_an_unknown_method_is_not_a_new_name_in_the_log(log: Log) -> None:
    World().app.test_client().open("/help", method="EVIL")
    assert [one["method"] for one in log.lines("request")] == ["other"]


def test_watching_programs_make_no_lines_at_level_info(log: Log) -> None:
    World().browser(None).get("/healthz")
    assert {one["level"] for one in log.lines("request")} == {"debug"}


def test_no_secret_and_no_script_is_ever_logged(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    browser = world.browser(None)
    browser.sign_in(ANNA, "a wrong secret")
    browser.sign_in(ANNA, PASSWORDS[ANNA])
    browser.save(to="carla@example.net")
    token = browser.get("/forward") and browser.hidden()["csrf_token"]
    cookie = browser.client.get_cookie("session")
    fail_each_way(world, browser, monkeypatch)
    browser.client.post("/sign-out", data={"csrf_token": token})
    assert cookie is not None
    written = log.json.getvalue() + log.text.getvalue()
    assert "request" in written
    assert "Traceback" in written, "an unforeseen error is explained there"
    identifier, _, half = cookie.value.partition(".")
    for secret in (PASSWORDS[ANNA], "a wrong secret", token, identifier, half):
        assert secret not in written
    for script in ("redirect", "fileinto", "quoted from the script"):
        assert script not in written


def fail_each_way(world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the overview while everything goes wrong, one after the other."""
    refused = ScriptRefusedError("no", server_text="quoted from the script")
    failed = SaveFailedError(step="put", outcome=Outcome.UNCHANGED, cause=refused)
    for error in (refused, failed, RuntimeError("a mistake")):

        def fail(_self: object, _access: object, error: Exception = error) -> None:
            raise error

        world.app.testing = False
        monkeypatch.setattr(type(world.forwards), "overview", fail)
        assert browser.get("/").status_code >= 422


def test_nothing_of_a_single_sign_on_is_logged_but_who_and_whether(
    log: Log, openid: ProviderServer
) -> None:
    openid.person("anna", email=ANNA, email_verified=True)
    oidc: dict[str, object] = {
        "issuer": openid.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "mail_server_accepts_tokens": True,
    }
    world = World(oidc=oidc)
    secrets = [CLIENT_SECRET]
    for sign in ("none", "right"):
        openid.tell(sign=sign)
        browser = world.browser(None)
        asked = browser.get("/sign-in/oidc").headers["Location"]
        back = openid.approve(asked)
        browser.get(f"/sign-in/oidc/answer?{back.partition('?')[2]}")
        secrets += [query_of(asked)["nonce"], query_of(back)["code"], query_of(back)["state"]]
    with browser.client.session_transaction() as session:
        secrets += [session["id_token"], *json.loads(session["tokens"]).values()]
    written = log.json.getvalue() + log.text.getvalue()
    assert "single sign-on: broken" in written
    answered = [one for one in log.lines("request") if one["route"] == "/sign-in/oidc/answer"]
    assert [one.get("login") for one in answered] == [None, ANNA]
    assert len(secrets) == 11
    for secret in secrets:
        assert secret not in written
