"""From a script back to the model: what our rule means now, whatever an editor did to it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.domain.schedule import Period, day_that_ends, day_that_starts, parse_zone
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile import DATE_FORMAT, DATE_PART, NUMERIC, SEEN, SPAM_VALUE, ZONE
from sieve_manager.sieve.grammar import (
    Argument,
    Command,
    String,
    StringList,
    Tag,
    Test,
    Tree,
    parse,
    parse_test,
)
from sieve_manager.sieve.quoting import expands
from sieve_manager.sieve.rules import FORWARD_NAME, Rule, comments_between, required, rules

SpamHeaders = Sequence[tuple[str, str]]

_NAME = re.compile(rf"{re.escape(FORWARD_NAME)}(?:, Trash: (?P<trash>.+))? \((?P<zone>[^()]+)\)")
# From 1969 to 3000: far from where the arithmetic of instants ends.
_DATE = re.compile(r"(1969|19[789]\d|2\d{3}|3000)-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
_EXPANDING = frozenset({"variables", "encoded-character"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OurRules:
    """What one script holds of ours.

    *forward* is what our rule means; *changed* is the source of each rule that carries our
    name and has a meaning that we cannot express, or is one too many.
    """

    forward: Forward | None = None
    changed: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is any rule of ours."""
        return self.forward is not None or bool(self.changed)


def read_back(octets: bytes, spam_headers: SpamHeaders = ()) -> OurRules:
    """Return what our rules in this script mean; a script that is unreadable holds none.

    *spam_headers* are those of the policy; headers that speak of spam are known anyway.
    """
    tree = parse(octets)
    if tree is None:
        return OurRules()
    forward, changed = None, []
    for rule in rules(tree):
        if not rule.is_ours or rule.is_our_include:
            continue
        meaning = None if forward else meaning_of(rule, tree, spam_headers)
        if meaning is None:
            changed.append(octets[rule.start : rule.end].decode("utf-8", "replace"))
        forward = forward or meaning
    return OurRules(forward=forward, changed=tuple(changed))


def meaning_of(rule: Rule, tree: Tree, spam_headers: SpamHeaders = ()) -> Forward | None:
    """The forward that this rule of ours means, or None where it means something else."""
    try:
        return _forward(rule, tree, spam_headers)
    except (_ChangedError, InvalidInputError):
        return None


class _ChangedError(Exception):
    """The rule is not one that we would write; never leaves this module."""


@dataclass(slots=True)
class _Tests:
    """What the tests of a rule say; filled while they are read."""

    hold_spam: bool = False
    instants: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class _Actions:
    """What the actions of a rule say; filled while they are read."""

    destinations: list[EmailAddress] = field(default_factory=list)
    copies: set[bool] = field(default_factory=set)
    folder: str | None = None
    seen: bool = False
    stops: bool = False


def _forward(rule: Rule, tree: Tree, spam_headers: SpamHeaders) -> Forward:
    match = _NAME.fullmatch(rule.name)
    if match is None or len(rule.commands) != 1:
        raise _ChangedError
    if required(tree) & _EXPANDING and expands(_source(rule, tree)):
        raise _ChangedError
    zone = parse_zone(match["zone"])
    command = rule.commands[0]
    paused, test = _test_of(command, tree)
    tests = _read_tests(test, spam_headers)
    actions = _read_actions(command.block or ())
    return Forward(
        destinations=_destinations(actions),
        copy=_copy(actions, match["trash"]),
        period=_period(tests, zone),
        hold_spam=tests.hold_spam,
        paused=paused,
    )


def _source(rule: Rule, tree: Tree) -> str:
    return tree.octets[rule.start : rule.end].decode("utf-8", "replace")


def _test_of(command: Command, tree: Tree) -> tuple[bool, Test]:
    """Whether the rule is paused, and its test: a paused one has it in a comment behind it."""
    (test,) = command.tests if len(command.tests) == 1 else (None,)
    if test is None or command.arguments:
        raise _ChangedError
    if test.name != "false":
        return False, test
    comments = comments_between(tree, test.end, command.body)
    paused = None
    if len(comments) == 1:
        source = tree.octets[comments[0].start : comments[0].end]
        paused = parse_test(source.removeprefix(b"#"))
    if paused is None:
        raise _ChangedError
    return True, paused


def _read_tests(test: Test, spam_headers: SpamHeaders) -> _Tests:
    found = _Tests()
    if test.name == "true" and not test.arguments and not test.tests:
        return found
    parts = test.tests if test.name == "allof" and not test.arguments else (test,)
    for part in parts:
        if part.name == "not" and len(part.tests) == 1 and not part.arguments:
            _read_spam(part.tests[0], spam_headers)
            found.hold_spam = True
        elif part.name == "currentdate" and not part.tests:
            _read_date(part, found)
        else:
            raise _ChangedError
    return found


def _read_spam(test: Test, spam_headers: SpamHeaders) -> None:
    tags, texts = _split(test.arguments, {"comparator": 1, "value": 1, "is": 0})
    relation = tags.pop("value", None)
    comparator = tags.pop("comparator", "i;ascii-casemap")
    tags.pop("is", None)
    if test.name == "spamtest":
        right = (relation, comparator, texts) == ("ge", NUMERIC, [(SPAM_VALUE,)])
    else:
        right = (test.name, relation, comparator) == ("header", None, "i;ascii-casemap")
        right = right and len(texts) == 2 and _marks_spam(texts[0], texts[1], spam_headers)
    if not right or test.tests:
        raise _ChangedError


def _marks_spam(names: Iterable[str], values: tuple[str, ...], spam_headers: SpamHeaders) -> bool:
    known = {(name.lower(), value.lower()) for name, value in spam_headers}
    pairs = [(name.lower(), value.lower()) for name in names for value in values]
    return all(pair in known or any("spam" in text for text in pair) for pair in pairs)


def _read_date(test: Test, found: _Tests) -> None:
    tags, texts = _split(test.arguments, {"zone": 1, "value": 1, "comparator": 1})
    relation = tags.get("value", "")
    if (
        tags.get("zone") != ZONE
        or tags.get("comparator", "i;ascii-casemap") != "i;ascii-casemap"
        or relation not in ("ge", "le")
        or relation in found.instants
        or len(texts) != 2
        or [text.lower() for text in texts[0]] != [DATE_PART]
        or len(texts[1]) != 1
    ):
        raise _ChangedError
    found.instants[relation] = _instant(texts[1][0])


def _instant(text: str) -> datetime:
    """The instant that *text* spells, exactly as we spell it: the server compares texts."""
    if not _DATE.fullmatch(text):
        raise _ChangedError
    try:
        return datetime.strptime(text, DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise _ChangedError from error


def _read_actions(commands: tuple[Command, ...]) -> _Actions:
    found = _Actions()
    for command in commands:
        if command.tests or command.block is not None or found.stops:
            raise _ChangedError
        match command.name:
            case "redirect":
                tags, target = _one_text(command, {"copy": 0})
                found.destinations.append(EmailAddress.parse(target))
                found.copies.add("copy" in tags)
            case "addflag" if not found.seen:
                _, flag = _one_text(command, {})
                if flag.lower() != SEEN.lower():
                    raise _ChangedError
                found.seen = True
            case "fileinto" if found.folder is None:
                _, found.folder = _one_text(command, {"create": 0})
            case "stop" if not command.arguments:
                found.stops = True
            case _:
                raise _ChangedError
    return found


def _destinations(actions: _Actions) -> tuple[EmailAddress, ...]:
    if len(set(actions.destinations)) != len(actions.destinations):
        raise _ChangedError  # the model has no duplicates
    return tuple(actions.destinations)


def _copy(actions: _Actions, trash: str | None) -> Copy:
    copied, folder = actions.copies == {True}, actions.folder
    match (copied, actions.seen, actions.stops):
        case (True, False, False) if folder is None and trash is None:
            return Copy(kind=CopyKind.INBOX)
        case (True, True, False) if folder is None and trash is None:
            return Copy(kind=CopyKind.READ)
        case (True, False, True) if folder is not None:
            # The name says which folder was meant; another one is just a folder.
            if folder == trash:
                return Copy(kind=CopyKind.TRASH)
            return Copy(kind=CopyKind.FOLDER, folder=folder)
        case (False, False, True) if actions.copies and folder is None and trash is None:
            return Copy(kind=CopyKind.NONE)
        case _:
            raise _ChangedError


def _period(tests: _Tests, zone: str) -> Period:
    starts, ends = tests.instants.get("ge"), tests.instants.get("le")
    first_day = day_that_starts(starts, zone) if starts else None
    last_day = day_that_ends(ends, zone) if ends else None
    if (starts and first_day is None) or (ends and last_day is None):
        raise _ChangedError
    return Period(first_day=first_day, last_day=last_day, timezone=zone)


def _one_text(command: Command, known: dict[str, int]) -> tuple[dict[str, str], str]:
    tags, texts = _split(command.arguments, known)
    if len(texts) != 1 or len(texts[0]) != 1:
        raise _ChangedError
    return tags, texts[0][0]


def _split(
    arguments: tuple[Argument, ...], known: dict[str, int]
) -> tuple[dict[str, str], list[tuple[str, ...]]]:
    """Tags, in any order, with the text of those that take one; and the texts without a tag."""
    tags: dict[str, str] = {}
    texts: list[tuple[str, ...]] = []
    waiting: str | None = None
    for argument in arguments:
        match argument:
            case Tag(name) if name in known and name not in tags and waiting is None:
                tags[name] = ""
                waiting = name if known[name] else None
            case String(value) if waiting is not None:
                tags[waiting] = value
                waiting = None
            case String(value):
                texts.append((value,))
            case StringList(values) if waiting is None:
                texts.append(values)
            case _:
                raise _ChangedError
    if waiting is not None:
        raise _ChangedError
    return tags, texts
