"""What the server's compiler said of each mailbox's scripts, kept for a minute."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import Fingerprint

# What compiled a minute ago still does, but for an administrator at work on the server.
_SECONDS = 60.0
_MAX_KEPT = 1000


@dataclass(slots=True)
class Verdicts:
    """The last verdict on each mailbox, so that opening pages does not compile each time.

    *clock* returns seconds and never goes back. Safe for threads.
    """

    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[Login, tuple[Fingerprint, float, str]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, login: Login, scripts: Fingerprint, ask: Callable[[], str]) -> str:
        """The error, or "", for these scripts: the one that is kept, or else what *ask* says."""
        with self._lock:
            kept, until, error = self._kept.get(login, (None, 0.0, ""))
        if kept == scripts and self.clock() < until:
            return error
        error = ask()
        self.keep(login, scripts, error)
        return error

    def keep(self, login: Login, scripts: Fingerprint, error: str) -> None:
        """Keep what the server said; the mailbox that was looked at longest ago goes first."""
        with self._lock:
            self._kept[login] = (scripts, self.clock() + _SECONDS, error)
            self._kept.move_to_end(login)
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
