"""``sieve-manager cases import`` and ``undo-import``: many cases from a CSV file, and back."""

from pathlib import Path

import click

from sieve_manager.application.batch_results import results, state_of, what
from sieve_manager.application.jobs import Counts, Item, ItemState, Job, JobState
from sieve_manager.application.ledger import all_items, cancel
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.cli.exit_codes import ExitCode
from sieve_manager.cli.saving import agree
from sieve_manager.cli.waiting import wait_for
from sieve_manager.errors import InvalidInputError, TemporaryError

_MOST_SHOWN = 50
_WRONG = (ItemState.REFUSED, ItemState.FAILED)
_FINE = (ItemState.DONE, ItemState.UNCHANGED)
_results = click.option(
    "--results",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    metavar="FILE",
    help="Write what would become of each line, and then what did, into this CSV file.",
)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_results
@options.yes
@pass_door
def import_(door: Door, file: Path, results: Path | None, yes: bool) -> None:
    """Begin a case for each line of FILE (CSV); every line is rehearsed first."""
    _demand_writable(results)
    job = door.wired().case_batches.rehearse(administrator(), octets_of(file))
    for problem in _problems(job)[:_MOST_SHOWN]:
        output.say(output.visible(problem), style="red", aside=True)
    _run(door, job, results, yes=yes)


@click.command("undo-import")
@click.argument("number", metavar="JOB", type=int)
@_results
@options.yes
@pass_door
def undo_import(door: Door, number: int, results: Path | None, yes: bool) -> None:
    """Take back what the import JOB did; every mailbox is rehearsed first."""
    _demand_writable(results)
    _run(door, door.wired().case_batches.undo(administrator(), number), results, yes=yes)


def _run(door: Door, job: Job, file: Path | None, *, yes: bool) -> None:
    ledger = door.wired().ledger
    output.say(f"Job {job.id}: rehearsing. Nothing is written yet.", aside=True)
    job = _waited(door, job, JobState.READY, file)
    counts = ledger.counts(job.id)
    if not counts.done:
        cancel(ledger, job.id, "nothing can be done")
        raise InvalidInputError("No line can be carried out.", code="batch-empty")
    try:
        agree(door, f"Apply these {counts.done}?", yes=yes)
    except click.ClickException:
        cancel(ledger, job.id, "nobody agreed")
        raise
    except click.Abort:
        cancel(ledger, job.id, "nobody agreed")
        raise
    door.wired().case_batches.start(administrator(), job.id, job.checksum)
    _waited(door, job, JobState.DONE, file)
    counts = ledger.counts(job.id)
    if counts.failed or counts.refused or _problems(job):
        click.get_current_context().exit(ExitCode.NOT_ALL_LINES)


def _waited(door: Door, job: Job, wanted: JobState, file: Path | None) -> Job:
    """The job when it goes no further, after it was shown and its lines were written to *file*."""
    found = wait_for(door, job.id)
    if file:
        ledger = door.wired().ledger
        _write(file, "".join(results(found, all_items(ledger, found.id))))
    _show(door, found)
    if found.state is not wanted:
        raise TemporaryError(
            f"Job {job.id} is {found.state}: {found.reason or 'by somebody else'}. "
            "Nothing is lost; see `sieve-manager jobs show`."
        )
    return found


def _show(door: Door, job: Job) -> None:
    ledger = door.wired().ledger
    counts: Counts = ledger.counts(job.id)
    items = words.counted(counts, rehearsed=job.is_rehearsal)
    output.say(f"Job {job.id} is {job.state}: {items}.")
    wrong = ledger.items(job.id, states=_WRONG, limit=_MOST_SHOWN)
    fine = ledger.items(job.id, states=_FINE, limit=_MOST_SHOWN)
    if wrong or fine:
        rows = (_row(job, item) for item in (*wrong, *fine))
        output.show_table(("Line", "Mailbox", "", "What"), rows)
    if counts.settled > len(wrong) + len(fine):
        output.say("There are more of these; --results writes all of them into a file.")


def _row(job: Job, item: Item) -> tuple[str, str, str, str]:
    line = str(item.payload.get("line", ""))
    return line, item.key, state_of(job, item), what(job, item)


def _problems(job: Job) -> list[str]:
    found = job.payload.get("problems")
    return [str(one["text"]) for one in found] if isinstance(found, list) else []


def octets_of(file: Path) -> bytes:
    """What a file holds; InvalidInputError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            "The file {file} cannot be read: {reason}.", file=str(file), reason=str(error.strerror)
        ) from error


def _demand_writable(file: Path | None) -> None:
    """Before anything is done: what could not be told afterwards is not begun."""
    if file:
        _write(file, "", mode="a")


def _write(file: Path, text: str, *, mode: str = "w") -> None:
    try:
        with file.open(mode, encoding="utf-8", newline="") as opened:
            opened.write(text)
    except OSError as error:
        raise InvalidInputError(
            "The file {file} cannot be written: {reason}.",
            file=str(file),
            reason=str(error.strerror),
        ) from error
