"""Redirect addresses in memory, for tests and for trying things out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock

from sieve_manager.application.address_history import (
    AddressVersion,
    NewAddressVersion,
    fingerprint_of,
    words_of,
)
from sieve_manager.application.address_ports import AddressChanges
from sieve_manager.application.history import KEPT_VERSIONS
from sieve_manager.application.postfix_views import key_of
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.scripts import Fingerprint


@dataclass(slots=True)
class MemoryAddresses:
    """The ports AddressStore and ChangedAddresses."""

    kept: dict[str, RedirectAddress | None] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    history: dict[str, list[AddressVersion]] = field(default_factory=dict)
    revision: int = 0
    _turn: RLock = field(default_factory=RLock)

    def get(self, address: EmailAddress) -> RedirectAddress | None:
        """The one of exactly this address."""
        return self.kept.get(key_of(address))

    def write(self, new: NewAddressVersion, loaded: Fingerprint) -> AddressVersion | None:
        """Keep the change, unless somebody else was quicker."""
        key = key_of(new.address)
        with self._turn:
            if fingerprint_of(self.kept.get(key)) != loaded:
                return None
            history = self.history.setdefault(key, [])
            version = AddressVersion(number=history[-1].number + 1 if history else 1, new=new)
            history.append(version)
            del history[:-KEPT_VERSIONS]
            self._become(key, new.after)
        return version

    def take_back(self, version: AddressVersion) -> bool:
        """Forget the newest change."""
        key = key_of(version.new.address)
        with self._turn:
            history = self.history.get(key)
            if not history or history[-1] != version:
                return False
            history.pop()
            self._become(key, version.new.before)
        return True

    def versions(self, address: EmailAddress) -> tuple[AddressVersion, ...]:
        """Newest first."""
        return tuple(reversed(self.history.get(key_of(address), ())))

    def recent(self, since: datetime) -> tuple[AddressVersion, ...]:
        """Oldest first."""
        kept = [one for all_of in self.history.values() for one in all_of]
        return tuple(
            sorted((one for one in kept if one.new.at >= since), key=lambda one: one.new.at)
        )

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
        """Those that match, by address."""
        matching = [
            one
            for one in self._present()
            if text.lower() in words_of(one)
            and kind in (None, one.kind)
            and owner in (None, one.owner)
            and (
                not domains or one.address.domain in domains or (or_owner and one.owner == or_owner)
            )
        ]
        return tuple(matching[offset : offset + limit])

    def ending(self, since: datetime, before: datetime) -> tuple[RedirectAddress, ...]:
        """By address."""
        present = ((one, one.forward.period.ends) for one in self._present())
        return tuple(one for one, ends in present if ends and since <= ends < before)

    def leading_to(self, targets: Sequence[EmailAddress]) -> tuple[RedirectAddress, ...]:
        """By address."""
        wanted = set(targets)
        return tuple(one for one in self._present() if wanted & {*one.leads_to})

    def changes(self, after: int) -> AddressChanges:
        """All that changed after that revision."""
        with self._turn:
            found = {key: self.kept[key] for key, at in self.changed.items() if at > after}
            return AddressChanges(revision=self.revision, addresses=found)

    def _become(self, key: str, kept: RedirectAddress | None) -> None:
        self.revision += 1
        self.kept[key], self.changed[key] = kept, self.revision

    def _present(self) -> list[RedirectAddress]:
        return [one for _, one in sorted(self.kept.items()) if one]
