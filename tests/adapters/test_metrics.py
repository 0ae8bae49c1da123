"""The numbers, of one process and of several."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sieve_manager.adapters.metrics import Metrics
from sieve_manager.application.measuring import Reading
from sieve_manager.errors import StorageError

PROCESS = """
from sieve_manager.adapters.metrics import Metrics
metrics = Metrics()
metrics.save("saved")
metrics.request("overview.page", 200, 0.02)
metrics.gauge("jobs", "Jobs", ("state",), lambda: [(("waiting",), 7)])
print(metrics.page().decode())
"""


def test_everything_is_counted_by_its_labels() -> None:
    metrics = Metrics()
    metrics.request("overview.page", 200, 0.02)
    metrics.request("overview.page", 200, 0.02)
    metrics.request("none", 404, 0.001)
    metrics.save("saved")
    metrics.sign_in("password", "refused")
    metrics.round_trip("managesieve", "AUTHENTICATE", "no", 0.01)
    page = metrics.page().decode()
    for line in (
        'sieve_manager_requests_total{endpoint="overview.page",status="200"} 2.0',
        'sieve_manager_requests_total{endpoint="none",status="404"} 1.0',
        'sieve_manager_request_seconds_count{endpoint="overview.page"} 2.0',
        'sieve_manager_saves_total{outcome="saved"} 1.0',
        'sieve_manager_sign_ins_total{outcome="refused",way="password"} 1.0',
    ):
        assert line in page.splitlines()
    trips = 'command="AUTHENTICATE",protocol="managesieve",result="no"'
    assert f"sieve_manager_mail_server_round_trips_total{{{trips}}} 1.0" in page


def test_a_gauge_is_looked_up_at_each_reading_and_missing_where_that_fails() -> None:
    metrics = Metrics()
    waiting = [3.0]

    def read() -> Iterator[tuple[tuple[str, ...], float]]:
        if not waiting:
            raise StorageError("no")
        yield ("waiting",), waiting[0]

    metrics.gauge("jobs", "Jobs by state", ("state",), read)
    metrics.save("saved")
    assert 'sieve_manager_jobs{state="waiting"} 3.0' in metrics.page().decode()
    waiting[0] = 4.0
    assert 'sieve_manager_jobs{state="waiting"} 4.0' in metrics.page().decode()
    waiting.clear()
    page = metrics.page().decode()
    assert "sieve_manager_jobs{" not in page
    assert "sieve_manager_saves_total" in page


def test_a_gauge_without_labels_is_one_number() -> None:
    metrics = Metrics()

    def read() -> Reading:
        return [((), 2.0)]

    metrics.gauge("mailboxes", "Mailboxes known", (), read)
    assert "sieve_manager_mailboxes 2.0" in metrics.page().decode()


def test_processes_add_up_and_one_that_ended_still_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    pages = [
        subprocess.run(
            [sys.executable, "-c", PROCESS], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    ]
    lines = pages[-1].splitlines()
    assert 'sieve_manager_saves_total{outcome="saved"} 3.0' in lines
    assert 'sieve_manager_request_seconds_count{endpoint="overview.page"} 3.0' in lines
    assert 'sieve_manager_jobs{state="waiting"} 7.0' in lines
