"""The chain of a redirect address, drawn and judged before its save."""

from sieve_manager.policy.policy import Policy
from tests.web.address_world import CONTACT, OUT, fields, made, new_world, review
from tests.web.world import ADA, BRUNO


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
    changed = fields(address="team@example.com", to=[BRUNO, CONTACT])
    refused = ada.post("/addresses/change", action="review", **changed)
    assert refused.status_code == 422
    assert 'href="#to-1"' in refused.text
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


def test_of_an_address_that_is_not_made_here_no_chain_is_judged() -> None:
    browser = new_world().browser(ADA)
    assert review(browser, address="contact@example.net", to=OUT).status_code == 422
    assert "Addresses of example.net are not made here." in browser.words()
    assert "stored nowhere" not in browser.words()
