"""What became of each line of a batch, as a CSV file that a spreadsheet opens safely."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sieve_manager.application.case_json import load_terms
from sieve_manager.application.csv_cells import csv_line
from sieve_manager.application.jobs import Item, ItemState, Job
from sieve_manager.domain.case import CaseTerms

_HEADS = ("line", "leaver", "state", "case", "what")


def results(job: Job, items: Iterable[Item]) -> Iterator[str]:
    """The file, line by line: first the lines that could not be used, then each item."""
    yield csv_line(_HEADS)
    problems = job.payload.get("problems")
    for problem in problems if isinstance(problems, Sequence) else ():
        if isinstance(problem, Mapping):
            yield csv_line((problem.get("line", ""), "", "unusable", "", problem.get("text", "")))
    for item in items:
        cells = (item.payload.get("line", ""), item.key, state_of(job, item))
        yield csv_line((*cells, item.result.get("case", ""), what(job, item)))


def state_of(job: Job, item: Item) -> str:
    """The item's state; what was only rehearsed is not called done."""
    done = item.state is ItemState.DONE
    return "rehearsed" if done and job.is_rehearsal else item.state.value


def what(job: Job, item: Item) -> str:
    """Why nothing became of the item, or what it comes to."""
    if item.error:
        return item.error
    if item.state is ItemState.CANCELLED:
        cut = item.attempts and not job.is_rehearsal
        return "Its worker ended in the middle of it; look at the mailbox's cases." if cut else ""
    found = item.result.get("warnings")
    return "; ".join([*_words(item), *map(str, found if isinstance(found, list) else [])])


def _words(item: Item) -> Iterator[str]:
    if "terms" in item.result:
        yield from _terms(load_terms(str(item.result["terms"])))
    if "exactly" in item.result:
        exactly = item.result["exactly"]
        yield "as it was before" if exactly else "only what the case brought is taken out"


def _terms(terms: CaseTerms) -> Iterator[str]:
    forward, period = terms.forward, terms.forward.period
    yield "to " + ", ".join(one.readable for one in forward.destinations)
    yield f"copy {forward.copy}"
    if period.first_day:
        yield f"from {period.first_day}"
    yield f"until {period.last_day or 'somebody ends it'}"
    if terms.reply:
        yield "with an automatic reply"
