"""The list of redirect addresses, the page of each, and its steps."""

import re
from html import unescape

import pytest

from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind
from tests.web.address_world import (
    CONTACT,
    OUT,
    fields,
    follow,
    kept,
    made,
    new_world,
    press,
    review,
)
from tests.web.world import ADA, ANNA, BRUNO


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


def test_a_map_that_cannot_be_written_is_not_called_the_database() -> None:
    world = new_world()
    browser = made(world)
    browser.get(f"/addresses/change?address={CONTACT}")
    browser.post("/addresses/change", action="review", **fields(to=[BRUNO]))
    world.relay.broken = 1
    assert press(browser, "Save").status_code == 503
    assert "The place where it looks up redirect addresses cannot be written." in browser.words()
    assert "Nothing was changed" in browser.words()
    assert "database" not in browser.words()
    found = kept(world)
    assert found is not None
    assert OUT in map(str, found.forward.destinations)


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
