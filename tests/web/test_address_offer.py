"""That an alias would do better: when it is said, and what it leads to."""

import re
from html import unescape

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind
from sieve_manager.policy.policy import Policy
from tests.web.address_world import (
    CONTACT,
    OUT,
    fields,
    follow,
    kept,
    new_world,
    press,
    review,
)
from tests.web.world import ADA, ANNA, BRUNO, ELSEWHERE


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
