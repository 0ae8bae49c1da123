"""The map of the whole organisation: who forwards where, and what of it goes round in a circle."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.chain import Kind, Station, Way
from sieve_manager.application.loops import loops
from sieve_manager.application.ports import Directory
from sieve_manager.application.register import Place, RegisterEntry
from sieve_manager.application.register_store import Question, RegisterStore
from sieve_manager.application.whole_chart import WholeChart, way_of

_AT_A_TIME = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Mail of *source* goes on to *target*; *looping*: and may come back to where it was."""

    source: Station
    target: Station
    way: Way
    looping: bool = False

    @property
    def outside(self) -> bool:
        """Whether it leaves the organisation."""
        return self.target.kind is Kind.OUTSIDE


@dataclass(frozen=True, slots=True)
class ForwardMap:
    """Ways, in the order of their sources."""

    edges: tuple[Edge, ...]

    @property
    def stations(self) -> tuple[Station, ...]:
        """Every station once, in the order in which the ways name them."""
        ends = (one for edge in self.edges for one in (edge.source, edge.target))
        return tuple(dict.fromkeys(ends))

    def having(self, text: str) -> "ForwardMap":
        """Only ways with *text* in the address of an end."""
        wanted = text.lower()
        return self._only(lambda one: wanted in one.source.key or wanted in one.target.key)

    def leading_outside(self) -> "ForwardMap":
        """Only ways that leave the organisation, or lead to one that does."""
        out = self._reached((one.target for one in self.edges if one.outside), back=True)
        return self._only(lambda one: one.target in out)

    def looping(self) -> "ForwardMap":
        """Only ways that are part of a circle."""
        return self._only(lambda one: one.looping)

    def around(self, station: Station) -> "ForwardMap":
        """Only what leads to *station*, and where it leads from there."""
        before = self._reached([station], back=True)
        after = self._reached([station], back=False)
        return self._only(lambda one: one.target in before or one.source in after)

    def _only(self, wanted: Callable[[Edge], bool]) -> "ForwardMap":
        return ForwardMap(tuple(filter(wanted, self.edges)))

    def _reached(self, starts: Iterable[Station], *, back: bool) -> set[Station]:
        ways: dict[Station, list[Station]] = defaultdict(list)
        for edge in self.edges:
            here, there = (edge.target, edge.source) if back else (edge.source, edge.target)
            ways[here].append(there)
        found = set(starts)
        rest = list(found)
        while rest:
            new = [one for one in ways[rest.pop()] if one not in found]
            found.update(new)
            rest += new
        return found


def whole_map(
    register: RegisterStore,
    directory: Directory,
    addresses: AddressStore,
    inside: Collection[str],
    managed: Collection[str],
    now: datetime,
) -> ForwardMap:
    """All that forwards now or later, as of the last sweep; StorageError, DirectoryError.

    *inside* are the domains of the organisation; none: those of the mailboxes that forward, and
    those that the sweep took for theirs. *managed* are inside, too: where redirect addresses are.
    """
    entries = tuple(_of_mailboxes(register, now))
    chart = WholeChart(
        forwards=register,
        directory=directory,
        addresses=addresses,
        inside={*(inside or _domains(entries)), *managed},
        now=now,
    )
    mailboxes = ((Station(Kind.MAILBOX, one.login.text), way_of(one)) for one in entries)
    ways = (*mailboxes, *_of_addresses(chart, addresses))
    edges = [Edge(source=one, target=_target(chart, one, way), way=way) for one, way in ways]
    return ForwardMap(_with_loops(edges))


def _of_mailboxes(register: RegisterStore, now: datetime) -> Iterator[RegisterEntry]:
    for entry in register.every(Question()):
        if entry.leads_on(now):
            yield entry


def _domains(entries: Iterable[RegisterEntry]) -> Iterator[str]:
    """A login need not be an address."""
    for one in entries:
        inside = (one.target,) if one.place is Place.INSIDE else ()
        for address in (one.login.text, *inside):
            _local, at, domain = address.rpartition("@")
            if at:
                yield domain


def _of_addresses(chart: WholeChart, addresses: AddressStore) -> Iterator[tuple[Station, Way]]:
    offset = 0
    while kept := addresses.found(offset=offset, limit=_AT_A_TIME):
        for one in kept:
            station = chart.station(one.address)
            yield from ((station, way) for way in chart.ways(station))
        offset += len(kept)


def _target(chart: WholeChart, source: Station, way: Way) -> Station:
    if way.target is None:
        return Station(Kind.UNKNOWN, source.key)
    return chart.station(way.target)


def _with_loops(edges: Collection[Edge]) -> tuple[Edge, ...]:
    ways: dict[Station, list[Station]] = defaultdict(list)
    for edge in edges:
        ways[edge.source].append(edge.target)
    circle = {one: number for number, group in enumerate(loops(ways)) for one in group}
    return tuple(
        replace(
            one, looping=one.source in circle and circle[one.source] == circle.get(one.target, -1)
        )
        for one in edges
    )
