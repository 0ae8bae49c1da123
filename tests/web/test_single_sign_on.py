"""Signing in at a real OpenID provider, and what others could try in between."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from sieve_manager.demo.processes import free_ports
from sieve_manager.errors import AccountDisabledError, UnreachableError
from tests.servers.openid_provider import CLIENT_ID, CLIENT_SECRET, ProviderServer, query_of
from tests.web.world import ANNA, BRUNO, MASTER, PASSWORDS, STAFF, Browser, World


def world_of(openid: ProviderServer, **how: Any) -> World:
    """Pages that know the provider, in which Anna and Bruno have an account each."""
    openid.person("anna", email=ANNA, email_verified=True)
    openid.person("bruno", email=BRUNO, email_verified=True)
    oidc = {
        "issuer": openid.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "label": "Example Identity",
        **how.pop("oidc", {}),
    }
    return World(master=MASTER, oidc=oidc, **how)


def brought_back(
    browser: Browser, openid: ProviderServer, subject: str = "anna", next_path: str = ""
) -> str:
    """Sign in at the provider; the path that the browser is sent back to."""
    answer = browser.get(f"/sign-in/oidc?next={next_path}")
    assert answer.status_code == 303
    parts = urlsplit(openid.approve(answer.headers["Location"], subject))
    return f"{parts.path}?{parts.query}"


def signed_in(world: World, openid: ProviderServer, subject: str = "anna") -> Browser:
    browser = world.browser(None)
    answer = browser.get(brought_back(browser, openid, subject))
    assert answer.status_code == 303
    return browser


def session_of(world: World, browser: Browser) -> dict[str, str]:
    with browser.client.session_transaction() as found:
        return dict(found)


def refusal(browser: Browser, path: str) -> str:
    """Why the answer at *path* signs nobody in."""
    answer = browser.get(path)
    assert answer.status_code == 303
    location = answer.headers["Location"]
    assert urlsplit(location).path == "/sign-in"
    assert browser.client.get_cookie("session") is None
    assert browser.get("/").headers["Location"].startswith("/sign-in"), "nobody is signed in"
    page = browser.get(location)
    assert "This needs another look" in page.text
    return query_of(location)["sso"]


def test_the_button_leads_there_and_back_into_the_own_mailbox(openid: ProviderServer) -> None:
    world = world_of(openid)
    browser = world.browser(None)
    page = browser.get("/sign-in")
    assert "Sign in with Example Identity" in browser.words()
    assert 'name="password"' in page.text, "beside it"
    browser = signed_in(world, openid)
    assert ANNA in browser.get("/").text
    found = session_of(world, browser)
    assert (found["login"], found["sign_in"]) == (ANNA, "oidc")
    assert "password" not in found
    browser.save(to="carla@example.net")
    assert b"carla@example.net" in world.scripts(ANNA)["sieve-manager"]


def test_instead_of_passwords_there_is_only_the_button(openid: ProviderServer) -> None:
    world = world_of(openid, web={"sign_in": "oidc"})
    browser = world.browser(None)
    page = browser.get("/sign-in")
    assert "Example Identity" in page.text
    assert 'name="password"' not in page.text
    world.app.config["WTF_CSRF_ENABLED"] = False
    answer = browser.client.post("/sign-in", data={"login": ANNA, "password": PASSWORDS[ANNA]})
    assert answer.status_code == 404
    assert browser.client.get_cookie("session") is None
    assert ANNA in signed_in(world, openid).get("/").text


def test_without_a_provider_there_is_nothing_of_it() -> None:
    browser = World().browser(None)
    assert "oidc" not in browser.get("/sign-in").text
    assert browser.get("/sign-in/oidc").status_code == 404
    assert browser.get("/sign-in/oidc/answer?code=x&state=y").status_code == 404


def test_it_leads_back_to_the_page_that_was_asked_for(openid: ProviderServer) -> None:
    browser = world_of(openid).browser(None)
    asked = browser.get("/history").headers["Location"]
    assert 'href="/sign-in/oidc?next=/history"' in browser.get(asked).text
    answer = browser.get(brought_back(browser, openid, next_path="/history"))
    assert answer.headers["Location"] == "/history"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/%5Cevil.example", "javascript:x"]
)
def test_it_never_leads_to_another_site(openid: ProviderServer, elsewhere: str) -> None:
    browser = world_of(openid).browser(None)
    answer = browser.get(brought_back(browser, openid, next_path=elsewhere))
    assert answer.headers["Location"] == "/"


def test_the_address_to_come_back_to_is_the_configured_one(openid: ProviderServer) -> None:
    browser = world_of(openid).browser(None)
    answer = browser.get("/sign-in/oidc", Host="evil.example", **{"X-Forwarded-Host": "evil"})
    back = query_of(answer.headers["Location"])["redirect_uri"]
    assert back == "http://127.0.0.1:8080/sign-in/oidc/answer"


def test_an_answer_that_somebody_else_asked_for_signs_nobody_in(openid: ProviderServer) -> None:
    world = world_of(openid)
    attacker = world.browser(None)
    theirs = brought_back(attacker, openid, "bruno")
    assert refusal(world.browser(None), theirs) == "stale", "a browser that asked nothing"
    victim = world.browser(None)
    victim.get("/sign-in/oidc")
    assert refusal(victim, theirs) == "stale", "a browser that asked something else"


def test_who_is_signed_in_stays_who_they_are(openid: ProviderServer) -> None:
    world = world_of(openid)
    theirs = brought_back(world.browser(None), openid, "bruno")
    browser = signed_in(world, openid, "anna")
    assert browser.get(theirs).headers["Location"] == "/"
    assert browser.get("/sign-in/oidc").headers["Location"] == "/"
    assert session_of(world, browser)["login"] == ANNA


def test_an_answer_counts_once(openid: ProviderServer) -> None:
    world = world_of(openid)
    browser = world.browser(None)
    path = brought_back(browser, openid)
    kept = browser.client.get_cookie("visitor")
    browser.get(path)
    again = world.browser(None)
    assert kept is not None
    again.client.set_cookie("visitor", kept.value)
    assert refusal(again, path) == "broken", "also with the cookie of before: the code is spent"


def test_a_question_is_good_for_ten_minutes(openid: ProviderServer) -> None:
    world = world_of(openid)
    browser = world.browser(None)
    path = brought_back(browser, openid)
    world.now += timedelta(minutes=10)
    assert refusal(browser, path) == "stale"


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"claims": {"nonce": "another"}}, "broken"),
        ({"claims": {"aud": "another"}}, "broken"),
        ({"claims": {"iss": "https://evil.example"}}, "broken"),
        ({"claims": {"exp": 1_600_000_000}}, "broken"),
        ({"sign": "none"}, "broken"),
        ({"sign": "stranger"}, "broken"),
        ({"claims": {"email_verified": False}}, "unverified"),
        ({"claims": {"email_verified": "true"}}, "unverified"),
        ({"claims": {"email": "nobody@example.com"}}, "unknown"),
        ({"claims": {"email": "anna*master@example.com"}}, "unknown"),
    ],
    ids=str,
)
def test_what_the_provider_does_not_vouch_for_signs_nobody_in(
    openid: ProviderServer, wish: dict[str, object], why: str
) -> None:
    world = world_of(openid)
    openid.tell(**wish)
    browser = world.browser(None)
    assert refusal(browser, brought_back(browser, openid)) == why
    numbers = browser.get("/metrics").text
    assert f'sieve_manager_sign_ins_total{{outcome="{why}",way="oidc"}} 1.0' in numbers


def test_a_no_at_the_provider_is_only_a_no(openid: ProviderServer) -> None:
    world = world_of(openid)
    browser = world.browser(None)
    assert refusal(browser, brought_back(browser, openid, "declines")) == "declined"
    assert "You were not signed in there" in browser.words()
    assert world.throttle.failures == {}


def test_a_closed_mailbox_is_nobodys(
    openid: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(openid)

    def closed(_self: object, _access: object) -> None:
        raise AccountDisabledError("no")

    monkeypatch.setattr(type(world.server), "sign_in", closed)
    browser = world.browser(None)
    assert refusal(browser, brought_back(browser, openid)) == "unknown"


def test_groups_make_staff_and_last_as_long_as_the_session(openid: ProviderServer) -> None:
    world = world_of(openid, staff={**STAFF, "operators": ["group:Service Desk"]})
    browser = signed_in(world, openid)
    assert browser.get("/staff").status_code == 403
    openid.person("anna", email=ANNA, email_verified=True, groups=["service desk", "others"])
    browser = signed_in(world, openid)
    assert json.loads(session_of(world, browser)["groups"]) == ["others", "service desk"]
    assert browser.get("/staff").status_code == 200
    assert browser.act_for(BRUNO).status_code == 303


def test_where_it_is_for_the_helpdesk_only_owners_keep_their_password(
    openid: ProviderServer,
) -> None:
    world = world_of(openid, oidc={"owners": False}, staff=STAFF)
    browser = world.browser(None)
    assert refusal(browser, brought_back(browser, openid)) == "staff_only"
    browser.sign_in(ANNA, PASSWORDS[ANNA])
    assert ANNA in browser.get("/").text


def test_a_form_that_was_sent_too_late_is_there_again(openid: ProviderServer) -> None:
    world = world_of(openid)
    browser = signed_in(world, openid)
    browser.get("/forward")
    world.rows.rows.clear()
    browser.post("/forward/save", to="carla@example.net", copy="inbox", note="ticket 7")
    answer = browser.get(brought_back(browser, openid))
    assert answer.headers["Location"] == "/forward"
    assert 'value="carla@example.net"' in browser.get("/forward").text
    browser.get("/forward")
    world.rows.rows.clear()
    browser.post("/forward/save", to="secret@example.net", copy="inbox")
    answer = browser.get(brought_back(browser, openid, "bruno"))
    assert answer.headers["Location"] == "/"
    assert "secret@example.net" not in browser.get("/forward").text, "not to somebody else"


def test_signing_out_offers_to_sign_out_there_too(openid: ProviderServer) -> None:
    world = world_of(openid)
    browser = signed_in(world, openid)
    id_token = session_of(world, browser)["id_token"]
    browser.get("/")
    page = browser.post("/sign-out")
    assert "At Example Identity you are still signed in." in browser.words()
    assert f"{openid.issuer}/leave?id_token_hint={id_token}" in page.text
    assert "post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fsign-in" in page.text
    assert world.rows.rows == {}
    assert browser.get("/").status_code == 303


def test_where_the_provider_knows_no_end_signing_out_is_as_ever(openid: ProviderServer) -> None:
    openid.tell(describe={"end_session_endpoint": None})
    browser = signed_in(world_of(openid), openid)
    browser.get("/")
    assert browser.post("/sign-out").headers["Location"] == "/sign-in?left=1"


def test_forging_answers_slows_down_the_address_it_comes_from(
    openid: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(openid)
    openid.tell(sign="none")
    browser = world.browser(None)
    assert refusal(browser, brought_back(browser, openid)) == "broken"
    assert [address for _, address in world.throttle.failures] == ["127.0.0.1"]
    monkeypatch.setattr(type(world.throttle), "allowed", lambda *_: 9.0)
    assert refusal(browser, brought_back(browser, openid)) == "throttled"


def test_nothing_secret_is_in_a_cookie_that_scripts_see_or_in_the_page(
    openid: ProviderServer,
) -> None:
    browser = world_of(openid).browser(None)
    answer = browser.get("/sign-in/oidc")
    line = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("visitor="))
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert CLIENT_SECRET not in answer.text + answer.headers["Location"]


@pytest.mark.parametrize("why", ["unreachable", "broken", "stale", "staff_only", "throttled"])
def test_each_reason_has_its_sentence_and_others_have_none(why: str) -> None:
    browser = World().browser(None)
    assert "This needs another look" in browser.get(f"/sign-in?sso={why}").text
    assert "needs another look" not in browser.get("/sign-in?sso=<b>made up").text


def test_a_provider_that_is_away_is_said_to_be() -> None:
    (port,) = free_ports(1)
    oidc: dict[str, object] = {"issuer": f"http://127.0.0.1:{port}", "client_id": CLIENT_ID}
    browser = World(master=MASTER, oidc=oidc).browser(None)
    assert refusal(browser, "/sign-in/oidc?next=/history") == "unreachable"
    assert "does not answer" in browser.words()
    assert 'href="/sign-in/oidc?next=/history"' in browser.get("/sign-in?next=/history").text


def test_a_mail_server_that_is_away_is_nobodys_fault(
    openid: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(openid)

    def away(_self: object, _access: object) -> None:
        raise UnreachableError("no")

    monkeypatch.setattr(type(world.server), "sign_in", away)
    browser = world.browser(None)
    answer = browser.get(brought_back(browser, openid))
    assert answer.status_code == 503
    assert "The mail server cannot be reached" in browser.words()
    assert "code%3D" not in answer.text, "in no link"
    assert "/language/de?next=/sign-in" in answer.text
    assert world.throttle.failures == {}
    assert 'outcome="failed",way="oidc"} 1.0' in browser.get("/metrics").text
