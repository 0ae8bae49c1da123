"""What the use cases write to the audit log: done, refused and failed, by whom and why."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.auditing import AuditEntry, AuditRecord, Result, verify
from sieve_manager.application.history import Change
from sieve_manager.application.staff import STAFF_ONLY, denied
from sieve_manager.application.trail import Trail, action_of, words_of
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    Outcome,
    PolicyRefusedError,
    SaveFailedError,
    ScriptRefusedError,
    SieveManagerError,
    StorageError,
)
from tests.application.world import ACCESS, LOGIN, NOW, World, forward

OTTO = Actor(name="otto@example.com", channel=Channel.WEB, role=Role.OPERATOR, address="192.0.2.1")
HELPDESK = Access(login=LOGIN, actor=OTTO)


class BrokenLog:
    """An audit log whose database is away."""

    def append(self, entries: Sequence[AuditEntry]) -> None:
        raise StorageError("our database failed: disk full")

    def entries(
        self, *, mailbox: Login | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[AuditRecord, ...]:
        raise StorageError("our database failed: disk full")


def entries(world: World) -> list[AuditEntry]:
    """Oldest first."""
    assert list(verify(world.audit.records(), world.audit.marks())) == []
    return [record.entry for record in world.audit.records()]


def told(world: World) -> list[tuple[str, Result]]:
    return [(entry.action, entry.result) for entry in entries(world)]


def test_every_kind_of_save_leaves_one_entry() -> None:
    world = World()
    forwards = world.forwards
    forwards.set_forward(ACCESS, forward(), None)
    forwards.change(ACCESS, Change.PAUSE, None)
    forwards.change(ACCESS, Change.RESUME, None)
    world.give(b"keep;\r\n")  # another program takes over
    forwards.change(ACCESS, Change.REACTIVATE, None)
    forwards.change(ACCESS, Change.ADOPT, None)
    forwards.change(ACCESS, Change.CLEAR, None)
    forwards.undo(ACCESS, 6, None)
    words = ("set", "pause", "resume", "reactivate", "adopt", "clear", "undo")
    assert told(world) == [(f"forward.{word}", Result.DONE) for word in words]
    to = tuple(map(str, forward().destinations))
    assert [entry.to for entry in entries(world)] == [to, (), to, to, (), (), to]


def test_an_entry_says_who_from_where_why_and_what_changed() -> None:
    world = World()
    before = world.forwards.overview(HELPDESK).fingerprint
    wish = replace(forward(), note="He left")
    saved = world.forwards.set_forward(HELPDESK, wish, before)
    (entry,) = entries(world)
    assert (entry.actor, entry.mailbox, entry.reason) == (OTTO, LOGIN, "He left")
    assert entry.before == before.text
    after = world.forwards.saving.looking.history.version(LOGIN, 1).new.after
    assert entry.after == after.fingerprint.text
    assert saved.version is not None
    assert (entry.at, entry.detail) == (saved.version.new.at, "Change 1.")


def test_a_save_that_changes_nothing_leaves_no_entry() -> None:
    world = World()
    for _ in range(2):
        world.forwards.set_forward(ACCESS, forward(), None)
    assert len(entries(world)) == 1


def outside() -> Forward:
    return forward("anna@example.com")  # to herself, which is always refused


@pytest.mark.parametrize(
    ("wish", "loaded", "error"),
    [
        (outside(), None, PolicyRefusedError),
        (forward(), Fingerprint("0" * 64), ChangedMeanwhileError),
        (replace(outside(), copy=forward(copy="folder:Old").copy), None, PolicyRefusedError),
    ],
)
def test_what_is_refused_is_told_as_such(
    wish: Forward, loaded: Fingerprint | None, error: type[SieveManagerError]
) -> None:
    world = World()
    with pytest.raises(error) as caught:
        world.forwards.set_forward(ACCESS, wish, loaded)
    (entry,) = entries(world)
    assert (entry.action, entry.result) == ("forward.set", Result.REFUSED)
    assert entry.detail == str(caught.value)
    assert (entry.before, entry.after) == (loaded.text if loaded else "", "")


def test_what_fails_is_told_with_what_the_server_said() -> None:
    world = World()
    world.store.breaks.at, world.store.breaks.down = 1, True
    with pytest.raises(SaveFailedError):
        world.forwards.set_forward(ACCESS, forward(), None)
    (entry,) = entries(world)
    assert entry.result is Result.FAILED
    assert "cut off; whether the server has the change is not known" in entry.detail


@pytest.mark.parametrize("after", [False, True])
def test_the_next_writer_tells_what_a_killed_one_could_not(*, after: bool) -> None:
    world = World()
    # Before the first of its two steps, or after the second.
    world.store.breaks.at, world.store.breaks.after = (2, True) if after else (1, False)
    world.store.breaks.down = True
    with pytest.raises(SaveFailedError):
        world.forwards.set_forward(HELPDESK, forward(), None)
    world.store.breaks.broken, world.store.breaks.at = False, 0
    world.forwards.set_forward(ACCESS, forward("clara@example.net"), None)
    _failed, settled, done = entries(world)
    assert settled.actor.name == OTTO.name
    assert settled.result is (Result.DONE if after else Result.FAILED)
    assert settled.detail.startswith("Cut off; the next writer found ")
    assert (done.actor, done.result) == (ACCESS.actor, Result.DONE)


def test_a_done_save_stands_where_its_entry_cannot_be_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(audit=BrokenLog())
    with caplog.at_level(logging.ERROR):
        saved = world.forwards.set_forward(ACCESS, forward(), None)
    assert saved.version is not None
    assert saved.version.settled
    assert "sieve-manager" in world.scripts
    assert '"action":"forward.set"' in caplog.text
    last = world.forwards.looking.last(ACCESS)
    assert last is not None
    assert not last.settled, "the next writer must know that the entry is missing"
    with pytest.raises(StorageError):
        world.forwards.set_forward(ACCESS, forward("clara@example.net"), None)
    assert b"clara" not in world.scripts["sieve-manager"], "written without a trace of the first"


def test_sign_ins_of_staff_and_refused_rights_are_entries() -> None:
    log = MemoryAuditLog()
    trail = Trail(log=log, clock=lambda: NOW)
    trail.signed_in(OTTO)
    trail.signed_in(ACCESS.actor)
    trail.denied(ACCESS.actor, LOGIN, denied(STAFF_ONLY))
    signed_in, refused = (record.entry for record in log.records())
    assert (signed_in.action, signed_in.actor, signed_in.mailbox) == ("staff.sign-in", OTTO, None)
    assert (refused.action, refused.result) == ("staff.refused", Result.REFUSED)
    assert (refused.mailbox, refused.detail) == (LOGIN, "This is for the helpdesk.")


def test_without_a_log_nothing_is_written() -> None:
    Trail(clock=lambda: NOW).signed_in(OTTO)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InvalidInputError("No\r\n“{x}”", x="y\nz"), "No “y z”"),
        (ScriptRefusedError("refused", server_text='line 3: "private"'), "refused"),
        (
            SaveFailedError(
                step="check",
                outcome=Outcome.UNCHANGED,
                cause=ScriptRefusedError("refused", server_text="private"),
            ),
            "check: refused; nothing was changed",
        ),
        (StorageError("x" * 600), "x" * 500),
    ],
)
def test_a_detail_is_one_short_line_without_any_script(error: SieveManagerError, said: str) -> None:
    assert words_of(error) == said


def test_actions_have_stable_words() -> None:
    assert action_of(Change.CASE_BEGIN) == "case.begin"
    assert {action_of(change) for change in Change} == {
        *(f"forward.{word}" for word in ("set", "pause", "resume", "clear", "undo")),
        *("forward.reactivate", "forward.adopt", "forward.agreed", "forward.withdrawn"),
        *("case.begin", "case.change", "case.renew", "case.end"),
    }
