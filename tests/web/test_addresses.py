"""The pages about redirect addresses and aliases: who can do what there, and what they say."""

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from sieve_manager.application.register_store import Reading
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.errors import StorageError
from sieve_manager.policy.policy import Policy
from tests.web.test_register import entry
from tests.web.world import (
    ADA,
    ANNA,
    BRUNO,
    ELSEWHERE,
    MASTER,
    OTTO,
    STAFF,
    Browser,
    World,
)

CONTACT, OUT = "contact@example.com", "friend@example.net"
DOMAINS = {"domains": ["example.com", "example.org"]}


def new_world(**more: object) -> World:
    settings = {"master": MASTER, "staff": STAFF, "addresses": DOMAINS, **more}
    return World(**settings)  # type: ignore[arg-type]  # as a test names them


def fields(**changed: object) -> dict[str, object]:
    return {
        "kind": "redirect",
        "address": CONTACT,
        "domain": "example.com",
        "to": [BRUNO, OUT],
        "timezone": "Europe/Zurich",
        "owner": ANNA,
        "note": "trade fair",
        **changed,
    }


def review(browser: Browser, **changed: object) -> TestResponse:
    """The new address, as far as the page before its save."""
    browser.get("/addresses/new")
    return browser.post("/addresses/new", action="review", **fields(**changed))


def press(browser: Browser, button: str, **typed: str) -> TestResponse:
    """Press the button of the form that is open, with what the form has hidden."""
    assert browser.page is not None
    forms = re.findall(
        r'<form method="post" action="([^"]+)">(.*?)</form>', browser.page.text, re.DOTALL
    )
    (where, form), *_ = [one for one in forms if f">{button}</button>" in one[1]]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(unescape(value))
    if found := re.search(rf'<button name="action" value="(\w+)">{button}<', form):
        sent["action"] = [found[1]]
    browser.page = browser.client.post(unescape(where), data={**sent, **typed})
    return browser.page


def follow(browser: Browser, answer: TestResponse) -> str:
    assert answer.status_code == 303, browser.words()
    browser.get(answer.headers["Location"])
    return browser.words()


def made(world: World, login: str = ADA, **changed: object) -> Browser:
    browser = world.browser(login)
    answer = review(browser, **changed)
    assert answer.status_code == 200, browser.words()
    follow(browser, press(browser, "Save"))
    return browser


def kept(world: World, address: str = CONTACT) -> RedirectAddress | None:
    return world.addresses.get(EmailAddress.parse(address))


def test_an_administrator_makes_an_address_and_reads_it_like_a_letter() -> None:
    world = new_world()
    browser = world.browser(ADA)
    assert review(browser, last_day="2027-03-31", moved_to="office@example.org").status_code == 200
    words = browser.words()
    assert "Now There is no such address. Mail for it is refused." in words
    assert f"Mail for {CONTACT} goes to {BRUNO} and {OUT}, and nothing stays here." in words
    assert kept(world) is None
    words = follow(browser, press(browser, "Save"))
    assert "Saved. The mail server's own tables were asked, and say the same." in words
    assert "Redirect address: On until 31 March" in words
    assert "senders are told the new address office@example.org" in words
    assert f"{ANNA} may change where it leads." in words
    assert "“trade fair”" in browser.page.text or "<q>trade fair</q>" in browser.page.text
    found = kept(world)
    assert found is not None
    assert [str(one) for one in found.forward.destinations] == [BRUNO, OUT]
    assert (found.owner, found.kind) == (Login(ANNA), AddressKind.REDIRECT)
    answer = world.relay.answer(found.address, world.now)
    assert {str(one) for one in answer.destinations} == {BRUNO, OUT}


def test_the_proof_is_claimed_only_for_the_newest_change() -> None:
    browser = made(new_world())
    for number, claimed in (("1", True), ("2", False), ("<b>", False), ("", False)):
        browser.get(f"/addresses/show?address={CONTACT}&saved={number}")
        assert ("Saved." in browser.words()) is claimed


def test_an_address_is_changed_and_its_history_says_what_was_different() -> None:
    world = new_world()
    browser = made(world, last_day="2027-03-31")
    page = browser.get(f"/addresses/change?address={CONTACT}").text
    assert 'value="2027-03-31"' in page
    assert f'value="{OUT}"' in page
    changed = fields(to=[BRUNO], last_day="", owner="", ticket="T-7", note="over")
    browser.post("/addresses/change", action="review", **changed)
    words = follow(browser, press(browser, "Save"))
    assert f"Where it leads: {BRUNO} (before: {BRUNO} and {OUT})" in words
    assert "Last day: nothing (before: Wed, 31 Mar 2027 (Zurich time))" in words
    assert f"Who may change it: nothing (before: {ANNA})" in words
    assert "Ticket T-7." in words
    assert "First day:" not in words
    found = kept(world)
    assert found is not None
    assert found.owner is None


def test_another_address_cannot_slip_into_a_change() -> None:
    world = new_world()
    browser = made(world)
    made(world, address="other@example.com")
    browser.get(f"/addresses/change?address={CONTACT}")
    browser.post("/addresses/change", action="review", **fields(to=OUT, domain="example.org"))
    assert f"Mail for {CONTACT} goes to {OUT}" in browser.words()
    assert "other@" not in browser.words()


@pytest.mark.parametrize(
    ("step", "button", "says"),
    [
        ("pause", "Pause", f"Mail for {CONTACT} is refused: it is paused."),
        ("delete", "Delete", "This address was deleted. Mail for it is refused."),
    ],
)
def test_a_step_is_looked_at_done_and_taken_back(step: str, button: str, says: str) -> None:
    world = new_world()
    browser = made(world)
    browser.get(f"/addresses/step/{step}?address={CONTACT}")
    assert "After saving" in browser.words()
    words = follow(browser, press(browser, button, note="put off"))
    assert says in words
    assert "<q>put off</q>" in browser.page.text
    browser.get(f"/addresses/step/undo?address={CONTACT}")
    words = follow(browser, press(browser, "Take back"))
    assert f"Mail for {CONTACT} goes to {BRUNO} and {OUT}" in words
    assert "A change was taken back" in words


def test_any_earlier_state_is_put_back_also_after_a_deletion() -> None:
    world = new_world()
    browser = made(world)
    for step in ("pause", "delete"):
        browser.get(f"/addresses/step/{step}?address={CONTACT}")
        follow(browser, press(browser, step.capitalize()))
    links = re.findall(r'href="([^"]+)">Put this back', browser.page.text if browser.page else "")
    assert [one[-1] for one in links] == ["2", "1"]
    browser.get(unescape(links[1]))
    assert f"Mail for {CONTACT} goes to {BRUNO} and {OUT}" in browser.words()
    follow(browser, press(browser, "Put this back", note="after all"))
    assert "<q>after all</q>" in browser.page.text
    found = kept(world)
    assert found is not None
    assert not found.forward.paused
    assert len(re.findall("Put this back", browser.page.text)) == 1  # only the paused one differs
    for number in ("3", "9", "", "x"):  # the deletion left nothing, the others never were
        path = f"/addresses/step/put-back?address={CONTACT}&version={number}"
        assert browser.get(path).status_code == 404


def test_where_a_catch_all_takes_the_mail_it_is_not_said_to_be_refused() -> None:
    world = new_world()
    browser = made(world)
    made(world, kind="catch-all", domain="example.com", to=BRUNO)
    browser.get(f"/addresses/step/delete?address={CONTACT}")
    says = "Mail for it goes where mail for any other address of example.com goes."
    assert f"There is no such address. {says}" in browser.words()
    assert f"This address was deleted. {says}" in follow(browser, press(browser, "Delete"))
    review(browser, address="new@example.org")
    assert "There is no such address. Mail for it is refused." in browser.words()
    review(browser, address=f"{CONTACT.replace('@', '+detail@')}")
    assert says in browser.words()


def test_a_paused_address_is_resumed_and_stays_paused_while_it_is_changed() -> None:
    world = new_world()
    browser = made(world)
    browser.get(f"/addresses/step/pause?address={CONTACT}")
    follow(browser, press(browser, "Pause"))
    browser.get(f"/addresses/change?address={CONTACT}")
    browser.post("/addresses/change", action="review", **fields(to=[BRUNO]))
    assert '<svg class="chain"' not in browser.page.text
    follow(browser, press(browser, "Save"))
    found = kept(world)
    assert found is not None
    assert found.forward.paused
    browser.get(f"/addresses/step/resume?address={CONTACT}")
    assert f"Mail for {CONTACT} goes to {BRUNO}" in follow(browser, press(browser, "Resume"))


def test_what_is_not_there_has_no_page_and_no_step() -> None:
    browser = new_world().browser(ADA)
    for path in ("show", "change", "step/undo", "step/nonsense"):
        assert browser.get(f"/addresses/{path}?address=nobody@example.com").status_code == 404
    assert browser.get("/addresses/step/pause?address=nobody@example.com").status_code == 400
    assert browser.get("/addresses/show?address=<b>").status_code == 400


def test_an_alias_leads_to_one_mailbox_here() -> None:
    world = new_world()
    browser = world.browser(ADA)
    wrong = review(browser, kind="alias", address="b@example.com", to=OUT, owner="")
    assert wrong.status_code == 422
    assert f"{OUT} is no mailbox here. An alias leads to a mailbox." in browser.words()
    assert 'aria-describedby="to-0-error-1" aria-invalid="true"' in wrong.text
    assert review(browser, kind="alias", address="b@example.com").status_code == 422
    assert "An alias leads to one mailbox." in browser.words()
    review(browser, kind="alias", address="b@example.com", to=BRUNO, owner=ANNA)
    words = follow(browser, press(browser, "Save"))
    assert f"Mail for b@example.com is delivered to {BRUNO}." in words
    assert "may change where it leads" not in words  # an alias has no owner
    found = kept(world, "b@example.com")
    assert found is not None
    assert (found.kind, found.owner) == (AddressKind.ALIAS, None)


def test_a_catch_all_is_a_choice_of_its_own_with_a_warning() -> None:
    world = new_world()
    browser = world.browser(ADA)
    form = browser.get("/addresses/new").text
    assert '<option value="example.org">' in form
    assert "A catch-all takes everything that nobody in the domain has." in browser.words()
    catch_all = {"kind": "catch-all", "domain": "example.org", "to": BRUNO}
    review(browser, **catch_all)
    words = browser.words()
    assert f"Mail for any other address of example.org goes to {BRUNO}" in words
    assert "mostly spam, and every mistyped address" in words
    words = follow(browser, press(browser, "Save"))
    assert words.startswith("Saved.")
    assert "All other addresses of example.org" in words
    assert "may change where it leads" not in words  # nobody owns a catch-all
    assert kept(world, "*@example.org") is not None
    assert kept(world) is None


def test_a_catch_all_stays_one_when_it_is_changed() -> None:
    world = new_world()
    browser = made(world, kind="catch-all", domain="example.org", to=BRUNO)
    form = browser.get("/addresses/change?address=*@example.org").text
    assert 'name="kind"' not in form
    changed = fields(address="*@example.org", kind="alias", domain="example.com", to=OUT)
    browser.post("/addresses/change", action="review", **changed)
    follow(browser, press(browser, "Save"))
    found = kept(world, "*@example.org")
    assert found is not None
    assert found.kind is AddressKind.REDIRECT
    assert [str(one) for one in found.forward.destinations] == [OUT]


def test_an_asterisk_alone_makes_no_catch_all_by_mistake() -> None:
    browser = new_world().browser(ADA)
    assert review(browser, address="*@example.com").status_code == 422
    assert "choose “All other addresses of a domain” above" in browser.words()


def test_a_catch_all_of_a_foreign_domain_is_refused_where_it_was_chosen() -> None:
    browser = new_world().browser(ADA)
    wrong = review(browser, kind="catch-all", domain="example.net", to=BRUNO)
    assert wrong.status_code == 422
    assert 'href="#domain"' in wrong.text
    assert "Addresses of example.net are not made here." in browser.words()


@pytest.mark.parametrize(
    ("changed", "anchor", "says"),
    [
        ({"address": ""}, "address", "Enter an address."),
        ({"address": "x@example.net"}, "address", "Addresses of example.net are not made here."),
        ({"address": ANNA}, "address", f"{ANNA} is the address of a mailbox."),
        ({"to": ""}, "to-0", "Enter an address."),
        ({"to": [BRUNO, "nonsense"]}, "to-1", "“nonsense” is not a complete mail address"),
        ({"to": CONTACT}, "to-0", "This address cannot lead to itself."),
        ({"last_day": "2027-01-31"}, "last_day", "The last day is in the past."),
        ({"last_day": "soon"}, "last_day", "soon"),
        ({"owner": "nobody@example.com"}, "owner", "Nobody here has the user name"),
        ({"owner": "a*b"}, "owner", "A user name holds no “*” here."),
        ({"moved_to": "<script>"}, "moved_to", "is not a complete mail address"),
        ({"timezone": "Mars"}, "timezone", "Mars"),
    ],
    ids=lambda one: str(one) if isinstance(one, dict) else "",
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    changed: dict[str, object], anchor: str, says: str
) -> None:
    world = new_world()
    browser = world.browser(ADA)
    answer = review(browser, **changed)
    assert answer.status_code == 422
    assert f'<a href="#{anchor}">' in answer.text
    assert says in browser.words()
    assert "<script>" not in answer.text.partition("<main")[2]
    assert 'value="trade fair"' in answer.text
    assert not world.addresses.kept


def test_an_address_that_is_there_is_not_overwritten_by_a_new_one() -> None:
    world = new_world()
    browser = made(world)
    assert review(browser, to=OUT).status_code == 422
    assert f"{CONTACT} is there already. Change that one." in browser.words()
    # Somebody else makes it between the review and the save.
    review(browser, address="late@example.com")
    made(world, address="late@example.com", to=BRUNO)
    assert press(browser, "Save").status_code == 422
    assert "late@example.com is there already." in browser.words()
    found = kept(world, "late@example.com")
    assert found is not None
    assert len(found.forward.destinations) == 1


def test_a_change_meanwhile_is_shown_before_anything_is_saved() -> None:
    world = new_world()
    browser = made(world)
    browser.get(f"/addresses/change?address={CONTACT}")
    browser.post("/addresses/change", action="review", **fields(to=OUT))
    other = world.browser(ADA)
    other.get(f"/addresses/step/pause?address={CONTACT}")
    press(other, "Pause")
    assert press(browser, "Save").status_code == 409
    words = browser.words()
    assert "Nothing of yours was saved" in words
    assert "it is paused" in words
    follow(browser, press(browser, "Save"))
    found = kept(world)
    assert found is not None
    assert [str(one) for one in found.forward.destinations] == [OUT]
    # So it is with a step, too.
    browser.get(f"/addresses/step/delete?address={CONTACT}")
    other.get(f"/addresses/step/resume?address={CONTACT}")
    press(other, "Resume")
    assert press(browser, "Delete").status_code == 409
    assert "Nothing of yours was saved" in browser.words()
    assert "Delete this address?" in browser.words()
    assert kept(world) is not None


def test_rows_come_and_go_and_nothing_else_is_lost() -> None:
    browser = new_world().browser(ADA)
    browser.get("/addresses/new")
    page = browser.post("/addresses/new", action="add", **fields(kind="alias")).text
    assert page.count('name="to"') == 3
    assert re.search(r'id="to-2"[^>]* autofocus', page)
    assert re.search(r'value="alias" checked', page)
    page = browser.post("/addresses/new", action="remove-0", **fields()).text
    assert page.count('name="to"') == 1
    assert f'value="{OUT}"' in page
    assert browser.post("/addresses/new", action="nonsense", **fields()).status_code == 400
    assert browser.post("/addresses/new", action="remove-x", **fields()).status_code == 400


def test_back_to_the_form_brings_everything_back() -> None:
    browser = new_world().browser(ADA)
    review(browser, last_day="2027-03-31", ticket="T-7", moved_to="new@example.org")
    page = press(browser, "Back to the form").text
    for value in (CONTACT, BRUNO, OUT, "2027-03-31", "T-7", "new@example.org", ANNA, "trade fair"):
        assert f'value="{value}"' in page


def test_the_list_searches_and_turns_pages() -> None:
    world = new_world()
    browser = made(world, note="<i>spring</i>")
    made(world, kind="alias", address="b@example.com", to=BRUNO)
    page = browser.get("/addresses").text
    assert page.index("b@example.com") < page.index(CONTACT)
    assert "<i>spring" not in page
    browser.get("/addresses?kind=alias")
    assert CONTACT not in browser.words()
    browser.get("/addresses?q=SPRING&kind=nonsense")
    assert CONTACT in browser.words()
    assert "b@example.com" not in browser.words()
    browser.get("/addresses?q=winter")
    assert "Nothing was found." in browser.words()
    for number in range(50):
        world.addresses._become(f"{number}@example.com", kept(world))
    page = browser.get("/addresses").text
    assert "skip=50" in page
    page = browser.get("/addresses?skip=50").text
    assert 'rel="next"' not in page
    assert 'rel="prev"' in page
    assert browser.get("/addresses?skip=-99999999999999999999").status_code == 200


# Who may do what


def test_an_owner_finds_the_own_addresses_and_no_others() -> None:
    world = new_world()
    made(world)
    made(world, address="secret@example.com", owner=BRUNO)
    browser = world.browser(ANNA)
    browser.get("/")
    assert "My redirect addresses" in browser.words()
    assert CONTACT in browser.words()
    assert 'href="/addresses"' in browser.page.text
    browser.get("/addresses")
    assert CONTACT in browser.words()
    assert "secret@" not in browser.words()
    assert "New address" not in browser.words()
    assert browser.get("/addresses/show?address=secret@example.com").status_code == 403


def test_who_owns_none_is_shown_nothing_of_it() -> None:
    world = new_world()
    made(world)
    browser = world.browser(BRUNO)
    page = browser.get("/").text
    assert 'href="/addresses"' not in page
    assert "My redirect addresses" not in page
    browser.get("/addresses")
    assert CONTACT not in browser.words()


def test_who_acts_for_a_mailbox_does_not_see_its_owners_addresses_on_the_overview() -> None:
    world = new_world()
    made(world)
    made(world, address="otto.too@example.com", owner=OTTO)
    browser = world.browser(OTTO)
    browser.act_for(ANNA)
    browser.get("/")
    assert "My redirect addresses" not in browser.words()


def test_an_owner_changes_where_it_leads_and_when_and_pauses_it() -> None:
    world = new_world()
    made(world)
    browser = world.browser(ANNA)
    browser.get(f"/addresses/show?address={CONTACT}")
    for button in ("Change", "Pause"):
        assert f">{button}</a>" in browser.page.text
    assert ">Delete</a>" not in browser.page.text
    form = browser.get(f"/addresses/change?address={CONTACT}").text
    for name in ("kind", "owner", "ticket"):
        assert f'name="{name}"' not in form
    browser.post("/addresses/change", action="review", **fields(to=OUT, last_day="2027-06-30"))
    words = follow(browser, press(browser, "Save"))
    assert f"Where it leads: {OUT} (before: {BRUNO} and {OUT})" in words
    browser.get(f"/addresses/step/pause?address={CONTACT}")
    follow(browser, press(browser, "Pause"))
    found = kept(world)
    assert found is not None
    assert found.forward.paused
    assert str(found.forward.period.last_day) == "2027-06-30"
    actors = [one.new.actor.name for one in world.addresses.versions(found.address)]
    assert actors == [ANNA, ANNA, ADA]


def test_an_owner_cannot_become_more_than_that() -> None:
    """What is typed into fields that the form does not have counts for nothing."""
    world = new_world()
    made(world)
    browser = world.browser(ANNA)
    browser.get(f"/addresses/change?address={CONTACT}")
    more = fields(kind="alias", owner=BRUNO, domain="example.org", to=BRUNO)
    assert browser.post("/addresses/change/save", **more).status_code == 303
    found = kept(world)
    assert found is not None
    assert (found.owner, found.kind) == (Login(ANNA), AddressKind.REDIRECT)
    assert browser.get(f"/addresses/step/delete?address={CONTACT}").status_code == 403
    assert browser.post("/addresses/step/delete", address=CONTACT).status_code == 403
    assert browser.get("/addresses/new").status_code == 403
    for typed in (fields(address="x@example.com"), fields(address="nonsense")):
        assert browser.post("/addresses/new", action="review", **typed).status_code == 403
        assert browser.post("/addresses/new/save", **typed).status_code == 403
    assert kept(world) is not None
    assert kept(world, "x@example.com") is None


def test_an_owner_is_not_offered_to_take_back_what_made_them_owner() -> None:
    world = new_world()
    ada = made(world, owner=BRUNO)
    ada.get(f"/addresses/change?address={CONTACT}")
    ada.post("/addresses/change/save", **fields(owner=ANNA))
    browser = world.browser(ANNA)
    browser.get(f"/addresses/show?address={CONTACT}")
    assert "Take back" not in browser.words()
    assert browser.get(f"/addresses/step/undo?address={CONTACT}").status_code == 403
    ada.get(f"/addresses/show?address={CONTACT}")
    assert "Take back" in ada.words()


def test_an_owner_does_not_learn_where_other_peoples_mail_leaves_the_organisation() -> None:
    world = new_world()
    sweep = world.register.take("a", 60)
    assert sweep
    forwards = (entry(BRUNO, "lover@example.net"),)
    written = world.register.write(sweep, "a", [Reading(login=Login(BRUNO), entries=forwards)], 60)
    assert written
    world.register.finish(written, "a")
    ada = made(world, to=OUT)
    browser = world.browser(ANNA)
    for one, seen in ((ada, True), (browser, False)):
        one.get(f"/addresses/change?address={CONTACT}")
        page = one.post("/addresses/change", action="review", **fields(to=BRUNO)).text
        assert "Mail leaves the organisation over 2 hops" in one.words()
        assert ("lover@example.net" in page) is seen


@pytest.mark.parametrize(
    ("operators", "address", "allowed"),
    [
        (False, CONTACT, False),
        (True, CONTACT, True),
        (True, "contact@example.org", False),
    ],
)
def test_operators_manage_addresses_where_policy_says_so(
    operators: bool, address: str, allowed: bool
) -> None:
    """Otto looks after example.com."""
    world = new_world(addresses={**DOMAINS, "operators": operators})
    made(world, address=address)
    browser = world.browser(OTTO)
    offered = browser.get("/addresses").status_code == 200 and "New address" in browser.words()
    assert offered is operators
    domains = re.findall(r'<option value="([\w.]+)"', browser.get("/addresses/new").text)
    assert [one for one in domains if "example" in one] == ["example.com"] * operators
    expected = 200 if allowed else 403
    assert browser.get(f"/addresses/show?address={address}").status_code == expected
    assert browser.get(f"/addresses/step/delete?address={address}").status_code == expected
    browser.get("/")
    answer = browser.post("/addresses/new/save", **fields(address=f"new.{address}"))
    assert answer.status_code == (303 if allowed else 403)


def test_without_a_domain_there_are_no_such_pages_to_find() -> None:
    browser = World(master=MASTER, staff=STAFF).browser(ADA)
    assert 'href="/addresses"' not in browser.get("/staff").text
    browser.get("/addresses/new")
    assert "No domain is configured for this yet" in browser.words()


def test_when_the_database_is_away_the_page_that_says_so_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise StorageError("away")

    world = new_world()
    browser = world.browser(ANNA)
    monkeypatch.setattr(type(world.addresses), "found", away)
    answer = browser.get("/addresses")
    assert answer.status_code == 503
    assert "<main" in answer.text


# The chain, drawn before the save


def test_the_review_draws_the_chain_as_it_will_be() -> None:
    world = new_world()
    made(world, address="team@example.com", to=[BRUNO, OUT])
    browser = world.browser(ADA)
    page = review(browser, to="team@example.com", last_day="2027-03-31").text
    assert '<svg class="chain" role="img"' in page
    assert page.count('class="outside"') == 1
    words = browser.words()
    assert (
        f"team@example.com (redirect address) – until Wed, 31 Mar 2027 {BRUNO} (mailbox)" in words
    )
    assert (
        f"Mail leaves the organisation over 2 hops: {CONTACT} → team@example.com → {OUT}" in words
    )


def test_a_circle_is_refused_at_the_form_with_its_path() -> None:
    world = new_world()
    ada = made(world, address="team@example.com", to=BRUNO)
    made(world, to=["team@example.com", OUT])
    ada.get("/addresses/change?address=team@example.com")
    changed = fields(address="team@example.com", to=[CONTACT, BRUNO])
    assert ada.post("/addresses/change", action="review", **changed).status_code == 422
    path = f"team@example.com → {CONTACT} → team@example.com"
    assert f"Mail would go round in a circle: {path}" in ada.words()


def test_a_catch_all_that_leads_to_nobody_of_its_domain_is_refused() -> None:
    browser = new_world().browser(ADA)
    wrong = review(browser, kind="catch-all", domain="example.org", to="nobody@example.org")
    assert wrong.status_code == 422
    assert "→ nobody@example.org" in browser.words()


def test_policy_refuses_destinations_as_for_forwards() -> None:
    policy = Policy(default_timezone="Europe/Zurich", max_destinations=2)
    browser = new_world(policy=policy).browser(ADA)
    answer = review(browser, to=[BRUNO, OUT, "c@example.net"])
    assert answer.status_code == 422
    assert "2" in browser.words()


# The alias offer


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (
            {"address": "anna@example.org", "to": [OUT]},
            f"anna@example.org is {ANNA} in another domain.",
        ),
        (
            {"address": "presidnet@example.com", "to": [OUT, BRUNO]},
            "presidnet@example.com is another spelling of president@example.com",
        ),
        (
            {"address": CONTACT, "to": [BRUNO], "owner": ""},
            f"{CONTACT} would lead to {BRUNO} and to nowhere else.",
        ),
    ],
    ids=["variant of another domain", "slip", "one mailbox"],
)
def test_an_alias_is_offered_with_its_fields_filled_in(
    changed: dict[str, object], why: str
) -> None:
    world = new_world()
    browser = world.browser(ADA)
    page = review(browser, **changed, last_day="2027-03-31", ticket="T-7").text
    words = browser.words()
    assert "An alias would do this better" in words
    assert why in words
    found = re.search(r'href="([^"]+)">Make an alias instead', page)
    assert found
    form = browser.get(unescape(found[1])).text
    assert re.search(r'id="kind-alias"[^>]* checked', form)
    assert f'value="{changed["address"]}"' in form
    for value in ("2027-03-31", "T-7", "trade fair"):
        assert f'value="{value}"' in form
    (mailbox,) = re.findall(r'name="to" value="([^"]+)"', form)
    assert mailbox in (ANNA, "president@example.com", BRUNO)
    typed = fields(kind="alias", **{**changed, "to": mailbox})
    browser.post("/addresses/new", action="review", **typed)
    assert "An alias would do this better" not in browser.words()
    follow(browser, press(browser, "Save"))
    alias = kept(world, str(changed["address"]))
    assert alias is not None
    assert alias.kind is AddressKind.ALIAS


def test_no_alias_is_offered_where_it_would_not_do() -> None:
    browser = new_world().browser(ADA)
    for changed in (
        {"to": [OUT]},
        {"to": [BRUNO, ANNA]},
        {"to": [BRUNO], "owner": ANNA},
        {"kind": "catch-all", "to": [BRUNO]},
    ):
        assert review(browser, **changed).status_code == 200
        assert "An alias would do this better" not in browser.words()
    # What is there already is not to be made once more.
    follow(browser, press(browser, "Save"))
    review(browser)
    follow(browser, press(browser, "Save"))
    browser.get(f"/addresses/change?address={CONTACT}")
    browser.post("/addresses/change", action="review", **fields(to=[BRUNO], owner=""))
    assert "After saving" in browser.words()
    assert "An alias would do this better" not in browser.words()


def test_an_owner_whose_mailbox_forwards_to_another_spelling_gets_the_words_to_ask_for_an_alias(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Elsa has elsa@example.org here, and elsa@example.com is where she reads her mail."""
    world = new_world(policy=Policy(internal_domains=frozenset({"example.com", "example.org"})))
    people = world.people._all()
    other = type(people[0])(login=Login("e"), address=EmailAddress.parse("elsa@example.com"))
    monkeypatch.setattr(world.people, "_all", lambda: [*people, other])
    monkeypatch.setattr(
        type(world.people),
        "by_address",
        lambda self, address: next((one for one in self._all() if one.address == address), None),
    )
    browser = world.browser(ELSEWHERE)
    browser.get("/forward")
    typed = {"copy": "none", "timezone": "UTC", "note": "I <3 mail"}
    page = browser.post("/forward", action="review", to="elsa@example.com", **typed).text
    words = browser.words()
    assert "An alias would do this better" in words
    assert "Make an alias instead" not in words
    assert f"Please make {ELSEWHERE} an alias of the mailbox elsa@example.com." in words
    assert "I &lt;3 mail" in page
    (link,) = re.findall(r'href="(mailto:[^"]+)"', page)
    assert link.startswith("mailto:?subject=Please%20make%20an%20alias")
    assert "%0A%0A" in link
    assert "I%20%3C3%20mail" in link
    assert " " not in link
    browser.post("/forward", action="review", to=OUT, **typed)
    assert "An alias would do this better" not in browser.words()
