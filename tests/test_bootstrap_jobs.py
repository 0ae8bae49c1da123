"""The upkeep of jobs as it is wired: what is done how often, and for how long jobs are kept."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.jobs import JobState, NewJob
from sieve_manager.application.reply_renewal import ReplyRenewal
from sieve_manager.bootstrap import Wired, build, build_worker
from sieve_manager.bootstrap_jobs import job_duty
from sieve_manager.settings import Settings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NEW = NewJob(kind="test", actor=Actor(name="root", channel=Channel.CLI))


class Clock:
    """A clock that a test moves."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wired(tmp_path: Path, clock: Clock) -> Iterator[Wired]:
    sections = {
        "managesieve": {"host": "127.0.0.1"},
        "database": {"url": f"sqlite:///{tmp_path}/jobs.db"},
        "jobs": {"retention_days": 30},
    }
    wired = build(Settings.model_validate(sections), clock=clock)
    yield wired
    wired.close()


def test_jobs_are_kept_for_as_many_days_as_the_settings_say(wired: Wired, clock: Clock) -> None:
    old, newest = (wired.ledger.create(NEW, []) for _ in range(2))
    assert wired.ledger.move(old, JobState.DONE)
    duty = job_duty(wired.settings, wired.ledger, wired.cases)
    clock.now = NOW + timedelta(days=30)
    assert duty.run() == 0
    clock.now += timedelta(seconds=1)
    assert duty.run() == 1
    assert [job.id for job in wired.ledger.jobs()] == [newest.id]


def test_the_worker_takes_them_away(wired: Wired, clock: Clock) -> None:
    old = wired.ledger.create(NEW, [])
    assert wired.ledger.move(old, JobState.DONE)
    wired.ledger.create(NEW, [])
    clock.now = NOW + timedelta(days=31)
    worker = build_worker(wired)
    worker.start()
    try:
        deadline = time.monotonic() + 10
        while old.id in {job.id for job in wired.ledger.jobs()}:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        assert worker.stop()


def test_the_worker_tells_replies_of_new_aliases(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Event()
    monkeypatch.setattr(ReplyRenewal, "run", lambda _: told.set())
    worker = build_worker(wired)
    worker.start()
    try:
        assert told.wait(10)
    finally:
        assert worker.stop()
