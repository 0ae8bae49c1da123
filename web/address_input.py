"""What was typed into the form of a redirect address, and what it means."""

from dataclasses import dataclass, replace
from typing import Self

from werkzeug.datastructures import MultiDict

from sieve_manager.application.case_entry import CaseEntry
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.errors import InvalidInputError
from web.context import wired
from web.forward_input import FieldError
from web.say import input_error_text

_MAX_ROWS, _MAX_LENGTH = 100, 2000
_TEXTS = (
    *("address", "kind", "first_day", "last_day", "timezone"),
    *("owner", "moved_to", "note", "ticket"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressInput:
    """The values of the form's fields."""

    address: str = ""
    kind: str = AddressKind.REDIRECT.value
    to: tuple[str, ...] = ("",)
    first_day: str = ""
    last_day: str = ""
    timezone: str = "UTC"
    owner: str = ""
    moved_to: str = ""
    note: str = ""
    ticket: str = ""

    @classmethod
    def typed(cls, form: MultiDict[str, str]) -> Self:
        """Take the fields as they were sent."""
        rows = tuple(one[:_MAX_LENGTH] for one in form.getlist("to")[:_MAX_ROWS])
        texts = {name: form.get(name, "")[:_MAX_LENGTH].strip() for name in _TEXTS}
        return cls(to=rows or ("",), **texts)

    @classmethod
    def of(cls, kept: RedirectAddress) -> Self:
        """The values that mean *kept*."""
        period = kept.forward.period
        return cls(
            address=kept.address.readable,
            kind=kept.kind.value,
            to=tuple(one.readable for one in kept.forward.destinations),
            first_day=period.first_day.isoformat() if period.first_day else "",
            last_day=period.last_day.isoformat() if period.last_day else "",
            timezone=period.timezone,
            owner=kept.owner.text if kept.owner else "",
            moved_to=kept.moved_to.readable if kept.moved_to else "",
            note=kept.forward.note,
        )

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The same as fields of a form."""
        return (
            *(("to", one) for one in self.to),
            *((name, getattr(self, name)) for name in _TEXTS),
        )

    def meaning(self, paused: bool) -> RedirectAddress | tuple[FieldError, ...]:
        """What it means, or all that is wrong with it."""
        errors: list[InvalidInputError] = []
        address = self._address("address", self.address, errors)
        moved = self._address("moved_to", self.moved_to, errors) if self.moved_to else None
        owner = self._owner(errors)
        entry = CaseEntry(
            to=self.to,
            copy=str(NOTHING_STAYS),
            first_day=self.first_day,
            last_day=self.last_day,
            timezone=self.timezone,
            hold_spam=False,
        )
        read = wired().case_entries.read(entry, Person(login=Login("")))
        errors += read.errors
        if not (errors or read.terms is None or address is None):
            try:
                return RedirectAddress(
                    address=address,
                    kind=AddressKind(self.kind),
                    forward=replace(read.terms.forward, note=self.note, paused=paused),
                    owner=owner,
                    moved_to=moved,
                )
            except InvalidInputError as error:
                errors.append(error)
        return tuple(FieldError(where=one.where, message=input_error_text(one)) for one in errors)

    def _address(
        self, where: str, text: str, errors: list[InvalidInputError]
    ) -> EmailAddress | None:
        try:
            return EmailAddress.parse(text, where=where)
        except InvalidInputError as error:
            errors.append(error)
            return None

    def _owner(self, errors: list[InvalidInputError]) -> Login | None:
        try:
            separator = wired().settings.master_separator
            return Login.parse(self.owner, master_separator=separator) if self.owner else None
        except InvalidInputError as error:
            errors.append(
                InvalidInputError(error.template, where="owner", code=error.code, **error.facts)
            )
            return None
