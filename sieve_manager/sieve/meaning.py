"""What can be known of a script without a message: constant texts, tests, redirect targets."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote

from sieve_manager.sieve.grammar import Argument, Command, String, StringList, Tag, Test

_ENCODED = re.compile(r"\$\{(hex|unicode):([0-9a-f\s]*)\}", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{[a-z0-9_.]+\}", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:([^?]*)\??(.*)", re.IGNORECASE | re.DOTALL)
_TO = frozenset({"to", "cc", "bcc"})


def constant(text: str, required: frozenset[str]) -> str | None:
    """What *text* is at delivery, or None where a variable stands in it (RFC 5229 §3).

    ``${hex:...}`` and ``${unicode:...}`` are worked out where ``encoded-character`` is
    required (RFC 5228 §2.4.2.4); one that is malformed stays as it is.
    """
    if "encoded-character" in required:
        text = _ENCODED.sub(_decoded, text)
    return None if "variables" in required and _VARIABLE.search(text) else text


def verdict(test: Test) -> bool | None:
    """Whether a test is true or false for every message; None where that depends."""
    match test.name:
        case "true" | "false":
            return test.name == "true"
        case "not" if len(test.tests) == 1:
            inner = verdict(test.tests[0])
            return None if inner is None else not inner
        case "allof" | "anyof" if test.tests:
            decisive = test.name == "anyof"
            verdicts = [verdict(part) for part in test.tests]
            if decisive in verdicts:
                return decisive
            return None if None in verdicts else not decisive
        case _:
            return None


def has_tag(command: Command, name: str) -> bool:
    """Whether the command carries this tag."""
    return any(isinstance(one, Tag) and one.name == name for one in command.arguments)


def texts_of(argument: Argument) -> tuple[str, ...]:
    """The strings of one argument."""
    match argument:
        case String(value):
            return (value,)
        case StringList(values):
            return values
        case _:
            return ()


def last_texts(command: Command) -> tuple[str, ...]:
    """The strings of the last argument: what an action is about."""
    return texts_of(command.arguments[-1]) if command.arguments else ()


def targets(command: Command, required: frozenset[str]) -> tuple[str | None, ...]:
    """Where a ``redirect`` sends to; None for what is worked out for each message."""
    texts = tuple(constant(text, required) for text in last_texts(command))
    # Without any text it is no Sieve that runs; it is not passed over all the same.
    return tuple(None if text is None else text.strip() for text in texts) or (None,)


def notified(command: Command, required: frozenset[str]) -> tuple[str | None, ...]:
    """The addresses that a ``notify`` writes to (RFC 5436, and the draft before it).

    Or a ``report`` (vnd.dovecot.report), which holds the message itself. None for one that is
    worked out for each message; nothing where it writes no mail.
    """
    if command.name == "report":
        return targets(command, required)
    texts = [
        constant(text, required) for argument in command.arguments for text in texts_of(argument)
    ]
    uris = [match for text in texts if text and (match := _MAILTO.match(text))]
    if uris:
        return tuple(address for uri in uris for address in _recipients(uri[1], uri[2]))
    if any(text and text.lower() == "mailto" for text in texts):
        return tuple(text for text in texts if text and "@" in text)
    return (None,) if None in (constant(text, required) for text in last_texts(command)) else ()


def _recipients(path: str, query: str) -> Iterator[str]:
    fields = [unquote(path), *(value for name, value in parse_qsl(query) if name.lower() in _TO)]
    for field in fields:
        yield from (part.strip() for part in field.split(",") if part.strip())


def _decoded(match: re.Match[str]) -> str:
    numbers = [int(digits, 16) for digits in match[2].split()]
    try:
        if match[1].lower() == "hex":
            return bytes(numbers).decode("utf-8", "surrogateescape")
        return "".join(map(chr, numbers))
    except (ValueError, OverflowError):
        return match[0]
