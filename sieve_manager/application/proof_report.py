"""What became of a test message at each place of the chain; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.chain import Kind, Way
from sieve_manager.application.proof_letter import Delivery, deliveries, is_proof
from sieve_manager.application.trace import Hop, Turn
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.proof import FOLLOWED, REPORTED, Proof
from sieve_manager.sieve.conditions import ConditionKind


class Fate(StrEnum):
    """What is known of the message at one place.

    ARRIVED: it lies there. AWAITED: it should, and does not yet. MISSED: nor in time. MAYBE:
    whether it stays there depends on it. DEPENDS: whether it comes there does. PASSED: nothing
    stays there. HANDED_ON: another mail
    server took it. DELAYED, REFUSED: what a mail server said. UNSEEN: it cannot be followed.
    """

    ARRIVED = "arrived"
    AWAITED = "awaited"
    MISSED = "missed"
    MAYBE = "maybe"
    DEPENDS = "depends"
    PASSED = "passed"
    HANDED_ON = "handed-on"
    DELAYED = "delayed"
    REFUSED = "refused"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message that holds the mark, in a folder; "": whose name is not shown."""

    folder: str
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of it at *hop*; *folders* where it lies, *text* what a mail server said."""

    hop: Hop
    depth: int
    fate: Fate
    folders: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All steps, and whether nothing more is waited for."""

    proof: Proof
    steps: tuple[Step, ...]
    over: bool


_ACTIONS = {
    "delivered": Fate.HANDED_ON,
    "relayed": Fate.HANDED_ON,
    "expanded": Fate.HANDED_ON,
    "delayed": Fate.DELAYED,
    "failed": Fate.REFUSED,
}


def report(
    proof: Proof, root: Hop, found: Mapping[Login, Sequence[Found]], now: datetime
) -> Report:
    """Compare what the chain says with what lies in mailboxes and what servers reported.

    Mailboxes that are not in *found* could not be looked into.
    """
    late = now - proof.sent_at >= FOLLOWED
    reported = now - proof.sent_at >= REPORTED
    said = {
        one.recipient: one
        for messages in found.values()
        for message in messages
        if not is_proof(message.octets, proof.mark)
        for one in deliveries(message.octets)
    }
    steps = tuple(_step(proof, place, found, said, late) for place in _walk(root, 0, sure=True))
    awaited = any(one.fate is Fate.AWAITED for one in steps)
    unseen = any(one.fate is Fate.UNSEEN for one in steps)
    over = late or (not awaited and (reported or not unseen))
    return Report(proof=proof, steps=steps, over=over)


@dataclass(frozen=True, slots=True)
class _Place:
    """*sure*: the message comes there, whatever it says."""

    hop: Hop
    depth: int
    sure: bool


def _step(
    proof: Proof,
    place: _Place,
    found: Mapping[Login, Sequence[Found]],
    said: Mapping[str, Delivery],
    late: bool,
) -> Step:
    hop, depth = place.hop, place.depth
    if hop.station.kind is Kind.MAILBOX:
        messages = found.get(Login(hop.station.key))
        lying = [one for one in messages or () if is_proof(one.octets, proof.mark)]
        if lying:
            folders = tuple(one.folder for one in lying if one.folder)
            return Step(hop=hop, depth=depth, fate=Fate.ARRIVED, folders=folders)
        missing = Fate.UNSEEN if messages is None else Fate.MISSED if late else Fate.AWAITED
        return Step(hop=hop, depth=depth, fate=_absent(place, missing))
    if hop.station.kind.is_relay and hop.hops:
        return Step(hop=hop, depth=depth, fate=Fate.PASSED)
    told = said.get(hop.address.key) if hop.address else None
    unseen = Fate.UNSEEN if place.sure else Fate.DEPENDS
    fate = _ACTIONS.get(told.action, unseen) if told else unseen
    return Step(hop=hop, depth=depth, fate=fate, text=told.text if told else "")


def _absent(place: _Place, missing: Fate) -> Fate:
    """Why it does not lie in this mailbox; *missing*: it should."""
    hop = place.hop
    if not place.sure:
        return Fate.DEPENDS
    if hop.turn in (Turn.AGAIN, Turn.LOOP):
        return Fate.PASSED  # said at the other place
    ways = [one.way for one in hop.hops if one.way]
    if any(one.keeps is False and _is_sure(one) for one in ways):
        return Fate.PASSED
    if hop.stays is not True or any(not one.keeps for one in ways):
        return Fate.MAYBE
    return missing


def _walk(hop: Hop, depth: int, *, sure: bool) -> Iterator[_Place]:
    sure = sure and (hop.way is None or _is_sure(hop.way))
    yield _Place(hop, depth, sure)
    for one in hop.hops:
        yield from _walk(one, depth + 1, sure=sure)


def _is_sure(way: Way) -> bool:
    """Whether a test message takes it, which is no spam and about which nothing else is known."""
    return all(one.kind is ConditionKind.SPAM and one.negated for one in way.conditions)
