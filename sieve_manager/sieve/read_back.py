"""From a script back to the model: what our rules mean now, whatever an editor did to them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from sieve_manager.domain.forward import Forward
from sieve_manager.domain.handover import Handover
from sieve_manager.domain.schedule import parse_zone
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.grammar import LARGEST_KEPT, Tree, parse
from sieve_manager.sieve.read_handover import handover_of
from sieve_manager.sieve.rule_parts import (
    ChangedError,
    SpamHeaders,
    copy_of,
    destinations_of,
    is_expanded,
    period_of,
    read_actions,
    read_tests,
    source_of,
    test_of,
)
from sieve_manager.sieve.rules import FORWARD_NAME, Rule, rules

_NAME = re.compile(rf"{re.escape(FORWARD_NAME)}(?:, Trash: (?P<trash>.+))? \((?P<zone>[^()]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class OurRules:
    """What one script holds of ours.

    *forward* is what the owner's rule means; *changed* is the source of each such rule that
    has a meaning that we cannot express, or is one too many. *handover* and *case_changed* are
    the same for the rules of a case, which only together mean something.
    """

    forward: Forward | None = None
    changed: tuple[str, ...] = ()
    handover: Handover | None = None
    case_changed: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is any rule of ours."""
        return bool(self.forward or self.changed or self.handover or self.case_changed)


def read_back(octets: bytes, spam_headers: SpamHeaders = ()) -> OurRules:
    """Return what our rules in this script mean; a script that is unreadable holds none.

    *spam_headers* are those of the policy; headers that speak of spam are known anyway. What
    the last few scripts mean is kept, as their trees are.
    """
    read = _kept if len(octets) <= LARGEST_KEPT else _read
    return read(octets, tuple(spam_headers))


def _read(octets: bytes, spam_headers: tuple[tuple[str, str], ...]) -> OurRules:
    tree = parse(octets)
    if tree is None:
        return OurRules()
    forward, changed = None, []
    for rule in rules(tree):
        if not rule.is_forward:
            continue
        meaning = None if forward else meaning_of(rule, tree, spam_headers)
        if meaning is None:
            changed.append(source_of(rule, tree))
        forward = forward or meaning
    of_case = [rule for rule in rules(tree) if rule.is_case]
    handover = handover_of(of_case, tree, spam_headers) if of_case else None
    return OurRules(
        forward=forward,
        changed=tuple(changed),
        handover=handover,
        case_changed=() if handover else tuple(source_of(rule, tree) for rule in of_case),
    )


_kept = lru_cache(maxsize=32)(_read)


def meaning_of(rule: Rule, tree: Tree, spam_headers: SpamHeaders = ()) -> Forward | None:
    """The forward that this rule of ours means, or None where it means something else."""
    try:
        return _forward(rule, tree, spam_headers)
    except (ChangedError, InvalidInputError):
        return None


def _forward(rule: Rule, tree: Tree, spam_headers: SpamHeaders) -> Forward:
    match = _NAME.fullmatch(rule.name)
    if match is None or len(rule.commands) != 1 or is_expanded(rule, tree):
        raise ChangedError
    zone = parse_zone(match["zone"])
    command = rule.commands[0]
    paused, test = test_of(command, tree)
    tests = read_tests(test, spam_headers)
    actions = read_actions(command.block or ())
    return Forward(
        destinations=destinations_of(actions),
        copy=copy_of(actions, match["trash"]),
        period=period_of(tests, zone),
        hold_spam=tests.hold_spam,
        paused=paused,
    )
