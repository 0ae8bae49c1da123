"""Sessions that have signed in and wait for the next question."""

import threading
import time
import weakref

from sieve_manager.adapters.ldap.session import Session

_KEPT_SECONDS = 30.0  # shorter than firewalls and servers keep a connection that says nothing
_MOST_KEPT = 32


class IdleSessions:
    """Those that nobody uses, the last used first; they end with this object."""

    def __init__(self) -> None:
        self._idle: list[tuple[float, Session]] = []
        self._changing = threading.Lock()
        weakref.finalize(self, _end_all, self._idle)

    def take(self) -> Session | None:
        """One that can be asked, which is now the caller's; None where a new one is needed."""
        while True:
            with self._changing:
                if not self._idle:
                    return None
                since, session = self._idle.pop()
            if time.monotonic() - since < _KEPT_SECONDS and session.is_quiet:
                return session
            session.end()

    def keep(self, session: Session) -> None:
        """Give back one whose questions have all been answered."""
        with self._changing:
            if len(self._idle) < _MOST_KEPT:
                self._idle.append((time.monotonic(), session))
                return
        session.end()


def _end_all(idle: list[tuple[float, Session]]) -> None:
    while idle:
        idle.pop()[1].end()
