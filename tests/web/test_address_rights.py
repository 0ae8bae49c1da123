"""Who finds which redirect addresses, and what they can do there."""

import re

import pytest

from sieve_manager.application.register_store import Reading
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind
from sieve_manager.errors import StorageError
from tests.web.address_world import (
    CONTACT,
    DOMAINS,
    OUT,
    fields,
    follow,
    kept,
    made,
    new_world,
    press,
)
from tests.web.test_register import entry
from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, STAFF, World


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


def test_an_operator_finds_also_an_own_address_of_a_domain_that_others_look_after() -> None:
    world = new_world(addresses={**DOMAINS, "operators": True})
    made(world, address="fair@example.org", owner=OTTO)
    made(world, address="other@example.org")
    browser = world.browser(OTTO)
    for page in ("/addresses", "/addresses.csv"):
        text = browser.get(page).text
        assert "fair@example.org" in text
        assert "other@example.org" not in text
