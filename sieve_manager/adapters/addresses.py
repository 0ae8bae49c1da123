"""From a login to its addresses: a CSV file, a default domain, or the login itself."""

import csv
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sieve_manager.domain.addresses import EmailAddress, split_addresses
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.errors import InvalidInputError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The file as it was at *stamp*: its time in ns, its size, its inode."""

    stamp: tuple[int, int, int] | None = None
    mailboxes: Mapping[Login, Mailbox] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class ConfiguredAddresses:
    """The Addresses port over [mailboxes]; reads the file again when it has changed."""

    def __init__(self, *, default_domain: str | None = None, file: Path | None = None) -> None:
        self._default_domain = default_domain
        self._file = file
        self._table = _Table()
        self._reading = threading.Lock()

    def mailbox(self, login: Login) -> Mailbox:
        """The mailbox as the file has it, else with the address that its login makes."""
        known = self._current().mailboxes.get(login)
        return known or Mailbox(login=login, address=_address_of(login, self._default_domain))

    def listed(self) -> Mapping[Login, Mailbox]:
        """All mailboxes of the file, by login."""
        return self._current().mailboxes

    def problems(self) -> tuple[str, ...]:
        """What cannot be used in the file, with the number of the line."""
        return self._current().problems

    def _current(self) -> _Table:
        if self._file is None:
            return self._table
        with self._reading:
            stamp = _stamp(self._file)
            if stamp is None and self._table.stamp is not None:
                return self._table  # gone for a moment, as while it is being replaced
            if stamp != self._table.stamp or stamp is None:
                self._table = _read(self._file, stamp)
                for problem in self._table.problems:
                    _log.warning("%s", problem)
            return self._table


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(file: Path, stamp: tuple[int, int, int] | None) -> _Table:
    mailboxes: dict[Login, Mailbox] = {}
    problems = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            for cells in reader:
                try:
                    mailbox = _mailbox(cells, reader.line_num)
                except InvalidInputError as error:
                    problems.append(f"{file}, line {reader.line_num}: {error}")
                    continue
                if mailbox is None:
                    continue
                if mailbox.login in mailboxes:
                    problems.append(
                        f"{file}, line {reader.line_num}: {mailbox.login} was there before"
                    )
                    continue
                mailboxes[mailbox.login] = mailbox
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(f"{file} cannot be read to its end: {error}")
    return _Table(stamp=stamp, mailboxes=mailboxes, problems=tuple(problems))


def _mailbox(cells: list[str], line: int) -> Mailbox | None:
    """One line; None for an empty one and for the header."""
    if not any(cell.strip() for cell in cells):
        return None
    if line == 1 and cells[0].strip().lower() == "login":
        return None
    if len(cells) not in (2, 3):
        raise InvalidInputError("has not the columns login, address, aliases")
    return Mailbox(
        login=Login.parse(cells[0], master_separator=""),
        address=EmailAddress.parse(cells[1]),
        aliases=tuple(EmailAddress.parse(alias) for alias in split_addresses("".join(cells[2:]))),
    )


def _address_of(login: Login, default_domain: str | None) -> EmailAddress | None:
    text = login.text
    if "@" not in text:
        if default_domain is None:
            return None
        text = f"{text}@{default_domain}"
    try:
        return EmailAddress.parse(text)
    except InvalidInputError:
        return None
