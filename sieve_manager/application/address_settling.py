"""Writes the audit entry of a change of a redirect address whose process was killed before."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sieve_manager.application.address_audit import late_entry_of
from sieve_manager.application.address_history import AddressVersion
from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.ports import AuditLog, Clock

_MOST_ENTRIES = 500
# Longer than a save lasts: whoever was at it is gone by then.
_FOR_GOOD = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class AddressSettling:
    """Compares the history with the audit log: a change is kept first, and then told.

    The first look goes *back* so far, which is less than the log keeps; the next only to the last.
    """

    store: AddressStore
    log: AuditLog
    clock: Clock
    back: timedelta
    _looked: datetime | None = field(default=None, init=False)

    def run(self) -> int:
        """Tell of those that nobody has told of; how many. StorageError."""
        until = self.clock() - _FOR_GOOD
        kept = self.store.recent(self._looked or until - self.back)
        missing = [one for one in kept if one.new.at < until and not self._is_told(one)]
        if missing:
            self.log.append([late_entry_of(one) for one in missing])
        self._looked = until
        return len(missing)

    def _is_told(self, version: AddressVersion) -> bool:
        late = late_entry_of(version)
        found = self.log.entries(mailbox=late.mailbox, limit=_MOST_ENTRIES)
        return any((one.entry.at, one.entry.action) == (late.at, late.action) for one in found)
