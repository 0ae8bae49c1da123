"""``sieve-manager jobs`` and ``worker``: how bulk work stands, steering it, and doing it."""

import signal
import threading
from collections.abc import Iterable
from types import FrameType

import click

from sieve_manager.application import ledger as steering
from sieve_manager.application.forms import job_form
from sieve_manager.application.jobs import Item, ItemState, Job, Progress, progress
from sieve_manager.bootstrap import build_worker, start_logs
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.cli.saving import agree
from sieve_manager.errors import StorageError

_number = click.argument("number", metavar="JOB", type=int)
_SHOWN_PROBLEMS = 20
_STOP_SECONDS = 60.0  # longer than a save at the slowest server


@click.group()
def jobs() -> None:
    """Bulk work: batches of cases, sweeps, notices."""


@jobs.command("list")
@options.as_json
@pass_door
def list_(door: Door, as_json: bool) -> None:
    """List the newest jobs, newest first."""
    found = [_progress(door, job) for job in door.wired().ledger.jobs()]
    if as_json:
        output.show_json({"jobs": [job_form(one) for one in found]})
        return
    output.show_table(
        ("Job", "Kind", "State", "Begun", "By", "Items"), (_row(door, one) for one in found)
    )


@jobs.command()
@_number
@options.as_json
@pass_door
def show(door: Door, number: int, as_json: bool) -> None:
    """Show a job, and what went wrong with its items."""
    ledger = door.wired().ledger
    found = _progress(door, ledger.job(number))
    if as_json:
        output.show_json(job_form(found))
        return
    job = found.job
    output.show_pairs(
        (
            ("Job", f"{job.id} ({job.kind})"),
            ("State", f"{job.state}: {job.reason}" if job.reason else job.state.value),
            ("Begun", words.moment(job.created, door.wired().policy.default_timezone)),
            ("By", job.actor.name),
            ("Items", words.counted(found.counts, rehearsed=job.is_rehearsal)),
            ("Speed", f"{found.rate:.1f} a second" if found.rate else ""),
            ("Left", words.duration(found.seconds_left) if found.seconds_left else ""),
        )
    )
    problems = (ItemState.FAILED, ItemState.REFUSED)
    _show_problems(ledger.items(number, states=problems, limit=_SHOWN_PROBLEMS + 1))


@jobs.command()
@_number
@pass_door
def pause(door: Door, number: int) -> None:
    """Take no further items of JOB for now; those in work are finished."""
    by = f"paused by {administrator().name}"
    _say(steering.pause(door.wired().ledger, number, by))


@jobs.command()
@_number
@pass_door
def resume(door: Door, number: int) -> None:
    """Go on with JOB where it was paused."""
    _say(steering.resume(door.wired().ledger, number))


@jobs.command()
@_number
@options.yes
@pass_door
def cancel(door: Door, number: int, yes: bool) -> None:
    """Take no further items of JOB, ever; what is done stays done."""
    ledger = door.wired().ledger
    left = ledger.counts(ledger.job(number).id).open
    agree(door, f"Cancel job {number}, of which {left} items are left?", yes=yes)
    _say(steering.cancel(ledger, number, f"cancelled by {administrator().name}"))


@click.command()
@pass_door
def worker(door: Door) -> None:
    """Work on jobs until SIGTERM or Ctrl-C; as many of these as wanted, on any host."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    start_logs(door.settings())
    working = build_worker(door.wired())
    working.start()
    stopped.wait()
    if not working.stop(_STOP_SECONDS):
        raise StorageError("Some items were not finished in time; they come back by themselves.")


def _progress(door: Door, job: Job) -> Progress:
    wired = door.wired()
    return progress(job, wired.ledger.counts(job.id), wired.clock())


def _row(door: Door, found: Progress) -> tuple[str, ...]:
    job = found.job
    begun = words.moment(job.created, door.wired().policy.default_timezone)
    items = words.counted(found.counts, rehearsed=job.is_rehearsal)
    return str(job.id), job.kind, job.state.value, begun, job.actor.name, items


def _show_problems(items: Iterable[Item]) -> None:
    found = list(items)
    rows = [(str(one.number), one.key, one.state.value, one.error) for one in found]
    if rows:
        output.say()
        output.show_table(("Item", "Mailbox", "", "Why"), rows[:_SHOWN_PROBLEMS])
    if len(rows) > _SHOWN_PROBLEMS:
        output.say("There are more of these.")


def _say(job: Job) -> None:
    output.say(f"Job {job.id} is {job.state}.")
