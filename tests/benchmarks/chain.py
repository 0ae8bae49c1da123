"""Traces and loops in a large organisation: 100,000 mailboxes, 150,000 forwards between them."""

import random
from collections.abc import Sequence

from sieve_manager.application.chain import ALWAYS, Way
from sieve_manager.application.chain_findings import chain_findings
from sieve_manager.application.loops import loops
from sieve_manager.application.trace import trace
from tests.application.charts import MemoryChart, address, way
from tests.benchmarks.measuring import Milliseconds, Times, timed

MAILBOXES, FORWARDS, TRACES = 100_000, 150_000, 300


def chain() -> None:
    """Print a row for a trace with all its findings, from anywhere, and one for all loops."""
    chance = random.Random(5)  # noqa: S311 - the same graph in every run
    names = [f"m{number}" for number in range(MAILBOXES)]
    ways: dict[str, list[Way]] = {name: [] for name in names}
    for _ in range(FORWARDS):
        ways[chance.choice(names)].append(way(chance.choice(names), keeps=True))
    chart = MemoryChart(mailboxes=ways)
    times = Times(tuple(_trace(chart, name) for name in chance.sample(names, TRACES)))
    slowest = max(times.values)
    print(
        f"| trace in a chart of 100,000 mailboxes, ms median (p95), slowest | "
        f"{times}, {slowest:.1f} | | | under 5 |"
    )
    targets = {name: _targets(found) for name, found in ways.items()}
    print(f"| all loops of it, s | {timed(lambda: loops(targets)) / 1000:.2f} | | | under 2 |")


def _trace(chart: MemoryChart, start: str) -> Milliseconds:
    return timed(lambda: chain_findings(trace(chart, address(start), ALWAYS)))


def _targets(ways: Sequence[Way]) -> list[str]:
    return [one.target.local for one in ways if one.target]
