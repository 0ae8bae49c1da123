"""The conditions of a forward in words: a sentence's pattern and its facts, to be translated."""

from collections.abc import Callable, Mapping

from sieve_manager.sieve.conditions import Condition, ConditionKind

Translate = Callable[[str], str]
"""Returns the pattern in another language, with the same ``{facts}``."""

_MOST_VALUES = 5
_LONGEST_VALUE = 60


def pattern(key: str, text: str) -> tuple[str, str]:
    """A pattern under its key; the catalogues take it from here."""
    return key, text


_PATTERNS = dict(
    (
        pattern("field is", "{fields} is {values}"),
        pattern("not field is", "{fields} is not {values}"),
        pattern("field contains", "{fields} contains {values}"),
        pattern("not field contains", "{fields} does not contain {values}"),
        pattern("field matches", "{fields} looks like {values}"),
        pattern("not field matches", "{fields} does not look like {values}"),
        pattern("exists", "there is a header {fields}"),
        pattern("not exists", "there is no header {fields}"),
        pattern("size over", "it is larger than {values}"),
        pattern("not size over", "it is not larger than {values}"),
        pattern("size under", "it is smaller than {values}"),
        pattern("not size under", "it is not smaller than {values}"),
        pattern("body is", "its text is {values}"),
        pattern("not body is", "its text is not {values}"),
        pattern("body contains", "its text contains {values}"),
        pattern("not body contains", "its text does not contain {values}"),
        pattern("body matches", "its text looks like {values}"),
        pattern("not body matches", "its text does not look like {values}"),
        pattern("spam", "it is marked as spam"),
        pattern("not spam", "it is not marked as spam"),
        pattern("any", "one of these holds: {parts}"),
        pattern("otherwise", "the branches before do not apply"),
        pattern("earlier", "no filter before has ended the work"),
        pattern("unread", "under conditions that we do not read"),
        pattern("quoted", "“{value}”"),
        pattern("hidden", "under conditions that are not shown to you"),
    )
)


def in_words(condition: Condition, translate: Translate = str) -> str:
    """One condition, such as ``Subject contains “invoice”``."""
    words = _PATTERNS.get(_key(condition), _PATTERNS["unread"])
    facts: Mapping[str, str] = {
        "fields": ", ".join(map(_short, condition.fields[:_MOST_VALUES])),
        "values": ", ".join(
            translate(_PATTERNS["quoted"]).format(value=_short(one))
            for one in condition.values[:_MOST_VALUES]
        )
        + (" …" if len(condition.values) > _MOST_VALUES else ""),
        "parts": "; ".join(in_words(part, translate) for part in condition.parts),
    }
    return translate(words).format(**facts)


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
