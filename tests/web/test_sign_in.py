"""Signing in and out, and what is kept of it where."""

import json

import pytest

from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import SignInRefusedError, StorageError, TlsError, UnreachableError
from tests.web.world import ANNA, BRUNO, PASSWORDS, Browser, World

HTTPS = {"base_url": "https://mail.example.com/forward"}


def cookie(browser: Browser, name: str = "session") -> str | None:
    found = browser.client.get_cookie(name)
    return found.value if found else None


def test_the_right_password_leads_to_the_overview() -> None:
    browser = World().browser(None)
    answer = browser.sign_in(ANNA, PASSWORDS[ANNA])
    assert answer.headers["Location"] == "/"
    assert "My mailbox" in browser.get("/").text


def test_sign_in_leads_back_to_the_page_that_was_asked_for() -> None:
    browser = World().browser(None)
    answer = browser.get("/history")
    browser.get(answer.headers["Location"])
    answer = browser.post("/sign-in", login=ANNA, password=PASSWORDS[ANNA], next="/history")
    assert answer.headers["Location"] == "/history"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", ""]
)
def test_sign_in_never_leads_to_another_site(elsewhere: str) -> None:
    browser = World().browser(None)
    browser.get("/sign-in")
    answer = browser.post("/sign-in", login=ANNA, password=PASSWORDS[ANNA], next=elsewhere)
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_is_said_at_the_field_and_keeps_the_name() -> None:
    browser = World().browser(None)
    answer = browser.sign_in(ANNA, "wrong")
    assert answer.status_code == 401
    assert "does not accept this user name with this password" in browser.words()
    assert f'value="{ANNA}"' in answer.text
    assert "wrong" not in answer.text


@pytest.mark.parametrize("login", ["", "anna*master@example.com", "anna\x00@example.com", "a b"])
def test_a_name_that_could_be_somebody_elses_is_refused_before_the_server_hears_it(
    login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    asked: list[object] = []
    monkeypatch.setattr(type(world.server), "sign_in", lambda _self, access: asked.append(access))
    answer = world.browser(None).sign_in(login, "x")
    assert answer.status_code == 400
    assert asked == []


def test_an_empty_password_is_not_sent() -> None:
    answer = World().browser(None).sign_in(ANNA, "")
    assert answer.status_code == 400
    assert "Enter your password." in answer.text


def test_too_many_failures_ask_to_wait() -> None:
    browser = World().browser(None)
    for _ in range(3):
        browser.sign_in(ANNA, "wrong")
    answer = browser.sign_in(ANNA, PASSWORDS[ANNA])
    assert answer.status_code == 429
    assert "Try again in 30 seconds." in browser.words()


def test_a_success_is_told_to_the_throttle() -> None:
    world = World()
    browser = world.browser(None)
    browser.sign_in(ANNA, "wrong")
    assert world.throttle.failures == {(ANNA, "127.0.0.1"): 1}
    browser.sign_in(ANNA, PASSWORDS[ANNA])
    assert world.throttle.failures == {}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnreachableError("no"), "The mail server cannot be reached"),
        (TlsError("no"), "The connection to the mail server is not safe"),
    ],
)
def test_a_server_that_is_down_is_not_a_wrong_password(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()

    def fail(_self: object, _access: object) -> None:
        raise error

    monkeypatch.setattr(type(world.server), "sign_in", fail)
    browser = world.browser(None)
    browser.sign_in(ANNA, PASSWORDS[ANNA])
    assert words in browser.words()
    assert world.throttle.failures == {}


def test_the_imap_server_decides_where_it_is_configured_to() -> None:
    world = World(web={"sign_in": "imap"}, imap={"host": "127.0.0.1"})
    asked: list[tuple[str, str]] = []

    class Folders:
        def sign_in(self, login: Login, password: str) -> None:
            asked.append((login.text, password))
            if password != "imap's own":
                raise SignInRefusedError("no")

    world.app.extensions["sieve_manager"].folders = Folders()
    browser = world.browser(None)
    assert browser.sign_in(ANNA, PASSWORDS[ANNA]).status_code == 401
    assert browser.sign_in(ANNA, "imap's own").status_code == 303
    assert asked == [(ANNA, PASSWORDS[ANNA]), (ANNA, "imap's own")]


def test_the_password_is_nowhere_in_the_clear() -> None:
    world = World()
    browser = world.browser(ANNA)
    secret = PASSWORDS[ANNA].encode()
    assert all(secret not in row for row in world.rows.rows.values())
    assert PASSWORDS[ANNA] not in (cookie(browser) or "")
    assert PASSWORDS[ANNA] not in browser.get("/").text


def test_a_row_opens_only_with_its_own_cookie_and_the_configured_secret() -> None:
    world = World()
    browser = world.browser(ANNA)
    ticket = cookie(browser) or ""
    identifier, _, half = ticket.partition(".")
    other_half = ("A" if half[0] != "A" else "B") + half[1:]
    browser.client.set_cookie("session", f"{identifier}.{other_half}")
    assert browser.get("/").status_code == 303, "the identifier alone is not enough"
    browser.client.set_cookie("session", ticket)
    assert browser.get("/").status_code == 200
    other = World(web={"secret_key": "o" * 32})
    other.rows.rows.update(world.rows.rows)
    stranger = other.browser(None)
    stranger.client.set_cookie("session", ticket)
    assert stranger.get("/").status_code == 303, "another secret opens nothing"


def test_with_a_master_user_the_password_is_not_kept_at_all() -> None:
    world = World(master={"user": "master", "password": "m"})
    browser = world.browser(ANNA)
    sessions = world.app.session_interface
    (sealed,) = world.rows.rows.values()
    values = sessions._unseal(cookie(browser), sealed)
    assert "password" not in values
    assert PASSWORDS[ANNA] not in json.dumps(values)
    assert browser.get("/").status_code == 200, "the master user acts"


def test_the_session_is_a_new_one_after_each_sign_in() -> None:
    world = World()
    browser = world.browser(ANNA)
    first = cookie(browser)
    browser.sign_in(BRUNO, PASSWORDS[BRUNO])
    browser.get("/help")
    browser.client.post("/sign-out", data={"csrf_token": browser.hidden()["csrf_token"]})
    browser.sign_in(ANNA, PASSWORDS[ANNA])
    assert cookie(browser) != first
    browser.client.set_cookie("session", first or "")
    assert browser.get("/").status_code == 303, "the first one is gone"


def test_sign_out_erases_the_session_and_the_open_connection() -> None:
    world = World()
    browser = world.browser(ANNA)
    ticket = cookie(browser)
    browser.get("/")
    answer = browser.post("/sign-out")
    assert answer.status_code == 303
    assert world.rows.rows == {}
    assert len(world.store.forgotten) == 1
    assert cookie(browser) is None
    browser.client.set_cookie("session", ticket or "")
    assert browser.get("/").status_code == 303


def test_a_session_ends_by_itself() -> None:
    world = World()
    browser = world.browser(ANNA)
    world.now += world.app.session_interface.expiry() - world.now
    assert browser.get("/").status_code == 303


def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    plain = World().browser(None).sign_in(ANNA, PASSWORDS[ANNA]).headers.getlist("Set-Cookie")
    (session,) = [one for one in plain if one.startswith("session=")]
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "Secure" not in session, "loopback has no TLS"


def test_over_https_the_cookie_is_secure_and_bound_to_this_host() -> None:
    browser = World(web=HTTPS).browser(None)
    headers = {"Referer": "https://mail.example.com/forward/sign-in"}
    browser.page = browser.client.get(
        "/forward/sign-in", base_url="https://mail.example.com", headers=headers
    )
    answer = browser.client.post(
        "/forward/sign-in",
        data={
            "login": ANNA,
            "password": PASSWORDS[ANNA],
            "csrf_token": browser.hidden()["csrf_token"],
        },
        base_url="https://mail.example.com",
        headers=headers,
    )
    assert answer.headers["Location"] == "/forward/"
    (session,) = [one for one in answer.headers.getlist("Set-Cookie") if "__Host-session=" in one]
    assert "Secure" in session
    assert "Path=/;" in session
    # Of before the sign-in: bound to this host as well, and gone in a way that browsers take.
    (visitor,) = [one for one in answer.headers.getlist("Set-Cookie") if "__Host-visitor=" in one]
    assert visitor.startswith("__Host-visitor=;")
    assert "Secure" in visitor
    assert "Path=/" in visitor
    assert "Domain" not in visitor
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_form_that_was_sent_too_late_is_there_again_after_a_new_sign_in() -> None:
    world = World()
    browser = world.browser(ANNA)
    browser.get("/forward")
    world.rows.rows.clear()
    page = browser.post("/forward/save", to="carla@example.net", copy="read", note="ticket 7")
    assert page.status_code == 401
    assert "nothing was changed" in browser.words()
    browser.post("/sign-in", login=ANNA, password=PASSWORDS[ANNA], kept=browser.hidden()["kept"])
    assert browser.page is not None
    assert browser.page.headers["Location"] == "/forward"
    page = browser.get("/forward")
    assert 'value="carla@example.net"' in page.text
    assert 'value="ticket 7"' in page.text
    assert not world.scripts()
    assert 'value="ticket 7"' not in browser.get("/forward").text, "shown once"


def test_what_one_person_entered_is_not_shown_to_the_next() -> None:
    world = World()
    browser = world.browser(ANNA)
    browser.get("/forward")
    world.rows.rows.clear()
    browser.post("/forward/save", to="annas-secret@example.net", copy="inbox")
    kept = browser.hidden()["kept"]
    answer = browser.post("/sign-in", login=BRUNO, password=PASSWORDS[BRUNO], kept=kept)
    assert answer.headers["Location"] == "/"
    assert "annas-secret" not in browser.get("/forward").text


def test_a_password_that_was_changed_elsewhere_asks_to_sign_in_again() -> None:
    world = World(passwords=dict(PASSWORDS))
    browser = world.browser(ANNA)
    browser.get("/forward")
    world.server.passwords = {ANNA: "a new one", BRUNO: "x"}
    page = browser.post("/forward/save", to="carla@example.net", copy="inbox", timezone="UTC")
    assert page.status_code == 401
    assert "does not accept your sign-in any more" in browser.words()
    assert world.rows.rows == {}
    assert "carla%40example.net" in page.text, "what was typed is kept"


def test_while_our_database_is_away_it_says_so_and_nobody_is_signed_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    browser = world.browser(ANNA)
    browser.get("/forward")
    token = browser.hidden()["csrf_token"]

    def fail(_self: object, _key: str) -> None:
        raise StorageError("no")

    with monkeypatch.context() as patched:
        patched.setattr(type(world.rows), "get", fail)
        for page in (browser.get("/"), browser.post("/forward/save", csrf_token=token)):
            assert page.status_code == 503
            assert "The database of this program cannot be used now." in browser.words()
            assert "Set-Cookie" not in page.headers
            assert page.headers["X-Request-Id"]
        assert browser.get("/healthz").status_code == 200
        assert browser.get("/metrics").status_code == 200
    assert ANNA in browser.get("/").text
    assert not world.scripts()
