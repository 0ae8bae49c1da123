"""The helpdesk's start page, and acting for another mailbox."""

import re

import pytest

from sieve_manager.adapters.memory import MemoryServer
from sieve_manager.application.access import Access, Channel
from sieve_manager.application.staff import Staff
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.errors import AccountDisabledError, SignInRefusedError
from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, PRESIDENT, STAFF, Browser, World


@pytest.fixture
def world() -> World:
    return World(master=MASTER, staff=STAFF)


@pytest.fixture
def otto(world: World) -> Browser:
    """An operator who acts for Anna."""
    browser = world.browser(OTTO)
    assert browser.act_for(ANNA).status_code == 303
    return browser


def test_staff_begins_on_the_start_page_and_owners_in_their_mailbox(world: World) -> None:
    browser = world.browser(None)
    answer = browser.sign_in(OTTO, "secret of the operator")
    assert answer.headers["Location"] == "/staff"
    assert 'href="/staff"' in browser.get("/").text
    assert 'href="/staff"' not in world.browser(ANNA).get("/").text


def test_the_search_works_without_javascript_and_has_the_cursor(world: World) -> None:
    browser = world.browser(OTTO)
    page = browser.get("/staff")
    assert re.search(r'<input id="q"[^>]*autofocus', page.text)
    assert "Nobody is found" not in browser.words()
    browser.get("/staff?q=mill")
    assert "1 mailbox Anna Miller anna@example.com Hand over" in browser.words()
    browser.get("/staff?q=nobody")
    assert "Nobody is found for “nobody”." in browser.words()


def test_the_part_for_a_page_that_is_open_is_only_the_list(world: World) -> None:
    page = world.browser(OTTO).get("/staff/search?q=bruno")
    assert "Bruno Bär" in page.text
    assert "<html" not in page.text


def test_whom_one_may_not_act_for_is_said_at_once(world: World) -> None:
    browser = world.browser(OTTO)
    browser.get("/staff?q=president")
    assert "is protected. Only an administrator can act for it." in browser.words()
    assert "Act for this mailbox" not in browser.words()
    browser = world.browser(ADA)
    browser.get("/staff?q=president")
    assert "Act for this mailbox" in browser.words()


def test_what_was_searched_for_is_only_text(world: World) -> None:
    page = world.browser(OTTO).get("/staff?q=<script>alert(1)</script>%22")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_while_acting_every_page_says_so_until_it_is_stopped(otto: Browser) -> None:
    for path in ("/", "/forward", "/history", "/help", "/nothing"):
        assert "You act for <bdi>Anna Miller</bdi> (<bdi>anna@example.com</bdi>)" in otto.get(
            path
        ).text.replace("\n", "")
    otto.get("/")
    assert "Mailbox of Anna Miller" in otto.words()
    assert otto.post("/staff/stop").headers["Location"] == "/staff"
    assert "You act for" not in otto.get("/").text
    assert "My mailbox" in otto.words()


def test_signing_out_ends_acting(otto: Browser) -> None:
    otto.get("/")
    otto.post("/sign-out")
    otto.sign_in(OTTO, "secret of the operator")
    assert "You act for" not in otto.get("/").text


def test_an_operator_sets_a_forward_and_the_owner_reads_who_and_why(
    world: World, otto: Browser
) -> None:
    answer = otto.save(note="INC-42, has left", last_day="2027-03-31")
    assert answer.status_code == 303
    version = world.history.last(Login(ANNA))
    assert version is not None
    actor = version.new.actor
    assert (actor.name, actor.role, actor.channel) == (OTTO, Role.OPERATOR, Channel.WEB)
    assert actor.address == "127.0.0.1"
    browser = world.browser(ANNA)
    browser.get("/")
    said = "The helpdesk (Otto Normal) set this on Wed, 10 Feb 2027. It ends on Wed, 31 Mar 2027."
    assert f"{said} The reason: INC-42, has left" in browser.words()
    assert browser.words().count("INC-42") == 1
    browser.get("/history")
    assert "by Helpdesk (Otto Normal)" in browser.words()


def test_an_administrator_is_named_as_one(world: World) -> None:
    browser = world.browser(ADA)
    browser.act_for(PRESIDENT)
    browser.save()
    browser = world.browser(PRESIDENT)
    browser.get("/")
    assert "An administrator (ada@example.com) set this on Wed, 10 Feb 2027." in browser.words()


def test_what_the_owner_changed_afterwards_is_not_the_helpdesks(
    world: World, otto: Browser
) -> None:
    otto.save()
    owner = world.browser(ANNA)
    owner.get("/change/pause")
    owner.post("/change/pause")
    owner.get("/")
    assert "helpdesk" not in owner.words()
    otto.get("/change/resume")
    assert "Ticket and reason" in otto.words()
    otto.post("/change/resume", note=" INC-43\nagain ")
    owner.get("/")
    assert "The helpdesk (Otto Normal) changed this on" in owner.words()
    assert "The reason: INC-43 again" in owner.words()


def test_in_the_own_mailbox_staff_is_an_owner(world: World) -> None:
    browser = world.browser(OTTO)
    browser.save()
    version = world.history.last(Login(OTTO))
    assert version is not None
    assert version.new.actor.role is Role.OWNER
    browser.get("/")
    assert "helpdesk" not in browser.words()
    assert browser.get("/scripts").status_code == 200


def test_choosing_the_own_mailbox_is_to_stop(world: World, otto: Browser) -> None:
    otto.act_for(OTTO)
    assert "You act for" not in otto.get("/").text
    assert "My mailbox" in otto.words()


def test_acting_goes_through_the_master_identity_on_a_connection_of_its_own(
    world: World, otto: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Access] = []
    monkeypatch.setattr(MemoryServer, "sign_in", lambda _server, access: asked.append(access))
    otto.get("/")
    otto.get("/")
    otto.post("/staff/stop")
    otto.get("/")
    of_anna, *_more, own = asked
    assert {one.password for one in asked} == {None}
    assert of_anna.login == Login(ANNA)
    assert own.login == Login(OTTO)
    assert of_anna.session_key != own.session_key
    assert world.store.forgotten == [of_anna.session_key]


def test_the_right_is_looked_up_at_every_request(world: World, otto: Browser) -> None:
    assert otto.get("/").status_code == 200
    world.people.gone.add(ANNA)
    assert otto.get("/").status_code == 403
    assert "The directory knows no mailbox anna@example.com" in otto.words()
    assert "You act for" in otto.page.text if otto.page else ""
    world.people.gone.clear()
    assert otto.get("/").status_code == 200
    world.people.broken = True
    assert otto.get("/").status_code == 503
    world.people.broken = False
    wired = world.app.extensions["sieve_manager"]
    kept: Staff = wired.staff
    wired.staff = World(master=MASTER).staff
    assert otto.get("/").status_code == 403
    assert otto.post("/staff/stop").status_code in (303, 403)
    wired.staff = kept
    assert "You act for" not in otto.get("/").text


def test_groups_of_the_directory_make_operators_and_protect(world: World) -> None:
    staff = {"operators": ["group:Helpdesk"], "protected": ["group:Board"]}
    world = World(master=MASTER, staff=staff)
    world.people.groups = {BRUNO: {"helpdesk"}, PRESIDENT: {"board"}}
    browser = world.browser(BRUNO)
    assert browser.act_for(PRESIDENT).status_code == 403
    assert browser.act_for(ANNA).status_code == 303
    world.people.groups[ANNA] = {"BOARD"}
    assert browser.get("/").status_code == 403


def test_an_owner_signs_in_while_the_directory_is_away(world: World) -> None:
    world.people.broken = True
    assert world.browser(ANNA).get("/").status_code == 200


def test_no_login_with_the_master_separator_is_acted_for(world: World) -> None:
    browser = world.browser(ADA)
    assert browser.act_for("anna@example.com*master").status_code == 400
    assert "You act for" not in browser.get("/").text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AccountDisabledError("closed"), "closed for sign-in"),
        (SignInRefusedError("no"), "refuses the identity with which the helpdesk acts"),
    ],
)
def test_a_mailbox_that_lets_nobody_in_does_not_sign_the_operator_out(
    world: World, otto: Browser, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(_self: object, _access: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(type(world.forwards), "overview", fail)
        assert otto.get("/").status_code == 403
        assert words in otto.words()
    assert otto.get("/staff").status_code == 200


def test_an_operators_draft_does_not_come_back_in_the_own_mailbox(
    world: World, otto: Browser
) -> None:
    otto.get("/forward")
    form = otto.hidden()
    otto.client.delete_cookie("session")
    otto.client.post("/forward", data={**form, "to": "draft@example.net"})
    otto.get("/sign-in")
    assert "draft@example.net" not in otto.get("/").text


def test_what_an_operator_sees_in_part_never_makes_a_difference_with_the_whole(
    world: World,
) -> None:
    world.give(b"# rule:[private one]\r\nif true {\r\n\tkeep;\r\n}\r\n")
    owner, otto = world.browser(ANNA), world.browser(OTTO)
    otto.act_for(ANNA)
    owner.get("/forward")
    loaded = owner.hidden()["loaded"]
    otto.get("/forward")
    assert otto.hidden()["loaded"] == loaded
    world.give(b"# rule:[private two]\r\nif true {\r\n\tkeep;\r\n}\r\n")
    wish = {"to": "x@example.net", "copy": "inbox", "timezone": "UTC"}
    answer = otto.client.post("/forward/save", data={**otto.hidden(), **wish})
    assert answer.status_code == 409
    assert "private" not in answer.text
    answer = owner.client.post("/forward/save", data={**owner.hidden(), **wish})
    assert answer.status_code == 409
    assert "-# rule:[private one]" in answer.text
    assert "+# rule:[private two]" in answer.text


def test_others_rules_are_counted_and_their_forwards_named(world: World, otto: Browser) -> None:
    world.give(
        b'# rule:[private]\r\nif true {\r\n\tredirect "books@example.org";\r\n}\r\n'
        b"# rule:[hidden]\r\nif true {\r\n\tkeep;\r\n}\r\n"
    )
    otto.get("/")
    assert "2 rules that were not made here" in otto.words()
    assert "books@example.org" in otto.words()
    assert "private" not in otto.words()
    assert 'href="/script' not in (otto.page.text if otto.page else "")


LIMITS = {
    "approval_for": ["outside", "endless"],
    "copy_choices": ["inbox"],
    "longest_days": 60,
    "reason_required": True,
    "ticket_pattern": "INC-[0-9]+",
}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"to": "x@example.net"}, "Hand the mailbox over instead"),
        ({"last_day": ""}, "Choose a last day."),
        ({"last_day": "2027-12-31"}, "A case lasts at most 60 days."),
        ({"copy": "none"}, "Only an administrator can make this choice."),
        ({"note": "left"}, "Enter the number of the ticket as it is."),
        ({"note": ""}, "Say why."),
    ],
)
def test_operators_do_not_escape_their_limits_by_a_forward_without_a_case(
    fields: dict[str, str], words: str
) -> None:
    world = World(master=MASTER, staff=STAFF, cases=LIMITS)
    good = {"to": "bruno@example.com", "last_day": "2027-03-01", "note": "INC-7 left"}
    otto = world.browser(OTTO)
    otto.act_for(ANNA)
    otto.get("/forward")
    values = {"copy": "inbox", "timezone": "UTC", **good, **fields}
    assert otto.post("/forward/save", **values).status_code == 422
    assert words in otto.words()
    assert world.scripts() == {}
    otto.get("/forward")
    assert otto.post("/forward/save", **{**values, **good, "copy": "inbox"}).status_code == 303
    ada = world.browser(ADA)
    ada.act_for(ANNA)
    ada.get("/forward")
    assert ada.post("/forward/save", **values).status_code == 303


def test_operators_do_not_wake_a_forward_that_they_could_not_set() -> None:
    world = World(master=MASTER, staff=STAFF, cases=LIMITS)
    world.browser(ANNA).save(to="x@example.net")
    owner = world.browser(ANNA)
    owner.get("/change/pause")
    assert owner.post("/change/pause").status_code == 303
    before = world.scripts()
    otto = world.browser(OTTO)
    otto.act_for(ANNA)
    otto.get("/change/resume")
    assert "Hand the mailbox over instead" in otto.words()
    assert otto.post("/change/resume").status_code == 422
    assert world.scripts() == before
    owner.get("/change/resume")
    assert owner.post("/change/resume").status_code == 303
    assert world.scripts() != before
