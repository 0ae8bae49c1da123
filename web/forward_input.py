"""What a person typed into the forward form, as typed; and the forward that it means."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self, TypeVar

from werkzeug.datastructures import MultiDict

from sieve_manager.domain.addresses import EmailAddress, split_addresses
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.domain.schedule import Period, parse_day, parse_zone
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Finding, refusals
from web.say import finding_text, input_error_text

# Far more than any policy allows; what is beyond it was not typed by a person.
_MAX_ROWS = 100
_MAX_LENGTH = 2000

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong, at which field; *row* counts the destinations."""

    where: str
    message: str
    row: int = 0

    @property
    def anchor(self) -> str:
        """The id of the input that the error is about."""
        if self.where == "to":
            return f"to-{self.row}"
        return {"copy": "copy-inbox"}.get(self.where, self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardInput:
    """The values of the form's fields."""

    to: tuple[str, ...] = ()
    copy: str = CopyKind.INBOX.value
    folder: str = ""
    first_day: str = ""
    last_day: str = ""
    timezone: str = "UTC"
    hold_spam: bool = True
    paused: bool = False
    note: str = ""

    @classmethod
    def from_form(cls, form: MultiDict[str, str]) -> Self:
        """Take the fields as they were sent."""

        def text(name: str) -> str:
            return form.get(name, "")[:_MAX_LENGTH]

        return cls(
            to=tuple(value[:_MAX_LENGTH] for value in form.getlist("to")[:_MAX_ROWS]),
            copy=text("copy"),
            folder=text("folder"),
            first_day=text("first_day"),
            last_day=text("last_day"),
            timezone=text("timezone"),
            hold_spam="hold_spam" in form,
            paused="paused" in form,
            note=text("note"),
        )

    @classmethod
    def from_forward(cls, forward: Forward) -> Self:
        """The values that mean *forward*."""
        period = forward.period
        return cls(
            to=tuple(one.readable for one in forward.destinations),
            copy=forward.copy.kind.value,
            folder=forward.copy.folder or "",
            first_day=period.first_day.isoformat() if period.first_day else "",
            last_day=period.last_day.isoformat() if period.last_day else "",
            timezone=period.timezone,
            hold_spam=forward.hold_spam,
            paused=forward.paused,
        )

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Names and values, as a form would send them."""
        yield from (("to", value) for value in self.to if value.strip())
        for name in ("copy", "folder", "first_day", "last_day", "timezone", "note"):
            yield name, getattr(self, name)
        yield from ((name, "yes") for name in ("hold_spam", "paused") if getattr(self, name))

    def with_row(self) -> Self:
        """One more empty destination."""
        return replace(self, to=(*self.to, ""))

    def without_row(self, row: int) -> Self:
        """Without the destination of that row."""
        return replace(self, to=self.to[:row] + self.to[row + 1 :])

    @property
    def is_blank(self) -> bool:
        """Whether no destination has been typed yet."""
        return not any(value.strip() for value in self.to)

    def read(self) -> tuple[Forward | None, tuple[FieldError, ...]]:
        """The forward, or everything that is wrong, in the order of the fields."""
        return _Reading(self).result()


@dataclass(slots=True)
class _Reading:
    typed: ForwardInput
    errors: list[FieldError] = field(default_factory=list)

    def result(self) -> tuple[Forward | None, tuple[FieldError, ...]]:
        destinations = tuple(self._destinations())
        copy = self._try(self._copy)
        period = self._period()
        if self.errors or copy is None or period is None:
            return None, tuple(self.errors)
        typed = self.typed
        forward = self._try(
            lambda: Forward(
                destinations=destinations,
                copy=copy,
                period=period,
                hold_spam=typed.hold_spam,
                paused=typed.paused,
                note=typed.note.strip(),
            )
        )
        return forward, tuple(self.errors)

    def _destinations(self) -> Iterator[EmailAddress]:
        pieces = [
            (row, piece)
            for row, value in enumerate(self.typed.to)
            for piece in split_addresses(value)
        ]
        for row, piece in pieces or [(0, "")]:
            address = self._try(partial(EmailAddress.parse, piece), row)
            if address is not None:
                yield address

    def _copy(self) -> Copy:
        typed = self.typed
        if typed.copy == CopyKind.FOLDER.value:
            return Copy(kind=CopyKind.FOLDER, folder=typed.folder.strip())
        return Copy.parse(typed.copy)

    def _period(self) -> Period | None:
        typed = self.typed
        before = len(self.errors)
        first = self._try(lambda: parse_day(typed.first_day, where="first_day"))
        last = self._try(lambda: parse_day(typed.last_day, where="last_day"))
        zone = self._try(lambda: parse_zone(typed.timezone))
        if len(self.errors) > before or zone is None:
            return None
        return self._try(lambda: Period(first_day=first, last_day=last, timezone=zone))

    def _try(self, make: Callable[[], T], row: int = 0) -> T | None:
        try:
            return make()
        except InvalidInputError as error:
            found = FieldError(where=error.where, message=input_error_text(error), row=row)
            self.errors.append(found)
            return None


def refused_fields(findings: Iterable[Finding], typed: ForwardInput) -> tuple[FieldError, ...]:
    """The findings that refuse a plan, as errors at their fields."""
    return tuple(
        FieldError(where=one.where or "to", message=finding_text(one), row=_row(one, typed))
        for one in refusals(findings)
    )


def _row(finding: Finding, typed: ForwardInput) -> int:
    """The row that holds the address which the finding is about; the first otherwise."""
    facts = dict(finding.facts)
    about = facts.get("address") or facts.get("domain") or ""
    rows = (row for row, value in enumerate(typed.to) if about and about in value.lower())
    return next(rows, 0)
