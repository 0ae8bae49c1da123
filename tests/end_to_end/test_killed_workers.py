"""A batch of 500 whose workers are killed at random points: nothing twice, nothing forgotten."""

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.ledger import DatabaseLedger
from sieve_manager.adapters.database.roster import DatabaseRoster
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.jobs import (
    Counts,
    Item,
    ItemState,
    Job,
    JobState,
    NewItem,
    NewJob,
    Outcome,
)
from sieve_manager.application.working import Pace, Worker
from sieve_manager.errors import StorageError
from tests.servers.postgresql import running_postgresql

ITEMS = 500
KILLS = 20
_random = random.SystemRandom()
# A process from the server is there at once; one from scratch takes a second.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def now() -> datetime:
    return datetime.now(UTC)


class Mailboxes:
    """A directory that plays the mail server: what it holds is all that a handler goes by."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def handle(self, job: Job, item: Item) -> Outcome:
        """Write the mailbox's file, unless it is there: then a killed worker had done it."""
        file = self._directory / f"{item.key}.saved"
        mark = self._directory / f"{item.key}.{os.getpid()}.busy"
        mark.touch()
        self._look_for_others(item.key, mark)
        time.sleep(_random.uniform(0, 0.03))
        result = "found"
        if not file.exists():
            with file.open("x") as opened:
                opened.write(str(item.attempts))
            result = "made"
        time.sleep(_random.uniform(0, 0.03))
        mark.unlink()
        return Outcome(state=ItemState.DONE, result={"as": result})

    def _look_for_others(self, key: str, mine: Path) -> None:
        for mark in self._directory.glob(f"{key}.*.busy"):
            process = int(mark.name.split(".")[-2])
            if mark != mine and _is_alive(process):
                (self._directory / f"{key}.twice").touch()


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def worker_at(database: Database, directory: Path) -> Worker:
    return Worker(
        DatabaseLedger(database, now),
        DatabaseRoster(database, now),
        handlers={"test": Mailboxes(directory).handle},
        pace=Pace(threads=4, lease_seconds=1.0, poll_seconds=0.05),
    )


def work(url: str, directory: Path) -> None:
    """What a worker process does until it is told to stop, or killed."""
    worker = worker_at(Database(url), directory)
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: told.set())
    _listens(directory, os.getpid()).touch()
    worker.start()
    told.wait()
    worker.stop()


def _listens(directory: Path, process: int | None) -> Path:
    """The mark of a process that ends in order when it is told to."""
    return directory / f"{process}.listens"


def begin(url: str, directory: Path) -> BaseProcess:
    process = _processes.Process(target=work, args=(url, directory))
    process.start()
    return process


def kill_at_random(workers: list[BaseProcess], url: str, directory: Path) -> None:
    """Kill one at a random point, and begin another."""
    victim = workers.pop(_random.randrange(len(workers)))
    time.sleep(_random.uniform(0, 0.05))
    victim.kill()
    victim.join()
    workers.append(begin(url, directory))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_workers_killed_at_random_points_do_each_item_once(kind: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        run_and_kill(f"sqlite:///{tmp_path}/jobs.db", tmp_path)
    else:
        with running_postgresql() as server:
            run_and_kill(server.new_database(), tmp_path)


def run_and_kill(url: str, directory: Path) -> None:
    upgrade(url)
    database = Database(url)
    ledger = DatabaseLedger(database, now)
    keys = [f"user{number}" for number in range(ITEMS)]
    job = ledger.create(
        NewJob(kind="test", actor=Actor(name="anna", channel=Channel.CLI)),
        (NewItem(key=key) for key in keys),
    )
    workers = [begin(url, directory) for _ in range(2)]
    try:
        for number in range(KILLS):
            goal = number * ITEMS // (KILLS + 2)
            wait_until(lambda goal=goal: ledger.counts(job.id).settled >= goal)
            kill_at_random(workers, url, directory)
        assert ledger.job(job.id).state is JobState.RUNNING
        wait_until(lambda: ledger.job(job.id).state is JobState.DONE)
    finally:
        for worker in workers:
            wait_until(_listens(directory, worker.pid).exists)
            worker.terminate()
            worker.join(20)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert ledger.counts(job.id) == Counts(done=ITEMS)
    assert {file.stem for file in directory.glob("*.saved")} == set(keys)
    assert list(directory.glob("*.twice")) == []
    database.close()


def test_connections_to_the_database_cut_at_random_points_lose_nothing(tmp_path: Path) -> None:
    with running_postgresql() as server:
        url = server.new_database()
        upgrade(url)
        database, other = Database(url), Database(url)
        ledger = DatabaseLedger(other, now)
        job = ledger.create(
            NewJob(kind="test", actor=Actor(name="anna", channel=Channel.CLI)),
            (NewItem(key=f"user{number}") for number in range(ITEMS)),
        )
        worker = worker_at(database, tmp_path)
        worker.start()
        try:
            for number in range(KILLS):
                goal = number * ITEMS // (KILLS + 2)
                wait_until(lambda goal=goal: settled(ledger, job) >= goal)
                time.sleep(_random.uniform(0, 0.05))
                server.cut_connections()
            wait_until(lambda: settled(ledger, job) == ITEMS)
        finally:
            assert worker.stop()
        assert ledger.counts(job.id) == Counts(done=ITEMS)
        assert len(list(tmp_path.glob("*.saved"))) == ITEMS
        database.close()
        other.close()


def settled(ledger: DatabaseLedger, job: Job) -> int:
    """How many are; 0 where our own connection was cut, too."""
    try:
        return ledger.counts(job.id).settled
    except StorageError:
        return 0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.01)
