"""From the model to Sieve text, in the very layout that Roundcube's editor writes.

So an editor that reads our rule and writes it back changes no octet of it, and an
administrator who knows the one can read the other.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.judge import judged, meant_by
from sieve_manager.sieve.quoting import quote
from sieve_manager.sieve.rules import FORWARD_NAME

SEEN = "\\Seen"
ZONE = "+0000"  # Pigeonhole ignores zones by name, and "Z", with a warning
DATE_PART = "iso8601"
DATE_FORMAT = "%Y-%m-%dT%H:%M:%S+00:00"
SPAM_VALUE = "10"  # "definitely spam" (RFC 5235 §2.1)
NUMERIC = "i;ascii-numeric"

_COPY = frozenset({"copy"})
_NEEDED: dict[CopyKind, frozenset[str]] = {
    CopyKind.INBOX: _COPY,
    CopyKind.READ: _COPY | {"imap4flags"},
    CopyKind.FOLDER: _COPY | {"fileinto"},
    CopyKind.TRASH: _COPY | {"fileinto"},
    CopyKind.NONE: frozenset(),
}
_DATES = frozenset({"date", "relational"})
SPAMTEST = frozenset({"spamtest", "relational", f"comparator-{NUMERIC}"})
_CREATE = frozenset({"mailbox"})
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileOptions:
    """What a compiled rule depends on beside the model.

    *extensions* are those that the server announced, in lower case; *spam_headers* are pairs
    of a header's name and the value that marks spam; *trash_folder* is the mailbox's Trash.
    """

    extensions: frozenset[str]
    spam_headers: tuple[tuple[str, str], ...]
    trash_folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule's *text* with CRLF line ends, and the extensions it uses, sorted."""

    text: str
    requires: tuple[str, ...]


def compile_forward(forward: Forward, options: CompileOptions) -> CompiledRule:
    """Return the one rule that does what *forward* says; stable to the octet.

    Raises:
        InvalidInputError: an extension is missing, or the folder for Trash, or a text cannot
            be written as Sieve.
    """
    missing = missing_extensions(forward, options)
    if missing:
        raise InvalidInputError(
            "The mail server cannot do this. It lacks: {extensions}.",
            where="copy",
            code="extension-missing",
            extensions=", ".join(missing),
        )
    tests = [*spam_tests(forward, options), *date_tests(forward)]
    trash = trash_words(forward, options)
    text = rule_text(
        f"{FORWARD_NAME}{trash} ({forward.period.timezone})",
        f"{'false # ' if forward.paused else ''}{joined(tests)}",
        actions_of(forward, options),
    )
    requires = tuple(sorted(used_by(forward, options)))
    judged(text, requires, [meant_by(forward, folder_of(forward.copy, options))])
    return CompiledRule(text=text, requires=requires)


def rule_text(name: str, test: str, actions: Iterable[str]) -> str:
    """One named rule with CRLF line ends."""
    body = (f"\t{action};" for action in actions)
    lines = [f"# rule:[{name}]", f"if {test}", "{", *body, "}"]
    return "".join(f"{line}\r\n" for line in lines)


def missing_extensions(forward: Forward, options: CompileOptions) -> tuple[str, ...]:
    """The extensions that the server would have to announce for *forward*, sorted."""
    return tuple(sorted(needed_by(forward, options) - options.extensions))


def available_copies(extensions: frozenset[str]) -> dict[CopyKind, tuple[str, ...]]:
    """For each choice of copy, the extensions that are missing for it; empty: it can be had."""
    return {kind: tuple(sorted(needed - extensions)) for kind, needed in _NEEDED.items()}


def needed_by(forward: Forward, options: CompileOptions) -> frozenset[str]:
    """The extensions without which *forward* cannot be compiled."""
    needed = _NEEDED[forward.copy.kind]
    if forward.period.starts or forward.period.ends:
        needed |= _DATES
    if forward.hold_spam and not options.spam_headers:
        needed |= SPAMTEST
    return needed


def used_by(forward: Forward, options: CompileOptions) -> frozenset[str]:
    """The extensions that the compiled rule uses."""
    used = needed_by(forward, options)
    if forward.hold_spam and options.extensions >= SPAMTEST:
        used |= SPAMTEST
    if "fileinto" in used and options.extensions >= _CREATE:
        used |= _CREATE
    return used


def trash_words(forward: Forward, options: CompileOptions) -> str:
    """What a rule's name says of the folder for Trash, which may have any name."""
    return f", Trash: {options.trash_folder}" if forward.copy.kind is CopyKind.TRASH else ""


def joined(tests: list[str]) -> str:
    """All of *tests* as one test."""
    match tests:
        case []:
            return "true"
        case [test]:
            return test
        case _:
            return f"allof ({', '.join(tests)})"


def spam_tests(forward: Forward, options: CompileOptions) -> Iterator[str]:
    """The tests that hold back spam, where the forward does."""
    if not forward.hold_spam:
        return
    for name, value in options.spam_headers:
        yield f"not header :is {quote(name)} {quote(value)}"
    if options.extensions >= SPAMTEST:
        yield f'not spamtest :value "ge" :comparator {quote(NUMERIC)} {quote(SPAM_VALUE)}'


def date_tests(forward: Forward) -> Iterator[str]:
    """The tests that keep to the forward's days."""
    for relation, instant in (("ge", forward.period.starts), ("le", forward.period.ends)):
        if instant is not None:
            yield _date_test(relation, instant)


def _date_test(relation: str, instant: datetime) -> str:
    """A comparison of instants in UTC, as text (RFC 5260 §4)."""
    when = instant.strftime(DATE_FORMAT)
    return f'currentdate :zone "{ZONE}" :value "{relation}" "{DATE_PART}" "{when}"'


def actions_of(forward: Forward, options: CompileOptions) -> Iterator[str]:
    """The actions for a message that is forwarded, without their semicolons."""
    copy = "" if forward.copy.kind is CopyKind.NONE else ":copy "
    for destination in forward.destinations:
        yield f"redirect {copy}{quote(str(destination))}"
    if forward.copy.kind is CopyKind.READ:
        yield f"addflag {quote(SEEN)}"
    if folder := folder_of(forward.copy, options):
        create = ":create " if options.extensions >= _CREATE else ""
        yield f"fileinto {create}{quote(folder)}"
    if forward.copy.stops:
        yield "stop"


def folder_of(copy: Copy, options: CompileOptions) -> str | None:
    """The folder that the copy is filed into, if any."""
    if copy.kind is not CopyKind.TRASH:
        return copy.folder
    if not options.trash_folder or _CONTROL.search(options.trash_folder):
        raise InvalidInputError(
            "This mailbox has no folder for Trash.", where="copy", code="no-trash"
        )
    return options.trash_folder
