"""Many leavers from a CSV file, on the real Dovecot: also where workers are killed meanwhile."""

import csv
import multiprocessing
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from click.testing import CliRunner, Result

from sieve_manager.adapters.database.locks import DatabaseLocks
from sieve_manager.adapters.database.roster import DatabaseRoster
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.case import CaseState
from sieve_manager.application.case_batches import KIND, UNDO_KIND, CaseBatches
from sieve_manager.application.jobs import ItemState, Job, JobState
from sieve_manager.application.working import Pace, Worker
from sieve_manager.bootstrap import Wired, build
from sieve_manager.cli import main
from sieve_manager.cli.exit_codes import ExitCode
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.settings import load_settings
from tests.end_to_end.prediction import found, own_fates
from tests.end_to_end.site import Site
from tests.servers.mailboxes import deliver, make_mailbox
from tests.servers.script_files import script_files

MAILBOXES = 500
KILLS = 20
LONGEST_SECONDS = 240
HELEN = Actor(name="helen@example.com", channel=Channel.WEB, role=Role.ADMINISTRATOR)
_random = random.SystemRandom()
# A process from the server is there at once; one from scratch takes a second.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def table(logins: list[str]) -> bytes:
    rows = [f"{login},anna@example.net,2099-01-31,en,T-{login}\n" for login in logins]
    return ("leaver,to,last_day,reply,ticket\n" + "".join(rows)).encode()


def test_a_file_is_rehearsed_applied_and_taken_back_by_command(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, tmp_path: Path
) -> None:
    logins = [make_mailbox(dovecot) for _ in range(5)]
    file, results = tmp_path / "leavers.csv", tmp_path / "results.csv"
    file.write_bytes(table(logins) + b"nobody here,anna@example.net,,,\nghost@example.com,a@b.ch\n")

    nowhere = tmp_path / "nowhere" / "results.csv"
    refused = command(site, "import", str(file), "--results", str(nowhere), "--yes")
    assert "cannot be written" in refused.stderr
    assert site.wired.ledger.jobs() == ()

    asked = command(site, "import", str(file), "--results", str(results))
    assert asked.exit_code == 2, asked.output
    assert "5 rehearsed, 1 failed" in asked.stdout
    assert f"3     {logins[1]}  rehearsed  to anna@example.net; copy none; until" in asked.stdout
    assert "8     ghost@example.com" in asked.stdout
    lines = list(csv.DictReader(results.read_text(encoding="utf-8").splitlines()))
    assert [line["state"] for line in lines] == ["unusable", *["rehearsed"] * 5, "failed"]
    assert all(script_files(dovecot, login) == {} for login in logins)

    done = command(site, "import", str(file), "--results", str(results), "--yes")
    assert done.exit_code == ExitCode.NOT_ALL_LINES, done.output
    assert "line 7" in done.stderr
    lines = list(csv.DictReader(results.read_text(encoding="utf-8").splitlines()))
    assert [line["state"] for line in lines] == ["unusable", *["done"] * 5, "failed"]
    subject = f"after import {logins[3]}"
    predicted = own_fates(site, logins[3], subject)
    assert deliver(dovecot, logins[3], subject).code == 250
    assert [found(dovecot, sink, subject, [logins[3]])] == predicted
    assert [one.recipients for one in sink.messages if one.subject == subject] == [
        ("anna@example.net",)
    ]

    job = site.wired.ledger.jobs()[0]
    back = command(site, "undo-import", str(job.id), "--yes")
    assert back.exit_code == 0, back.output
    assert all(script_files(dovecot, login) == {} for login in logins)


def command(site: Site, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(site.config), "cases", *arguments])


def test_a_batch_whose_workers_are_killed_does_each_mailbox_once(
    site: Site, dovecot: DovecotServer
) -> None:
    logins = [make_mailbox(dovecot) for _ in range(MAILBOXES)]
    wired = quick_to_recover(site.wired)
    job = wired.case_batches.rehearse(HELEN, table(logins))
    with killed_at_random(site.config, wired, job, JobState.READY):
        pass
    assert all(script_files(dovecot, login) == {} for login in logins)
    job = wired.ledger.job(job.id)
    job = wired.case_batches.start(HELEN, job.id, job.checksum)
    with killed_at_random(site.config, wired, job, JobState.DONE):
        pass
    counts = wired.ledger.counts(job.id)
    left = wired.ledger.items(job.id, states=set(ItemState) - {ItemState.DONE})
    assert [(one.state, one.error) for one in left] == []
    assert counts.done == MAILBOXES
    for login in logins:
        (case,) = wired.cases.store.of_mailbox(Login(login))
        assert (case.state, case.number, case.batch) == (CaseState.ACTIVE, 1, job.id)
        (version,) = wired.history.versions(Login(login))
        assert (version.number, case.version) == (1, 1)
        (octets,) = script_files(dovecot, login).values()
        assert octets.count(b"case 1, forward") == 1

    back = wired.case_batches.undo(HELEN, job.id)
    with killed_at_random(site.config, wired, back, JobState.READY, kills=0):
        pass
    back = wired.case_batches.start(HELEN, back.id, wired.ledger.job(back.id).checksum)
    with killed_at_random(site.config, wired, back, JobState.DONE):
        pass
    assert wired.ledger.counts(back.id).done == MAILBOXES
    assert all(script_files(dovecot, login) == {} for login in logins)


def quick_to_recover(wired: Wired) -> Wired:
    """With locks that a killed process leaves for two seconds, instead of two minutes."""
    locks = DatabaseLocks(wired.database, lease_seconds=2.0)
    saving = replace(wired.forwards.saving, locks=locks)
    cases = replace(wired.cases, forwards=replace(wired.forwards, saving=saving))
    return replace(wired, cases=cases, case_batches=replace(wired.case_batches, cases=cases))


def work(config: Path) -> None:
    """What a worker process does until it is told to stop, or killed."""
    wired = quick_to_recover(build(load_settings(config)))
    batches: CaseBatches = wired.case_batches
    worker = Worker(
        wired.ledger,
        DatabaseRoster(wired.database, wired.clock),
        handlers={KIND: batches.handle, UNDO_KIND: batches.handle},
        pace=Pace(threads=4, lease_seconds=2.0, poll_seconds=0.05),
    )
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: told.set())
    worker.start()
    told.wait()
    worker.stop()


@contextmanager
def killed_at_random(
    config: Path, wired: Wired, job: Job, wanted: JobState, kills: int = KILLS
) -> Iterator[None]:
    """Workers do the job until it is in the state *wanted*; *kills* times one is killed.

    Each kill comes when so many items are settled, at random over the whole job.
    """

    def begin() -> BaseProcess:
        process = _processes.Process(target=work, args=(config,))
        process.start()
        return process

    workers = [begin(), begin()]
    points = sorted(_random.sample(range(1, MAILBOXES - 50), kills))
    deadline = time.monotonic() + LONGEST_SECONDS
    try:
        while wired.ledger.job(job.id).state is not wanted:
            assert time.monotonic() < deadline, (wired.ledger.counts(job.id), workers)
            if points and wired.ledger.counts(job.id).settled >= points[0]:
                time.sleep(_random.uniform(0, 0.1))
                victim = workers.pop(0)
                victim.kill()
                victim.join()
                workers.append(begin())
                points.pop(0)
            time.sleep(0.05)
        assert not points, "not killed often enough"
        yield
    finally:
        for process in workers:
            process.terminate()
            process.join(30)
