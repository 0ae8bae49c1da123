"""Times, side by side: two things in turn, so that a machine's mood hits both alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

Milliseconds = float


@dataclass(frozen=True, slots=True)
class Times:
    """Durations of one thing, in milliseconds."""

    values: tuple[Milliseconds, ...]

    @property
    def median(self) -> Milliseconds:
        return statistics.median(self.values)

    @property
    def p95(self) -> Milliseconds:
        return statistics.quantiles(self.values, n=20)[-1]

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.p95:.2f})"


def timed(work: Callable[[], object]) -> Milliseconds:
    """How long *work* takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def in_turn(count: int, *works: Callable[[int], Milliseconds]) -> tuple[Times, ...]:
    """Run each of *works* *count* times, A B A B ..., after three rounds that do not count."""
    rounds = [[work(number) for work in works] for number in range(count + 3)][3:]
    return tuple(Times(tuple(column)) for column in zip(*rounds, strict=True))


def together(works: Sequence[Callable[[], object]], each: int) -> float:
    """Run all of *works* at once, each *each* times; return how many a second in all."""

    def repeat(work: Callable[[], object]) -> None:
        for _ in range(each):
            work()

    start = time.perf_counter()
    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(repeat, works))
    return len(works) * each / (time.perf_counter() - start)
