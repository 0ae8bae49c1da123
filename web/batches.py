"""Many cases at once: send a CSV file, look at its rehearsal, carry it out, take it back."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from sieve_manager.application import ledger as steering
from sieve_manager.application.batch_results import results
from sieve_manager.application.case_batch_lines import COLUMNS, TEMPLATE
from sieve_manager.application.case_batches import KIND, UNDO_KIND
from sieve_manager.application.jobs import ItemState, Job, progress
from sieve_manager.errors import ChangedMeanwhileError, InvalidInputError
from web.context import actor, wired, zone
from web.forward_input import FieldError
from web.say import input_error_text
from web.staff import staff_only

pages = Blueprint("batches", __name__)

_KINDS = (KIND, UNDO_KIND)
_SHOWN_ITEMS = 200
# Ten thousand lines with a text of their own each.
_LARGEST_FILE_OCTETS = 16 * 1024 * 1024


def let_files_in(app: Flask) -> None:
    """A file may be larger than the forms of all other pages; before anything reads the form."""

    @app.before_request
    def allow() -> None:
        if request.endpoint == "batches.upload":
            request.max_content_length = _LARGEST_FILE_OCTETS


@pages.get("/batches")
@staff_only
def list_() -> ResponseReturnValue:
    """The batches that one may see, and the form for a file."""
    return _list_page()


@pages.post("/batches")
@staff_only
def upload() -> ResponseReturnValue:
    """Take a file and rehearse it; nothing is written to any mailbox."""
    sent = request.files.get("file")
    octets = sent.read() if sent else b""
    try:
        job = wired().case_batches.rehearse(actor(), octets)
    except InvalidInputError as error:
        return _list_page(FieldError(where="file", message=input_error_text(error))), 422
    return redirect(url_for("batches.page", number=job.id), 303)


@pages.get("/batches/template.csv")
@staff_only
def template() -> ResponseReturnValue:
    """A file to begin with."""
    return _csv(iter([TEMPLATE]), "cases.csv")


@pages.get("/batches/<int:number>")
@staff_only
def page(number: int) -> ResponseReturnValue:
    """A batch: how far it is, what would happen or happened, and what can be done."""
    return render_template("batch.html", **_shown(_job(number)))


@pages.get("/batches/<int:number>/progress")
@staff_only
def progress_alone(number: int) -> ResponseReturnValue:
    """How far it is, for a page that is open; the whole page where it goes no further."""
    job = _job(number)
    answer = Response(render_template("batch_progress.html", **_shown(job)))
    if not job.state.is_active:
        answer.headers["HX-Refresh"] = "true"
    return answer


@pages.get("/batches/<int:number>/results.csv")
@staff_only
def result_file(number: int) -> ResponseReturnValue:
    """What became of each line."""
    job = _job(number)
    found = steering.all_items(wired().ledger, number)
    return _csv(results(job, found), f"cases-{number}.csv")


@pages.post("/batches/<int:number>/<step>")
@staff_only
def do(number: int, step: str) -> ResponseReturnValue:
    """Start, pause, resume, cancel, or rehearse taking it back."""
    job, by = _job(number), actor()
    ledger, batches = wired().ledger, wired().case_batches
    match step:
        case "start":
            try:
                batches.start(by, number, request.form.get("checksum", ""))
            except ChangedMeanwhileError:
                return redirect(url_for("batches.page", number=number), 303)
            if not batches.rights.is_visible(
                by, ledger.job(number)
            ):  # they were only asked to start it
                return redirect(url_for("batches.list_"), 303)
        case "pause":
            steering.pause(ledger, job.id, by.name)
        case "resume":
            steering.resume(ledger, job.id)
        case "cancel":
            steering.cancel(ledger, job.id, by.name)
        case "undo":
            number = batches.undo(by, job.id).id
        case _:
            raise NotFound
    return redirect(url_for("batches.page", number=number), 303)


def _job(number: int) -> Job:
    job = wired().ledger.job(number)
    if job.kind not in _KINDS:
        raise NotFound
    wired().case_batches.rights.demand_visible(actor(), job)
    return job


def _list_page(*errors: FieldError) -> str:
    batches, by = wired().case_batches, actor()
    found = (job for job in wired().ledger.jobs() if job.kind in _KINDS)
    jobs = [job for job in found if batches.rights.is_visible(by, job)]
    return render_template("batches.html", jobs=jobs, errors=errors, columns=COLUMNS, zone=zone())


def _shown(job: Job) -> dict[str, Any]:
    ledger = wired().ledger
    counts = ledger.counts(job.id)
    wrong = ledger.items(job.id, states=(ItemState.REFUSED, ItemState.FAILED), limit=_SHOWN_ITEMS)
    right = (ItemState.DONE, ItemState.UNCHANGED)
    fine = ledger.items(job.id, states=right, limit=_SHOWN_ITEMS - len(wrong))
    problems = job.payload.get("problems")
    return {
        "job": job,
        "counts": counts,
        "progress": progress(job, counts, wired().clock()),
        "wrong": wrong,
        "fine": fine,
        "problems": problems if isinstance(problems, list) else [],
        "undoing": job.kind == UNDO_KIND,
        "waits_for_another": wired().case_batches.rights.waits_for_another(actor(), job),
    }


def _csv(lines: Iterator[str], name: str) -> Response:
    """With a byte order mark, or spreadsheets take the letters for others."""

    def octets() -> Iterator[bytes]:
        yield b"\xef\xbb\xbf"
        yield from (line.encode() for line in lines)

    return Response(
        octets(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
