"""What a directory of any kind has in common: from its raw entries to people, from a login to a
mailbox.
"""

import logging
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sieve_manager.application.ports import Addresses, Clock, Directory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.errors import DirectoryError, InvalidInputError

_log = logging.getLogger(__name__)
_SCHEME = re.compile("^smtp:", re.IGNORECASE)  # Active Directory's proxyAddresses
_LONGEST_NAME = 255
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as another program keeps it; *addresses* begin with the primary one."""

    login: str
    name: str = ""
    addresses: Sequence[str] = ()
    manager: str = ""
    groups: Iterable[str] = ()
    language: str = ""


def person_of(entry: Entry, *, master_separator: str) -> Person | None:
    """The person of *entry*, without what cannot be used of it; None without a usable login."""
    login = _login(entry.login, master_separator)
    if login is None:
        return None
    found = tuple(dict.fromkeys(one for text in entry.addresses if (one := _address(text))))
    # What is no address in the first place must not make an alias the primary address.
    has_primary = bool(entry.addresses) and _address(entry.addresses[0]) is not None
    return Person(
        login=login,
        name=_one_line(entry.name),
        address=found[0] if has_primary else None,
        aliases=found[1:] if has_primary else found,
        manager=_login(entry.manager, master_separator),
        groups=frozenset(name for group in entry.groups if (name := _one_line(group))),
        language=_one_line(entry.language).replace("_", "-"),
    )


class DirectoryAddresses:
    """The Addresses port over a directory, asked once a minute for the same login.

    While the directory is away, what it said before still holds. A login that it does not know
    has the addresses that *otherwise* gives it.
    """

    def __init__(
        self,
        directory: Directory,
        *,
        otherwise: Addresses,
        clock: Clock,
        keep: timedelta = timedelta(minutes=1),
    ) -> None:
        self._directory = directory
        self._otherwise = otherwise
        self._clock = clock
        self._keep = keep
        self._known: dict[Login, tuple[datetime, Mailbox]] = {}
        self._changing = threading.Lock()

    def mailbox(self, login: Login) -> Mailbox:
        """The mailbox with its addresses. DirectoryError, StorageError."""
        now = self._clock()
        with self._changing:
            known = self._known.get(login)
        if known and now - known[0] < self._keep:
            return known[1]
        try:
            person = self._directory.person(login)
        except DirectoryError as error:
            if known is None:
                raise
            _log.warning("the directory is away; what it said before still holds: %s", error)
            return known[1]
        mailbox = person.mailbox if person else self._otherwise.mailbox(login)
        with self._changing:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[login] = now, mailbox
        return mailbox


def _login(text: str, master_separator: str) -> Login | None:
    try:
        return Login.parse(text, master_separator=master_separator)
    except InvalidInputError:
        return None


def _address(text: str) -> EmailAddress | None:
    try:
        return EmailAddress.parse(_SCHEME.sub("", text))
    except InvalidInputError:
        return None


def _one_line(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:_LONGEST_NAME]
