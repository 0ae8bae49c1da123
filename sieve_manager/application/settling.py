"""Finds out what became of writes whose process was killed, where nobody writes again by itself."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sieve_manager.application.access import ITSELF, Access
from sieve_manager.application.ports import Clock, History
from sieve_manager.application.saving import Saving
from sieve_manager.errors import SieveManagerError

# Longer than a mailbox's lock lasts: whoever was writing is gone by then.
_FOR_GOOD = timedelta(minutes=5)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Goes through all writes that are begun and not settled; each then has its audit entry."""

    saving: Saving
    history: History
    clock: Clock

    def run(self) -> int:
        """Settle those that can be settled now; how many. StorageError.

        What fails, such as a mailbox that is closed, comes again the next time.
        """
        settled = 0
        for login in self.history.unsettled(self.clock() - _FOR_GOOD):
            try:
                self.saving.settle_last(Access(login=login, actor=ITSELF))
                settled += 1
            except SieveManagerError as error:
                _log.warning("a write to %s is not settled yet: %s", login, error)
        return settled
