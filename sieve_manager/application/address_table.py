"""Redirect addresses as lines of a CSV file: what an export writes, and an import reads; pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sieve_manager.application.csv_cells import csv_line, meant_cell, meant_day, plain_cell
from sieve_manager.application.csv_table import Problem, Row, RowReader
from sieve_manager.domain.addresses import EmailAddress, split_addresses
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period, parse_day, parse_zone
from sieve_manager.errors import InvalidInputError

REQUIRED = ("address", "to")
COLUMNS = (
    *REQUIRED,
    *("kind", "first_day", "last_day", "timezone", "paused"),
    *("owner", "moved_to", "note"),
)
TICKET = "ticket"
"""A column for the history, which no export has."""

_CHOICES = ("kind", "timezone", "paused")
_YES, _NO = "yes", "no"
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What an address that is new is, where a line does not say it."""

    kind: AddressKind
    timezone: str
    master_separator: str


def csv_of(found: Iterable[RedirectAddress]) -> Iterator[str]:
    """Lines with CRLF, the heads first; the first begins with a byte order mark for Excel."""
    yield _MARK + csv_line(COLUMNS)
    for one in found:
        yield csv_line(cells_of(one).values())


def cells_of(kept: RedirectAddress) -> dict[str, str]:
    """What is said of it in each of :data:`COLUMNS`."""
    period = kept.forward.period
    return {
        "address": str(kept.address),
        "to": " ".join(map(str, kept.forward.destinations)),
        "kind": kept.kind.value,
        "first_day": str(period.first_day or ""),
        "last_day": str(period.last_day or ""),
        "timezone": period.timezone,
        "paused": _YES if kept.forward.paused else _NO,
        "owner": kept.owner.text if kept.owner else "",
        "moved_to": str(kept.moved_to) if kept.moved_to else "",
        "note": kept.forward.note,
    }


def read_line(
    row: Row, kept: RedirectAddress | None, defaults: Defaults
) -> RedirectAddress | tuple[Problem, ...]:
    """What the address is to be by *row*, or all that cannot be used in it.

    What has no column stays as it is *kept* now, and so does a kind, a zone or a pause whose
    cell is empty; every other empty cell takes away what was there.
    """
    now = cells_of(kept) if kept else {}
    said = {
        name: now[name] if name in now and _seen(now[name]) == cell else _one_line(cell)
        for name, cell in row.cells.items()
        if cell or name not in _CHOICES
    }
    reader = RowReader(replace(row, cells={**now, **said}))
    wanted = _read(reader, kept, defaults)
    if wanted is None or reader.problems:
        return tuple(reader.problems)
    return kept if kept and cells_of(wanted) == now else wanted


def _read(
    reader: RowReader, kept: RedirectAddress | None, defaults: Defaults
) -> RedirectAddress | None:
    """None where something cannot be used; the reader knows what."""
    cells, nobody = reader.row.cells, EmailAddress("", "")
    address = reader.read("address", _address, nobody)
    none: tuple[EmailAddress, ...] = ()
    to = reader.read("to", _addresses, none)
    kind = reader.read("kind", _kind, defaults.kind)
    first = reader.read("first_day", _day("first_day"), None)
    last = reader.read("last_day", _day("last_day"), None)
    zone = reader.read("timezone", parse_zone, defaults.timezone)
    paused = reader.read("paused", _yes_or_no, default=False)
    moved_to = reader.read("moved_to", _address, None)
    owner = reader.read(
        "owner", partial(Login.parse, master_separator=defaults.master_separator), None
    )
    if reader.problems:
        return None
    try:
        forward = Forward(
            destinations=to,
            copy=NOTHING_STAYS,
            period=Period(first_day=first, last_day=last, timezone=zone),
            hold_spam=False,
            paused=paused,
            note=cells.get("note", ""),
        )
        return RedirectAddress(
            address=kept.address if kept else address,
            kind=kind,
            forward=forward,
            owner=owner,
            moved_to=moved_to,
        )
    except InvalidInputError as error:
        reader.refuse(error.where, error)
        return None


def _seen(text: str) -> str:
    """What comes back of *text* from an export, which drops what nobody sees."""
    return plain_cell(text).strip()


def _one_line(cell: str) -> str:
    return " ".join(meant_cell(cell).split())


def _address(text: str) -> EmailAddress:
    return EmailAddress.parse(text)


def _addresses(text: str) -> tuple[EmailAddress, ...]:
    return tuple(EmailAddress.parse(one) for one in split_addresses(text))


def _day(where: str) -> Callable[[str], date | None]:
    return lambda text: parse_day(meant_day(text), where=where)


def _kind(text: str) -> AddressKind:
    if text.lower() not in set(AddressKind):
        raise _no_choice(text, AddressKind)
    return AddressKind(text.lower())


def _yes_or_no(text: str) -> bool:
    if text.lower() not in (_YES, _NO):
        raise _no_choice(text, (_YES, _NO))
    return text.lower() == _YES


def _no_choice(text: str, choices: Iterable[str]) -> InvalidInputError:
    return InvalidInputError(
        "“{text}” cannot stand here. Write one of these: {choices}.",
        code="csv-choice",
        text=text,
        choices=", ".join(choices),
    )
