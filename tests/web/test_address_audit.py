"""Who did what to a redirect address, when, why, under which ticket: both logs say it."""

from tests.web.address_world import CONTACT, OUT, follow, made, new_world, press
from tests.web.world import ADA, ANNA, BRUNO


def test_who_when_why_and_the_ticket_stand_in_the_history_and_in_the_audit_log() -> None:
    world = new_world()
    browser = made(world, ticket="T-1")
    for step, button, ticket in (("pause", "Pause", "T-2"), ("delete", "Delete", "T-3")):
        browser.get(f"/addresses/step/{step}?address={CONTACT}")
        words = follow(browser, press(browser, button, ticket=ticket, note=f"because of {ticket}"))
        assert f"by you Ticket {ticket}." in words
        assert f"because of {ticket}" in words
    told = [one.entry for one in world.audit.entries() if one.entry.action.startswith("address.")]
    assert [(one.action, one.result.value, one.ticket, one.reason) for one in told] == [
        ("address.delete", "done", "T-3", "because of T-3"),
        ("address.pause", "done", "T-2", "because of T-2"),
        ("address.set", "done", "T-1", "trade fair"),
    ]
    assert [one.to for one in told] == [(), (), (BRUNO, OUT)]
    assert {(one.actor.name, str(one.mailbox)) for one in told} == {(ADA, CONTACT)}
    assert {one.at for one in told} == {world.now}


def test_what_was_refused_stands_in_the_audit_log_too() -> None:
    world = new_world()
    browser = made(world)
    page = browser.get(f"/addresses/step/pause?address={CONTACT}")
    follow(browser, press(browser, "Pause"))
    browser.page = page
    assert press(browser, "Pause", ticket="T-9").status_code == 409
    newest = world.audit.entries()[0].entry
    assert (newest.action, newest.result.value) == ("address.pause", "refused")
    assert newest.ticket == "T-9"


def test_an_owner_is_not_asked_for_a_ticket() -> None:
    world = new_world()
    made(world)
    page = world.browser(ANNA).get(f"/addresses/step/pause?address={CONTACT}").text
    assert 'name="note"' in page
    assert 'name="ticket"' not in page


def test_it_says_where_the_changes_are_that_are_not_kept() -> None:
    world = new_world()
    browser = made(world)
    for step, button in [("pause", "Pause"), ("resume", "Resume")] * 5:
        browser.get(f"/addresses/show?address={CONTACT}")
        assert "Earlier changes are not kept here" not in browser.words()
        browser.get(f"/addresses/step/{step}?address={CONTACT}")
        words = follow(browser, press(browser, button))
    assert "Earlier changes are not kept here, but in the audit log." in words
