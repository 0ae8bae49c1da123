"""What a test asks of a message, in a form that can be put into words; or that we do not read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from sieve_manager.sieve.grammar import Argument, String, StringList, Tag, Test


class ConditionKind(StrEnum):
    """What a condition is about.

    OTHERWISE: no branch before it applied; EARLIER: no filter before it ended the script; ANY:
    one of its parts holds; UNREAD: what we do not read; HIDDEN: what is not shown to who asks.
    """

    FIELD = "field"
    EXISTS = "exists"
    SIZE = "size"
    BODY = "body"
    SPAM = "spam"
    ANY = "any"
    OTHERWISE = "otherwise"
    EARLIER = "earlier"
    UNREAD = "unread"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition.

    *fields* are names of headers (or of the envelope's parts), *match* the tag that says how
    *values* are compared: ``is``, ``contains``, ``matches``, or ``over`` and ``under`` for a
    size. *negated*: it must not hold.
    """

    kind: ConditionKind
    fields: tuple[str, ...] = ()
    match: str = ""
    values: tuple[str, ...] = ()
    negated: bool = False
    parts: tuple["Condition", ...] = ()


@dataclass(slots=True)
class Conditions:
    """What all has to hold, and between which instants (UTC, both included; None: open)."""

    found: list[Condition] = field(default_factory=list)
    starts: datetime | None = None
    ends: datetime | None = None

    def copy(self) -> "Conditions":
        """The same, to add to."""
        return Conditions(list(self.found), self.starts, self.ends)

    def add(self, condition: Condition) -> None:
        """It must hold too; saying it twice says nothing."""
        if condition not in self.found:
            self.found.append(condition)

    def between(self, starts: datetime | None, ends: datetime | None) -> None:
        """Only within these instants, too."""
        self.starts = max(filter(None, (self.starts, starts)), default=None)
        self.ends = min(filter(None, (self.ends, ends)), default=None)


UNREAD = Condition(kind=ConditionKind.UNREAD)
HIDDEN = Condition(kind=ConditionKind.HIDDEN)
_MATCHES = ("is", "contains", "matches")
_FIELDS = {"header": (), "address": ("all",), "envelope": ("all",)}
_SPAM_VALUE = re.compile(r"\s*(?:yes|true|spam|\*)", re.IGNORECASE)
_ZONE = re.compile(r"([+-])(\d\d)([0-5]\d)")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def read_test(test: Test, into: Conditions) -> None:
    """Add what *test* asks for; what cannot be read is one condition that says so."""
    if test.name == "allof" and test.tests:
        for part in test.tests:
            read_test(part, into)
    elif test.name == "currentdate":
        period = _period(test)
        if period is None:
            into.add(UNREAD)
        else:
            into.between(*period)
    elif test.name != "true":
        into.add(_condition(test))


def _condition(test: Test) -> Condition:
    match test.name:
        case "not" if len(test.tests) == 1:
            inner = _simple(test.tests[0])
            return replace(inner, negated=not inner.negated) if inner != UNREAD else UNREAD
        case "anyof" if len(test.tests) == 1:
            return _condition(test.tests[0])
        case "anyof":
            parts = tuple(_simple(part) for part in test.tests)
            return UNREAD if UNREAD in parts else Condition(kind=ConditionKind.ANY, parts=parts)
        case _:
            return _simple(test)


def _simple(test: Test) -> Condition:
    tags, texts, numbers = _sorted(test.arguments)
    if test.name == "not" and len(test.tests) == 1:
        return _condition(test)
    if test.tests or tags is None:
        return UNREAD
    compares = [tag for tag in tags if tag in _MATCHES]
    rest = set(tags) - set(_MATCHES)
    match = compares[0] if compares else "is"
    if test.name in _FIELDS and len(texts) == 2 and rest <= set(_FIELDS[test.name]):
        if match != "matches" and _marks_spam(*texts):
            return Condition(kind=ConditionKind.SPAM)
        return Condition(kind=ConditionKind.FIELD, fields=texts[0], match=match, values=texts[1])
    if test.name == "exists" and len(texts) == 1 and not tags:
        return Condition(kind=ConditionKind.EXISTS, fields=texts[0])
    if test.name == "size" and tags in (["over"], ["under"]) and len(numbers) == 1:
        return Condition(kind=ConditionKind.SIZE, match=tags[0], values=(numbers[0],))
    if test.name == "body" and len(texts) == 1 and rest <= {"raw", "text"}:
        return Condition(kind=ConditionKind.BODY, match=match, values=texts[0])
    is_spam = test.name == "spamtest" and "value" in tags and _scores_spam(*texts)
    return Condition(kind=ConditionKind.SPAM) if is_spam else UNREAD


def _marks_spam(names: tuple[str, ...], values: tuple[str, ...]) -> bool:
    """Whether such a header says that it is spam, and not that it is none."""
    says_so = all(_SPAM_VALUE.match(value) for value in values)
    return says_so and all("spam" in name.lower() for name in names)


def _scores_spam(*texts: tuple[str, ...]) -> bool:
    """Whether a ``spamtest`` asks for a score above that of mail that is clean (RFC 5235 §2)."""
    relation, score = texts if len(texts) == 2 else ((), ())
    return relation in (("ge",), ("gt",)) and score not in (("0",), ("1",))


def _sorted(
    arguments: Sequence[Argument],
) -> tuple[list[str] | None, list[tuple[str, ...]], list[str]]:
    """Tags (without the comparator, which only says how letters compare), texts, numbers."""
    tags, texts, numbers, comparator = list[str](), list[tuple[str, ...]](), list[str](), False
    for argument in arguments:
        match argument:
            case String() if comparator:
                comparator = False
            case Tag("comparator"):
                comparator = True
            case Tag(name):
                tags.append(name)
            case String(value):
                texts.append((value,))
            case StringList(values):
                texts.append(values)
            case number:
                numbers.append(number.text)
    return tags, texts, numbers


def _period(test: Test) -> tuple[datetime | None, datetime | None] | None:
    """The instants of a ``currentdate`` (RFC 5260 §5), or None where they cannot be told.

    Without a zone it is the server's own, which we do not know: UTC stands for it.
    """
    offset, relation, texts = _date_arguments(test.arguments)
    if offset is None or len(texts) != 2 or len(texts[0]) != 1 or len(texts[1]) != 1:
        return None
    try:
        if texts[0][0].lower() == "iso8601":
            instant = datetime.fromisoformat(texts[1][0])
            first = (instant if instant.tzinfo else instant.replace(tzinfo=offset)).astimezone(UTC)
            behind = first + _SECOND
        elif texts[0][0].lower() == "date":
            day = datetime.combine(date.fromisoformat(texts[1][0]), time.min, offset)
            first, behind = day.astimezone(UTC), (day + _DAY).astimezone(UTC)
        else:
            return None
        return {
            "is": (first, behind - _SECOND),
            "ge": (first, None),
            "gt": (behind, None),
            "le": (None, behind - _SECOND),
            "lt": (None, first - _SECOND),
        }.get(relation)
    except (ValueError, OverflowError):
        return None


def _date_arguments(
    arguments: Sequence[Argument],
) -> tuple[timezone | None, str, list[tuple[str, ...]]]:
    offset: timezone | None = UTC
    relation, waiting, texts = "is", "", list[tuple[str, ...]]()
    for argument in arguments:
        match argument:
            case Tag("zone" | "value" | "comparator" as name):
                waiting = name
            case Tag(name):
                relation = name
            case String(value) if waiting:
                offset = _offset(value) if waiting == "zone" else offset
                relation = value.lower() if waiting == "value" else relation
                waiting = ""
            case String(value):
                texts.append((value,))
            case StringList(values):
                texts.append(values)
            case _:
                return None, "", []
    return offset, relation, texts


def _offset(text: str) -> timezone | None:
    match = _ZONE.fullmatch(text)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    sign = -1 if match[1] == "-" else 1
    return timezone(sign * timedelta(minutes=minutes)) if minutes < 24 * 60 else None
