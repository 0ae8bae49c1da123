"""What keeps the redirect addresses, and what the mail transfer agent sees of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sieve_manager.application.address_history import AddressVersion, NewAddressVersion
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.scripts import Fingerprint


class AddressStore(Protocol):
    """All redirect addresses and aliases, and their history. Each method may raise StorageError.

    Addresses are compared by ``EmailAddress.key``.
    """

    def get(self, address: EmailAddress) -> RedirectAddress | None:
        """The one of exactly this address."""
        ...

    def write(self, new: NewAddressVersion, loaded: Fingerprint) -> AddressVersion | None:
        """Keep the change and its place in the history, both or none.

        None where what is kept is not what *loaded* is the fingerprint of: somebody else was
        quicker, and nothing is written.
        """
        ...

    def take_back(self, version: AddressVersion) -> bool:
        """Forget the newest change, as if it had not been; False where it is not the newest."""
        ...

    def versions(self, address: EmailAddress) -> tuple[AddressVersion, ...]:
        """All that is kept of its history, newest first."""
        ...

    def recent(self, since: datetime) -> tuple[AddressVersion, ...]:
        """What is kept of the changes of all addresses from *since* on, oldest first."""
        ...

    def found(
        self,
        text: str = "",
        *,
        kind: AddressKind | None = None,
        owner: Login | None = None,
        domains: frozenset[str] = frozenset(),
        or_owner: Login | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[RedirectAddress, ...]:
        """Those that match, by address.

        *text* is a part of the address, of a destination or of the note, in any case; *domains*,
        where there are any, are the addresses' own, but for those that *or_owner* has.
        """
        ...

    def ending(self, since: datetime, before: datetime) -> tuple[RedirectAddress, ...]:
        """Those of which the last instant is from *since* on and *before* then, by address."""
        ...

    def leading_to(self, targets: Sequence[EmailAddress]) -> tuple[RedirectAddress, ...]:
        """Those of which a destination is one of *targets*, by address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanges:
    """What each address that changed is now, by its key; None: gone.

    *revision* is the number of the last change in it: it counts those of all addresses.
    """

    revision: int
    addresses: Mapping[str, RedirectAddress | None]


class ChangedAddresses(Protocol):
    """What follows the store: the map file of a mail transfer agent."""

    def changes(self, after: int) -> AddressChanges:
        """All that changed after that revision; everything for 0; StorageError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the mail transfer agent finds: where an address leads, or what it tells senders.

    Both empty: it knows no such address. *refusal* begins with the SMTP code, as in
    ``550 5.1.6 ...`` (RFC 5321 §4.2, RFC 3463).
    """

    destinations: tuple[EmailAddress, ...] = ()
    refusal: str = ""


class Relay(Protocol):
    """The tables that the mail transfer agent looks up at each message."""

    def publish(self) -> None:
        """Bring them up to what is kept now, all or none; StorageError."""
        ...

    def answer(self, address: EmailAddress, at: datetime) -> Answer:
        """What the very queries of the mail transfer agent give for it; StorageError.

        For exactly this address: where it gives nothing, Postfix asks without the sub-address
        and then for the catch-all, which are answers of their own.
        """
        ...
