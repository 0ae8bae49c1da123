"""What who acts may see of a chain: not where other people's rules lead outside; pure."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sieve_manager.application.chain import Kind, Station, Way
from sieve_manager.application.trace import Hop, Turn
from sieve_manager.sieve.conditions import HIDDEN, Condition, ConditionKind

Sees = Callable[[Station], bool]
"""Whether somebody may see this of the station."""

SOMEWHERE_OUTSIDE = Station(Kind.OUTSIDE, "")
"""An outside address that is not shown."""


def masked(root: Hop, *, targets: Sees, conditions: Sees) -> Hop:
    """The same chain without what must not be shown.

    *targets* says whether all targets of a station may be seen; if not, that mail leaves the
    organisation from there is still said, and no more. *conditions*: whether what its rules ask
    of a message may be seen, or that it deletes some; that it is spam or not may always be.
    """
    return _Mask(targets, conditions).over(root)


@dataclass(slots=True)
class _Mask:
    targets: Sees
    conditions: Sees
    shown: set[Station] = field(default_factory=set)

    def over(self, hop: Hop) -> Hop:
        hops = tuple(self.over(self._below(hop.station, one)) for one in hop.hops)
        stays = hop.stays if self.conditions(hop.station) else hop.stays is not False
        return replace(hop, hops=hops, stays=stays)

    def _below(self, station: Station, hop: Hop) -> Hop:
        way = hop.way
        if way and not self.conditions(station):
            way = replace(way, conditions=_without_words(way.conditions))
        if hop.station.kind is not Kind.OUTSIDE:
            return replace(hop, way=way)
        if not self.targets(station):
            return Hop(
                address=None,
                station=SOMEWHERE_OUTSIDE,
                way=_without_target(way),
                window=hop.window,
            )
        # That it arrives there twice is said only where both ways may be seen.
        turn = hop.turn if hop.station in self.shown or hop.turn is not Turn.AGAIN else None
        self.shown.add(hop.station)
        return replace(hop, way=way, turn=turn)


def _without_target(way: Way | None) -> Way | None:
    return replace(way, target=None) if way else None


def _without_words(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    known = (one if one.kind is ConditionKind.SPAM else HIDDEN for one in conditions)
    return tuple(dict.fromkeys(known))
