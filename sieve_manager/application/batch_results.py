"""What became of each line of a batch, as a CSV file that a spreadsheet opens safely."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sieve_manager.application.csv_cells import plain_cell
from sieve_manager.application.jobs import Item, Job

_HEADS = ("line", "leaver", "state", "case", "what")


def results(job: Job, items: Iterable[Item]) -> Iterator[str]:
    """The file, line by line: first the lines that could not be used, then each item."""
    yield _line(_HEADS)
    problems = job.payload.get("problems")
    for problem in problems if isinstance(problems, Sequence) else ():
        if isinstance(problem, Mapping):
            yield _line((problem.get("line", ""), "", "unusable", "", problem.get("text", "")))
    for item in items:
        what = item.error or "; ".join(map(str, _warnings(item)))
        cells = (item.payload.get("line", ""), item.key, item.state.value)
        yield _line((*cells, item.result.get("case", ""), what))


def _warnings(item: Item) -> Sequence[object]:
    found = item.result.get("warnings")
    return found if isinstance(found, list) else []


def _line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([plain_cell(str(cell)) for cell in cells])
    return text.getvalue()
