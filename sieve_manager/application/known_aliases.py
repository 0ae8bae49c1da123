"""The aliases that are kept here, told to those who ask for a mailbox's addresses.

They say where mail arrives, and no more: they are no names of a person. Who is staff, whom a
sign-in means and which mailboxes are protected is asked of the directory alone, or else whoever
may make an alias could become somebody else.
"""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.ports import Addresses, Clock, Directory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress

_MOST_KEPT = 1000


class KnownAliases:
    """The Addresses port over another one, with the aliases that are in force now.

    They are asked for once in *keep* for the same mailbox: once for a page. Every method may
    raise StorageError and DirectoryError.
    """

    def __init__(
        self,
        addresses: Addresses,
        directory: Directory,
        store: AddressStore,
        clock: Clock,
        *,
        keep: timedelta = timedelta(seconds=5),
    ) -> None:
        self._addresses = addresses
        self._directory = directory
        self._store = store
        self._clock = clock
        self._keep = keep
        self._known: dict[Mailbox, tuple[datetime, Mailbox]] = {}
        self._changing = threading.Lock()

    def mailbox(self, login: Login) -> Mailbox:
        """The mailbox with all addresses under which mail arrives there."""
        plain, now = self._addresses.mailbox(login), self._clock()
        with self._changing:
            known = self._known.get(plain)
        if known and timedelta(0) <= now - known[0] < self._keep:
            return known[1]
        whole = replace(plain, aliases=tuple(dict.fromkeys((*plain.aliases, *self._of(plain)))))
        with self._changing:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[plain] = now, whole
        return whole

    def of_person(self, person: Person) -> tuple[EmailAddress, ...]:
        """All addresses of *person*, the primary one first."""
        mailbox = self.mailbox(person.login)
        own = (person.address, mailbox.address, *person.aliases, *mailbox.aliases)
        return tuple(dict.fromkeys(one for one in own if one))

    def find(self, address: EmailAddress) -> Person | None:
        """Who gets mail for exactly this address, by the directory or by an alias."""
        if person := self._directory.by_address(address):
            return person
        kept = self._store.get(address)
        return self._directory.by_address(_target(kept)) if kept and self._is_alias(kept) else None

    def _of(self, mailbox: Mailbox) -> tuple[EmailAddress, ...]:
        own = [one for one in (mailbox.address, *mailbox.aliases) if one]
        if not own:
            return ()
        found = (one for one in self._store.leading_to(own) if self._is_alias(one))
        return tuple(one.address for one in found if one.address not in own)

    def _is_alias(self, kept: RedirectAddress) -> bool:
        return kept.kind is AddressKind.ALIAS and kept.phase(self._clock()) is Phase.ACTIVE


def _target(alias: RedirectAddress) -> EmailAddress:
    return alias.forward.destinations[0]
