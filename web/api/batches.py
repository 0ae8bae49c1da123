"""Batches: many cases from a CSV file, rehearsed, carried out, taken back."""

from collections.abc import Callable

from flask import url_for

from sieve_manager.application import ledger as steering
from sieve_manager.application.case_batches import KIND, UNDO_KIND
from sieve_manager.application.forms import Form, item_form, job_form
from sieve_manager.application.jobs import ItemState, Job, JobState, progress
from sieve_manager.application.ledger import Ledger, no_such_job
from sieve_manager.application.tokens import Scope
from web.api.forms_in import BatchesQuery, ItemsQuery, StartIn
from web.api.forms_out_cases import Batch, BatchList, Items
from web.api.operations import Call, Needs, Operations, Reply
from web.api.problems import scope_missing
from web.context import wired

operations = Operations()

_BATCH = "/batches/<int:number>"


@operations.add("GET", "/batches", Scope.READ, BatchList, query=BatchesQuery)
def list_batches(call: Call) -> Reply:
    """List the batches that the token may see, newest first."""
    asked = call.asked(BatchesQuery)
    found = wired().ledger.jobs(before=asked.before, limit=asked.limit)
    return Reply(
        form={
            "batches": [_form(job) for job in found if _is_batch(job) and is_seen(call, job)],
            "next": found[-1].id if len(found) == asked.limit else None,
        }
    )


@operations.add("POST", "/batches", Scope.CASES, Batch, needs=Needs(status=201, sends_csv=True))
def upload_batch(call: Call) -> Reply:
    """Upload a CSV file; every line is rehearsed, and nothing is written to any mailbox."""
    return _made(wired().case_batches.rehearse(call.actor, call.octets))


@operations.add("GET", _BATCH, Scope.READ, Batch)
def get_batch(call: Call, number: int) -> Reply:
    """Look how far a batch is."""
    return Reply(form=_form(_found(call, number)))


@operations.add("GET", f"{_BATCH}/items", Scope.READ, Items, query=ItemsQuery)
def list_items(call: Call, number: int) -> Reply:
    """List what becomes of each line, a page at a time."""
    asked, job = call.asked(ItemsQuery), _found(call, number)
    states = (asked.state,) if asked.state else tuple(ItemState)
    found = wired().ledger.items(job.id, states=states, after=asked.after, limit=asked.limit)
    return Reply(
        form={
            "items": [item_form(one) for one in found],
            "next": found[-1].number if len(found) == asked.limit else None,
        }
    )


@operations.add("POST", f"{_BATCH}/start", Scope.CASES, Batch, needs=Needs(body=StartIn))
def start_batch(call: Call, number: int) -> Reply:
    """Carry out what was rehearsed, and nothing else: the checksum is that of the rehearsal.

    For a batch so large that somebody else starts it, that is the second word.
    """
    job, batches = _found(call, number), wired().case_batches
    if batches.rights.waits_for_another(job.actor, job) and Scope.POLICY not in call.scopes:
        raise scope_missing(Scope.POLICY)
    return Reply(form=_form(batches.start(call.actor, job.id, call.sent(StartIn).checksum)))


@operations.add("POST", f"{_BATCH}/pause", Scope.CASES, Batch)
def pause_batch(call: Call, number: int) -> Reply:
    """Begin no further line until it is resumed."""
    return _steered(call, number, lambda ledger, job: steering.pause(ledger, job, call.actor.name))


@operations.add("POST", f"{_BATCH}/resume", Scope.CASES, Batch)
def resume_batch(call: Call, number: int) -> Reply:
    """Go on where it was paused."""
    return _steered(call, number, steering.resume)


@operations.add("POST", f"{_BATCH}/cancel", Scope.CASES, Batch)
def cancel_batch(call: Call, number: int) -> Reply:
    """Begin no further line, ever; what was done stays."""
    return _steered(call, number, lambda ledger, job: steering.cancel(ledger, job, call.actor.name))


@operations.add("POST", f"{_BATCH}/undo", Scope.CASES, Batch, needs=Needs(status=201))
def undo_batch(call: Call, number: int) -> Reply:
    """Make a batch that takes back what this one did; it is rehearsed first, too."""
    return _made(wired().case_batches.undo(call.actor, _found(call, number).id))


def waiting(call: Call) -> list[Form]:
    """Those of the newest batches that somebody else than who made them has to start."""
    batches = wired().case_batches
    return [
        _form(job)
        for job in wired().ledger.jobs()
        if job.state is JobState.READY
        and _is_batch(job)
        and is_seen(call, job)
        and batches.rights.waits_for_another(job.actor, job)
    ]


def is_seen(call: Call, job: Job) -> bool:
    """Whether who calls may see it."""
    return call.actor.role.is_staff and wired().case_batches.rights.is_visible(call.actor, job)


def _is_batch(job: Job) -> bool:
    return job.kind in (KIND, UNDO_KIND)


def _found(call: Call, number: int) -> Job:
    """A batch; InvalidInputError, NotAllowedError."""
    job = wired().ledger.job(number)
    if not _is_batch(job):
        raise no_such_job(number)
    wired().case_batches.rights.demand_visible(call.actor, job)
    return job


def _steered(call: Call, number: int, steer: Callable[[Ledger, int], Job]) -> Reply:
    return Reply(form=_form(steer(wired().ledger, _found(call, number).id)))


def _made(job: Job) -> Reply:
    return Reply(form=_form(job), location=url_for("api.get_batch", number=job.id))


def _form(job: Job) -> Form:
    found = progress(job, wired().ledger.counts(job.id), wired().clock())
    problems = job.payload.get("problems")
    told = problems if isinstance(problems, list) else []
    texts = [{key: one[key] for key in ("line", "column", "text")} for one in told]
    return {**job_form(found), "problems": texts}
