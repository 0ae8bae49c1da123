"""What was typed into the form of a redirect address, and what it means."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from werkzeug.datastructures import MultiDict

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import CATCH_ALL, AddressKind, RedirectAddress
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Finding
from web.context import one_line, wired
from web.forward_input import FieldError, ForwardInput, refused_fields
from web.say import _, input_error_text

CATCH_ALL_KIND = "catch-all"
"""The choice of the form that stands for the address ``*`` of a domain."""

_MAX_ROWS, _MAX_LENGTH = 100, 2000
_LONGEST = {"note": 500, "ticket": 100}
_TEXTS = (
    *("address", "domain", "kind", "first_day", "last_day", "timezone"),
    *("owner", "moved_to", "note", "ticket"),
)
_KINDS = (*(one.value for one in AddressKind), CATCH_ALL_KIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressInput:
    """The values of the form's fields; *domain* is that of a catch-all."""

    address: str = ""
    domain: str = ""
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
        texts = {one: one_line(form.get(one, ""), _LONGEST.get(one, _MAX_LENGTH)) for one in _TEXTS}
        if texts["kind"] not in _KINDS:
            texts["kind"] = AddressKind.REDIRECT.value
        return cls(to=rows or ("",), **texts)

    @classmethod
    def of(cls, kept: RedirectAddress) -> Self:
        """The values that mean *kept*."""
        period = kept.forward.period
        return cls(
            address=kept.address.readable,
            domain=kept.address.domain,
            kind=CATCH_ALL_KIND if kept.is_catch_all else kept.kind.value,
            to=tuple(one.readable for one in kept.forward.destinations),
            first_day=period.first_day.isoformat() if period.first_day else "",
            last_day=period.last_day.isoformat() if period.last_day else "",
            timezone=period.timezone,
            owner=kept.owner.text if kept.owner else "",
            moved_to=kept.moved_to.readable if kept.moved_to else "",
            note=kept.forward.note,
        )

    def about(self, kept: RedirectAddress, *, manages: bool) -> Self:
        """The same about *kept*, whose address stays; who only owns it decides less."""
        whole, own = self.of(kept), self.kind
        if kept.is_catch_all or own == CATCH_ALL_KIND or not manages:
            own = whole.kind
        typed = replace(self, address=whole.address, domain=whole.domain, kind=own)
        return typed if manages else replace(typed, owner=whole.owner)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The same as fields of a form."""
        return (
            *(("to", one) for one in self.to),
            *((name, getattr(self, name)) for name in _TEXTS),
        )

    def meaning(self, *, paused: bool) -> RedirectAddress | tuple[FieldError, ...]:
        """What it means, or all that is wrong with it."""
        errors: list[FieldError] = []
        address = self._own(errors)
        moved = _address("moved_to", self.moved_to, errors) if self.moved_to else None
        owner = self._owner(errors)
        forward, wrong = self._forward(paused=paused).read()
        errors += wrong
        if errors or address is None or forward is None:
            return tuple(errors)
        try:
            return self._made(address, forward, owner, moved)
        except InvalidInputError as error:
            return (field_error(error),)

    def refused(self, findings: Iterable[Finding]) -> tuple[FieldError, ...]:
        """The findings that refuse it, as errors at their fields."""
        found = refused_fields(findings, self._forward(paused=False))
        if self.kind != CATCH_ALL_KIND:
            return found
        return tuple(
            replace(one, where="domain") if one.where == "address" else one for one in found
        )

    def _made(
        self,
        address: EmailAddress,
        forward: Forward,
        owner: Login | None,
        moved_to: EmailAddress | None,
    ) -> RedirectAddress:
        kind = AddressKind.ALIAS if self.kind == AddressKind.ALIAS else AddressKind.REDIRECT
        return RedirectAddress(
            address=address, kind=kind, forward=forward, owner=owner, moved_to=moved_to
        )

    def _forward(self, *, paused: bool) -> ForwardInput:
        return ForwardInput(
            to=self.to,
            copy=CopyKind.NONE.value,
            first_day=self.first_day,
            last_day=self.last_day,
            timezone=self.timezone,
            hold_spam=False,
            paused=paused,
            note=self.note,
        )

    def _own(self, errors: list[FieldError]) -> EmailAddress | None:
        if self.kind == CATCH_ALL_KIND:
            return _address("domain", f"{CATCH_ALL}@{self.domain}", errors)
        found = _address("address", self.address, errors)
        if found and found.local == CATCH_ALL:
            message = _(
                "To take everything that nobody has, choose “All other addresses of a domain” "
                "above."
            )
            errors.append(FieldError(where="address", message=message))
        return found

    def _owner(self, errors: list[FieldError]) -> Login | None:
        """Only where somebody can be one: an alias and a catch-all are the helpdesk's."""
        if not self.owner or self.kind != AddressKind.REDIRECT:
            return None
        try:
            separator = wired().settings.master_separator
            login = Login.parse(self.owner, master_separator=separator)
        except InvalidInputError as error:
            errors.append(replace(field_error(error), where="owner"))
            return None
        if wired().directory.person(login) is None:
            message = _("Nobody here has the user name “%(name)s”.", name=login.text)
            errors.append(FieldError(where="owner", message=message))
        return login


def _address(where: str, text: str, errors: list[FieldError]) -> EmailAddress | None:
    try:
        return EmailAddress.parse(text, where=where)
    except InvalidInputError as error:
        errors.append(field_error(error))
        return None


def field_error(error: InvalidInputError) -> FieldError:
    """What is wrong, at its field."""
    return FieldError(where=error.where, message=input_error_text(error))
