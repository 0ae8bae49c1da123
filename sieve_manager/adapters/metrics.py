"""What is counted, in the form that Prometheus reads.

Under gunicorn each process keeps its numbers in files of its own below the directory that
``PROMETHEUS_MULTIPROC_DIR`` names, and whichever process is asked adds up all of them; the
library looks for that variable itself. Without it there is one process, and its memory.
"""

import logging
from collections.abc import Callable, Iterator
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from sieve_manager.application.measuring import Reading
from sieve_manager.errors import SieveManagerError

_log = logging.getLogger(__name__)

_PREFIX = "sieve_manager"
# A bare round trip on one host takes a third of a millisecond, a refused password 15 s.
_ROUND_TRIP_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 15)


class Metrics:
    """The Measures port, and the page that Prometheus reads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        shared = _is_shared(self._registry)
        own = None if shared else self._registry
        self._requests = Counter(
            f"{_PREFIX}_requests", "Requests answered", ["endpoint", "status"], registry=own
        )
        self._request_seconds = Histogram(
            f"{_PREFIX}_request_seconds", "Time to answer", ["endpoint"], registry=own
        )
        self._saves = Counter(
            f"{_PREFIX}_saves", "Writes to mailboxes, by how they ended", ["outcome"], registry=own
        )
        self._sign_ins = Counter(
            f"{_PREFIX}_sign_ins", "Attempts to sign in", ["way", "outcome"], registry=own
        )
        self._round_trips = Counter(
            f"{_PREFIX}_mail_server_round_trips",
            "Questions to the mail server, by the first command of each and what came back",
            ["protocol", "command", "result"],
            registry=own,
        )
        self._round_trip_seconds = Histogram(
            f"{_PREFIX}_mail_server_round_trip_seconds",
            "Time until the mail server had answered",
            ["protocol", "command"],
            registry=own,
            buckets=_ROUND_TRIP_SECONDS,
        )
        # Found once: a batch asks thousands of questions a second, always the same few.
        self._round_trip_series = cache(
            lambda protocol, command, result: (
                self._round_trips.labels(protocol, command, result),
                self._round_trip_seconds.labels(protocol, command),
            )
        )

    def request(self, endpoint: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(endpoint, str(status)).inc()
        self._request_seconds.labels(endpoint).observe(seconds)

    def save(self, outcome: str) -> None:
        """Count a write to a mailbox."""
        self._saves.labels(outcome).inc()

    def sign_in(self, way: str, outcome: str) -> None:
        """Count a sign-in."""
        self._sign_ins.labels(way, outcome).inc()

    def round_trip(self, protocol: str, command: str, result: str, seconds: float) -> None:
        """Count a question to the mail server."""
        count, time = self._round_trip_series(protocol, command, result)
        count.inc()
        time.observe(seconds)

    def gauge(
        self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Reading]
    ) -> None:
        """Show a number that is looked up at each reading, the same in every process."""
        self._registry.register(_LookedUp(f"{_PREFIX}_{name}", text, labels, read))

    def page(self) -> bytes:
        """Everything, as text."""
        return generate_latest(self._registry)


class _LookedUp(Collector):
    """A gauge without a memory; where its reading fails, it is missing for once."""

    def __init__(
        self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Reading]
    ) -> None:
        self._name, self._text, self._labels, self._read = name, text, labels, read

    def collect(self) -> Iterator[Metric]:
        """What the registry asks for."""
        family = GaugeMetricFamily(self._name, self._text, labels=self._labels)
        try:
            for values, number in self._read():
                family.add_metric(values, number)
        except SieveManagerError as error:
            _log.warning("%s cannot be read: %s", self._name, error)
            return
        yield family


def _is_shared(registry: CollectorRegistry) -> bool:
    """Whether the numbers of several processes come together; then they do in *registry*."""
    try:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    except ValueError:  # no such directory is named
        return False
    return True
