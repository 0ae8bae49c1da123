"""The sweep: reads every mailbox for the register, in order, and goes on where it was killed.

Several mailboxes are read at once, but they are written down in the order of their logins,
together with a cursor, in one transaction: so none is written twice and none is forgotten,
whenever the process ends. Only as many as are read at once are held in memory.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from sieve_manager.application.jobs import concerns_all
from sieve_manager.application.mailbox_reading import MailboxReader, Read
from sieve_manager.application.ports import Clock
from sieve_manager.application.register_store import (
    KnownMailbox,
    Reading,
    RegisterStore,
    Sweep,
    SweepState,
)
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import CATCH_ALL
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import InvalidInputError, MailboxBusyError, SieveManagerError

Progress = Callable[[Sweep], object]

BUSY = "Another process is at the sweep of the register."
NO_MAILBOXES = "The directory lists no mailboxes; see [directory]."

_CHUNK = 200
_WRITE_SECONDS = 2.0
_LEASE_SECONDS = 30.0
_RENEW_SECONDS = 5.0
_PAUSED_FOR = timedelta(minutes=10)
_REFUSED_BEFORE_ANY = 3  # on Cyrus, a missing mailbox and a refused master look alike
_PER_THREAD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """Sweeps, at most *parallel* mailboxes at once, every *every_hours* (0: on demand only).

    *stands* says whether a redirect address is kept for exactly this address.
    """

    reader: MailboxReader
    register: RegisterStore
    clock: Clock
    parallel: int = 8
    every_hours: float = 24.0
    stands: Callable[[EmailAddress], bool] = lambda _: False

    def due(self, now: datetime) -> bool:
        """Whether a sweep is to go on, or the next one to begin; StorageError."""
        last = self.register.last()
        if self.every_hours <= 0:
            return last is not None and last.state is SweepState.RUNNING  # asked for, or cut off
        match last and last.state:
            case SweepState.PAUSED:
                return last is not None and now >= last.touched + _PAUSED_FOR
            case SweepState.DONE:
                return last is not None and now >= last.started + timedelta(hours=self.every_hours)
            case _:  # none yet, or one whose process may be gone: taking it tells
                return True

    def ask(self) -> None:
        """Let the next worker that looks go on or begin, unless one is at it; StorageError."""
        self.register.take(secrets.token_hex(16), 0.0)

    def run_if_due(self) -> Sweep | None:
        """Sweep if it is time and nobody else does; how far it came."""
        if not self.due(self.clock()):
            return None
        try:
            return self.run()
        except MailboxBusyError:
            return None

    def run(self, progress: Progress = lambda _: None) -> Sweep:
        """Go on with the sweep, or begin one, to its end or until it must be paused.

        Raises:
            MailboxBusyError: another process is at it.
            StorageError, DirectoryError: ours failed; what was written down counts.
        """
        holder = secrets.token_hex(16)
        sweep = self.register.take(holder, _LEASE_SECONDS)
        if sweep is None:
            raise MailboxBusyError(BUSY)
        run = _Run(self, sweep, holder, progress)
        try:
            reason = run.through()
            if not reason:
                self._mark_gone(run.stay)
        except SieveManagerError as error:
            self.register.pause(sweep, holder, str(error))
            raise
        if reason:
            self.register.pause(run.sweep, holder, reason)
            return self.register.last() or run.sweep
        done = self.register.finish(run.sweep, holder)
        if done is None:
            raise MailboxBusyError(BUSY)
        progress(done)
        return done

    def _mark_gone(self, stay: Callable[[], object]) -> None:
        """Look up who has the targets that are inside; it may take long, so *stay* meanwhile."""
        if next(self.reader.directory.logins(), None) is None:
            return
        after = ""
        while targets := self.register.inside_targets(after, _CHUNK):
            gone: dict[str, bool] = {}
            for target in targets:
                gone[target] = not self._exists(target)
                stay()
            self.register.mark_gone(gone)
            after = targets[-1]

    def _exists(self, target: str) -> bool:
        try:
            address = EmailAddress.parse(target)
        except InvalidInputError:
            return True
        spellings = (address, address.without_detail)
        if any(self.reader.directory.by_address(one) for one in spellings):
            return True
        rest = EmailAddress(CATCH_ALL, address.domain)
        return any(self.stands(one) for one in (*spellings, rest))


@dataclass(slots=True)
class _Run:
    """One process's part of a sweep.

    *doubtful* holds what may be the server's fault rather than the mailbox's: it is written
    down only once another mailbox could be read after it.
    """

    use: Sweeping
    sweep: Sweep
    holder: str
    progress: Progress
    ready: list[Reading] = field(default_factory=list)
    doubtful: list[Reading] = field(default_factory=list)
    usual: tuple[ScriptName, ...] = ()
    accepted: bool = False
    written: float = field(default_factory=time.monotonic)

    def through(self) -> str:
        """All mailboxes that are left; returns why it must be paused, or ""."""
        waiting: deque[Future[Read]] = deque()
        pool = ThreadPoolExecutor(self.use.parallel, thread_name_prefix="sweep")
        try:
            for login, known in self._left():
                waiting.append(pool.submit(self.use.reader.read, login, known, self.usual))
                # Until the master was let in once, nothing else is tried.
                most = self.use.parallel * _PER_THREAD if self.accepted else 1
                while len(waiting) >= most:
                    if reason := self._take(waiting.popleft()):
                        return reason
            while waiting:
                if reason := self._take(waiting.popleft()):
                    return reason
        finally:
            pool.shutdown(cancel_futures=True)
        return self._end()

    def stay(self) -> None:
        """Keep others from taking the sweep over; MailboxBusyError where one did."""
        if time.monotonic() - self.written > _RENEW_SECONDS:
            self._write()

    def _left(self) -> Iterator[tuple[Login, KnownMailbox | None]]:
        cursor = self.sweep.cursor
        logins = (one for one in self.use.reader.directory.logins() if one.text > cursor)
        while chunk := tuple(islice(logins, _CHUNK)):
            known: Mapping[Login, KnownMailbox] = self.use.register.known(chunk)
            yield from ((login, known.get(login)) for login in chunk)

    def _take(self, future: "Future[Read]") -> str:
        while not future.done() and wait((future,), timeout=_RENEW_SECONDS).not_done:
            self._write()  # nothing perhaps, but it says that we are at it
        read = future.result()
        reason = self._judge(read)
        due = time.monotonic() - self.written > _WRITE_SECONDS
        if reason or due or len(self.ready) >= _CHUNK:
            self._write()
        return reason

    def _judge(self, read: Read) -> str:
        """Put it where it belongs; returns why the sweep must be paused, or ""."""
        error = read.error
        if error is not None and (concerns_all(error) or error.retryable):
            self.doubtful.append(read.reading)
            if concerns_all(error):
                enough = self.accepted or len(self.doubtful) >= _REFUSED_BEFORE_ANY
            else:
                enough = len(self.doubtful) >= self.use.parallel * _PER_THREAD
            return str(error) if enough else ""
        if error is None:
            self.accepted = True
            self.usual = read.reading.scripts or self.usual
        self.ready += [*self.doubtful, read.reading]
        self.doubtful = []
        return ""

    def _end(self) -> str:
        if self.doubtful and not self.accepted:
            return self.doubtful[0].problem
        self.ready += self.doubtful
        self._write()
        return "" if self.sweep.read + self.sweep.failed else NO_MAILBOXES

    def _write(self) -> None:
        sweep = self.use.register.write(self.sweep, self.holder, self.ready, _LEASE_SECONDS)
        if sweep is None:
            raise MailboxBusyError(BUSY)
        self.sweep, self.ready, self.written = sweep, [], time.monotonic()
        self.progress(sweep)
