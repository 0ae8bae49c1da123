"""Follows a message through forwards, redirect addresses and aliases."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sieve_manager.application.chain import ALWAYS, Chart, Kind, Station, Way, Window
from sieve_manager.domain.addresses import EmailAddress

DEEPEST = 10
"""Hops that are followed; far more than anybody wants, and fewer than mail servers allow.

Where these lead back, and no circle is known yet, they are followed further.
"""

MOST_HOPS = 2_000
"""Hops in one answer; beyond, only what was followed is said."""

_LOOKED_AT = 200  # stations beyond DEEPEST, in vain, in search of a circle
_LONGEST_CIRCLE = 50  # Postfix gives a message up then (hopcount_limit)
_NOWHERE = Station(Kind.UNKNOWN, "")


class Turn(StrEnum):
    """Why a hop is not followed further, where it could be.

    LOOP: it leads back to a station on the way here; AGAIN: its station was followed elsewhere
    in the same answer; DEEP: after so many hops, or in so long an answer.
    """

    LOOP = "loop"
    AGAIN = "again"
    DEEP = "deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A message arrives at *station* (under *address*), by *way* (None: it was sent there).

    *window* is when it can: within the windows of all ways so far. *stays* says whether what
    takes no way from a mailbox stays there; None: that depends.
    """

    address: EmailAddress | None
    station: Station
    way: Way | None = None
    window: Window = ALWAYS
    hops: tuple["Hop", ...] = ()
    turn: Turn | None = None
    stays: bool | None = True

    def paths(self) -> Iterator[tuple["Hop", ...]]:
        """Each hop with those before it, this one first; depth first."""
        waiting: list[tuple[Hop, ...]] = [(self,)]
        while waiting:
            path = waiting.pop()
            yield path
            waiting += [(*path, hop) for hop in reversed(path[-1].hops)]


def trace(chart: Chart, address: EmailAddress, window: Window) -> Hop:
    """What happens to a message to *address* that is sent within *window*."""
    return _Tracer(chart).follow(address, None, window, ())


class _Tracer:
    """One answer; remembers what it has followed, so that no station is followed twice."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._followed: dict[Station, Window] = {}
        self._count = 0
        self._left = _LOOKED_AT
        self._circle = False

    def follow(
        self,
        address: EmailAddress | None,
        way: Way | None,
        window: Window,
        before: tuple[Station, ...],
    ) -> Hop:
        self._count += 1
        station = self._chart.station(address) if address else _NOWHERE
        turn = self._turn(station, window, before)
        hops: tuple[Hop, ...] = ()
        if turn is None:
            hops = self._from(station, _detail(address, station), window, (*before, station))
        return Hop(
            address=address,
            station=station,
            way=way,
            window=window,
            hops=hops,
            turn=turn,
            stays=turn is not None or self._chart.stays(station),
        )

    def _turn(self, station: Station, window: Window, before: tuple[Station, ...]) -> Turn | None:
        if station in before:
            self._circle = True
            return Turn.LOOP
        if station.kind is Kind.UNKNOWN:
            return None
        followed = self._followed.get(station)
        if followed is not None and followed.covers(window):
            return Turn.AGAIN
        far = len(before) >= DEEPEST and (self._circle or not self._leads_back(station, before))
        if far or self._count >= MOST_HOPS:
            return Turn.DEEP if self._chart.ways(station) else None
        self._followed[station] = window
        return None

    def _leads_back(self, station: Station, before: tuple[Station, ...]) -> bool:
        """Whether there is a way from there to a station on the way here."""
        seen, waiting, left = {station}, [station], self._left
        while waiting and left and len(before) < _LONGEST_CIRCLE:
            left -= 1
            ways = self._chart.ways(waiting.pop())
            targets = {self._chart.station(one.target) for one in ways if one.target}
            if not targets.isdisjoint(before):
                return True
            waiting += targets - seen
            seen |= targets
        self._left = left
        return False

    def _from(
        self, station: Station, detail: str, window: Window, before: tuple[Station, ...]
    ) -> tuple[Hop, ...]:
        if station.kind in (Kind.OUTSIDE, Kind.MISSING, Kind.UNKNOWN):
            return ()
        ways = ((way, window.within(way.window)) for way in self._chart.ways(station))
        return tuple(
            self.follow(_with(detail, way.target), way, shared, before)
            for way, shared in ways
            if not shared.is_empty
        )


def _detail(address: EmailAddress | None, station: Station) -> str:
    """The sub-address, which Postfix hands on from a redirect address to where it leads."""
    if address is None or not station.kind.is_relay:
        return ""
    plain = address.without_detail
    return address.local.removeprefix(plain.local) if plain.key == station.key else ""


def _with(detail: str, target: EmailAddress | None) -> EmailAddress | None:
    return EmailAddress(target.local + detail, target.domain) if target and detail else target
