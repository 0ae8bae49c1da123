"""How much the workers have before them, for whoever watches the service."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from sieve_manager.application.jobs import JobState
from sieve_manager.application.ledger import Ledger
from sieve_manager.application.measuring import Measures

_NEWEST = 200  # jobs; who watches wants to know of those that are not over


def measure_jobs(measures: Measures, ledger: Ledger) -> None:
    """Show the jobs that are not over, and the items of those that workers take items of."""

    def jobs() -> Iterator[tuple[tuple[str, ...], float]]:
        found = Counter(job.state for job in ledger.jobs(limit=_NEWEST))
        yield from (((state.value,), found[state]) for state in JobState if not state.is_over)

    def items() -> Iterator[tuple[tuple[str, ...], float]]:
        found: Counter[str] = Counter()
        for job in ledger.active():
            found.update(asdict(ledger.counts(job.id)))
        yield from (((state,), number) for state, number in found.items())

    measures.gauge("jobs", "Jobs that are not over", ("state",), jobs)
    measures.gauge("job_items", "Items of the jobs under way", ("state",), items)
