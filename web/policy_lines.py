"""The parts of the page that says what is allowed: chapters, topics, sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from sieve_manager.domain.addresses import readable_domain
from web.say import joined, strong


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence, and the *keys* of the configuration that it is about."""

    keys: tuple[str, ...] = ()
    text: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What holds for one topic."""

    topic: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What holds for some of the people; *name* is its anchor."""

    name: str
    title: str
    intro: str
    rows: tuple[Row, ...]


def line(text: str, *keys: str) -> Line:
    """A sentence about these keys; what is not Markup is escaped."""
    return Line(keys=keys, text=Markup.escape(text))


def names(several: Iterable[str]) -> Markup:
    """Names, as a part of a sentence."""
    return joined(strong(one) for one in several)


def domains(several: Iterable[str]) -> Markup:
    """Domains as people read them, as a part of a sentence."""
    return names(map(readable_domain, several))
