"""The use cases on a mailbox in memory: what is shown, saved, refused and put back."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sieve_manager.adapters.memory import CAPABILITIES
from sieve_manager.adapters.memory_records import MemoryHistory
from sieve_manager.application.history import Change
from sieve_manager.application.status import Layout, State
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    MailboxBusyError,
    Outcome,
    PolicyRefusedError,
    SaveFailedError,
    ScriptRefusedError,
    StorageError,
    VersionNotFoundError,
)
from tests.application.world import ACCESS, LOGIN, World, forward

ROUNDCUBE = (
    b'require ["fileinto"];\r\n# rule:[Invoices]\r\nif header :contains "subject" "invoice"\r\n'
    b'{\r\n\tfileinto "Invoices";\r\n}\r\n'
)


def failure(save: Callable[[], object]) -> SaveFailedError | None:
    try:
        save()
    except SaveFailedError as error:
        return error
    return None


def test_a_mailbox_without_scripts_is_off() -> None:
    status = World().forwards.overview(ACCESS)
    assert (status.state, status.works, status.forward) == (State.OFF, True, None)


def test_a_saved_forward_is_read_back_and_active() -> None:
    world = World()
    saved = world.forwards.set_forward(ACCESS, forward(), None)
    assert saved.status.state is State.ACTIVE
    assert saved.status.forward == forward()
    assert saved.status.layout is Layout.OWN
    assert world.active == "sieve-manager"
    assert saved.version is not None
    assert saved.version.settled


def test_looking_and_planning_write_nothing() -> None:
    world = World()
    world.give(ROUNDCUBE)
    world.forwards.overview(ACCESS)
    plan = world.forwards.plan_set(ACCESS, forward())
    assert plan.differences
    assert plan.rule_text
    assert (world.scripts, world.active) == ({"roundcube": ROUNDCUBE}, "roundcube")
    assert world.forwards.history(ACCESS) == ()


def test_a_plan_says_what_the_save_then_does() -> None:
    world = World()
    world.give(ROUNDCUBE)
    plan = world.forwards.plan_set(ACCESS, forward())
    saved = world.forwards.set_forward(ACCESS, forward(), plan.loaded)
    assert saved.status.fingerprint == plan.after.fingerprint


def test_clearing_puts_back_the_octets_and_the_activation() -> None:
    world = World()
    world.give(ROUNDCUBE)
    world.forwards.set_forward(ACCESS, forward(), None)
    assert world.scripts["roundcube"] != ROUNDCUBE
    world.forwards.change(ACCESS, Change.CLEAR, None)
    assert (world.scripts, world.active) == ({"roundcube": ROUNDCUBE}, "roundcube")


def test_clearing_the_only_rule_leaves_nothing_of_ours() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    world.forwards.change(ACCESS, Change.CLEAR, None)
    assert (world.scripts, world.active) == ({}, None)


def test_pause_and_resume_keep_the_forward() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    paused = world.forwards.change(ACCESS, Change.PAUSE, None)
    assert paused.status.state is State.PAUSED
    resumed = world.forwards.change(ACCESS, Change.RESUME, None)
    assert resumed.status.state is State.ACTIVE
    assert resumed.status.forward == forward()


def test_pausing_without_a_forward_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        World().forwards.change(ACCESS, Change.PAUSE, None)


def test_a_save_onto_a_state_that_was_not_seen_is_refused() -> None:
    world = World()
    loaded = world.forwards.overview(ACCESS).fingerprint
    world.give(ROUNDCUBE)
    assert world.forwards.plan_set(ACCESS, forward(), loaded).conflict
    with pytest.raises(ChangedMeanwhileError):
        world.forwards.set_forward(ACCESS, forward(), loaded)
    assert world.scripts == {"roundcube": ROUNDCUBE}
    assert world.forwards.history(ACCESS) == ()


def test_what_policy_refuses_is_not_written() -> None:
    world = World()
    with pytest.raises(PolicyRefusedError) as caught:
        world.forwards.set_forward(ACCESS, forward("anna@example.com"), None)
    assert caught.value.messages == ("anna@example.com is an address of this mailbox itself.",)
    assert world.scripts == {}


def test_more_redirects_than_the_server_allows_are_refused_before_the_save() -> None:
    world = World()
    five = forward(*(f"d{number}@example.net" for number in range(5)))
    plan = world.forwards.plan_set(ACCESS, five)
    assert plan.refused
    assert plan.after.redirects_used == 5
    with pytest.raises(PolicyRefusedError):
        world.forwards.set_forward(ACCESS, five, None)


def test_the_redirects_of_other_filters_count_too() -> None:
    world = World()
    world.give(b'require ["copy"];\r\nredirect :copy "books@example.org";\r\n')
    four = forward(*(f"d{number}@example.net" for number in range(4)))
    assert world.forwards.plan_set(ACCESS, four).refused
    status = world.forwards.overview(ACCESS)
    assert (status.state, status.redirects_used) == (State.FOREIGN, 1)
    assert [one.target for one in status.foreign_redirects] == ["books@example.org"]


def test_a_folder_is_created_before_the_save_and_not_for_a_refused_one() -> None:
    world = World()
    with pytest.raises(PolicyRefusedError):
        world.forwards.set_forward(ACCESS, forward("anna@example.com", copy="folder:Old"), None)
    assert "Old" not in world.folders.listing(ACCESS).names
    world.forwards.set_forward(ACCESS, forward(copy="folder:Old"), None)
    assert "Old" in world.folders.listing(ACCESS).names


def test_trash_is_looked_up_and_survives_pausing() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(copy="trash"), None)
    assert b'"Trash"' in world.scripts["sieve-manager"]
    paused = world.forwards.change(ACCESS, Change.PAUSE, None)
    assert paused.status.forward == forward(copy="trash", paused=True)


def test_undo_puts_back_the_state_before_byte_for_byte() -> None:
    world = World()
    world.give(ROUNDCUBE)
    first = world.forwards.set_forward(ACCESS, forward(), None)
    assert first.version is not None
    world.forwards.undo(ACCESS, first.version.number, None)
    assert (world.scripts, world.active) == ({"roundcube": ROUNDCUBE}, "roundcube")
    second = world.forwards.history(ACCESS)[0]
    assert second.new.undoes == first.version.number
    world.forwards.undo(ACCESS, second.number, None)
    assert world.forwards.overview(ACCESS).forward == forward()


def test_undo_over_a_later_change_needs_to_be_chosen() -> None:
    world = World()
    world.give(ROUNDCUBE)
    first = world.forwards.set_forward(ACCESS, forward(), None)
    assert first.version is not None
    edited = world.scripts["roundcube"] + b"# by hand\r\n"
    world.give(edited)
    assert world.forwards.plan_undo(ACCESS, first.version.number).conflict
    with pytest.raises(ChangedMeanwhileError):
        world.forwards.undo(ACCESS, first.version.number, None)
    assert world.scripts["roundcube"] == edited
    world.forwards.undo(ACCESS, first.version.number, None, force=True)
    assert world.scripts["roundcube"] == ROUNDCUBE


def test_undo_goes_back_over_later_versions_where_nobody_else_changed_anything() -> None:
    world = World()
    world.give(ROUNDCUBE)
    first = world.forwards.set_forward(ACCESS, forward(), None)
    world.forwards.set_forward(ACCESS, forward("b@example.net"), None)
    world.forwards.change(ACCESS, Change.PAUSE, None)
    assert first.version is not None
    plan = world.forwards.plan_undo(ACCESS, first.version.number + 1)
    assert (plan.conflict, plan.after.forward) == (False, forward())
    assert not world.forwards.plan_undo(ACCESS, first.version.number).conflict
    world.forwards.undo(ACCESS, first.version.number, None)
    assert (world.scripts, world.active) == ({"roundcube": ROUNDCUBE}, "roundcube")


@pytest.mark.parametrize("at", [0, 1, 2])
def test_undo_over_later_versions_sees_what_others_changed_in_between(at: int) -> None:
    world = World()
    world.give(ROUNDCUBE)
    for number, to in enumerate(("a@example.net", "b@example.net", "c@example.net")):
        world.forwards.set_forward(ACCESS, forward(to), None)
        if number == at:
            world.give(world.scripts["roundcube"] + b"# by hand\r\n")
    assert world.forwards.plan_undo(ACCESS, 1).conflict
    with pytest.raises(ChangedMeanwhileError):
        world.forwards.undo(ACCESS, 1, None)


def test_undo_goes_back_over_other_layouts_and_deleted_scripts() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    world.forwards.change(ACCESS, Change.CLEAR, None)
    assert world.scripts == {}
    world.forwards.set_forward(ACCESS, forward("b@example.net"), None)
    plan = world.forwards.plan_undo(ACCESS, 2)
    assert (plan.conflict, plan.after.forward) == (False, forward())
    world.forwards.undo(ACCESS, 2, None)
    assert world.forwards.overview(ACCESS).forward == forward()


def test_undo_of_what_is_not_in_the_history_is_refused() -> None:
    with pytest.raises(VersionNotFoundError):
        World().forwards.undo(ACCESS, 7, None)


def test_a_change_by_another_program_is_shown_as_elsewhere() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    assert not world.forwards.overview(ACCESS).elsewhere
    world.give(world.scripts["sieve-manager"] + b"keep;\r\n", "sieve-manager")
    assert world.forwards.overview(ACCESS).elsewhere


def test_another_active_script_supersedes_ours_until_it_is_switched_on_again() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    world.give(ROUNDCUBE)
    status = world.forwards.overview(ACCESS)
    assert (status.forward, status.superseded) == (None, forward())
    assert status.state is State.FOREIGN
    saved = world.forwards.change(ACCESS, Change.REACTIVATE, None)
    assert saved.status.forward == forward()
    assert world.active == "roundcube"
    assert set(world.scripts) == {"roundcube"}
    world.forwards.change(ACCESS, Change.CLEAR, None)
    assert world.scripts == {"roundcube": ROUNDCUBE}


def test_their_state_can_be_adopted() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    world.give(ROUNDCUBE)
    saved = world.forwards.change(ACCESS, Change.ADOPT, None)
    assert world.scripts == {"roundcube": ROUNDCUBE}
    assert not saved.status.elsewhere
    assert not world.forwards.overview(ACCESS).elsewhere


def test_a_forward_that_another_program_removed_can_be_switched_on_again() -> None:
    world = World()
    world.give(ROUNDCUBE)
    world.forwards.set_forward(ACCESS, forward(), None)
    world.give(ROUNDCUBE)
    status = world.forwards.overview(ACCESS)
    assert (status.state, status.elsewhere) == (State.OFF, True)
    assert world.forwards.change(ACCESS, Change.REACTIVATE, None).status.forward == forward()


def test_a_server_without_copy_offers_only_what_it_can() -> None:
    world = World(capabilities=replace(CAPABILITIES, sieve=frozenset({"fileinto"})))
    plan = world.forwards.plan_set(ACCESS, forward())
    assert [one.code for one in plan.findings] == ["extension-missing"]
    assert world.forwards.plan_set(ACCESS, forward(copy="none")).refused is False


def test_setting_the_same_again_writes_nothing() -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    again = world.forwards.set_forward(ACCESS, forward(), None)
    assert again.version is None
    assert len(world.forwards.history(ACCESS)) == 1


def test_a_held_lock_refuses_a_second_writer() -> None:
    world = World()
    with world.forwards.saving.locks.hold(LOGIN), pytest.raises(MailboxBusyError):
        world.forwards.set_forward(ACCESS, forward(), None)
    assert world.scripts == {}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("given", [None, ROUNDCUBE])
def test_a_cut_save_is_as_before_or_as_saved_and_says_which(
    at: int, after: bool, down: bool, given: bytes | None
) -> None:
    world = World()
    if given:
        world.give(given)
    before = (world.scripts, world.active)
    world.store.breaks.at, world.store.breaks.after = at, after
    world.store.breaks.down = down
    failed = failure(lambda: world.forwards.set_forward(ACCESS, forward(), None))
    world.store.breaks.down = False
    if failed is None:
        assert world.forwards.overview(ACCESS).forward == forward()
        assert world.forwards.history(ACCESS)[0].settled
        return
    assert failed.step in {"put", "activate"}
    if failed.outcome is Outcome.UNCHANGED:
        assert (world.scripts, world.active) == before
        assert world.forwards.history(ACCESS) == ()
    else:
        assert failed.outcome is Outcome.UNKNOWN
        assert down
        assert not world.forwards.history(ACCESS)[0].settled


def test_a_server_that_is_still_at_it_is_waited_for() -> None:
    world = World()
    world.give(ROUNDCUBE)
    after = world.forwards.plan_set(ACCESS, forward()).after.scripts.scripts[0].octets
    world.store.breaks.at = 1
    world.store.breaks.late = lambda: world.give(after)
    saved = world.forwards.set_forward(ACCESS, forward(), None)
    assert saved.status.forward == forward()
    assert world.store.breaks.reads == 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2])
def test_a_cut_clear_is_as_before_or_as_cleared(at: int, after: bool) -> None:
    world = World()
    world.forwards.set_forward(ACCESS, forward(), None)
    before = (world.scripts, world.active)
    world.store.breaks.count, world.store.breaks.at = 0, at
    world.store.breaks.after = after
    failed = failure(lambda: world.forwards.change(ACCESS, Change.CLEAR, None))
    if failed is None:
        assert (world.scripts, world.active) == ({}, None)
    else:
        assert failed.outcome is Outcome.UNCHANGED
        assert (world.scripts, world.active) == before


@pytest.mark.parametrize("after", [False, True])
def test_a_save_that_was_killed_is_settled_by_the_next_writer(after: bool) -> None:
    world = World()
    world.store.breaks.at, world.store.breaks.after, world.store.breaks.down = 2, after, True
    assert failure(lambda: world.forwards.set_forward(ACCESS, forward(), None)) is not None
    world.store.breaks.down = False
    world.forwards.set_forward(ACCESS, forward("carla@example.net"), None)
    history = world.forwards.history(ACCESS)
    assert all(version.settled for version in history)
    assert world.forwards.overview(ACCESS).forward == forward("carla@example.net")


def test_a_database_that_fails_after_the_write_does_not_hide_the_save() -> None:
    class Failing(MemoryHistory):
        def settle(self, login: Login, number: int, *, happened: bool) -> None:
            raise StorageError("gone")

    world = World(history=Failing())
    saved = world.forwards.set_forward(ACCESS, forward(), None)
    assert saved.status.forward == forward()
    assert world.active == "sieve-manager"


def test_a_script_that_the_server_refuses_changes_nothing() -> None:
    def refuse(octets: bytes) -> str:
        raise ScriptRefusedError("refused", server_text="line 3: error")

    world = World()
    world.give(ROUNDCUBE)
    world.server.judge = refuse
    failed = failure(lambda: world.forwards.set_forward(ACCESS, forward(), None))
    assert failed is not None
    assert (failed.step, failed.outcome) == ("check", Outcome.UNCHANGED)
    assert "line 3: error" in str(failed.cause)
    assert world.scripts == {"roundcube": ROUNDCUBE}
    assert world.forwards.history(ACCESS) == ()


def test_an_active_script_whose_name_may_not_be_written_is_refused() -> None:
    world = World()
    world.give(ROUNDCUBE, "not\udcfftext")
    plan = world.forwards.plan_set(ACCESS, forward())
    assert [one.code for one in plan.findings] == ["invalid"]
    assert plan.refused


def test_a_script_that_does_not_compile_any_more_is_shown_as_not_working() -> None:
    world = World()
    world.give(b'fileinto "x"; nonsense', "hand")
    status = world.forwards.overview(ACCESS)
    assert not status.works
    assert "does-not-compile" in [one.code for one in status.findings]


def test_the_fingerprint_given_back_must_be_the_present_one() -> None:
    with pytest.raises(ChangedMeanwhileError):
        World().forwards.set_forward(ACCESS, forward(), Fingerprint("0" * 64))
