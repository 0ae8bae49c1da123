"""The conditions of a forward in words: a sentence's pattern and its facts, to be translated."""

from collections.abc import Callable, Mapping

from sieve_manager.sieve.conditions import Condition, ConditionKind

Translate = Callable[[str], str]
"""Returns the pattern in another language, with the same ``{facts}``."""

_MOST_VALUES = 5
_LONGEST_VALUE = 60


def say(key: str, pattern: str) -> tuple[str, str]:
    """A pattern under its key; the catalogues take it from here."""
    return key, pattern


_PATTERNS = dict(
    (
        say("field is", "{fields} is {values}"),
        say("not field is", "{fields} is not {values}"),
        say("field contains", "{fields} contains {values}"),
        say("not field contains", "{fields} does not contain {values}"),
        say("field matches", "{fields} looks like {values}"),
        say("not field matches", "{fields} does not look like {values}"),
        say("exists", "there is a header {fields}"),
        say("not exists", "there is no header {fields}"),
        say("size over", "it is larger than {values}"),
        say("not size over", "it is not larger than {values}"),
        say("size under", "it is smaller than {values}"),
        say("not size under", "it is not smaller than {values}"),
        say("body is", "its text is {values}"),
        say("not body is", "its text is not {values}"),
        say("body contains", "its text contains {values}"),
        say("not body contains", "its text does not contain {values}"),
        say("body matches", "its text looks like {values}"),
        say("not body matches", "its text does not look like {values}"),
        say("spam", "it is marked as spam"),
        say("not spam", "it is not marked as spam"),
        say("any", "one of these holds: {parts}"),
        say("otherwise", "the branches before do not apply"),
        say("earlier", "no filter before has ended the work"),
        say("unread", "under conditions that we do not read"),
    )
)


def in_words(condition: Condition, translate: Translate = str) -> str:
    """One condition, such as ``Subject contains “invoice”``."""
    pattern = _PATTERNS.get(_key(condition), _PATTERNS["unread"])
    facts: Mapping[str, str] = {
        "fields": ", ".join(map(_short, condition.fields[:_MOST_VALUES])),
        "values": ", ".join(f"“{_short(one)}”" for one in condition.values[:_MOST_VALUES])
        + (" …" if len(condition.values) > _MOST_VALUES else ""),
        "parts": "; ".join(in_words(part, translate) for part in condition.parts),
    }
    return translate(pattern).format(**facts)


def _key(condition: Condition) -> str:
    negated = "not " if condition.negated else ""
    match = f" {condition.match}" if condition.match else ""
    return f"{negated}{condition.kind.value}{match}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def all_in_words(conditions: tuple[Condition, ...], translate: Translate = str) -> str:
    """All that must hold, or "" for every message; what is not read is said once."""
    unread = [one for one in conditions if one.kind is ConditionKind.UNREAD]
    read = [one for one in conditions if one.kind is not ConditionKind.UNREAD]
    return "; ".join(in_words(one, translate) for one in [*read, *unread[:1]])
