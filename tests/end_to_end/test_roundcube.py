"""Beside a real Roundcube: both products' filters work, and neither shows what is not so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.application.history import Change
from sieve_manager.application.status import Layout, State
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.errors import ChangedMeanwhileError
from tests.end_to_end.owner import Followed, Owner, new_owner
from tests.end_to_end.scripts import ROUNDCUBE
from tests.end_to_end.site import Site
from tests.golden.test_golden import HERE, NAMES
from tests.servers.roundcube import RoundcubeServer, running_editor, running_roundcube
from tests.servers.roundcube_client import ForwardPage
from tests.servers.script_files import active_script, give_script
from tests.sieve.making import forward

A, B, BOOKS = "a@example.net", "b@example.org", "books@example.org"
OURS = "Sieve Manager: forward (Europe/Zurich)"
ARCHIVE = {"type": "fileinto", "mailbox": "Archive"}
TO_BOOKS = {"type": "redirect_copy", "target": BOOKS}
STOP = {"type": "stop"}


@pytest.fixture(scope="module")
def roundcube(dovecot: DovecotServer) -> Iterator[RoundcubeServer]:
    with running_roundcube(dovecot) as server:
        yield server


@pytest.fixture
def owner(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, roundcube: RoundcubeServer
) -> Iterator[Owner]:
    with new_owner(site, dovecot, sink, roundcube) as made:
        yield made
    dovecot.set_clock(None)


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
        dovecot.set_clock(today + timedelta(days=days))
        assert owner.mail("invoice") == Followed(to, {kept: False} if kept else {})


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


def test_roundcubes_forward_page_shows_and_changes_a_simple_forward_of_ours(owner: Owner) -> None:
    owner.set(forward(A, copy="inbox"))
    assert owner.roundcube.forward() == ForwardPage(target=A, on=True, copy=True)
    owner.roundcube.set_forward(B)
    assert owner.listed == [(OURS, True)]
    assert owner.status.forward == forward(B, copy="inbox")
    assert owner.status.elsewhere
    assert owner.mail("hello") == Followed([B], {"INBOX": False})
    owner.roundcube.set_forward(B, on=False)
    assert owner.status.state is State.PAUSED
    assert owner.mail("hello") == Followed([], {"INBOX": False})


def test_forward_that_roundcubes_page_adds_beside_ours_is_named_and_counted(owner: Owner) -> None:
    wanted = forward(A, B, copy="none")
    owner.set(wanted)
    assert not owner.roundcube.forward().on  # its page knows one destination only
    owner.roundcube.set_forward(BOOKS)
    assert owner.listed == [("Forwarding", True), (OURS, True)]
    status = owner.status
    assert (status.forward, status.redirects_used) == (wanted, 3)
    (theirs,) = status.foreign_redirects
    assert (theirs.rule, theirs.target, theirs.conditional) == ("Forwarding", BOOKS, False)
    assert owner.mail("hello") == Followed([A, B, BOOKS], {})
    owner.change(Change.CLEAR)
    assert owner.listed == [("Forwarding", True)]
    assert owner.roundcube.forward() == ForwardPage(target=BOOKS, on=True, copy=True)
    assert owner.status.state is State.FOREIGN


def test_our_rule_that_was_saved_in_roundcubes_form_is_still_ours(owner: Owner) -> None:
    wanted = forward(A, B, copy="folder:Kept copies", hold_spam=True)
    owner.set(wanted)
    owner.roundcube.change(OURS)
    assert owner.status.forward == wanted
    assert owner.mail("hello") == Followed([A, B], {"Kept copies": False})
    owner.roundcube.change(OURS, action_target_1=BOOKS, action_mailbox_2="Archive")
    assert owner.status.forward == forward(A, BOOKS, copy="folder:Archive", hold_spam=True)
    assert owner.mail("hello") == Followed([A, BOOKS], {"Archive": False})


def test_dates_that_roundcubes_form_loses_the_zone_of_are_shown_as_changed(owner: Owner) -> None:
    wanted = forward(A, last=datetime.now(UTC).date() + timedelta(days=9))
    owner.set(wanted)
    owner.roundcube.change(OURS)
    status = owner.status
    assert (status.forward, status.state) == (None, State.FOREIGN)
    (source,) = status.changed
    assert OURS in source
    assert ":zone" not in source
    assert owner.set(wanted).forward == wanted
    assert owner.listed == [(OURS, True)]


def test_our_rule_with_an_action_more_is_shown_as_changed(owner: Owner) -> None:
    owner.set(forward(A, copy="read"))
    owner.roundcube.change(OURS, action_flags_1="\\Seen\n\\Flagged")
    status = owner.status
    assert (status.forward, status.state) == (None, State.FOREIGN)
    assert "\\\\Flagged" in status.changed[0]
    assert owner.mail("hello") == Followed([A], {"INBOX": True})
    with owner.site.signed_in(owner.login) as page:
        assert "Your forward was changed outside this page" in page.get("/").words


def test_our_rule_under_another_name_is_shown_as_another_filter(owner: Owner) -> None:
    owner.set(forward(A))
    owner.roundcube.change(OURS, name="Mine")
    status = owner.status
    assert (status.forward, status.changed, status.state) == (None, (), State.FOREIGN)
    assert [(one.rule, one.target) for one in status.foreign_redirects] == [("Mine", A)]


def test_our_rule_that_was_deleted_in_roundcube_can_be_switched_on_again(owner: Owner) -> None:
    wanted = forward(A, copy="none")
    owner.set(wanted)
    owner.roundcube.add("Invoices", "invoice", ARCHIVE)
    owner.roundcube.remove(OURS)
    status = owner.status
    assert (status.state, status.forward, status.elsewhere) == (State.OFF, None, True)
    assert owner.mail("invoice") == Followed([], {"Archive": False})
    with owner.site.signed_in(owner.login) as page:
        words = page.get("/").words
    assert "is not forwarded" in words
    assert "Changed elsewhere" in words
    assert owner.change(Change.REACTIVATE).forward == wanted
    assert owner.listed == [(OURS, True), ("Invoices", True)]
    assert owner.mail("invoice") == Followed([A], {})


def test_filter_that_was_dragged_before_ours_is_told_of(owner: Owner) -> None:
    wanted = forward(A, copy="none")
    owner.set(wanted)
    owner.roundcube.add("Invoices", "invoice", ARCHIVE, STOP)
    owner.roundcube.move(OURS, 1)
    assert owner.listed == [("Invoices", True), (OURS, True)]
    status = owner.status
    assert (status.forward, [one.code for one in status.findings]) == (wanted, ["filters-first"])
    planned = owner.site.wired.forwards.plan_set(owner.access, forward(B, copy="none"))
    assert {one.code for one in planned.findings} == {"filters-first", "no-copy"}
    assert owner.mail("invoice") == Followed([], {"Archive": False})
    assert owner.mail("hello") == Followed([A], {})
    with owner.site.signed_in(owner.login) as page:
        words = page.get("/").words
    assert "Other filters come before the forward" in words
    assert "Your other filters are skipped" not in words

    owner.change(Change.CLEAR)
    assert owner.set(wanted).findings == ()
    assert owner.listed == [(OURS, True), ("Invoices", True)]
    assert owner.mail("invoice") == Followed([A], {})


def test_another_filter_set_in_roundcube_supersedes_ours(owner: Owner) -> None:
    wanted = forward(A, copy="read")
    owner.set(wanted)
    owner.roundcube.add_set("summer")
    owner.roundcube.activate_set("summer")
    owner.roundcube.add("Invoices", "invoice", ARCHIVE)
    status = owner.status
    assert (status.state, status.forward, status.superseded) == (State.FOREIGN, None, wanted)
    assert owner.mail("invoice") == Followed([], {"Archive": False})
    with owner.site.signed_in(owner.login) as page:
        words = page.get("/").words
    assert "Your forward does not run" in words
    assert "summer" in words

    status = owner.change(Change.REACTIVATE)
    assert (status.forward, status.superseded) == (wanted, None)
    assert owner.roundcube.sets() == {"summer": True}
    assert owner.listed == [(OURS, True), ("Invoices", True)]
    assert owner.mail("invoice") == Followed([A], {"Archive": True})


def test_filters_that_were_all_switched_off_in_roundcube_forward_nothing(owner: Owner) -> None:
    wanted = forward(A)
    owner.set(wanted)
    owner.roundcube.deactivate_set("sieve-manager")
    status = owner.status
    assert (status.forward, status.superseded) == (None, wanted)
    assert owner.mail("hello") == Followed([], {"INBOX": False})
    assert owner.change(Change.REACTIVATE).state is State.ACTIVE
    assert owner.roundcube.sets() == {"sieve-manager": True}
    assert owner.mail("hello") == Followed([A], {"INBOX": False})


def test_change_in_roundcube_after_our_page_was_opened_is_not_overwritten(owner: Owner) -> None:
    wanted = forward(A)
    owner.set(wanted)
    seen = owner.status.fingerprint
    owner.roundcube.add("Invoices", "invoice", ARCHIVE)
    before = owner.scripts
    forwards = owner.site.wired.forwards
    assert forwards.plan_set(owner.access, forward(B), seen).conflict
    with pytest.raises(ChangedMeanwhileError):
        forwards.set_forward(owner.access, forward(B), seen)
    newest = forwards.history(owner.access)[0].number
    with pytest.raises(ChangedMeanwhileError):
        forwards.undo(owner.access, newest, None)
    assert owner.scripts == before
    forwards.undo(owner.access, newest, None, force=True)
    assert owner.status.state is State.OFF


def test_script_of_ours_that_includes_another_works_on_under_roundcube(
    owner: Owner, dovecot: DovecotServer
) -> None:
    theirs = b'require ["fileinto","variables"];\r\n' + ROUNDCUBE.partition(b"\r\n")[2]
    give_script(dovecot, owner.login, "managesieve", theirs)
    wanted = forward("${x}@example.net", copy="inbox")
    assert owner.set(wanted).layout is Layout.INCLUDE
    owner.roundcube.add("Bills", "bill", {"type": "fileinto", "mailbox": "Junk"})
    assert owner.listed == [(OURS, True), ("Sieve Manager: other filters", True), ("Bills", True)]
    assert owner.status.forward == wanted
    assert owner.mail("invoice").kept == {"Archive": False}
    assert owner.mail("bill") == Followed(["${x}@example.net"], {"Junk": False})
    owner.change(Change.CLEAR)
    assert owner.mail("invoice") == Followed([], {"Archive": False})
    assert owner.mail("bill") == Followed([], {"Junk": False})
    assert owner.scripts["managesieve"] == theirs


@pytest.mark.parametrize("name", NAMES)
def test_roundcube_writes_our_scripts_back_as_recorded(name: str) -> None:
    with running_editor() as editor:
        written = editor.rewrite((HERE / f"{name}.sieve").read_bytes())
    assert written == (HERE / "roundcube" / f"{name}.sieve").read_bytes()
