"""What was typed into the form of a case, and what a case that is there would have typed."""

from collections.abc import Iterable

from werkzeug.datastructures import MultiDict

from sieve_manager.application.case_entry import CaseEntry
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.forward import CopyKind
from sieve_manager.domain.handover import DEFAULT_INTERVAL_DAYS
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Finding, refusals
from web.forward_input import FieldError
from web.say import finding_text, input_error_text

# Far more than anybody types; what is longer is cut, and then refused as too long.
_MAX_ROWS, _MAX_LENGTH, _MAX_TEXT = 100, 2000, 12_000
_FOLDER = f"{CopyKind.FOLDER}:"
_TEXTS = (
    "first_day",
    "last_day",
    "timezone",
    "reply",
    "reply_subject",
    "reply_text",
    "reply_interval",
    "own_forward",
    "ticket",
    "reason",
)


def typed(form: MultiDict[str, str]) -> CaseEntry:
    """The fields as they were sent."""

    def text(name: str, default: str = "") -> str:
        return form.get(name, default)[:_MAX_LENGTH].strip()

    copy = text("copy")
    return CaseEntry(
        to=tuple(one[:_MAX_LENGTH] for one in form.getlist("to")[:_MAX_ROWS]) or ("",),
        copy=f"{_FOLDER}{text('folder')}" if copy == CopyKind.FOLDER else copy,
        first_day=text("first_day"),
        last_day=text("last_day"),
        timezone=text("timezone"),
        hold_spam="hold_spam" in form,
        reply=text("reply"),
        reply_subject=text("reply_subject"),
        reply_text=form.get("reply_text", "").replace("\r\n", "\n")[:_MAX_TEXT],
        reply_interval=text("reply_interval"),
        own_forward=text("own_forward"),
        ticket=text("ticket"),
        reason=form.get("reason", "").replace("\r\n", "\n")[:_MAX_LENGTH],
    )


def pairs(entry: CaseEntry) -> tuple[tuple[str, str], ...]:
    """The same as fields of a form."""
    found = [("to", one) for one in entry.to]
    found += [("copy", copy_kind(entry)), ("folder", folder(entry))]
    if entry.hold_spam:
        found.append(("hold_spam", "yes"))
    return (*found, *((name, getattr(entry, name)) for name in _TEXTS))


def of_terms(terms: CaseTerms, template: str) -> CaseEntry:
    """What would have to be typed for these terms; *template* is the language of the template
    that made their reply, or "".
    """
    forward, reply = terms.forward, terms.reply
    first, last = forward.period.first_day, forward.period.last_day
    return CaseEntry(
        to=tuple(str(one) for one in forward.destinations),
        copy=str(forward.copy),
        first_day=first.isoformat() if first else "",
        last_day=last.isoformat() if last else "",
        timezone=forward.period.timezone,
        hold_spam=forward.hold_spam,
        reply=template or ("text" if reply else ""),
        reply_subject=_literal(reply.subject) if reply else "",
        reply_text=_literal(reply.text) if reply else "",
        reply_interval=str(reply.interval_days if reply else DEFAULT_INTERVAL_DAYS),
        own_forward=terms.own_forward.value,
        ticket=terms.ticket,
        reason=terms.reason,
    )


def copy_kind(entry: CaseEntry) -> str:
    """Which choice of copy was made."""
    return CopyKind.FOLDER.value if entry.copy.startswith(_FOLDER) else entry.copy


def folder(entry: CaseEntry) -> str:
    """The folder that was typed, also where another choice was made."""
    return entry.copy.removeprefix(_FOLDER) if entry.copy.startswith(_FOLDER) else ""


def input_errors(errors: Iterable[InvalidInputError]) -> tuple[FieldError, ...]:
    """What cannot be read, at its fields."""
    return tuple(FieldError(where=one.where, message=input_error_text(one)) for one in errors)


def refused(findings: Iterable[Finding]) -> tuple[FieldError, ...]:
    """The findings that refuse a plan, as errors at their fields."""
    return tuple(
        FieldError(where=one.where or "to", message=finding_text(one)) for one in refusals(findings)
    )


def _literal(text: str) -> str:
    """A text that is filled in already, for a field where brackets mark blanks."""
    return text.replace("{", "{{").replace("}", "}}")
