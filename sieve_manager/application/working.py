"""The worker: takes items from the ledger, lets handlers do them, and writes down what became.

One thread, the dispatcher, talks to the ledger; a fixed number of others run the handlers; one
tends the leases; and each duty has one of its own. Whatever the process has in hand when it is
killed comes back when its leases run out.
"""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from random import SystemRandom

from sieve_manager.application.duties import Duty, DutyRounds, Roster
from sieve_manager.application.jobs import (
    MOST_LEASES,
    Halted,
    Handler,
    Item,
    ItemState,
    Job,
    Outcome,
    Postponed,
    Verdict,
    verdict,
)
from sieve_manager.application.ledger import Ledger, conclude, pause
from sieve_manager.application.ports import AuditLog
from sieve_manager.errors import InvalidInputError, SieveManagerError, StorageError

_log = logging.getLogger(__name__)
_random = SystemRandom()
_IN_HAND = 8  # items for each thread, so that none waits while the dispatcher is at the ledger
_GATHER_SECONDS = 0.2  # outcomes are written down together, at most so late


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a worker goes about it; *threads* items at once."""

    threads: int = 8
    lease_seconds: float = 60.0
    poll_seconds: float = 0.2


@dataclass(slots=True)
class _Work:
    """What the dispatcher and the threads share, under one lock."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    queue: deque[tuple[Job, Item]] = field(default_factory=deque)
    finished: list[tuple[Item, Verdict]] = field(default_factory=list)
    in_work: list[Item] = field(default_factory=list)
    stopping: bool = False

    @property
    def in_hand(self) -> list[Item]:
        queued = [item for _, item in self.queue]
        return [*queued, *self.in_work, *(item for item, _ in self.finished)]


class Worker:
    """Works on jobs of the kinds in *handlers*, and on *duties*, until it is stopped.

    *audit* takes the entries that outcomes bring along.
    """

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        *,
        handlers: Mapping[str, Handler],
        duties: Sequence[Duty] = (),
        audit: AuditLog | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._ledger, self._audit = ledger, audit
        self._handlers = handlers
        self._pace = pace or Pace()
        self._holder = secrets.token_hex(16)
        self._rounds = DutyRounds(
            roster, duties, holder=self._holder, lease_seconds=self._pace.lease_seconds
        )
        self._work = _Work()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._conclude_at = 0.0

    def start(self) -> None:
        """Begin, in threads of its own; returns at once."""
        jobs: list[Callable[[], None]] = [self._dispatch, self._tend_leases]
        jobs += [self._handle] * self._pace.threads
        jobs += [partial(self._rounds.watch, duty, self._stopped) for duty in self._rounds.duties]
        for number, job in enumerate(jobs):
            thread = threading.Thread(target=job, name=f"worker-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, seconds: float = 25.0) -> bool:
        """Finish what is in work, give back the rest; whether that was done in time."""
        with self._work.changed:
            self._work.stopping = True
            self._work.changed.notify_all()
        self._stopped.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _dispatch(self) -> None:
        self._safely(self._ledger.reclaim)
        while self._safely(self._round):
            pass

    def _round(self) -> bool:
        """Write down, take anew, wait; whether there is more to do."""
        self._write_down()
        with self._work.changed:
            stopping, idle = self._work.stopping, not self._work.in_hand
        if stopping and idle:
            return False
        jobs = {job.id: job for job in self._ledger.active() if job.kind in self._handlers}
        self._withdraw({} if stopping else jobs)
        if not stopping:
            self._take(jobs)
            self._conclude(jobs)
        self._wait()
        return True

    def _write_down(self) -> None:
        with self._work.changed:
            finished = tuple(self._work.finished)
        if not finished:
            return
        for item, what in finished:
            if isinstance(what, Halted):
                with suppress(InvalidInputError):  # cancelled meanwhile
                    pause(self._ledger, item.job, what.reason)
        self._write_audit(finished)
        settled = [(item, _lasting(what)) for item, what in finished]
        held = self._ledger.settle(self._holder, settled)
        if held < len(settled):
            _log.warning("%d leases had run out before the end", len(settled) - held)
        with self._work.changed:
            del self._work.finished[: len(finished)]

    def _write_audit(self, finished: Sequence[tuple[Item, Verdict]]) -> None:
        """Append all entries, once, also where settling fails afterwards and is tried again."""
        outcomes = [what for _, what in finished if isinstance(what, Outcome)]
        entries = [entry for outcome in outcomes for entry in outcome.entries]
        if not entries or self._audit is None:
            return
        self._audit.append(entries)
        with self._work.changed:
            for place, (item, what) in enumerate(finished):
                if isinstance(what, Outcome):
                    self._work.finished[place] = item, replace(what, entries=())

    def _withdraw(self, jobs: Mapping[int, Job]) -> None:
        """Give back what was not begun of jobs that do not go on."""
        with self._work.changed:
            kept = deque(entry for entry in self._work.queue if entry[1].job in jobs)
            back = [entry[1] for entry in self._work.queue if entry[1].job not in jobs]
            self._work.queue = kept
        if back:
            self._ledger.give_back(self._holder, back)

    def _take(self, jobs: Mapping[int, Job]) -> None:
        """Fill the queue when it is half empty."""
        threads = self._pace.threads
        with self._work.changed:
            wanted = _IN_HAND * threads - len(self._work.in_hand)
        if wanted < _IN_HAND // 2 * threads or not jobs:
            return
        order = list(jobs)
        _random.shuffle(order)  # a small job need not wait for the end of a large one
        leased = self._ledger.lease(self._holder, order, wanted, self._pace.lease_seconds)
        with self._work.changed:
            self._work.queue.extend((jobs[item.job], item) for item in leased)
            self._work.changed.notify_all()

    def _conclude(self, jobs: Mapping[int, Job]) -> None:
        """See now and then which of the jobs that we have nothing of are done."""
        now = time.monotonic()
        with self._work.changed:
            busy = {item.job for item in self._work.in_hand}
        if busy and now < self._conclude_at:
            return
        self._conclude_at = now + self._pace.poll_seconds
        for number, job in jobs.items():
            if number not in busy:
                conclude(self._ledger, job)

    def _wait(self) -> None:
        """Until enough is finished to be written down, or it is time to look again."""
        work, threads = self._work, self._pace.threads
        with work.changed:
            if not work.in_hand:
                work.changed.wait_for(lambda: work.stopping, self._pace.poll_seconds)
                return
            if not work.finished:
                work.changed.wait_for(
                    lambda: bool(work.finished or (work.stopping and work.queue)),
                    self._pace.poll_seconds,
                )
            work.changed.wait_for(
                lambda: len(work.finished) >= threads or not work.queue, _GATHER_SECONDS
            )

    def _handle(self) -> None:
        work = self._work
        while True:
            with work.changed:
                work.changed.wait_for(lambda: work.queue or work.stopping)
                if work.stopping:
                    return
                job, item = work.queue.popleft()
                work.in_work.append(item)
            what = self._judged(job, item)
            with work.changed:
                work.in_work.remove(item)
                work.finished.append((item, what))
                work.changed.notify_all()

    def _judged(self, job: Job, item: Item) -> Verdict:
        if item.attempts > MOST_LEASES:
            return Outcome(state=ItemState.FAILED, error="workers ended in the middle of it")
        try:
            return self._handlers[job.kind](job, item)
        except SieveManagerError as error:
            return verdict(error, item.attempts, _random.random())
        except Exception as error:  # noqa: BLE001 - one line's mistake must not end the others
            _log.exception("job %d, item %d failed by a mistake of ours", job.id, item.number)
            return Outcome(state=ItemState.FAILED, error=f"internal error ({type(error).__name__})")

    def _tend_leases(self) -> None:
        """Renew our own, also while the dispatcher waits; let those that ran out come back."""
        seconds = self._pace.lease_seconds
        while not self._stopped.wait(seconds / 6):
            try:
                with self._work.changed:
                    in_hand = self._work.in_hand
                # Only these: what was leased to us without our hearing of it must run out.
                self._ledger.renew(self._holder, in_hand, seconds)
                self._rounds.renew()
                self._ledger.reclaim()
            except StorageError as error:
                _log.warning("leases of jobs: %s", error)

    def _safely(self, step: Callable[[], object]) -> bool:
        """Whether to go on: always after an error, which a database that is away is the first."""
        try:
            return bool(step())
        except SieveManagerError as error:
            _log.warning("the ledger of jobs: %s", error)
        except Exception:  # noqa: BLE001 - nobody would start the dispatcher again
            _log.exception("the dispatcher failed by a mistake of ours")
        return not self._stopped.wait(self._pace.poll_seconds)


def _lasting(what: Verdict) -> Outcome | Postponed:
    """What is written down of it; whoever was stopped by a refused master waits."""
    return Postponed(seconds=0.0, error=what.reason) if isinstance(what, Halted) else what
