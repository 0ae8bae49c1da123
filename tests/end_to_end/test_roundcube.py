"""Beside a real Roundcube: both products' filters work, and neither shows what is not so."""

from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.application.history import Change
from sieve_manager.application.status import Layout, State
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.smtp_sink import SmtpSink
from tests.end_to_end.owner import ARCHIVE, BOOKS, OURS, STOP, A, B, Followed, Owner, new_owner
from tests.end_to_end.scripts import ROUNDCUBE
from tests.end_to_end.site import Site
from tests.servers.roundcube import RoundcubeServer
from tests.servers.script_files import active_script, give_script
from tests.sieve.making import forward

TO_BOOKS = {"type": "redirect_copy", "target": BOOKS}


# Where the copy lies, whether it counts as read, and whether other filters sort it.
COPIES = {
    "inbox": ("INBOX", False, True),
    "read": ("INBOX", True, True),
    "folder:Kept copies": ("Kept copies", False, False),
    "trash": ("Trash", False, False),
    "none": (None, False, False),
}


@pytest.mark.parametrize("copy", COPIES)
def test_filters_come_and_go_in_roundcube_while_our_forward_runs(owner: Owner, copy: str) -> None:
    wanted = forward(A, B, copy=copy, hold_spam=True)
    place, seen, sorts = COPIES[copy]
    kept = {place: seen} if place else {}
    archived = {"Archive": seen} if sorts else kept
    owner.set(wanted)
    ours, on = owner.listed[0]
    assert ours.startswith("Sieve Manager: forward")
    assert on

    owner.roundcube.add("Invoices", "invoice", ARCHIVE)
    owner.roundcube.add("Bills", "bill", TO_BOOKS, STOP)
    assert owner.listed == [(ours, True), ("Invoices", True), ("Bills", True)]
    assert owner.mail("hello") == Followed([A, B], kept)
    assert owner.mail("invoice") == Followed([A, B], archived)
    assert owner.mail("bill") == Followed([A, B, BOOKS] if sorts else [A, B], kept)
    status = owner.status
    assert (status.forward, status.state, status.works) == (wanted, State.ACTIVE, True)
    assert [(one.rule, one.target) for one in status.foreign_redirects] == [("Bills", BOOKS)]
    assert status.elsewhere

    owner.roundcube.change("Invoices", action_mailbox_0="Junk")
    owner.roundcube.switch("Bills")
    assert owner.mail("invoice") == Followed([A, B], {"Junk": seen} if sorts else kept)
    assert owner.mail("bill") == Followed([A, B], kept)
    assert owner.status.forward == wanted
    assert owner.status.foreign_redirects == ()

    owner.roundcube.remove("Invoices")
    assert owner.listed == [(ours, True), ("Bills", False)]
    assert owner.mail("invoice") == Followed([A, B], kept)
    assert owner.change(Change.CLEAR).state is State.OFF
    assert owner.listed == [("Bills", False)]
    assert owner.mail("invoice") == Followed([], {"INBOX": False})


@pytest.mark.parametrize("copy", COPIES)
def test_clearing_puts_roundcubes_script_back_to_the_octet(
    owner: Owner, dovecot: DovecotServer, copy: str
) -> None:
    give_script(dovecot, owner.login, "managesieve", ROUNDCUBE)
    status = owner.set(forward(A, copy=copy))
    assert status.layout is Layout.INSIDE
    ours, *theirs = owner.listed
    assert ours[0].startswith("Sieve Manager: forward")
    assert theirs == [("Invoices", True), ("Old newsletters", False)]
    owner.set(forward(A, B, copy="inbox", paused=True))
    assert owner.listed == [(OURS, False), *theirs]
    owner.change(Change.CLEAR)
    assert owner.scripts == {"managesieve": ROUNDCUBE}
    assert owner.listed == theirs
    assert str(active_script(dovecot, owner.login)) == "managesieve"


def test_clearing_where_roundcube_deleted_all_else_leaves_an_empty_script(
    owner: Owner, dovecot: DovecotServer
) -> None:
    give_script(dovecot, owner.login, "managesieve", ROUNDCUBE)
    owner.set(forward(A, copy="none"))
    owner.roundcube.remove("Invoices")
    owner.roundcube.remove("Old newsletters")
    assert owner.change(Change.CLEAR).state is State.OFF
    assert owner.scripts == {"managesieve": b""}
    assert owner.listed == []
    assert owner.mail("invoice") == Followed([], {"INBOX": False})


def test_clearing_after_edits_leaves_what_roundcube_would_have_written_alone(
    owner: Owner,
    site: Site,
    dovecot: DovecotServer,
    sink: SmtpSink,
    roundcube: RoundcubeServer,
) -> None:
    with new_owner(site, dovecot, sink, roundcube) as neighbour:
        for one in (owner, neighbour):
            give_script(dovecot, one.login, "managesieve", ROUNDCUBE)
        owner.set(forward(A, B, copy="none", last=datetime.now(UTC).date() + timedelta(days=9)))
        for one in (owner, neighbour):
            one.roundcube.add("Bills", "bill", ARCHIVE, STOP)
            one.roundcube.change("Invoices", action_mailbox_0="Junk")
            one.roundcube.remove("Old newsletters")
        owner.change(Change.CLEAR)
        assert owner.listed == neighbour.listed
        # The line of Roundcube's that also declares what only we used is Roundcube's to write.
        mine, theirs = owner.scripts["managesieve"], neighbour.scripts["managesieve"]
        assert mine.partition(b"\r\n")[2] == theirs.partition(b"\r\n")[2]
        for one in (owner, neighbour):
            one.roundcube.switch("Bills")
        assert owner.scripts == neighbour.scripts


def test_dates_hold_after_roundcube_has_written_the_script(
    owner: Owner, dovecot: DovecotServer
) -> None:
    today = datetime.now(UTC)
    first, last = ((today + timedelta(days=days)).date() for days in (10, 20))
    wanted = forward(A, copy="none", first=first, last=last)
    owner.set(wanted)
    owner.roundcube.add("Invoices", "invoice", ARCHIVE)
    assert owner.status.forward == wanted
    assert owner.status.state is State.SCHEDULED
    for days, to, kept in ((0, [], "Archive"), (15, [A], None), (25, [], "Archive")):
        dovecot.set_clock(now := today + timedelta(days=days))
        assert owner.mail("invoice", now) == Followed(to, {kept: False} if kept else {})


def test_pause_and_resume_in_either_program_are_seen_in_the_other(owner: Owner) -> None:
    wanted = forward(A, B, copy="read", hold_spam=True)
    paused = wanted.with_paused(True)
    owner.set(wanted)
    owner.roundcube.add("Invoices", "invoice", ARCHIVE)

    owner.change(Change.PAUSE)
    assert owner.listed == [(OURS, False), ("Invoices", True)]
    assert owner.mail("invoice") == Followed([], {"Archive": False})
    owner.roundcube.switch(OURS)
    assert (owner.status.state, owner.status.forward) == (State.ACTIVE, wanted)
    assert owner.mail("invoice") == Followed([A, B], {"Archive": True})
    owner.roundcube.switch(OURS)
    assert (owner.status.state, owner.status.forward) == (State.PAUSED, paused)
    assert owner.mail("invoice") == Followed([], {"Archive": False})
    owner.change(Change.RESUME)
    assert owner.listed == [(OURS, True), ("Invoices", True)]
    assert owner.mail("invoice") == Followed([A, B], {"Archive": True})


@pytest.mark.parametrize("copy", ["inbox", "none"])
def test_roundcubes_vacation_answers_beside_our_forward(
    owner: Owner, sink: SmtpSink, copy: str
) -> None:
    wanted, kept = forward(A, copy=copy), {"INBOX": False} if copy == "inbox" else {}
    owner.set(wanted)
    text = f'Back soon, "{owner.login}" ${{x}}'
    owner.roundcube.set_vacation(text, vacation_subject=f"Away {owner.login}")
    assert owner.listed == [("Out of Office", True), (OURS, True)]
    assert owner.status.forward == wanted
    assert owner.mail("hello") == Followed([A], kept)
    (reply,) = (one for one in sink.messages if one.subject == f"Away {owner.login}")
    assert text in reply.content.get_content()

    owner.set(forward(A, B, copy=copy))
    assert owner.mail("hello") == Followed([A, B], kept)
    page = owner.roundcube.vacation()
    assert (page["vacation_status"], page["vacation_reason"]) == ("on", text)
    owner.change(Change.CLEAR)
    assert owner.listed == [("Out of Office", True)]
    assert owner.mail("hello") == Followed([], {"INBOX": False})


def test_vacation_that_was_there_first_goes_on_answering(owner: Owner, sink: SmtpSink) -> None:
    subject = f"Away {owner.login}"
    owner.roundcube.set_vacation("Back soon", vacation_subject=subject)
    owner.set(forward(A, copy="inbox"))
    assert owner.mail("hello") == Followed([A], {"INBOX": False})
    assert [one.recipients for one in sink.messages if one.subject == subject] == [
        ("sender@example.net",)
    ]


def test_vacation_is_skipped_only_where_the_review_said_so(owner: Owner, sink: SmtpSink) -> None:
    owner.roundcube.set_vacation("Back soon", vacation_subject=f"Away {owner.login}")
    planned = owner.site.wired.forwards.plan_set(owner.access, forward(A, copy="none"))
    assert "filters-skipped" in {one.code for one in planned.findings}
    owner.set(forward(A, copy="none"))
    assert owner.mail("hello") == Followed([A], {})
    assert not [one for one in sink.messages if one.subject == f"Away {owner.login}"]
