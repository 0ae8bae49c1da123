"""The pages of cases: begin, look, change, end, take back, agree; by whom and for whom."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from werkzeug.test import TestResponse

from sieve_manager.application.case import CaseState, NewCase
from sieve_manager.application.case_cleaning import CaseCleaning
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import AccountDisabledError
from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, PRESIDENT, STAFF, Browser, World

THEIRS = b'# rule:[private]\r\nif true {\r\n\tredirect :copy "books@example.org";\r\n}\r\n'
FIELDS = {
    "leaver": ANNA,
    "to": BRUNO,
    "copy": "none",
    "first_day": "2027-02-10",
    "last_day": "2027-03-31",
    "timezone": "Europe/Zurich",
    "reply": "de",
    "reply_interval": "7",
    "own_forward": "off",
    "ticket": "INC-42",
    "reason": "has left",
}


@pytest.fixture
def world() -> World:
    return World(master=MASTER, staff=STAFF)


@pytest.fixture
def otto(world: World) -> Browser:
    return world.browser(OTTO)


def begin(browser: Browser, **fields: str) -> TestResponse:
    """Through the form and the review to the page of the case."""
    leaver = fields.get("leaver", ANNA)
    browser.get(f"/cases/new?leaver={leaver}")
    review = browser.post("/cases/new", action="review", **{**FIELDS, **fields})
    assert review.status_code == 200, browser.words()
    answer = browser.post("/cases/new/save", **{**FIELDS, **fields})
    assert answer.status_code == 303, browser.words()
    return browser.get(answer.headers["Location"])


def test_from_the_search_to_the_form_with_the_manager_in_it(otto: Browser) -> None:
    page = otto.get("/staff?q=anna")
    assert 'href="/cases/new?leaver=anna@example.com"' in page.text
    page = otto.get("/cases/new?leaver=anna@example.com")
    assert "Hand over the mailbox of Anna Miller" in otto.words()
    assert re.search(r'name="to" value="bruno@example.com"[^>]*autofocus', page.text)
    assert '<option value="en" lang="en" selected>' in page.text
    assert re.search(r'id="copy-none"[^>]* checked', page.text)


def test_a_new_case_begins_with_the_search(otto: Browser) -> None:
    assert '<a class="button primary" href="/staff">New case</a>' in otto.get("/cases").text
    for path in ("/cases/new", "/cases/new?leaver="):
        answer = otto.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/staff")


def test_nothing_is_written_before_the_review_says_what_would_happen(
    world: World, otto: Browser
) -> None:
    world.give(THEIRS)
    otto.get("/cases/new?leaver=anna@example.com")
    otto.post("/cases/new", action="review", **FIELDS)
    words = otto.words()
    assert "The mailbox of Anna Miller" in words
    assert "From Wed, 10 Feb 2027 until Wed, 31 Mar 2027 (Zurich time), every new message" in words
    assert "No copy stays here." in words
    assert "The other filters of this mailbox rest meanwhile." in words
    assert "Anna Miller ist nicht mehr hier tätig" in words
    assert "Ihre Nachricht wurde an Bruno Bär weitergeleitet." in words
    assert "A filter of this mailbox forwards to books@example.org." in words
    assert "private" not in words
    assert world.scripts() == {"roundcube": THEIRS}


def test_a_case_is_begun_and_reads_like_a_letter(world: World, otto: Browser) -> None:
    begin(otto)
    words = otto.words()
    assert "Saved. The mail server has it" in words
    assert "Case of Anna Miller On until 31 March" in words
    assert (
        "Anna Miller has left. From Wed, 10 Feb 2027 until Wed, 31 Mar 2027, mail goes to "
        "bruno@example.com." in words
    )
    assert "Set by you, Wed, 10 Feb 2027" in words
    assert "Ticket INC-42. has left" in words
    assert "Handed over by the helpdesk" in words
    assert b"vacation" in world.scripts()["sieve-manager"]


def test_errors_stand_at_their_fields_and_keep_what_was_typed(otto: Browser) -> None:
    otto.get("/cases/new?leaver=anna@example.com")
    wrong = {"to": "nonsense", "last_day": "2027-01-01", "reply": "text", "reply_text": "{who}"}
    page = otto.post("/cases/new", action="review", **{**FIELDS, **wrong})
    assert page.status_code == 422
    assert 'href="#to-0"' in page.text
    assert "“nonsense” is not a complete mail address" in otto.words()
    assert 'value="nonsense"' in page.text
    assert "has left" in page.text


def test_rows_are_added_and_removed_without_javascript(otto: Browser) -> None:
    otto.get("/cases/new?leaver=anna@example.com")
    page = otto.post("/cases/new", action="add", **FIELDS)
    assert page.text.count('name="to"') == 2
    page = otto.post("/cases/new", action="remove-0", **{**FIELDS, "to": ["a@x.org", "b@x.org"]})
    assert 'value="b@x.org"' in page.text
    assert 'value="a@x.org"' not in page.text
    assert otto.post("/cases/new", action="nonsense", **FIELDS).status_code == 400


def test_colleagues_are_offered_while_typing(otto: Browser) -> None:
    page = otto.get("/cases/colleagues?to=&to=brun")
    assert page.text.strip() == '<option value="bruno@example.com">Bruno Bär</option>'


def test_a_case_is_extended_ended_and_taken_back(world: World, otto: Browser) -> None:
    world.give(THEIRS)
    begin(otto)
    page = otto.get("/cases/1/change")
    assert 'value="2027-03-31"' in page.text
    assert '<option value="de" lang="de" selected>' in page.text
    longer = {**FIELDS, "last_day": "2027-04-30", "reply": ""}
    otto.post("/cases/1/change", action="review", **longer)
    answer = otto.post("/cases/1/change/save", **longer)
    assert answer.headers["Location"] == "/cases/1?saved=1"
    otto.get("/cases/1?saved=1")
    assert "On until 30 April" in otto.words()
    assert "Senders get no automatic reply." in otto.words()
    otto.get("/cases/1/undo")
    assert "Take back the last step?" in otto.words()
    otto.post("/cases/1/undo")
    otto.get("/cases/1")
    assert "On until 31 March" in otto.words()
    otto.get("/cases/1/end")
    assert "End this case now?" in otto.words()
    otto.post("/cases/1/end")
    otto.get("/cases/1")
    assert "Ended" in otto.words()
    ended = "Anna Miller has left. The handover to bruno@example.com ended on Wed, 10 Feb 2027."
    assert ended in otto.words()
    assert world.scripts() == {"roundcube": THEIRS}
    assert otto.get("/cases/1/nonsense").status_code == 404


def test_a_forward_that_the_case_switched_off_is_not_said_to_go_on(
    world: World, otto: Browser
) -> None:
    world.browser(ANNA).save()
    begin(otto)
    otto.get("/cases/1/change")
    keep = {**FIELDS, "own_forward": "keep", "last_day": "2027-04-30"}
    page = otto.post("/cases/1/change", action="review", **keep)
    assert page.status_code == 422
    assert "The case has switched this forward off already." in otto.words()
    assert otto.post("/cases/1/change/save", **keep).status_code == 422
    otto.get("/cases/1")
    assert "A forward that the mailbox had stays off afterwards." in otto.words()


def test_a_forward_that_goes_on_again_is_said_to(world: World, otto: Browser) -> None:
    world.browser(ANNA).save()
    begin(otto, own_forward="keep")
    otto.get("/cases/1/change")
    assert otto.post("/cases/1/change/save", **FIELDS).status_code == 303
    otto.get("/cases/1")
    assert "A forward that the mailbox had stays off afterwards." in otto.words()
    otto.get("/cases/1/undo")
    otto.post("/cases/1/undo")
    otto.get("/cases/1")
    assert "A forward that the mailbox had goes on afterwards." in otto.words()


def test_the_reply_follows_the_days_and_the_people_of_a_change(world: World, otto: Browser) -> None:
    begin(otto)
    otto.get("/cases/1/change")
    otto.post("/cases/1/change", action="review", **{**FIELDS, "last_day": "2027-04-30", "to": ADA})
    assert "bis 30. April 2027 weitergeleitet" in otto.words()
    assert f"schreiben Sie künftig an {ADA}" in otto.words()
    own = {**FIELDS, "reply": "text", "reply_subject": "Gone", "reply_text": "Since {last_day}"}
    otto.post("/cases/1/change/save", **own)
    page = otto.get("/cases/1/change")
    assert "selected>A text of your own" in page.text
    assert "Since March 31, 2027" in page.text


def test_a_case_that_is_over_takes_nothing_from_the_next_one(world: World, otto: Browser) -> None:
    begin(otto)
    otto.get("/cases/1/end")
    otto.post("/cases/1/end")
    begin(otto, ticket="INC-43")
    second = world.scripts()
    otto.get("/cases/1/end")
    otto.post("/cases/1/end")
    assert world.scripts() == second
    otto.get("/cases/1/undo")
    assert "The helpdesk has handed this mailbox over." in otto.words()
    assert otto.post("/cases/1/undo", force="yes").status_code == 422
    assert world.scripts() == second
    otto.get("/cases/2")
    assert "On until 31 March" in otto.words()
    otto.get("/cases/2/undo")
    otto.post("/cases/2/undo")
    assert world.scripts() == {}


def test_the_lists_and_the_start_page_show_where_something_is_to_do(
    world: World, otto: Browser
) -> None:
    begin(otto, last_day="2027-02-14")
    begin(otto, leaver=BRUNO, to=ANNA, ticket="INC-43")
    otto.get("/staff")
    words = otto.words()
    assert words.index("Ends this week Anna Miller") < words.index("Running Anna Miller")
    assert "Bruno Bär anna@example.com – INC-43 On until 31 March" in words
    otto.get("/cases?list=ending")
    assert "Bruno Bär" not in otto.words()
    otto.get("/cases?list=running&q=INC-43")
    assert "Anna Miller" not in otto.words()
    assert "Bruno Bär" in otto.words()
    otto.get("/cases?list=failed")
    assert "There are none." in otto.words()
    otto.get("/cases?list=nonsense")
    assert "Running" in otto.words()


def test_operators_see_only_cases_of_mailboxes_that_they_act_for(world: World) -> None:
    ada, otto = world.browser(ADA), world.browser(OTTO)
    begin(ada, leaver=PRESIDENT)
    ada.get("/cases")
    assert "The President" in ada.words()
    otto.get("/cases")
    assert "The President" not in otto.words()
    for path in ("/cases/1", "/cases/1/change", "/cases/1/end", "/cases/1/undo"):
        assert otto.get(path).status_code == 403
    assert otto.get(f"/cases/new?leaver={PRESIDENT}").status_code == 403
    otto.get("/help")
    assert otto.post("/cases/1/end").status_code == 403
    assert otto.post("/cases/new/save", **{**FIELDS, "leaver": PRESIDENT}).status_code == 403
    assert world.cases.store.case(1).state is CaseState.ACTIVE


def many(world: World, domain: str, count: int, state: CaseState = CaseState.ACTIVE) -> None:
    """So many cases of mailboxes there, the last of which ended last."""
    begin(world.browser(ADA))
    one = world.cases.store.case(1)
    for number in range(count):
        case = world.cases.store.begin(
            NewCase(
                login=Login(f"{number:03}@{domain}"),
                at=world.now,
                actor=one.begun_by,
                terms=one.terms,
                state=CaseState.ACTIVE,
            )
        )
        world.cases.store.keep(
            replace(case, state=state, ended_at=world.now + timedelta(minutes=number))
        )


def test_a_long_list_is_turned_by_pages(world: World) -> None:
    many(world, "example.com", 120, CaseState.ENDED)
    ada = world.browser(ADA)
    shown = ada.get("/cases?list=over").text
    assert "119@example.com" in shown, "the last one that ended"
    assert "069@example.com" not in shown
    (more,) = re.findall(r'rel="next" href="([^"]+)"', shown)
    shown = ada.get(unescape(more)).text
    assert "069@example.com" in shown
    (more,) = re.findall(r'rel="next" href="([^"]+)"', shown)
    shown = ada.get(unescape(more)).text
    assert "000@example.com" in shown
    assert 'rel="next"' not in shown
    assert 'rel="prev"' in shown
    assert ada.get("/cases?list=over&skip=-5").status_code == 200


def test_cases_of_others_do_not_push_the_own_ones_from_the_lists(world: World) -> None:
    many(world, "elsewhere.example.net", 60)  # whom operators do not act for
    first = world.cases.store.case(1)
    world.cases.store.keep(replace(first, id=99))  # behind all of those
    world.cases.store.drop(first)
    otto = world.browser(OTTO)
    for path in ("/staff", "/cases?list=running"):
        otto.get(path)
        assert "Anna Miller" in otto.words(), path


def test_a_second_person_agrees(world: World) -> None:
    staff = {"operators": [OTTO, BRUNO]}
    world = World(master=MASTER, staff=staff, cases={"approval_for": ["outside"]})
    otto, second = world.browser(OTTO), world.browser(BRUNO)
    otto.get("/cases/new?leaver=anna@example.com")
    outside = {**FIELDS, "to": "somebody@elsewhere.example.net"}
    otto.post("/cases/new", action="review", **outside)
    assert "Somebody else of the helpdesk has to agree" in otto.words()
    assert "Ask for approval" in otto.words()
    answer = otto.post("/cases/new/save", **outside)
    otto.get(answer.headers["Location"])
    assert "Somebody else has to agree" in otto.words()
    assert "Look and agree" not in otto.words()
    assert "Saved." not in otto.words()
    assert world.scripts() == {}
    otto.get("/cases/1/approve")
    assert otto.post("/cases/1/approve").status_code == 403
    assert "Nobody approves the own request" in otto.words()
    assert world.scripts() == {}
    second.get("/staff")
    assert "Waiting for approval Anna Miller" in second.words()
    second.get("/cases/1/approve")
    assert "Anna Miller ist nicht mehr hier tätig" in second.words()
    second.post("/cases/1/approve")
    assert world.cases.store.case(1).state is CaseState.ACTIVE
    assert "sieve-manager" in world.scripts()
    said = [one.entry for one in world.audit.records() if one.entry.action.startswith("case.")]
    assert [(one.action, one.actor.name, one.detail) for one in said] == [
        ("case.ask", OTTO, f"Case 1, asked for by {OTTO}."),
        ("case.approve", BRUNO, f"Case 1, asked for by {OTTO}."),
        ("case.begin", BRUNO, "Change 1."),
    ]
    assert {one.to for one in said} == {("somebody@elsewhere.example.net",)}


def test_what_waits_is_withdrawn_and_neither_ended_nor_changed(world: World) -> None:
    world = World(master=MASTER, staff=STAFF, cases={"approval_for": ["outside"]})
    otto = world.browser(OTTO)
    begin(otto, to="out@example.net")
    for path in ("/cases/1/end", "/cases/1/change/save"):
        assert otto.post(path, **FIELDS).status_code == 400
        assert "This case waits for approval. It can be withdrawn." in otto.words()
    assert otto.get("/cases/1/end").status_code == 400
    assert world.cases.store.case(1).state is CaseState.WAITING


def test_who_asked_can_withdraw(world: World) -> None:
    staff = {"operators": [OTTO]}
    world = World(master=MASTER, staff=staff, cases={"approval_for": ["endless"]})
    otto = world.browser(OTTO)
    begin(otto, last_day="")
    otto.post("/cases/1/withdraw")
    otto.get("/cases/1")
    assert "Taken back" in otto.words()
    world.case_notices.run()
    assert world.mailer.sent == []


def test_who_asked_is_told_when_somebody_else_refuses_it(world: World) -> None:
    world = World(master=MASTER, staff=STAFF, cases={"approval_for": ["endless"]})
    begin(world.browser(OTTO), last_day="")
    ada = world.browser(ADA)
    ada.get("/cases/1")
    ada.post("/cases/1/withdraw", note="needs a last day")
    ada.get("/cases/1")
    assert "was taken back." in ada.words()
    world.case_notices.run()
    (told,) = world.mailer.sent
    assert (str(told.to), told.subject) == (OTTO, "The case of Anna Miller was refused")
    assert "By: helpdesk (ada@example.com)\nWhy: needs a last day\n" in told.text
    anna = world.browser(ANNA)
    anna.get("/audit")
    assert "Withdraw a handover that waited for approval" in anna.words()


def test_who_asked_is_told_when_nobody_agrees_in_time(world: World) -> None:
    cases = {"approval_for": ["endless"], "approval_days": 3}
    world = World(master=MASTER, staff=STAFF, cases=cases)
    begin(world.browser(OTTO), last_day="")
    cleaning = CaseCleaning(cases=world.cases, clock=world.clock)
    world.now += timedelta(days=3)
    assert list(cleaning.run()) == []
    world.now += timedelta(minutes=1)
    (lapsed,) = cleaning.run()
    assert lapsed.state is CaseState.UNDONE
    world.case_notices.run()
    world.case_notices.run()
    (told,) = world.mailer.sent
    assert (str(told.to), told.subject) == (OTTO, "Nobody agreed to the case of Anna Miller")


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_saved(
    world: World, otto: Browser
) -> None:
    otto.get("/cases/new?leaver=anna@example.com")
    world.give(THEIRS)
    answer = otto.post("/cases/new/save", **FIELDS)
    assert answer.status_code == 409
    assert "Changed meanwhile" in otto.words()
    assert "private" not in otto.words()
    answer = otto.post("/cases/new/save", **FIELDS)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "path", ["/cases/1/change", "/cases/1/end", "/cases/1/undo", f"/cases/new?leaver={ANNA}"]
)
def test_a_mailbox_that_is_closed_signs_no_operator_out(
    world: World, otto: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    begin(otto)

    def fail(_self: object, _access: object) -> None:
        raise AccountDisabledError("closed")

    monkeypatch.setattr(type(world.store), "session", fail)
    page = otto.get(path)
    assert page.status_code == 403
    assert "closed for sign-in" in otto.words()
    assert "(Dovecot: nologin)" in otto.words()
    assert otto.get("/staff").status_code == 200


def test_a_mailbox_that_is_closed_in_mid_case_is_said_and_the_case_is_still_shown(
    world: World, otto: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(otto)

    def fail(_self: object, _access: object) -> None:
        raise AccountDisabledError("closed")

    monkeypatch.setattr(type(world.forwards), "overview", fail)
    assert otto.get("/cases/1").status_code == 200
    assert "closed for sign-in" in otto.words()
    assert "Anna Miller has left." in otto.words()


def test_where_a_mailbox_is_gone_a_redirect_address_is_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(master=MASTER, staff=STAFF, addresses={"domains": ["example.com"]})
    ada, otto = world.browser(ADA), world.browser(OTTO)
    begin(ada)
    offer, later = (
        "Make it a redirect address",
        "The mailbox is deleted: make it a redirect address",
    )
    page = ada.get("/cases/1").text
    assert offer not in page
    assert re.findall(rf'href="(/addresses/new\?[^"]+)">{later}', page)
    assert later not in otto.get("/cases/1").text

    def fail(_self: object, _access: object) -> None:
        raise AccountDisabledError("there is no such mailbox")

    monkeypatch.setattr(type(world.forwards), "overview", fail)
    otto.get("/cases/1")
    assert offer not in otto.words(), "operators make none, unless the policy says so"
    (form,) = re.findall(rf'href="([^"]+)">{offer}', ada.get("/cases/1").text)
    shown = ada.get(unescape(form)).text
    assert (f'value="{ANNA}"' in shown, f'value="{BRUNO}"' in shown) == (True, True)
    assert ('value="2027-03-31"' in shown, 'value="INC-42"' in shown) == (True, True)
    world.now += timedelta(days=100)
    ada.get("/cases/1")
    assert offer not in ada.words(), "it is over"


def test_the_owner_reads_on_the_overview_who_handed_the_mailbox_over(
    world: World, otto: Browser
) -> None:
    begin(otto)
    owner = world.browser(ANNA)
    owner.get("/")
    words = owner.words()
    assert "Handed over until 31 March" in words
    assert (
        "The helpdesk (Otto Normal, INC-42) handed this mailbox over on Wed, 10 Feb 2027. It ends "
        "on Wed, 31 Mar 2027. The reason: has left" in words
    )
    assert "End it" not in words
    assert owner.get("/handover/end").status_code == 403
    assert owner.post("/handover/end").status_code == 403


def test_before_its_first_day_a_case_is_said_as_what_will_be(world: World, otto: Browser) -> None:
    begin(otto, first_day="2027-03-15")
    will_be = "From Mon, 15 Mar 2027 until Wed, 31 Mar 2027 (Zurich time), every new message is"
    owner = world.browser(ANNA)
    page = owner.get("/")
    assert f"Nothing is forwarded. {will_be} forwarded to bruno@example.com." in owner.words()
    assert "My mailbox From 15 March" in owner.words()
    assert "state-scheduled" in page.text
    assert "mail stays in the inbox 15 March to 31 March bruno@example.com" in owner.words()
    owner.save(to="carla@example.net")
    owner.get("/")
    assert "My mailbox On" in owner.words(), "what happens now"
    assert owner.words().index("carla@example.net") < owner.words().index(will_be)


def test_a_case_that_was_tidied_up_later_ended_on_its_last_day(world: World, otto: Browser) -> None:
    begin(otto, last_day="2027-02-10")
    world.now += timedelta(hours=11, minutes=30)
    list(CaseCleaning(cases=world.cases, clock=world.clock).run())
    otto.get("/cases/1")
    assert "ended on Wed, 10 Feb 2027. No copy" in otto.words()


def test_the_owner_does_not_end_it_by_the_history(world: World, otto: Browser) -> None:
    owner = world.browser(ANNA)
    owner.save()
    begin(otto)
    for number in (1, 2):
        owner.get(f"/history/{number}/undo")
        assert "The helpdesk has handed this mailbox over." in owner.words()
        assert "Put this back" not in owner.words()
        assert owner.post(f"/history/{number}/undo", force="yes").status_code == 422
    otto.get("/cases/1")
    assert "On until 31 March" in otto.words()
    otto.post("/cases/1/end")
    owner.get("/history/1/undo")
    assert "The helpdesk has handed" not in owner.words()


def test_staff_ends_a_case_by_the_case_and_not_by_the_history(world: World, otto: Browser) -> None:
    begin(otto)
    running = world.scripts()
    otto.act_for(ANNA)
    otto.get("/history/1/undo")
    assert "The helpdesk has handed this mailbox over." in otto.words()
    assert otto.post("/history/1/undo").status_code == 422
    assert world.scripts() == running


def test_the_owner_ends_it_where_the_policy_says_so(world: World) -> None:
    world = World(master=MASTER, staff=STAFF, cases={"owner_may_end": True})
    begin(world.browser(OTTO))
    owner = world.browser(ANNA)
    owner.get("/")
    assert "End it" in owner.words()
    owner.get("/handover/end")
    assert "End this case now?" in owner.words()
    answer = owner.post("/handover/end")
    assert answer.status_code == 303
    assert world.scripts() == {}
    assert world.cases.store.case(1).state is CaseState.ENDED
    owner.get("/handover/end")
    assert "There is no case in this mailbox." in owner.words()


def test_the_problem_of_a_failed_case_is_for_who_may_read_it(world: World) -> None:
    begin(world.browser(OTTO))
    case = world.cases.store.case(1)
    problem = 'line 3: unknown command "private"'
    world.cases.store.keep(replace(case, state=CaseState.FAILED, problem=problem))
    otto, ada = world.browser(OTTO), world.browser(ADA)
    otto.get("/cases/1")
    assert "could not be taken out yet" in otto.words()
    assert "private" not in otto.words()
    ada.get("/cases/1")
    assert "private" in ada.words()
    otto.get("/staff")
    assert "Failed Anna Miller" in otto.words()


def test_there_is_no_such_case(otto: Browser) -> None:
    for path in ("/cases/7", "/cases/7/end", "/cases/7/change"):
        assert otto.get(path).status_code == 404
