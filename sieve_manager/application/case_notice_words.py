"""What the notices about cases say, in their languages, with blanks for names and dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sieve_manager.application.address_notice_texts import ADDRESS_ACTIONS
from sieve_manager.application.case_notice_texts import ACTIONS, ANYTHING, TEXTS
from sieve_manager.application.case_notices import NoticeKind

FALLBACK = "en"
LANGUAGES = tuple(TEXTS)
_LONGEST_FACT = 1000

Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A notice as it is sent."""

    subject: str
    text: str


def mail_of(kind: NoticeKind, language: str, items: Sequence[Facts], common: Facts) -> Mail:
    """One mail about all *items*, of which there is at least one.

    What fills the blanks is text of other people: it stays within its line. A line with a blank
    that nothing fills is left out.
    """
    words = TEXTS[language][kind]
    shared = {**common, **items[0]} if len(items) == 1 else common
    body = "\n\n".join(filled(words.item, {**common, **item}) for item in items)
    subject = words.subject if len(items) == 1 else words.subject_of_many
    parts = (filled(words.intro, shared), body, filled(words.outro, shared))
    return Mail(subject=filled(subject, shared), text="\n\n".join(parts) + "\n")


def language_of(preferred: str, offered: Sequence[str]) -> str:
    """The language of a notice to who prefers *preferred* ("de-CH"): one of ours."""
    wanted = preferred.replace("_", "-").partition("-")[0].lower()
    return next((one for one in (wanted, *offered) if one in TEXTS), FALLBACK)


def action_words(action: str, language: str) -> str:
    """What was done, such as ``case.begin``."""
    known = {**ACTIONS[language], **ADDRESS_ACTIONS[language]}
    return known.get(action, ANYTHING[language])


def filled(text: str, facts: Facts) -> str:
    """*text* with its blanks filled; a line with a blank that nothing fills is left out."""
    lines = (_line(line, facts) for line in text.splitlines())
    return "\n".join(line for line in lines if line is not None)


def _line(line: str, facts: Facts) -> str | None:
    """The blanks are looked for in our own text only, never in what fills them."""
    parts, rest = [], line
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        value = one_line(facts.get(name, ""))
        if not value:
            return None
        parts += [before, value]
    return "".join((*parts, rest))


def one_line(text: str) -> str:
    """*text* without line breaks and other control characters, and not too long."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:_LONGEST_FACT]
