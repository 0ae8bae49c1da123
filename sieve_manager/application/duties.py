"""What is done again and again, by one process at a time: clean-up, reminders, sweeps."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sieve_manager.errors import SieveManagerError

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 10.0  # how often a process asks whether a duty of others has become its own
_AFTER_ERROR_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """*run* is due *every_seconds* after it last ended; it must be safe to be cut off anywhere.

    What it has to do for many mailboxes it leaves to a job.
    """

    name: str
    every_seconds: float
    run: Callable[[], object]


class Roster(Protocol):
    """Who does which duty, and when it is due. Every method may raise StorageError."""

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Whether the duty is due, and *holder* has it now, for so many seconds."""
        ...

    def renew(self, name: str, holder: str, seconds: float) -> None:
        """Let the duty last from now, where *holder* still has it."""
        ...

    def finish(self, name: str, holder: str, due_in_seconds: float) -> None:
        """Lay it down until then, where *holder* still has it."""
        ...


class DutyRounds:
    """Does each of *duties* when it is due and nobody else does; none waits for another."""

    def __init__(
        self, roster: Roster, duties: Sequence[Duty], *, holder: str, lease_seconds: float
    ) -> None:
        self._roster = roster
        self.duties = tuple(duties)
        self._holder = holder
        self._lease_seconds = lease_seconds
        self._ask_at: dict[str, float] = {}
        self._in_work: set[str] = set()

    def watch(self, duty: Duty, stopped: threading.Event) -> None:
        """Attend to one duty until *stopped*, in a thread of its own; finish what is in work."""
        while not stopped.is_set():
            self.attend(duty)
            stopped.wait(min(1.0, duty.every_seconds))

    def renew(self) -> None:
        """Keep the duties in work from being taken over; StorageError."""
        for name in tuple(self._in_work):
            self._roster.renew(name, self._holder, self._lease_seconds)

    def attend(self, duty: Duty) -> None:
        """Do it if it is due; an error is written to the log, and the duty tried again soon."""
        now = time.monotonic()
        if now < self._ask_at.get(duty.name, now):
            return
        self._ask_at[duty.name] = now + min(duty.every_seconds, _LOOK_SECONDS)
        try:
            if self._roster.take(duty.name, self._holder, self._lease_seconds):
                self._do(duty)
        except SieveManagerError as error:
            _log.warning("duty %s: %s", duty.name, error)

    def _do(self, duty: Duty) -> None:
        due = min(duty.every_seconds, _AFTER_ERROR_SECONDS)
        self._in_work.add(duty.name)
        try:
            duty.run()
            due = duty.every_seconds
        except SieveManagerError as error:
            _log.warning("duty %s: %s", duty.name, error)
        except Exception:  # noqa: BLE001 - a mistake in one duty must not end all the others
            _log.exception("duty %s failed by a mistake of ours", duty.name)
        finally:
            self._in_work.discard(duty.name)
            self._roster.finish(duty.name, self._holder, due)
