"""All loops of a whole chart: which stations a message can come back to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


def loops(ways: Mapping[T, Sequence[T]]) -> tuple[tuple[T, ...], ...]:
    """The groups of stations that lead to one another (Tarjan), each in the order of a loop.

    *ways* are the targets of each station. A group of one leads to itself.
    """
    return tuple(_in_order(start, group, ways) for start, group in _Search(ways).groups())


class _Search(Generic[T]):
    """Tarjan's search for strongly connected components; no recursion, for long chains."""

    def __init__(self, ways: Mapping[T, Sequence[T]]) -> None:
        self._ways = ways
        self._number: dict[T, int] = {}
        self._lowest: dict[T, int] = {}
        self._open: dict[T, None] = {}  # in the order of their discovery

    def groups(self) -> Iterator[tuple[T, frozenset[T]]]:
        """The components that hold a loop, each with the station that was met first."""
        for start in self._ways:
            if start not in self._number:
                yield from self._from(start)

    def _from(self, start: T) -> Iterator[tuple[T, frozenset[T]]]:
        path = [(start, self._enter(start))]
        while path:
            here, rest = path[-1]
            new = next((target for target in rest if self._is_new(here, target)), None)
            if new is not None:
                path.append((new, self._enter(new)))
                continue
            path.pop()
            if path:
                self._lower(path[-1][0], self._lowest[here])
            if self._lowest[here] == self._number[here]:
                group = self._close(here)
                if len(group) > 1 or here in self._ways[here]:
                    yield here, group

    def _enter(self, here: T) -> Iterator[T]:
        self._number[here] = self._lowest[here] = len(self._number)
        self._open[here] = None
        return iter(self._ways[here])

    def _is_new(self, here: T, target: T) -> bool:
        if target in self._open:
            self._lower(here, self._number[target])
        return target in self._ways and target not in self._number

    def _lower(self, here: T, number: int) -> None:
        self._lowest[here] = min(self._lowest[here], number)

    def _close(self, last: T) -> frozenset[T]:
        group: set[T] = set()
        while last not in group:
            group.add(self._open.popitem()[0])
        return frozenset(group)


def _in_order(start: T, group: frozenset[T], ways: Mapping[T, Sequence[T]]) -> tuple[T, ...]:
    """A shortest loop through *start*, within its group."""
    came: dict[T, T] = {}
    seen, edge = {start}, [start]
    while edge:
        following = []
        for here in edge:
            for target in ways[here]:
                if target == start:
                    return _back(came, start, here)
                if target in group and target not in seen:
                    seen.add(target)
                    came[target] = here
                    following.append(target)
        edge = following
    raise AssertionError("a group holds a loop through each of its stations")


def _back(came: Mapping[T, T], start: T, last: T) -> tuple[T, ...]:
    found = [last]
    while found[-1] != start:
        found.append(came[found[-1]])
    return tuple(reversed(found))
