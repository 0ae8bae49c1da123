"""The worker on a ledger in memory: each item is handled, and what became of it written down."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from sieve_manager.adapters.memory_ledger import MemoryLedger, MemoryRoster
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import AuditEntry, AuditRecord, Result
from sieve_manager.application.duties import Duty
from sieve_manager.application.jobs import (
    MOST_LEASES,
    Counts,
    Handler,
    Item,
    ItemState,
    Job,
    JobState,
    NewItem,
    NewJob,
    Outcome,
    Postponed,
)
from sieve_manager.application.ledger import cancel, conclude, pause, resume
from sieve_manager.application.working import Pace, Worker
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import (
    AccountDisabledError,
    SignInRefusedError,
    StorageError,
    UnreachableError,
)

ANNA = Actor(name="anna", channel=Channel.CLI)
DONE = Outcome(state=ItemState.DONE)
PACE = Pace(threads=2, lease_seconds=30, poll_seconds=0.01)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger(now)


@dataclass
class Audit:
    """An audit log that fails as often as it is told to."""

    failures: int = 0
    kept: list[AuditEntry] = field(default_factory=list)

    def append(self, entries: Sequence[AuditEntry]) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageError("away")
        self.kept += entries

    def entries(
        self, *, mailbox: Login | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[AuditRecord, ...]:
        return ()


@contextmanager
def working(
    ledger: MemoryLedger,
    handler: Handler,
    *,
    duties: Sequence[Duty] = (),
    audit: Audit | None = None,
    pace: Pace = PACE,
) -> Iterator[Worker]:
    worker = Worker(
        ledger,
        MemoryRoster(now),
        handlers={"test": handler},
        duties=duties,
        audit=audit,
        pace=pace,
    )
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop(20)


def made(ledger: MemoryLedger, count: int, *, rehearse: bool = False) -> Job:
    new = NewJob(kind="test", actor=ANNA, rehearse=rehearse)
    return ledger.create(new, (NewItem(key=f"k{number}") for number in range(count)))


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.002)


def ends(ledger: MemoryLedger, job: Job, state: JobState = JobState.DONE) -> Job:
    until(lambda: ledger.job(job.id).state is state)
    return ledger.job(job.id)


def test_every_item_is_handled_once_and_the_job_is_done(ledger: MemoryLedger) -> None:
    seen: list[str] = []
    first, second = made(ledger, 40), made(ledger, 1)

    def handle(job: Job, item: Item) -> Outcome:
        seen.append(f"{job.id} {item.key}")
        return DONE

    with working(ledger, handle):
        ends(ledger, first)
        ends(ledger, second)
    assert len(seen) == len(set(seen)) == 41
    assert ledger.counts(first.id) == Counts(done=40)


def test_a_rehearsal_ends_ready_to_be_looked_at(ledger: MemoryLedger) -> None:
    job = made(ledger, 3, rehearse=True)
    states: list[JobState] = []

    def handle(job: Job, item: Item) -> Outcome:
        states.append(job.state)
        return DONE

    with working(ledger, handle):
        ready = ends(ledger, job, JobState.READY)
    assert states == [JobState.REHEARSING] * 3
    assert len(ready.checksum) == 64


def test_an_item_that_may_pass_later_is_tried_again(ledger: MemoryLedger) -> None:
    job = made(ledger, 1)

    def handle(job: Job, item: Item) -> Outcome:
        raise UnreachableError("away")

    with working(ledger, handle):
        until(lambda: ledger.items(job.id)[0].not_before)
    (item,) = ledger.items(job.id)
    assert (item.state, item.error, item.attempts) == (ItemState.WAITING, "away", 1)


def test_what_concerns_one_item_fails_it_and_no_other(
    ledger: MemoryLedger, caplog: pytest.LogCaptureFixture
) -> None:
    job = made(ledger, 3)

    def handle(job: Job, item: Item) -> Outcome:
        match item.key:
            case "k0":
                raise AccountDisabledError("closed")
            case "k1":
                raise ZeroDivisionError("secret of a script")
        return DONE

    with working(ledger, handle):
        ends(ledger, job)
    found = ledger.items(job.id)
    assert [item.state for item in found] == ["failed", "failed", "done"]
    assert [item.error for item in found] == ["closed", "internal error (ZeroDivisionError)", ""]
    assert "item 2 failed by a mistake of ours" in caplog.text


def test_a_refused_master_pauses_the_job_and_fails_nothing(ledger: MemoryLedger) -> None:
    job, other = made(ledger, 50), made(ledger, 3)
    healthy = threading.Event()

    def handle(of: Job, item: Item) -> Outcome:
        if of.id == job.id and not healthy.is_set():
            raise SignInRefusedError("the master user is refused")
        return DONE

    with working(ledger, handle):
        paused = ends(ledger, job, JobState.PAUSED)
        assert paused.reason == "the master user is refused"
        until(lambda: ledger.counts(job.id) == Counts(waiting=50))
        healthy.set()
        resume(ledger, job.id)
        ends(ledger, job)
    assert ledger.counts(job.id) == Counts(done=50)
    assert ledger.counts(other.id).failed == 0


def test_who_resumes_a_job_that_is_done_at_once_hears_of_no_error() -> None:
    class Quick(MemoryLedger):
        def move(self, job: Job, to: JobState, *, reason: str = "", checksum: str = "") -> bool:
            moved = super().move(job, to, reason=reason, checksum=checksum)
            if to is JobState.RUNNING:
                conclude(self, self.job(job.id))
            return moved

    quick = Quick(clock=now)
    job = made(quick, 0)
    pause(quick, job.id)
    assert resume(quick, job.id).state is JobState.DONE


def test_an_item_that_ends_every_worker_is_given_up(ledger: MemoryLedger) -> None:
    job = made(ledger, 1)
    for _ in range(MOST_LEASES):
        (item,) = ledger.lease("killed", [job.id], 1, 60)
        ledger.settle("killed", [(item, Postponed(seconds=0, error=""))])
    with working(ledger, lambda job, item: pytest.fail("was tried again")):
        ends(ledger, job)
    assert ledger.items(job.id)[0].state is ItemState.FAILED


class Gate:
    """A handler that holds every item until it is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.begun: list[str] = []

    def __call__(self, job: Job, item: Item) -> Outcome:
        self.begun.append(item.key)
        assert self.opened.wait(20)
        return DONE


@pytest.mark.parametrize("stop", [pause, cancel])
def test_a_job_that_is_stopped_ends_with_what_is_in_work(
    ledger: MemoryLedger, stop: Callable[[MemoryLedger, int], Job]
) -> None:
    job, gate = made(ledger, 20), Gate()
    with working(ledger, gate):
        until(lambda: len(gate.begun) == PACE.threads)
        stop(ledger, job.id)
        until(lambda: ledger.counts(job.id).leased == PACE.threads)
        gate.opened.set()
        until(lambda: ledger.counts(job.id).leased == 0)
    counts = ledger.counts(job.id)
    assert (counts.done, len(gate.begun)) == (2, 2)
    assert counts.waiting + counts.cancelled == 18


def test_a_worker_that_is_stopped_finishes_and_gives_back(ledger: MemoryLedger) -> None:
    job, gate = made(ledger, 20), Gate()
    with working(ledger, gate) as worker:
        until(lambda: len(gate.begun) == PACE.threads)
        assert not worker.stop(0)
        until(lambda: ledger.counts(job.id) == Counts(leased=2, waiting=18))
        gate.opened.set()
    assert ledger.counts(job.id) == Counts(done=2, waiting=18)
    waiting = ledger.items(job.id, states=[ItemState.WAITING])
    assert {item.attempts for item in waiting} == {0}


def test_leases_are_renewed_while_an_item_is_in_work(ledger: MemoryLedger) -> None:
    job, gate = made(ledger, 1), Gate()
    with working(ledger, gate, pace=Pace(threads=1, lease_seconds=0.3, poll_seconds=0.01)):
        until(lambda: gate.begun)
        time.sleep(0.6)  # twice the lease: what is tested is that it does not run out
        gate.opened.set()
        ends(ledger, job)
    assert len(gate.begun) == 1


def entry(item: Item) -> AuditEntry:
    return AuditEntry(
        at=now(), actor=ANNA, action="case.begin", result=Result.DONE, detail=item.key
    )


def test_audit_entries_are_written_once_before_an_item_is_settled(ledger: MemoryLedger) -> None:
    job, audit = made(ledger, 30), Audit(failures=2)
    with working(
        ledger,
        lambda job, item: Outcome(state=ItemState.DONE, entries=(entry(item),)),
        audit=audit,
    ):
        ends(ledger, job)
    assert sorted(one.detail for one in audit.kept) == sorted(f"k{n}" for n in range(30))


class Shaky(MemoryLedger):
    """A ledger whose database is away every third time."""

    calls = 0

    def settle(self, holder: str, settled: Sequence[tuple[Item, Outcome | Postponed]]) -> int:
        self.calls += 1
        if self.calls % 3:
            raise StorageError("away")
        return MemoryLedger.settle(self, holder, settled)


def test_a_database_that_is_away_for_a_while_loses_nothing() -> None:
    ledger, audit = Shaky(now), Audit()
    job = made(ledger, 30)
    with working(
        ledger,
        lambda job, item: Outcome(state=ItemState.DONE, entries=(entry(item),)),
        audit=audit,
    ):
        ends(ledger, job)
    assert ledger.counts(job.id) == Counts(done=30)
    assert len(audit.kept) == 30


class Forgetful(MemoryLedger):
    """A ledger whose first leases are given, and whose answer is lost on the way."""

    calls = 0

    def lease(
        self, holder: str, jobs: Sequence[int], count: int, seconds: float
    ) -> tuple[Item, ...]:
        self.calls += 1
        leased = MemoryLedger.lease(self, holder, jobs, count, seconds)
        if self.calls == 1:
            raise StorageError("cut off")
        return leased


def test_leases_whose_answer_was_lost_run_out() -> None:
    ledger = Forgetful(now)
    job = made(ledger, 4)
    pace = Pace(threads=2, lease_seconds=0.3, poll_seconds=0.01)
    with working(ledger, lambda job, item: DONE, pace=pace):
        ends(ledger, job)
    assert {item.attempts for item in ledger.items(job.id)} == {2}


def test_a_duty_whose_answer_was_lost_is_done_later(ledger: MemoryLedger) -> None:
    taken: list[bool] = []
    done = threading.Event()

    class ForgetfulRoster(MemoryRoster):
        def take(self, name: str, holder: str, seconds: float) -> bool:
            taken.append(MemoryRoster.take(self, name, holder, seconds))
            if len(taken) == 1:
                raise StorageError("cut off")
            return taken[-1]

    duty = Duty(name="work", every_seconds=0.05, run=done.set)
    worker = Worker(
        ledger,
        ForgetfulRoster(now),
        handlers={},
        duties=[duty],
        pace=Pace(threads=1, lease_seconds=0.3, poll_seconds=0.01),
    )
    worker.start()
    try:
        assert done.wait(10)
    finally:
        assert worker.stop(10)


def test_a_mistake_of_ours_does_not_end_the_dispatcher(
    ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job, broken = made(ledger, 1), iter([True])
    active = ledger.active

    class Broken(MemoryLedger):
        def active(self) -> tuple[Job, ...]:
            if next(broken, False):
                raise ZeroDivisionError
            return active()

    twin = Broken(now, ledger._jobs, ledger._rows, ledger._lock)
    with working(twin, lambda job, item: DONE):
        ends(ledger, job)
    assert "the dispatcher failed by a mistake of ours" in caplog.text


def test_jobs_of_unknown_kinds_are_left_to_others(ledger: MemoryLedger) -> None:
    strange = ledger.create(NewJob(kind="newer", actor=ANNA), [NewItem(key="a")])
    job = made(ledger, 1)
    with working(ledger, lambda job, item: DONE):
        ends(ledger, job)
    assert ledger.counts(strange.id) == Counts(waiting=1)


def test_duties_are_done_again_and_again_whatever_one_of_them_raises(
    ledger: MemoryLedger, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("fail")
        raise StorageError("away") if len(done) % 2 else ZeroDivisionError

    duties = (
        Duty(name="fail", every_seconds=0.01, run=fail),
        Duty(name="work", every_seconds=0.01, run=lambda: done.append("work")),
    )
    with working(ledger, lambda job, item: DONE, duties=duties):
        until(lambda: done.count("work") >= 3 and done.count("fail") >= 3)
    assert "duty fail" in caplog.text


def test_no_duty_waits_for_another(ledger: MemoryLedger) -> None:
    begun, opened = threading.Event(), threading.Event()
    done = threading.Event()

    def long() -> None:
        begun.set()
        assert opened.wait(20)

    def short() -> None:
        if begun.is_set():
            done.set()

    duties = (
        Duty(name="long", every_seconds=0.01, run=long),
        Duty(name="short", every_seconds=0.01, run=short),
    )
    with working(ledger, lambda job, item: DONE, duties=duties):
        assert done.wait(10)
        opened.set()


def test_leases_of_a_killed_worker_are_taken_over(ledger: MemoryLedger) -> None:
    job = made(ledger, 3)
    ledger.lease("killed", [job.id], 2, 0.1)
    with working(
        ledger, lambda job, item: DONE, pace=Pace(threads=2, lease_seconds=0.3, poll_seconds=0.01)
    ):
        ends(ledger, job)
    assert [item.attempts for item in ledger.items(job.id)] == [2, 2, 1]
