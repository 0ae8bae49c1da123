"""The page "What happens to mail?": whom it shows what, as a picture and as a list."""

import re

from sieve_manager.application.register_store import Reading
from sieve_manager.domain.mailboxes import Login
from tests.application.test_whole_chart import leads
from tests.web.test_register import SUBJECT, entry
from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, PRESIDENT, STAFF, World

LOVER, AGENT = "lover@example.net", "agent@example.org"


def swept(**more: dict[str, object]) -> World:
    """Bruno forwards to an outside address and to the president, who does so, too."""
    world = World(master=MASTER, staff=STAFF, **more)  # type: ignore[arg-type]  # settings
    sweep = world.register.take("a", 60)
    assert sweep
    readings = [
        Reading(login=Login(ANNA)),
        Reading(
            login=Login(BRUNO),
            entries=(entry(BRUNO, LOVER, conditions=(SUBJECT,)), entry(BRUNO, PRESIDENT)),
        ),
        Reading(login=Login(PRESIDENT), entries=(entry(PRESIDENT, AGENT, kept=False),)),
    ]
    written = world.register.write(sweep, "a", readings, 60)
    assert written
    world.register.finish(written, "a")
    return world


def plain(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", "", html).split())


def test_an_owner_sees_the_own_chain_as_it_is_now_without_where_others_lead_outside() -> None:
    world = swept()
    browser = world.browser(ANNA)
    browser.save(to=f"{BRUNO}, mine@example.net")
    html = browser.get("/trace").text
    assert f"Mail for {ANNA} arrives at {ANNA}, {BRUNO}, an outside address" in plain(html)
    assert f"{BRUNO} (mailbox) – with a copy left behind" in plain(html)
    assert "mine@example.net (outside)" in plain(html)
    assert plain(html).count("an outside address (outside)") == 2
    for hidden in (LOVER, AGENT, "secret plan"):
        assert hidden not in html
    assert '<svg class="chain" role="img"' in html
    assert html.count('class="outside"') == 3
    assert f"over 2 hops: {ANNA} → {BRUNO} → …" in plain(html)


def test_an_owner_has_no_field_for_others_addresses_and_is_refused() -> None:
    browser = swept().browser(ANNA)
    assert 'id="address"' not in browser.get("/trace").text
    answer = browser.get(f"/trace?address={BRUNO}")
    assert answer.status_code == 403
    assert "You can look at your own addresses." in answer.text


def test_an_owner_chooses_among_the_own_addresses() -> None:
    world = swept()
    mine = leads("team", AGENT)
    world.addresses.kept[str(mine.address)] = type(mine)(
        address=mine.address, forward=mine.forward, owner=Login(ANNA)
    )
    browser = world.browser(ANNA)
    assert '<option value="team@example.com">' in browser.get("/trace").text
    html = browser.get("/trace?address=team@example.com").text
    assert '<option value="team@example.com" selected>' in html
    assert f"Mail for team@example.com arrives at {AGENT} (outside)." in plain(html)


def test_operators_ask_about_any_address_and_see_what_they_may_act_for() -> None:
    browser = swept().browser(OTTO)
    html = browser.get(f"/trace?address={BRUNO}").text
    assert LOVER in html
    assert AGENT not in html
    assert "secret plan" not in html
    assert "under conditions that are not shown to you" in html


def test_administrators_see_everything() -> None:
    html = swept().browser(ADA).get(f"/trace?address={BRUNO}").text
    assert LOVER in html
    assert AGENT in html
    assert "only where Subject contains “secret plan”" in plain(html)
    assert "without a copy left behind" in html


def test_who_acts_for_a_mailbox_begins_with_its_address() -> None:
    browser = swept().browser(ADA)
    browser.act_for(BRUNO)
    assert f'value="{BRUNO}"' in browser.get("/trace").text


def test_what_is_no_address_is_said_at_the_field() -> None:
    answer = swept().browser(ADA).get("/trace?address=<b>nonsense")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "<b>nonsense" not in answer.text


def test_mail_that_arrives_nowhere_is_said_first() -> None:
    html = swept().browser(ADA).get("/trace?address=nobody@example.com").text
    assert "Mail for nobody@example.com arrives nowhere." in plain(html)
    assert "This address does not exist" in html


def test_without_a_sweep_it_is_said_that_others_are_not_known() -> None:
    html = World().browser(ANNA).get("/trace").text
    assert f"Mail for {ANNA} arrives at {ANNA}." in plain(html)
    assert "they were not looked through yet" in html


def test_a_large_chain_folds_in_the_picture_and_in_the_list() -> None:
    world = swept()
    many = [f"x{number}@example.net" for number in range(60)]
    one = leads("all", "many", "few")
    others = (leads("many", *many), leads("few", "y@example.net"))
    for kept in (one, *others):
        world.addresses.kept[str(kept.address)] = kept
    html = world.browser(ADA).get("/trace?address=all@example.com").text
    assert "x9@example.net (outside) and 51 other addresses." in plain(html)
    assert html.count("<details>") == 2
    assert "Show 60 further places" in html
    assert "and 23 more" in html
    assert all(html.count(to) >= 1 for to in many), "the list has them all"
