"""For commands that wait for a job: they work on it themselves, and show how far it is."""

import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from sieve_manager.application.jobs import Job, progress
from sieve_manager.bootstrap import build_worker
from sieve_manager.cli import words
from sieve_manager.cli.door import Door

_LOOK_SECONDS = 0.25


def wait_for(door: Door, number: int) -> Job:
    """Return job *number* when it goes no further: ready, paused, cancelled or done.

    This process works on jobs meanwhile, beside whatever other workers there are. Whoever ends
    it, by Ctrl-C or worse, ends no job.
    """
    worker = build_worker(door.wired())
    worker.start()
    try:
        with _bar() as bar:
            task = bar.add_task(f"Job {number}", total=None, left="")
            while True:
                job = _shown(door, number, bar, task)
                if not job.state.is_active:
                    return job
                time.sleep(_LOOK_SECONDS)
    finally:
        worker.stop()


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        console=Console(file=sys.stderr),
        disable=not sys.stderr.isatty(),
    )


def _shown(door: Door, number: int, bar: Progress, task: TaskID) -> Job:
    wired = door.wired()
    # The job first: what is counted then is at least what its state says.
    job = wired.ledger.job(number)
    found = progress(job, wired.ledger.counts(number), wired.clock())
    left = f"{words.duration(found.seconds_left)} left" if found.seconds_left else ""
    bar.update(task, total=found.counts.total, completed=found.counts.settled, left=left)
    return job
