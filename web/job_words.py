"""What a job and its items are called on pages."""

from datetime import date

from sieve_manager.application.csv_cells import meant_day
from sieve_manager.application.jobs import ItemState, Job, JobState
from web.say import N_, _, day

_JOBS = {
    JobState.REHEARSING: (N_("Being rehearsed"), "scheduled"),
    JobState.READY: (N_("Ready"), "foreign"),
    JobState.RUNNING: (N_("Being carried out"), "active"),
    JobState.PAUSED: (N_("Paused"), "paused"),
    JobState.CANCELLED: (N_("Cancelled"), "off"),
    JobState.DONE: (N_("Carried out"), "ended"),
}
_ITEMS = {
    ItemState.WAITING: N_("waiting"),
    ItemState.LEASED: N_("in work"),
    ItemState.DONE: N_("done"),
    ItemState.UNCHANGED: N_("nothing to do"),
    ItemState.REFUSED: N_("refused"),
    ItemState.FAILED: N_("failed"),
    ItemState.CANCELLED: N_("cancelled"),
}


def job_state(job: Job) -> str:
    """The state in a few words."""
    return _(_JOBS[job.state][0])


def job_shape(job: Job) -> str:
    """The shape beside them."""
    return _JOBS[job.state][1]


def item_state(state: ItemState) -> str:
    """What became of a line."""
    return _(_ITEMS[state])


def until_day(cell: str) -> str:
    """The last day of a line that could be read."""
    return _("until %(day)s", day=day(date.fromisoformat(meant_day(cell.strip()))))
