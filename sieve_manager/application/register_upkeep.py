"""The register as its doors use it: questions, sweeps, and telling what is new."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sieve_manager.application.register_news import RegisterNews
from sieve_manager.application.register_store import Question, RegisterStore, Sweep, SweepState
from sieve_manager.application.sweeping import Progress, Sweeping
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import SieveManagerError

_log = logging.getLogger(__name__)
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The store, and what keeps it up to date."""

    store: RegisterStore
    sweeping: Sweeping
    news: RegisterNews

    def sweep(self, progress: Progress = lambda _: None) -> Sweep:
        """Sweep now, and tell what is new; as for :meth:`Sweeping.run`."""
        sweep = self.sweeping.run(progress)
        if sweep.state is SweepState.DONE:
            self.news.tell(self.sweeping.clock())
        return sweep

    def lost(self, mailboxes: Mapping[Login, datetime]) -> frozenset[Login]:
        """Those that the last sweep, where it began after the instant, could not read or find."""
        sweep = self.store.last_done()
        looked = [one for one, since in mailboxes.items() if sweep and sweep.started > since]
        if not looked:
            return frozenset()
        known: set[Login] = set()
        for start in range(0, len(looked), _AT_A_TIME):
            known |= self.store.known(looked[start : start + _AT_A_TIME]).keys()
        problems = self.store.every(Question(problems=True))
        closed = {one.login for one in problems if not one.unreadable}
        return frozenset(one for one in looked if one not in known or one in closed)

    def run_if_due(self) -> Sweep | None:
        """Sweep if it is time; tell what is new, also what could not be told before."""
        sweep = self.sweeping.run_if_due()
        self.news.tell(self.sweeping.clock())
        return sweep


@dataclass(slots=True)
class BackgroundSweeps:
    """A duty of a worker, whose other duties do not wait for the end of a sweep.

    The thread ends with its process at any moment, and the next one goes on.
    """

    register: Register
    _thread: threading.Thread | None = field(default=None, init=False)

    def attend(self) -> None:
        """Begin in a thread of its own, unless one is at it."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="register", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            self.register.run_if_due()
        except SieveManagerError as error:
            _log.warning("the sweep of the register: %s", error)
        except Exception:  # noqa: BLE001 - the thread's only caller; without this it is silent
            _log.exception("the sweep of the register failed by a mistake of ours")
