"""Signed-in sessions that wait a minute for their owner's next click, and no longer."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sieve_manager.errors import ServerError
from sieve_manager.managesieve.connection import Connection

# Somebody who saves has just loaded the page: a round trip more would be felt at each click.
# Within this time it is enough that the server has not said or closed anything since.
_TRUSTED_SECONDS = 5.0
_JOIN_SECONDS = 10.0  # what a last LOGOUT may take


@dataclass(slots=True)
class _Lease:
    key: Hashable
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class _Idle:
    connection: Connection
    since: float


class Pool:
    """Idle connections by key: at most one a key and *size* in all, each *idle_seconds* at most.

    A key stands for one owner and one web session: whoever knows it gets the connection that
    was signed in for it. Two leases of one key at once get a connection each. Make the pool
    in the process that uses it (after a fork); *clock* returns seconds and never goes back.
    """

    def __init__(
        self,
        *,
        idle_seconds: float = 60.0,
        size: int = 64,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._idle_seconds = idle_seconds
        self._size = size
        self._clock = clock
        self._changed = threading.Condition()
        self._idle: OrderedDict[Hashable, _Idle] = OrderedDict()  # the longest idle first
        self._leases: list[_Lease] = []
        self._leaving: list[Connection] = []  # wait for their LOGOUT
        self._closed = False
        self._reaper: threading.Thread | None = None

    @contextmanager
    def lease(self, key: Hashable, connect: Callable[[], Connection]) -> Iterator[Connection]:
        """Lend the idle connection of *key*, once it was checked, or a new one.

        One that was idle for less than 5 s is checked without asking: nothing came, and the
        server has not closed it. Any other has to answer a NOOP.

        Whatever exception leaves the block, the connection is not used again.

        Raises:
            ServerError: whatever *connect* raises.
        """
        lease = _Lease(key)
        with self._changed:
            self._leases.append(lease)
            idle = self._idle.pop(key, None)
        connection: Connection | None = None
        keep = False
        try:
            connection = self._answering(idle) or connect()
            yield connection
            keep = connection.usable
        finally:
            self._take_back(lease, connection, keep=keep)

    def drop(self, key: Hashable) -> None:
        """Let go of the connection of *key*, also of one that is lent at the moment."""
        with self._changed:
            for lease in self._leases:
                lease.dropped = lease.dropped or lease.key == key
            idle = self._idle.pop(key, None)
            if idle:
                self._send_away(idle.connection)

    def reap(self) -> None:
        """Log out what was idle too long or has to go; the pool's own thread calls this."""
        with self._changed:
            while self._idle and self._seconds_left() <= 0:
                self._leaving.append(self._idle.popitem(last=False)[1].connection)
            leaving, self._leaving = self._leaving, []
        for connection in leaving:
            connection.logout()

    def close(self) -> None:
        """Log out everything that is idle; what is lent is closed when it comes back."""
        with self._changed:
            self._closed = True
            self._leaving += [idle.connection for idle in self._idle.values()]
            self._idle.clear()
            self._changed.notify_all()
        self.reap()
        if self._reaper:
            self._reaper.join(_JOIN_SECONDS)

    def _answering(self, idle: _Idle | None) -> Connection | None:
        if idle is None:
            return None
        seconds = self._clock() - idle.since
        if seconds < self._idle_seconds:
            try:
                if seconds < _TRUSTED_SECONDS:
                    idle.connection.expect_silence()
                else:
                    idle.connection.noop()
            except ServerError:
                pass
            else:
                return idle.connection
        idle.connection.close()
        return None

    def _take_back(self, lease: _Lease, connection: Connection | None, *, keep: bool) -> None:
        with self._changed:
            self._leases.remove(lease)
            if connection is None:
                return
            if lease.dropped or self._closed or not keep:
                self._send_away(connection)
                return
            for surplus in (self._idle.pop(lease.key, None), self._surplus()):
                if surplus:
                    self._send_away(surplus.connection)
            is_first = not self._idle  # else the reaper waits for an older one already
            self._idle[lease.key] = _Idle(connection, self._clock())
            if is_first:
                self._wake_reaper()

    def _surplus(self) -> _Idle | None:
        full = len(self._idle) >= self._size
        return self._idle.popitem(last=False)[1] if full else None

    def _send_away(self, connection: Connection) -> None:
        """Leave LOGOUT to the reaper, so that nobody waits for it; drop it if too many wait."""
        if connection.usable and not self._closed and len(self._leaving) < self._size:
            self._leaving.append(connection)
            self._wake_reaper()
        else:
            connection.close()

    def _wake_reaper(self) -> None:
        if self._reaper is None:
            self._reaper = threading.Thread(target=self._run, name="pool-reaper", daemon=True)
            self._reaper.start()
        self._changed.notify_all()

    def _run(self) -> None:
        while not self._closed:
            with self._changed:
                if not self._leaving and not self._closed:
                    self._changed.wait(self._seconds_left() if self._idle else None)
            self.reap()

    def _seconds_left(self) -> float:
        oldest = next(iter(self._idle.values()))
        return oldest.since + self._idle_seconds - self._clock()
