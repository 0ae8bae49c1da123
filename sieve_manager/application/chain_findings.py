"""What is wrong with a chain, each in words with the path that it is about."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sieve_manager.application.chain import Kind, Station, Way
from sieve_manager.application.trace import DEEPEST, Hop, Turn
from sieve_manager.policy.findings import Finding, inform, refuse, warn
from sieve_manager.sieve.conditions import Condition, ConditionKind

Path = tuple[Hop, ...]

_MOST_INSTANTS = 20
_SPAM_ONLY = Condition(kind=ConditionKind.SPAM)
_NO_SPAM = replace(_SPAM_ONLY, negated=True)


def chain_findings(root: Hop, *, most_redirects: int | None = None) -> tuple[Finding, ...]:
    """Loops and mail that is stored nowhere refuse; the others warn or tell.

    *most_redirects* is how many redirects the mail server runs for one message; None: not known.
    """
    paths = tuple(root.paths())
    found = [*_nowhere(root, paths), *_along(paths)]
    if most_redirects is not None:
        found += [one for path in paths for one in _too_many(path, most_redirects)]
    return tuple(dict.fromkeys(found))


def path_words(path: Sequence[Hop]) -> str:
    """The addresses along the way; "…" is outside and not shown, "?" is not known."""
    return " → ".join(map(_name, path))


def _along(paths: Sequence[Path]) -> Iterator[Finding]:
    first: dict[Station, Path] = {}
    for path in paths:
        hop = path[-1]
        yield from _turned(path, first)
        if hop.turn is None and hop.station.kind is not Kind.UNKNOWN:
            first.setdefault(hop.station, path)
        if hop.station.kind is Kind.MISSING and hop.turn is None:
            yield warn("chain-dead-end", "This address does not exist: {path}.", **_facts(path))
            yield from _blocking(path)
        if hop.station.kind.is_relay and hop.turn is None and not hop.hops:
            yield warn("chain-closed", "This address is not in use: {path}.", **_facts(path))
            yield from _blocking(path)
        if hop.station.kind is Kind.OUTSIDE and len(path) > 2:
            yield inform(
                "chain-outside",
                "Mail leaves the organisation over {count} hops: {path}.",
                count=str(len(path) - 1),
                **_facts(path),
            )
        yield from _ends_early(path)


def _turned(path: Path, first: dict[Station, Path]) -> Iterator[Finding]:
    hop = path[-1]
    match hop.turn:
        case Turn.LOOP if path[-2].station == hop.station:
            yield refuse(
                "chain-self", "Mail would be forwarded to where it is: {path}.", **_facts(path)
            )
        case Turn.LOOP:
            yield refuse("chain-loop", "Mail would go round in a circle: {path}.", **_facts(path))
        case Turn.AGAIN:
            yield warn(
                "chain-twice",
                "Mail would arrive there twice: {one}, and {other}.",
                one=path_words(first[hop.station]),
                other=path_words(path),
            )
        case Turn.DEEP:
            yield warn(
                "chain-deep",
                "Mail would be forwarded more than {limit} times, or along too many ways: {path}.",
                limit=str(DEEPEST),
                **_facts(path),
            )
        case None:
            pass


def _blocking(path: Path) -> Iterator[Finding]:
    """The first target of a mailbox, where that takes no mail.

    Unless it files a copy, Pigeonhole then keeps the message and runs no other redirect; one
    that is refused later stops nothing.
    """
    before = path[-2] if len(path) > 1 else path[-1]
    is_first = len(before.hops) > 1 and before.hops[0] is path[-1]
    if before.station.kind is Kind.MAILBOX and is_first:
        yield warn(
            "chain-blocks",
            "Others behind it in the list may not get the mail, as long as this address takes "
            "none: {path}.",
            **_facts(path),
        )


def _ends_early(path: Path) -> Iterator[Finding]:
    """A later part of the way that ends while mail still comes along the earlier one."""
    if len(path) < 3:
        return
    before, hop = path[-2], path[-1]
    if hop.way and hop.way.window.ends < before.window.ends:
        yield warn(
            "chain-ends-early",
            "The last part of this way ends on {day}, before the others: {path}.",
            day=hop.way.window.ends.date().isoformat(),
            **_facts(path),
        )


def _too_many(path: Path, most: int) -> Iterator[Finding]:
    hop = path[-1]
    count = _at_once([one.way for one in hop.hops if one.way])
    if hop.station.kind is Kind.MAILBOX and count > most:
        yield warn(
            "chain-redirects",
            "A filter there may forward a message {limit} times; these are {count}: {path}.",
            limit=str(most),
            count=str(count),
            **_facts(path),
        )


def _at_once(ways: Sequence[Way]) -> int:
    """How many of *ways* one message surely takes: all without, or with the same, conditions."""
    groups = {one.conditions for one in ways}
    return max((_in_force(ways, {(), group}) for group in groups), default=0)


def _in_force(ways: Sequence[Way], conditions: Collection[object]) -> int:
    windows = [one.window for one in ways if one.conditions in conditions]
    return max((sum(one.holds(at.starts) for one in windows) for at in windows), default=0)


def _nowhere(root: Hop, paths: Sequence[Path]) -> Iterator[Finding]:
    followed = {path[-1].station: path[-1] for path in reversed(paths) if not path[-1].turn}
    for at in _instants(root, paths):
        if not _is_stored(root, at, followed, {}):
            yield refuse(
                "chain-nowhere",
                "Mail would be stored nowhere: {path}.",
                **_facts(_longest(root, at)),
            )
            return


def _instants(root: Hop, paths: Sequence[Path]) -> list[datetime]:
    """Moments between which nothing begins or ends."""
    starts = {root.window.starts, *(path[-1].window.starts for path in paths)}
    return sorted(starts)[:_MOST_INSTANTS]


def _is_stored(
    hop: Hop, at: datetime, followed: dict[Station, Hop], known: dict[Station, bool]
) -> bool:
    """Whether a message that arrives there at that moment, and is no spam, ends in a mailbox."""
    if hop.turn is Turn.DEEP or hop.station.kind in (Kind.OUTSIDE, Kind.UNKNOWN):
        return True  # as far as anybody can tell
    if hop.station not in known:
        known[hop.station] = False  # what comes back here ends nowhere
        here = hop if hop.turn is None else followed[hop.station]
        open_ = (one for one in here.hops if one.way and one.way.window.holds(at))
        ways = [one for one in open_ if one.way and _SPAM_ONLY not in one.way.conditions]
        keeps = hop.station.kind is Kind.MAILBOX and here.stays is not False
        stays = keeps and not any(_takes_all(one) for one in ways)
        known[hop.station] = stays or any(_is_stored(one, at, followed, known) for one in ways)
    return known[hop.station]


def _takes_all(hop: Hop) -> bool:
    """Whether nothing stays there of any message that is no spam."""
    return hop.way is not None and {*hop.way.conditions} <= {_NO_SPAM} and hop.way.keeps is False


def _longest(root: Hop, at: datetime) -> Path:
    """The longest way of those in force."""
    open_ = [path for path in root.paths() if all(hop.window.holds(at) for hop in path)]
    return max(open_, key=len)


def _name(hop: Hop) -> str:
    if hop.address:
        return hop.address.readable
    return "…" if hop.station.kind is Kind.OUTSIDE else "?"


def _facts(path: Path) -> dict[str, str]:
    """The path in words, and the destination at which it begins."""
    first = {"address": str(path[1].address)} if len(path) > 1 and path[1].address else {}
    return {"path": path_words(path), **first}
