"""“Who did what”: the entries of the audit log about the own mailbox, and about no other."""

from dataclasses import replace

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import UNREADABLE, AuditEntry, Result
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.settings_audit import AuditSection
from tests.web.world import ANNA, BRUNO, MASTER, OTTO, PRESIDENT, STAFF, World

SECRET = "the server's own words"


def give(world: World, count: int = 1, **values: str) -> None:
    otto = Actor(name=OTTO, channel=Channel.WEB, role=Role.OPERATOR, address="192.0.2.7")
    world.audit.append(
        [
            AuditEntry(
                at=world.now,
                actor=otto,
                action=values.get("action", "case.begin"),
                result=Result(values.get("result", "done")),
                mailbox=Login(values.get("mailbox", ANNA)),
                ticket="HD-4711",
                reason=f"<b>reason</b> {number}",
                detail=SECRET,
            )
            for number in range(1, count + 1)
        ]
    )


def test_the_owner_reads_who_did_what_from_where_and_why() -> None:
    world = World(master=MASTER, staff=STAFF)
    give(world)
    browser = world.browser()
    browser.get("/history")
    page = browser.get("/audit")
    words = browser.words()
    assert "Hand the mailbox over" in words
    assert "This was done." in words
    assert "13:03 (Zurich time), by Helpdesk (Otto Normal), from 192.0.2.7" in words
    assert "Ticket HD-4711." in words
    assert "<q>&lt;b&gt;reason&lt;/b&gt; 1</q>" in page.text
    assert SECRET not in page.text, "of what was done there is no more to say"


def test_the_history_leads_there_and_back() -> None:
    browser = World().browser()
    assert 'href="/audit"' in browser.get("/history").text
    page = browser.get("/audit")
    assert "Nothing stands here yet." in browser.words()
    assert 'href="/history"' in page.text


def test_how_long_entries_are_kept_is_said() -> None:
    world = World()
    browser = world.browser()
    browser.get("/audit")
    assert "newest first. Nobody can change or delete what stands here." in browser.words()
    wired = world.app.extensions["sieve_manager"]
    kept = AuditSection(retention_days=400)
    wired.settings = wired.settings.model_copy(update={"audit": kept})
    browser.get("/audit")
    assert "first. Nobody can change what stands here; after 400 days it is" in browser.words()


def test_what_the_owner_does_is_there_too() -> None:
    browser = World().browser()
    browser.save(note="on holiday")
    browser.get("/change/pause")
    browser.post("/change/pause")
    browser.get("/audit")
    words = browser.words()
    assert words.index("Pause the forward") < words.index("Set a forward")
    assert "by you, from" in words
    assert "on holiday" in words
    assert "This was done. To carla@example.net." in words


@pytest.mark.parametrize(
    ("result", "word"), [("refused", "This was refused."), ("failed", "This failed.")]
)
def test_what_went_wrong_is_said_to_who_may_see_it(result: str, word: str) -> None:
    world = World(master=MASTER, staff=STAFF)
    give(world, action="forward.set", result=result)
    owner = world.browser()
    page = owner.get("/audit")
    assert word in owner.words()
    assert "the server&#39;s own words" in page.text
    operator = world.browser(OTTO)
    operator.act_for(ANNA)
    page = operator.get("/audit")
    assert word in operator.words()
    assert "own words" not in page.text


def test_entries_of_another_mailbox_are_not_shown() -> None:
    world = World()
    give(world, mailbox=BRUNO)
    browser = world.browser()
    assert "HD-4711" not in browser.get("/audit").text
    assert "HD-4711" in world.browser(BRUNO).get("/audit").text


def test_entries_come_a_page_at_a_time() -> None:
    world = World()
    give(world, 26)
    browser = world.browser()
    page = browser.get("/audit")
    assert page.text.count("HD-4711") == 25
    assert 'href="/audit?before=2"' in page.text
    page = browser.get("/audit?before=2")
    assert "reason&lt;/b&gt; 1<" in page.text
    assert page.text.count("HD-4711") == 1
    assert "?before=" not in page.text
    assert browser.get("/audit?before=none").status_code == 200
    assert "HD-4711" not in browser.get("/audit?before=-5").text


def test_entries_that_are_new_or_changed_are_still_shown() -> None:
    world = World()
    give(world, action="approval.grant")
    world.audit.append([replace(UNREADABLE, mailbox=Login(ANNA))])
    browser = world.browser()
    browser.get("/audit")
    assert "Something else" in browser.words()
    assert "Somebody has changed this entry; it cannot be read any more" in browser.words()


def test_the_clean_up_is_called_the_program_itself() -> None:
    world = World()
    cleaner = Actor(name="sieve-manager", channel=Channel.WORKER, role=Role.ADMINISTRATOR)
    world.audit.append(
        [
            AuditEntry(
                at=world.now,
                actor=cleaner,
                action="case.end",
                result=Result.DONE,
                mailbox=Login(ANNA),
            )
        ]
    )
    browser = world.browser()
    browser.get("/audit")
    assert "by the program itself" in browser.words()


def told(world: World) -> list[tuple[str, str, str | None]]:
    entries = [record.entry for record in world.audit.records()]
    return [
        (one.action, one.actor.name, one.mailbox.text if one.mailbox else None) for one in entries
    ]


def test_staff_who_sign_in_are_told_and_owners_are_not() -> None:
    world = World(master=MASTER, staff=STAFF)
    world.browser(ANNA)
    assert told(world) == []
    world.browser(OTTO)
    assert told(world) == [("staff.sign-in", OTTO, None)]
    (record,) = world.audit.records()
    assert (record.entry.actor.role, record.entry.actor.address) == (Role.OPERATOR, "127.0.0.1")


def test_beginning_and_ending_to_act_are_told() -> None:
    world = World(master=MASTER, staff=STAFF)
    browser = world.browser(OTTO)
    browser.act_for(ANNA)
    browser.act_for(BRUNO)
    browser.get("/help")
    browser.post("/staff/stop")
    browser.get("/help")
    browser.post("/staff/stop")
    assert told(world)[1:] == [
        ("staff.act", OTTO, ANNA),
        ("staff.stop", OTTO, ANNA),
        ("staff.act", OTTO, BRUNO),
        ("staff.stop", OTTO, BRUNO),
    ]
    browser.act_for(ANNA)
    browser.get("/help")
    browser.post("/sign-out")
    *_, stop = world.audit.records()
    assert told(world)[-1] == ("staff.stop", OTTO, ANNA)
    assert (stop.entry.actor.role, stop.entry.actor.address) == (Role.OPERATOR, "127.0.0.1")


def test_a_refused_right_is_told_with_the_mailbox_that_was_wanted() -> None:
    world = World(master=MASTER, staff=STAFF)
    browser = world.browser(OTTO)
    assert browser.act_for(PRESIDENT).status_code == 403
    assert told(world)[1:] == [("staff.refused", OTTO, PRESIDENT)]
    owner = world.browser(ANNA)
    assert owner.get("/staff").status_code == 403
    assert owner.get("/staff?login=%2A%00").status_code == 403
    assert told(world)[2:] == [("staff.refused", ANNA, None)] * 2
    refused = world.browser(PRESIDENT)
    refused.get("/audit")
    assert "by Helpdesk (Otto Normal)" in refused.words()
