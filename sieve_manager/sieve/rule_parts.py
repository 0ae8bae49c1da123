"""The parts that rules of ours are made of, read back from whatever an editor made of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind
from sieve_manager.domain.schedule import Period, day_that_ends, day_that_starts
from sieve_manager.sieve.compile import DATE_FORMAT, DATE_PART, NUMERIC, SEEN, SPAM_VALUE, ZONE
from sieve_manager.sieve.grammar import (
    Argument,
    Command,
    String,
    StringList,
    Tag,
    Test,
    Tree,
    parse_test,
)
from sieve_manager.sieve.quoting import expands
from sieve_manager.sieve.rules import Rule, comments_between, required

SpamHeaders = Sequence[tuple[str, str]]

_EXPANDING = frozenset({"variables", "encoded-character"})
# From 1969 to 3000: far from where the arithmetic of instants ends.
_DATE = re.compile(r"(1969|19[789]\d|2\d{3}|3000)-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


class ChangedError(Exception):
    """The rule is not one that we would write; never leaves this room."""


@dataclass(slots=True)
class RuleTests:
    """What the tests of a rule say; filled while they are read."""

    hold_spam: bool = False
    instants: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class RuleActions:
    """What the actions of a rule say; filled while they are read."""

    destinations: list[EmailAddress] = field(default_factory=list)
    copies: set[bool] = field(default_factory=set)
    folder: str | None = None
    seen: bool = False
    stops: bool = False


def source_of(rule: Rule, tree: Tree) -> str:
    """The rule as it stands in the script."""
    return tree.octets[rule.start : rule.end].decode("utf-8", "replace")


def is_expanded(rule: Rule, tree: Tree) -> bool:
    """Whether the script's own declarations change what the rule's texts mean."""
    return bool(required(tree) & _EXPANDING) and expands(source_of(rule, tree))


def test_of(command: Command, tree: Tree) -> tuple[bool, Test]:
    """Whether the rule is paused, and its test: a paused one has it in a comment behind it."""
    (test,) = command.tests if len(command.tests) == 1 else (None,)
    if test is None or command.arguments:
        raise ChangedError
    if test.name != "false":
        return False, test
    comments = comments_between(tree, test.end, command.body)
    paused = None
    if len(comments) == 1:
        source = tree.octets[comments[0].start : comments[0].end]
        paused = parse_test(source.removeprefix(b"#"))
    if paused is None:
        raise ChangedError
    return True, paused


def read_tests(test: Test, spam_headers: SpamHeaders) -> RuleTests:
    """What the test of a rule says; ChangedError where we would not write it."""
    found = RuleTests()
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
            raise ChangedError
    return found


def _read_spam(test: Test, spam_headers: SpamHeaders) -> None:
    tags, texts = split_arguments(test.arguments, {"comparator": 1, "value": 1, "is": 0})
    relation = tags.pop("value", None)
    comparator = tags.pop("comparator", "i;ascii-casemap")
    tags.pop("is", None)
    if test.name == "spamtest":
        right = (relation, comparator, texts) == ("ge", NUMERIC, [(SPAM_VALUE,)])
    else:
        right = (test.name, relation, comparator) == ("header", None, "i;ascii-casemap")
        right = right and len(texts) == 2 and _marks_spam(texts[0], texts[1], spam_headers)
    if not right or test.tests:
        raise ChangedError


def _marks_spam(names: Iterable[str], values: tuple[str, ...], spam_headers: SpamHeaders) -> bool:
    """Headers of the policy, and such as an earlier policy may have named."""
    known = {(name.lower(), value.lower()) for name, value in spam_headers}
    pairs = [(name.lower(), value.lower()) for name in names for value in values]
    return all(
        pair in known or any(word in text for text in pair for word in ("spam", "junk"))
        for pair in pairs
    )


def _read_date(test: Test, found: RuleTests) -> None:
    tags, texts = split_arguments(test.arguments, {"zone": 1, "value": 1, "comparator": 1})
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
        raise ChangedError
    found.instants[relation] = _instant(texts[1][0])


def _instant(text: str) -> datetime:
    """The instant that *text* spells, exactly as we spell it: the server compares texts."""
    if not _DATE.fullmatch(text):
        raise ChangedError
    try:
        return datetime.strptime(text, DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise ChangedError from error


def read_actions(commands: tuple[Command, ...]) -> RuleActions:
    """What the actions of a rule say; ChangedError where we would not write them."""
    found = RuleActions()
    for command in commands:
        if command.tests or command.block is not None or found.stops:
            raise ChangedError
        match command.name:
            case "redirect":
                tags, target = one_text(command, {"copy": 0})
                found.destinations.append(EmailAddress.parse(target))
                found.copies.add("copy" in tags)
            case "addflag" if not found.seen:
                _, flag = one_text(command, {})
                if flag.lower() != SEEN.lower():
                    raise ChangedError
                found.seen = True
            case "fileinto" if found.folder is None:
                _, found.folder = one_text(command, {"create": 0})
            case "stop" if not command.arguments:
                found.stops = True
            case _:
                raise ChangedError
    return found


def destinations_of(actions: RuleActions) -> tuple[EmailAddress, ...]:
    """Where it forwards to."""
    if len(set(actions.destinations)) != len(actions.destinations):
        raise ChangedError  # the model has no duplicates
    return tuple(actions.destinations)


def copy_of(actions: RuleActions, trash: str | None) -> Copy:
    """Which choice of copy the actions make; *trash* is the folder that the name says."""
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
            raise ChangedError


def period_of(tests: RuleTests, zone: str) -> Period:
    """The days that the tests leave, in *zone*."""
    starts, ends = tests.instants.get("ge"), tests.instants.get("le")
    first_day = day_that_starts(starts, zone) if starts else None
    last_day = day_that_ends(ends, zone) if ends else None
    if (starts and first_day is None) or (ends and last_day is None):
        raise ChangedError
    return Period(first_day=first_day, last_day=last_day, timezone=zone)


def one_text(command: Command, known: dict[str, int]) -> tuple[dict[str, str], str]:
    """The tags and the one text of a command; see :func:`split_arguments`."""
    tags, texts = split_arguments(command.arguments, known)
    if len(texts) != 1 or len(texts[0]) != 1:
        raise ChangedError
    return tags, texts[0][0]


def split_arguments(
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
                raise ChangedError
    if waiting is not None:
        raise ChangedError
    return tags, texts
