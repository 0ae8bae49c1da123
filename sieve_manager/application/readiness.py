"""Whether what the service stands on answers, asked seldom and never waited for long."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sieve_manager.errors import SieveManagerError

_log = logging.getLogger(__name__)

OK = "ok"
NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found: each part with ``ok``, ``no answer`` or the name of an error of ours."""

    parts: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Whether every part answers."""
        return all(found == OK for found in self.parts.values())


@dataclass(slots=True)
class _Probe:
    """One part's check. One that hangs is not started a second time."""

    name: str
    check: Callable[[], object]
    thread: threading.Thread | None = None
    found: str = NO_ANSWER

    def start(self) -> None:
        if self.thread is None or not self.thread.is_alive():
            self.found = NO_ANSWER
            self.thread = threading.Thread(target=self._run, name=f"ready-{self.name}", daemon=True)
            self.thread.start()

    def result(self, seconds: float) -> str:
        if self.thread:
            self.thread.join(max(0.0, seconds))
        return self.found

    def _run(self) -> None:
        try:
            self.check()
        except SieveManagerError as error:
            _log.warning("not ready: %s: %s", self.name, error)
            self.found = type(error).__name__
        else:
            self.found = OK


@dataclass(slots=True)
class Readiness:
    """Checks of parts by their names, each of which may raise an error of ours.

    An answer is given again for *keep_seconds*; all checks together may take
    *deadline_seconds*. *clock* returns seconds and never goes back.
    """

    checks: Mapping[str, Callable[[], object]]
    deadline_seconds: float = 3.0
    keep_seconds: float = 5.0
    clock: Callable[[], float] = time.monotonic
    _probes: tuple[_Probe, ...] = field(init=False)
    _asking: threading.Lock = field(init=False, default_factory=threading.Lock)
    _last: Answer | None = field(init=False, default=None)
    _at: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._probes = tuple(_Probe(name, check) for name, check in self.checks.items())

    def answer(self) -> Answer:
        """What is known; who comes while somebody asks gets the answer of before."""
        last = self._last
        if last and self.clock() - self._at < self.keep_seconds:
            return last
        if not self._asking.acquire(blocking=last is None):
            return last or self._ask()
        try:
            if self._last is last:
                self._last, self._at = self._ask(), self.clock()
            return self._last or self._ask()
        finally:
            self._asking.release()

    def _ask(self) -> Answer:
        for probe in self._probes:
            probe.start()
        end = time.monotonic() + self.deadline_seconds
        return Answer(
            parts={probe.name: probe.result(end - time.monotonic()) for probe in self._probes}
        )
