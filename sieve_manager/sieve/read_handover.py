"""From the rules of a case back to the handover, whatever layout an editor gave them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.handover import Handover, Reply
from sieve_manager.domain.schedule import Period, parse_zone
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile_handover import (
    FORWARD_PART,
    NEVER_ANSWERED,
    REPLY_PART,
    REST_PART,
    handle_of,
)
from sieve_manager.sieve.grammar import (
    Argument,
    Command,
    Number,
    String,
    StringList,
    Tag,
    Test,
    Tree,
    parse_test,
)
from sieve_manager.sieve.rule_parts import (
    ChangedError,
    SpamHeaders,
    copy_of,
    destinations_of,
    is_expanded,
    period_of,
    read_actions,
    read_tests,
    test_of,
)
from sieve_manager.sieve.rules import CASE_NAME, Rule

_NAME = re.compile(
    rf"{re.escape(CASE_NAME)} (?P<case>[1-9]\d{{0,9}}), "
    rf"(?P<part>{REPLY_PART}|{FORWARD_PART}|{REST_PART})"
    r"(?:, Trash: (?P<trash>.+))? \((?P<zone>[^()]+)\)"
)
_PARTS = ((REPLY_PART, FORWARD_PART, REST_PART), (FORWARD_PART, REST_PART))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One rule of a case, before it is understood."""

    case: int
    part: str
    trash: str | None
    zone: str
    test: Test
    actions: tuple[Command, ...]


def handover_of(
    found: Sequence[Rule], tree: Tree, spam_headers: SpamHeaders = ()
) -> Handover | None:
    """The handover that these rules mean together, or None where they mean something else."""
    try:
        return _handover([_part(rule, tree) for rule in found], spam_headers)
    except (ChangedError, InvalidInputError):
        return None


def _part(rule: Rule, tree: Tree) -> _Part:
    match = _NAME.fullmatch(rule.name)
    if match is None or len(rule.commands) != 1 or is_expanded(rule, tree):
        raise ChangedError
    command = rule.commands[0]
    paused, test = test_of(command, tree)
    if paused:
        raise ChangedError
    return _Part(
        case=int(match["case"]),
        part=match["part"],
        trash=match["trash"],
        zone=parse_zone(match["zone"]),
        test=test,
        actions=command.block or (),
    )


def _handover(parts: list[_Part], spam_headers: SpamHeaders) -> Handover:
    if tuple(part.part for part in parts) not in _PARTS:
        raise ChangedError
    if len({(part.case, part.zone) for part in parts}) != 1:
        raise ChangedError
    *replies, forwarding, rest = parts
    forward = _forward(forwarding, spam_headers)
    if _period_alone(rest.test, rest.zone) != forward.period:
        raise ChangedError
    if [command.name for command in rest.actions] != ["stop"] or rest.actions[0].arguments:
        raise ChangedError
    reply = _reply(replies[0], forward.period, spam_headers) if replies else None
    return Handover(case=rest.case, forward=forward, reply=reply)


def _forward(part: _Part, spam_headers: SpamHeaders) -> Forward:
    tests, actions = read_tests(part.test, spam_headers), read_actions(part.actions)
    if not actions.stops:
        raise ChangedError
    # Here every choice stops; which one it is, the other actions say.
    actions.stops = actions.folder is not None or actions.copies == {False}
    return Forward(
        destinations=destinations_of(actions),
        copy=copy_of(actions, part.trash),
        period=period_of(tests, part.zone),
        hold_spam=tests.hold_spam,
    )


def _period_alone(test: Test, zone: str) -> Period:
    tests = read_tests(test, ())
    if tests.hold_spam:
        raise ChangedError
    return period_of(tests, zone)


def _reply(part: _Part, period: Period, spam_headers: SpamHeaders) -> Reply:
    others = _without_never_answered(part.test)
    if period_of(read_tests(others, spam_headers), part.zone) != period:
        raise ChangedError
    if [command.name for command in part.actions] != ["vacation"]:
        raise ChangedError
    return _vacation(part.actions[0].arguments, handle_of(part.case))


def _without_never_answered(test: Test) -> Test:
    """The tests beside those that name whom nobody answers; all of the latter must be there."""
    parts = test.tests if test.name == "allof" and not test.arguments else (test,)
    never = [part for part in parts if part.name == "not" and _inner(part) in _NEVER]
    if {_inner(part) for part in never} != _NEVER:
        raise ChangedError
    rest = tuple(part for part in parts if part not in never)
    name = "allof" if rest else "true"
    return replace(test, name=name, arguments=(), tests=rest)


def _inner(part: Test) -> object:
    return _shape(part.tests[0]) if len(part.tests) == 1 else None


def _shape(test: Test) -> object:
    """A test without its place in the script, to compare."""
    return test.name, test.arguments, tuple(_shape(one) for one in test.tests)


_NEVER = frozenset(_shape(test) for text in NEVER_ANSWERED if (test := parse_test(text.encode())))


def _vacation(arguments: tuple[Argument, ...], handle: str) -> Reply:
    found: dict[str, Argument] = {}
    waiting = "reason"
    for argument in arguments:
        if isinstance(argument, Tag):
            if waiting != "reason" or "reason" in found:
                raise ChangedError
            waiting = argument.name
            continue
        if waiting in found:
            raise ChangedError
        found[waiting], waiting = argument, "reason"
    if waiting not in found or not found.keys() <= {
        "reason",
        "days",
        "handle",
        "subject",
        "addresses",
    }:
        raise ChangedError
    if _text(found.get("handle")) != handle:
        raise ChangedError
    return Reply(
        text=_text(found["reason"]),
        subject=_text(found.get("subject", String(""))),
        interval_days=_number(found.get("days")),
        addresses=tuple(map(EmailAddress.parse, _texts(found.get("addresses")))),
    )


def _text(argument: Argument | None) -> str:
    if not isinstance(argument, String):
        raise ChangedError
    return argument.value


def _number(argument: Argument | None) -> int:
    if not isinstance(argument, Number) or not argument.text.isdecimal():
        raise ChangedError
    return int(argument.text[:4])


def _texts(argument: Argument | None) -> tuple[str, ...]:
    match argument:
        case None:
            return ()
        case String(value):
            return (value,)
        case StringList(values):
            return values
        case _:
            raise ChangedError
