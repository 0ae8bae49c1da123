"""The form of a redirect address, an alias or a catch-all, and what it refuses."""

import re

import pytest

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


def test_another_address_cannot_slip_into_a_change() -> None:
    world = new_world()
    browser = made(world)
    made(world, address="other@example.com")
    browser.get(f"/addresses/change?address={CONTACT}")
    browser.post("/addresses/change", action="review", **fields(to=OUT, domain="example.org"))
    assert f"Mail for {CONTACT} goes to {OUT}" in browser.words()
    assert "other@" not in browser.words()


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
