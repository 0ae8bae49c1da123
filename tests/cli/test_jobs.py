"""``jobs``: how bulk work stands, and steering it; ``worker``: doing it."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.ledger import DatabaseLedger
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.adapters.memory_ledger import MemoryRoster
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.case_batches import KIND
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
from sieve_manager.application.ledger import Ledger
from sieve_manager.application.working import Pace, Worker
from sieve_manager.cli import waiting
from sieve_manager.cli.door import Door
from sieve_manager.cli.words import counted, duration
from sieve_manager.demo.processes import free_ports, wait_until
from tests.cli.conftest import Cli
from tests.cli.test_reference import JSON, keys

OTTO = Actor(name="otto@example.com", channel=Channel.WEB)


def made(ledger: Ledger, count: int = 3, *, kind: str = KIND) -> Job:
    items = (NewItem(key=f"u{number}@example.com") for number in range(count))
    return ledger.create(NewJob(kind=kind, actor=OTTO), items)


def halfway(cli: Cli) -> Job:
    """A job of which one item is done and one has failed."""
    job = made(cli.ledger)
    first, second = cli.ledger.lease("a", [job.id], 2, 60)
    failed = Outcome(state=ItemState.FAILED, error="the mailbox is closed")
    cli.ledger.settle("a", [(first, Outcome(state=ItemState.DONE)), (second, failed)])
    return job


def test_jobs_are_listed_with_what_is_done_of_them(cli: Cli) -> None:
    halfway(cli)
    result = cli("jobs list")
    assert result.exit_code == 0, result.output
    assert "2 of 3 (1 waiting, 1 done, 1 failed)" in result.stdout
    assert "otto@example.com" in result.stdout
    assert "running" in result.stdout


def test_a_job_is_shown_with_what_went_wrong(cli: Cli) -> None:
    job = halfway(cli)
    result = cli(f"jobs show {job.id}")
    assert result.exit_code == 0, result.output
    assert re.search(r"u1@example\.com +failed +the mailbox is closed", result.stdout)
    assert "u0@example.com" not in result.stdout
    assert "a second" in result.stdout


def test_of_many_problems_the_first_are_shown(cli: Cli) -> None:
    job = made(cli.ledger, 30)
    refused = Outcome(state=ItemState.REFUSED, error="no")
    leased = cli.ledger.lease("a", [job.id], 30, 60)
    cli.ledger.settle("a", [(item, refused) for item in leased])
    result = cli(f"jobs show {job.id}")
    assert result.stdout.count("refused  no") == 20
    assert "There are more of these." in result.stdout


def test_a_job_is_paused_resumed_and_cancelled(cli: Cli) -> None:
    job = made(cli.ledger)
    for line, state in (
        (f"jobs pause {job.id}", "paused"),
        (f"jobs resume {job.id}", "running"),
        (f"jobs cancel {job.id} --yes", "cancelled"),
    ):
        result = cli(line)
        assert result.exit_code == 0, result.output
        assert result.stdout == f"Job {job.id} is {state}.\n"
    assert cli.ledger.job(job.id).reason.startswith("cancelled by ")
    assert cli.ledger.counts(job.id) == Counts(cancelled=3)
    result = cli(f"jobs resume {job.id}")
    assert (result.exit_code, "is cancelled" in result.stderr) == (2, True)


def test_nothing_is_cancelled_without_an_answer(cli: Cli) -> None:
    job = made(cli.ledger)
    assert cli(f"jobs cancel {job.id}").exit_code == 2
    assert cli(f"jobs cancel {job.id}", terminal=True, typed="n\n").exit_code == 1
    assert cli.ledger.job(job.id).state is JobState.RUNNING


def test_an_unknown_job_is_wrong_input(cli: Cli) -> None:
    for line in ("show", "pause", "resume", "cancel --yes"):
        result = cli(f"jobs {line} 77")
        assert (result.exit_code, "no job 77" in result.stderr) == (2, True), line


def test_every_key_of_the_json_form_is_documented(cli: Cli) -> None:
    job = halfway(cli)
    listed, shown = cli.json("jobs list --json"), cli.json(f"jobs show {job.id} --json")
    assert [one["job"] for one in listed["jobs"]] == [shown["job"]] == [job.id]
    assert shown["items"]["failed"] == 1
    assert {key for key in keys(listed) if f"`{key}`" not in JSON} == set()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "2 min"),
        (3600, "1 h 0 min"),
        (3661, "1 h 2 min"),
    ],
)
def test_durations_are_rounded_up(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_job_without_items_is_counted() -> None:
    assert counted(Counts()) == "0 of 0"


def now() -> datetime:
    return datetime.now(UTC)


def test_a_command_that_waits_works_on_the_job_itself(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = made(cli.ledger, 10, kind="test")

    def handle(job: Job, item: Item) -> Outcome:
        return Outcome(state=ItemState.DONE)

    worker = Worker(
        cli.ledger,
        MemoryRoster(now),
        handlers={"test": handle},
        pace=Pace(threads=2, poll_seconds=0.01),
    )
    monkeypatch.setattr(waiting, "build_worker", lambda _wired: worker)
    door = Door(config=cli.config, wire=cli.wire)
    door._wired = cli.wire(door.settings())
    assert waiting.wait_for(door, job.id).state is JobState.DONE
    assert worker.stop(0)


@contextmanager
def ledger_at(url: str) -> Iterator[DatabaseLedger]:
    upgrade(url)
    database = Database(url)
    yield DatabaseLedger(database, now)
    database.close()


@pytest.mark.parametrize("command", ["worker", "serve"])
def test_jobs_are_worked_on_until_sigterm(command: str, tmp_path: Path) -> None:
    """The line of the batch is nonsense: that it failed shows that it was tried."""
    (port,) = free_ports(1)
    config = tmp_path / "config.toml"
    url = f"sqlite:///{tmp_path}/s.db"
    config.write_text(
        f'[managesieve]\nhost = "127.0.0.1"\n[database]\nurl = "{url}"\n'
        f'[web]\nlisten = "127.0.0.1:{port}"\nsecret_key = "{"k" * 32}"\n'
    )
    with ledger_at(url) as ledger, (tmp_path / "log").open("wb") as log:
        job = made(ledger, 1)
        line = [sys.executable, "-m", "sieve_manager.cli", "--config", str(config), command]
        process = subprocess.Popen(line, stdout=log, stderr=log)
        try:
            wait_until(
                lambda: ledger.job(job.id).state is JobState.DONE or process.poll() is not None,
                seconds=20,
                what="the job",
            )
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0, (tmp_path / "log").read_text()
        assert ledger.counts(job.id).settled == 1


def test_the_pages_may_leave_jobs_to_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from web import long_running

    config = tmp_path / "config.toml"
    config.write_text(
        f'[managesieve]\nhost = "127.0.0.1"\n[database]\nurl = "sqlite:///{tmp_path}/s.db"\n'
        f'[jobs]\nin_serve = false\n[web]\nsecret_key = "{"k" * 32}"\n'
    )
    monkeypatch.setenv("SIEVE_MANAGER_CONFIG", str(config))
    monkeypatch.setattr(long_running, "collect_garbage_seldom", lambda: None)
    monkeypatch.setattr(long_running, "build_worker", lambda _wired: pytest.fail("works"))
    app = long_running.application()
    app.extensions["sieve_manager"].close()
