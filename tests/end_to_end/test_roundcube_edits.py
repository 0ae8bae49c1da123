"""What Roundcube's owners do to our rule, and to the script it is in, is shown as it is."""

from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.application.history import Change
from sieve_manager.application.status import Layout, State
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.errors import ChangedMeanwhileError
from tests.end_to_end.owner import ARCHIVE, BOOKS, OURS, STOP, A, B, Followed, Owner
from tests.end_to_end.scripts import ROUNDCUBE
from tests.servers.roundcube_client import ForwardPage
from tests.servers.script_files import give_script
from tests.sieve.making import forward

SUMMER = b'require ["fileinto"];\r\n# rule:[All]\r\nif true\r\n{\r\n\tfileinto "Junk";\r\n}\r\n'


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


def test_filters_that_forward_too_often_for_some_messages_are_told_of(owner: Owner) -> None:
    wanted = forward(A, B, "c@example.com", hold_spam=True)
    owner.set(wanted)
    for name, target in (("Bills", BOOKS), ("Bills too", "d@example.net")):
        owner.roundcube.add(name, "bill", {"type": "redirect_copy", "target": target})
    status = owner.status
    assert [one.code for one in status.findings] == ["too-many-redirects"]
    assert (status.works, status.redirects_used) == (True, 5)
    assert owner.mail("hello") == Followed([A, B, "c@example.com"], {"INBOX": False})
    assert owner.mail("bill") == Followed([], {"INBOX": False})
    with owner.site.signed_in(owner.login) as page:
        assert "One message could be forwarded 5 times" in page.get("/").words
    assert owner.site.wired.forwards.plan_set(owner.access, wanted).refused


def test_filters_that_forward_too_often_for_all_messages_do_not_work(owner: Owner) -> None:
    owner.set(forward(A, B, "c@example.com", "d@example.net", hold_spam=True))
    owner.roundcube.set_forward(BOOKS)
    assert not owner.status.works
    assert owner.mail("hello") == Followed([], {"INBOX": False})
    owner.roundcube.switch("Forwarding")
    assert owner.status.works
    assert len(owner.mail("hello").to) == 4


def test_our_rule_that_was_saved_in_roundcubes_form_is_still_ours(owner: Owner) -> None:
    folder = 'Büro & "Co" (1)'
    wanted = forward(A, B, copy=f"folder:{folder}", hold_spam=True)
    owner.set(wanted)
    owner.roundcube.change(OURS)
    assert owner.status.forward == wanted
    assert owner.mail("hello") == Followed([A, B], {folder: False})
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


def test_our_rule_follows_the_filter_set_and_leaves_the_other_as_it_was(
    owner: Owner, dovecot: DovecotServer
) -> None:
    give_script(dovecot, owner.login, "managesieve", ROUNDCUBE)
    give_script(dovecot, owner.login, "summer", SUMMER, active=False)
    wanted = forward(A, copy="none")
    owner.set(wanted)
    owner.roundcube.activate_set("summer")
    assert owner.change(Change.REACTIVATE).forward == wanted
    assert owner.scripts["managesieve"] == ROUNDCUBE
    owner.roundcube.activate_set("managesieve")
    assert owner.status.superseded == wanted
    assert owner.change(Change.REACTIVATE).forward == wanted
    assert owner.scripts["summer"] == SUMMER
    assert owner.listed == [(OURS, True), ("Invoices", True), ("Old newsletters", False)]
    assert owner.mail("invoice") == Followed([A], {})

    owner.roundcube.activate_set("summer")
    status = owner.change(Change.ADOPT)
    assert (status.superseded, status.elsewhere) == (None, False)
    assert owner.scripts == {"managesieve": ROUNDCUBE, "summer": SUMMER}
    assert owner.roundcube.sets() == {"managesieve": False, "summer": True}


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


def test_form_that_stood_open_in_roundcube_overwrites_our_rule_and_we_say_so(
    owner: Owner, dovecot: DovecotServer
) -> None:
    give_script(dovecot, owner.login, "managesieve", ROUNDCUBE)
    wanted = forward(A, copy="none")
    save = owner.roundcube.opened("Invoices", name="Bills")
    owner.set(wanted)
    save()  # Roundcube knows a filter by its place, and ours has that place now
    assert owner.listed == [("Bills", True), ("Invoices", True), ("Old newsletters", False)]
    status = owner.status
    assert (status.state, status.forward, status.elsewhere) == (State.OFF, None, True)
    assert owner.mail("invoice") == Followed([], {"Archive": False})
    assert owner.change(Change.REACTIVATE).forward == wanted
    assert owner.mail("invoice") == Followed([A], {})


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


def test_review_shows_what_roundcube_changed_and_the_save_keeps_it(owner: Owner) -> None:
    owner.set(forward(A))
    with owner.site.signed_in(owner.login) as page:
        form = page.get("/forward").form("/forward")
        owner.roundcube.add("Invoices", "invoice", ARCHIVE)
        review = page.submit(form, press=("action", "review"), to=[A, B], copy="read")
        assert "another program, has changed your filters" in review.words
        assert "# rule:[Invoices]" in review.words
        assert "Saved" in page.submit(review.form("/forward/save")).words
    assert owner.listed[1:] == [("Invoices", True)]
    assert owner.mail("invoice") == Followed([A, B], {"Archive": True})


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
