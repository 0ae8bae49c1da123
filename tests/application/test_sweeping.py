"""A sweep reads every mailbox once, whatever fails and whenever it is cut off."""

import itertools
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.application import mailbox_reading, sweeping
from sieve_manager.application.register import RegisterEntry
from sieve_manager.application.register_store import Question, Reading, Sweep, SweepState
from sieve_manager.application.sweeping import NO_MAILBOXES
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import (
    AccountDisabledError,
    DirectoryError,
    MailboxBusyError,
    SieveManagerError,
    SignInRefusedError,
    StorageError,
    UnreachableError,
)
from tests.application.sweeps import SweepWorld


def entries(world: SweepWorld) -> list[str]:
    return [one.login.text for one in world.register.every(Question())]


def problems(world: SweepWorld) -> dict[str, str]:
    found = world.register.every(Question(problems=True))
    return {one.login.text: one.problem for one in found}


def test_every_mailbox_is_read_once() -> None:
    world = SweepWorld(500)
    seen: list[Sweep] = []
    sweep = world.sweeping.run(seen.append)
    assert (sweep.state, sweep.read, sweep.failed) == (SweepState.DONE, 500, 0)
    assert entries(world) == world.logins
    assert set(world.store.sessions.values()) == {1}
    assert [one.read for one in seen] == sorted(one.read for one in seen)
    assert seen[-1] == sweep


def test_what_did_not_change_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SweepWorld(30)
    world.sweeping.run()
    parsed: list[bytes] = []

    def count(octets: bytes) -> None:
        parsed.append(octets)

    monkeypatch.setattr(mailbox_reading, "parse", count)
    world.give(world.logins[3], b'redirect "other@example.net";')
    sweep = world.sweeping.run()
    assert (sweep.read, sweep.changed) == (30, 1)
    assert len(parsed) == 1
    assert world.register.page(Question(text="other@"))[0].login.text == world.logins[3]


def test_an_include_that_appears_or_changes_is_noticed() -> None:
    world = SweepWorld(1)
    login = world.logins[0]
    world.give(login, b'require "include"; include :optional "inner";', "outer")
    world.sweeping.run()
    assert entries(world) == []
    scripts = world.server.mailbox(Login(login)).scripts
    for target in ("a@example.net", "b@example.net"):
        scripts[ScriptName("inner")] = f'redirect "{target}";'.encode()
        world.sweeping.run()
        assert [one.target for one in world.register.page(Question())] == [target]


def test_what_is_temporary_is_tried_again_at_growing_intervals() -> None:
    world = SweepWorld(20)

    def fault(login: Login, count: int) -> SieveManagerError | None:
        return UnreachableError("reset") if login.text == world.logins[7] and count < 4 else None

    world.store.fault = fault
    assert world.sweeping.run().read == 20
    assert len(world.rests) == 3
    assert world.rests[0] <= 0.5 < world.rests[2] <= 2.0


def test_a_mailbox_that_stays_away_is_listed_with_the_reason() -> None:
    world = SweepWorld(20)

    def fault(login: Login, _count: int) -> SieveManagerError | None:
        if login.text == world.logins[19]:
            return UnreachableError("its backend is down")
        return AccountDisabledError("closed") if login.text == world.logins[0] else None

    world.store.fault = fault
    sweep = world.sweeping.run()
    assert (sweep.state, sweep.read, sweep.failed) == (SweepState.DONE, 18, 2)
    assert problems(world) == {
        world.logins[0]: "closed",
        world.logins[19]: "its backend is down",
    }


def test_a_mistake_of_ours_at_one_mailbox_does_not_end_the_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumbles(*_: object) -> tuple[RegisterEntry, ...]:
        raise ZeroDivisionError

    monkeypatch.setattr(mailbox_reading, "entries_of", stumbles)
    world = SweepWorld(3)
    assert world.sweeping.run().failed == 3
    assert set(problems(world).values()) == {"internal error (ZeroDivisionError)"}


@pytest.mark.parametrize("after", [0, 1, 40])
def test_a_refused_master_pauses_the_sweep(after: int) -> None:
    world = SweepWorld(100)

    def fault(login: Login, _count: int) -> SieveManagerError | None:
        refused = login.text >= world.logins[after]
        return SignInRefusedError("the master is refused") if refused else None

    world.store.fault = fault
    sweep = world.sweeping.run()
    assert sweep.state is SweepState.PAUSED
    assert "the master is refused" in sweep.reason
    assert problems(world) == {}
    assert sum(world.store.sessions.values()) <= after + 4 * 4 + 1
    world.store.fault = lambda _login, _count: None
    assert world.sweeping.run().read == 100
    assert entries(world) == world.logins


def test_a_first_mailbox_that_looks_like_a_refused_master_does_not_stop_all() -> None:
    world = SweepWorld(50)

    def fault(login: Login, _count: int) -> SieveManagerError | None:
        return SignInRefusedError("authentication failure") if login.text in first else None

    first = world.logins[:2]
    world.store.fault = fault
    sweep = world.sweeping.run()
    assert (sweep.state, sweep.failed) == (SweepState.DONE, 2)
    assert list(problems(world)) == first


def test_a_server_that_is_away_pauses_the_sweep_and_loses_nothing() -> None:
    world = SweepWorld(200)
    world.store.fault = lambda login, _: (
        UnreachableError("away") if login.text > world.logins[90] else None
    )
    sweep = world.sweeping.run()
    assert (sweep.state, sweep.reason, sweep.read, sweep.failed) == (
        SweepState.PAUSED,
        "away",
        91,
        0,
    )
    world.store.fault = lambda _login, _count: None
    sweep = world.sweeping.run()
    assert (sweep.number, sweep.read) == (1, 200)
    assert entries(world) == world.logins


def test_a_directory_that_is_away_pauses_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SweepWorld(30)

    def away(*_: object) -> None:
        raise DirectoryError("the directory is away")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.people), "person", away)
        with pytest.raises(DirectoryError):
            world.sweeping.run()
    last = world.register.last()
    assert last
    assert (last.state, last.reason) == (SweepState.PAUSED, "the directory is away")
    assert world.sweeping.run().read == 30


def test_a_directory_that_lists_nobody_forgets_nobody() -> None:
    world = SweepWorld(3)
    world.sweeping.run()
    world.people.names = []
    sweep = world.sweeping.run()
    assert (sweep.state, sweep.reason) == (SweepState.PAUSED, NO_MAILBOXES)
    assert entries(world) == world.logins


def test_targets_inside_that_nobody_has_are_marked() -> None:
    world = SweepWorld(2)
    here, gone = world.logins[0], "left@example.com"
    script = f'redirect "{here}"; redirect "{here.replace("@", "+x@")}"; redirect "{gone}";'
    world.give(world.logins[1], script.encode())
    world.sweeping.run()
    assert [one.target for one in world.register.every(Question(gone=True))] == [gone]
    world.people.names.append(gone)
    world.sweeping.run()
    assert world.register.count(Question(gone=True)) == 0


@pytest.mark.parametrize("kept", ["team@example.com", "*@example.com"])
def test_targets_that_are_redirect_addresses_are_not_gone(kept: str) -> None:
    world = SweepWorld(1)
    world.give(world.logins[0], b'redirect "team@example.com"; redirect "team+x@example.com";')
    sweeping = replace(world.sweeping, stands=lambda address: str(address) == kept)
    sweeping.run()
    assert world.register.count(Question(gone=True)) == 0
    assert world.register.count(Question()) == 2


def test_two_processes_do_not_sweep_at_once() -> None:
    world = SweepWorld(2)
    assert world.register.take("somebody else", 60)
    with pytest.raises(MailboxBusyError):
        world.sweeping.run()
    assert world.sweeping.run_if_due() is None
    assert world.store.sessions == {}


class Killed(BaseException):
    """The process is gone."""


class KillingRegister(MemoryRegister):
    """Its process is killed at the *at*-th write, before or after it took effect."""

    __slots__ = ("after", "at", "twice", "writes")

    def write(
        self, sweep: Sweep, holder: str, readings: Sequence[Reading], seconds: float
    ) -> Sweep | None:
        self.writes += 1
        if self.writes == self.at and not self.after:
            raise Killed
        written = [one.login.text for one in readings]
        found = MemoryRegister.write(self, sweep, holder, readings, seconds)
        self.twice += written
        if self.writes == self.at:
            raise Killed
        return found


def test_a_killed_sweep_goes_on_without_doing_one_twice_or_forgetting_one() -> None:
    world = SweepWorld(1500)
    register = KillingRegister(world.clock)
    register.writes, register.twice = 0, []
    world = SweepWorld(1500, register=register)
    kills = 0
    for after, steps in zip(itertools.cycle((True, False, False)), itertools.count(1)):
        register.at, register.after = register.writes + steps % 4 + 1, after
        try:
            sweep = world.sweeping.run()
            break
        except Killed:
            kills += 1
            register.expires = None  # the lease of who is gone runs out
    assert kills >= 2
    assert (sweep.number, sweep.read) == (1, 1500)
    assert register.twice == world.logins
    assert entries(world) == world.logins


def test_when_a_sweep_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SweepWorld(1)
    assert world.sweeping.run_if_due()
    assert world.sweeping.run_if_due() is None
    world.pass_hours(24)
    world.store.fault = lambda _login, _count: SignInRefusedError("refused")
    sweep = world.sweeping.run_if_due()
    assert sweep
    assert sweep.state is SweepState.PAUSED
    assert not world.sweeping.due(world.now)
    world.pass_hours(0.2)
    world.store.fault = lambda _login, _count: None
    sweep = world.sweeping.run_if_due()
    assert sweep
    assert (sweep.number, sweep.state) == (2, SweepState.DONE)


def test_a_database_that_fails_leaves_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SweepWorld(10)

    def fails(*_: object) -> None:
        raise StorageError("full")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryRegister, "write", fails)
        with pytest.raises(StorageError):
            world.sweeping.run()
    assert world.sweeping.run().read == 10


def test_sweeps_can_be_left_to_whoever_asks_for_them() -> None:
    world = SweepWorld(1)
    assert not replace(world.sweeping, every_hours=0).due(world.now)
    assert replace(world.sweeping, every_hours=0).run_if_due() is None


@pytest.mark.parametrize("every_hours", [0.0, 24.0])
def test_who_asks_gets_one_sweep_by_the_next_worker_that_looks(every_hours: float) -> None:
    world = SweepWorld(3)
    sweeping = replace(world.sweeping, every_hours=every_hours)
    sweeping.run()
    for _ in range(2):
        sweeping.ask()
    sweep = sweeping.run_if_due()
    assert sweep
    assert (sweep.number, sweep.state, sweep.read) == (2, SweepState.DONE, 3)
    assert sweeping.run_if_due() is None
    held = world.register.take("a worker", 60)
    assert held
    sweeping.ask()
    assert world.register.last() == held
    assert sweeping.run_if_due() is None


def test_who_lost_the_sweep_to_another_process_stops() -> None:
    world = SweepWorld(600)
    register = world.register
    assert isinstance(register, MemoryRegister)

    def steal(sweep: Sweep) -> None:
        if sweep.read:
            register.holder = "somebody else"

    with pytest.raises(MailboxBusyError):
        world.sweeping.run(steal)
    last = register.last()
    assert last
    assert last.state is SweepState.RUNNING
    assert last.read == len(entries(world)) < 600


def test_a_slow_mailbox_does_not_cost_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_RENEW_SECONDS", 0.01)
    world = SweepWorld(2)
    renewed = threading.Event()

    def fault(login: Login, _count: int) -> SieveManagerError | None:
        if login.text == world.logins[1]:
            assert renewed.wait(10)
        return None

    def progress(sweep: Sweep) -> None:
        if sweep.read == 1:
            renewed.set()

    world.store.fault = fault
    assert world.sweeping.run(progress).read == 2


def test_a_slow_directory_does_not_cost_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_RENEW_SECONDS", 0)
    world = SweepWorld(1)
    script = "".join(f'redirect "to{number}@example.com";' for number in range(40))
    world.give(world.logins[0], script.encode())

    def slowly(*_: object) -> None:
        world.pass_hours(2 / 3600)
        assert world.register.take("somebody else", 30) is None

    monkeypatch.setattr(type(world.people), "by_address", slowly)
    assert world.sweeping.run().state is SweepState.DONE
    assert world.register.count(Question(gone=True)) == 40


def test_a_directory_that_goes_away_at_the_end_is_the_reason_for_the_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = SweepWorld(1)
    world.give(world.logins[0], b'redirect "to@example.com";')

    def away(*_: object) -> None:
        raise DirectoryError("the directory is away")

    monkeypatch.setattr(type(world.people), "by_address", away)
    with pytest.raises(DirectoryError):
        world.sweeping.run()
    last = world.register.last()
    assert last
    assert (last.state, last.reason, last.read) == (SweepState.PAUSED, "the directory is away", 1)


def test_one_that_fails_at_the_very_end_is_listed_where_others_could_be_read() -> None:
    world = SweepWorld(6)
    world.store.fault = lambda login, _: (
        UnreachableError("reset") if login.text == world.logins[5] else None
    )
    assert world.sweeping.run().failed == 1
    assert problems(world) == {world.logins[5]: "reset"}
    world = SweepWorld(2)
    world.store.fault = lambda _login, _count: UnreachableError("reset")
    sweep = world.sweeping.run()
    assert (sweep.state, sweep.reason) == (SweepState.PAUSED, "reset")
