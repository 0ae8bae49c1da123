"""The chart of what the register and the directory know."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sieve_manager.application.chain import ALWAYS, Kind, Station, Way, Window
from sieve_manager.application.ports import Directory
from sieve_manager.application.register import EntryState, RegisterEntry
from sieve_manager.application.register_store import RegisterStore
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import InvalidInputError

_OVER = (EntryState.ENDED, EntryState.PAUSED)


@dataclass(slots=True)
class RegisterChart:
    """The Chart at the time of the last sweep; for one answer, for it keeps what it has read.

    *inside* are the domains of the organisation; all others are outside.
    """

    register: RegisterStore
    directory: Directory
    inside: Collection[str]
    now: datetime
    _stations: dict[EmailAddress, Station] = field(default_factory=dict)
    _ways: dict[Station, Sequence[Way]] = field(default_factory=dict)

    def station(self, address: EmailAddress) -> Station:
        """A mailbox where the directory knows one; StorageError, DirectoryError."""
        if address not in self._stations:
            self._stations[address] = self._look_up(address)
        return self._stations[address]

    def ways(self, station: Station) -> Sequence[Way]:
        """What the register holds of a mailbox; StorageError."""
        if station.kind is not Kind.MAILBOX:
            return ()
        if station not in self._ways:
            entries = self.register.of(Login(station.key))
            self._ways[station] = tuple(
                _way(one) for one in entries if not one.notice and one.state(self.now) not in _OVER
            )
        return self._ways[station]

    def _look_up(self, address: EmailAddress) -> Station:
        if address.domain not in self.inside:
            return Station(Kind.OUTSIDE, address.key)
        for spelling in (address, address.without_detail):
            if person := self.directory.by_address(spelling):
                return Station(Kind.MAILBOX, person.login.text)
        return Station(Kind.MISSING, address.key)


def _way(entry: RegisterEntry) -> Way:
    try:
        target = EmailAddress.parse(entry.target) if entry.target else None
    except InvalidInputError:
        target = None  # as written by hand; no mail server takes it
    return Way(
        target=target,
        keeps=entry.kept,
        conditions=entry.conditions,
        window=Window(entry.starts or ALWAYS.starts, entry.ends or ALWAYS.ends),
    )
