"""Who watches sees what the workers have before them."""

from datetime import UTC, datetime

from sieve_manager.adapters.memory_ledger import MemoryLedger
from sieve_manager.adapters.metrics import Metrics
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.jobs import JobState, NewItem, NewJob
from sieve_manager.application.measuring_jobs import measure_jobs

NOW = datetime(2027, 2, 10, tzinfo=UTC)
OTTO = Actor(name="otto@example.com", channel=Channel.WEB)


def test_jobs_and_items_are_counted_by_state_as_they_are_when_asked() -> None:
    metrics, ledger = Metrics(), MemoryLedger(lambda: NOW)
    measure_jobs(metrics, ledger)
    assert 'sieve_manager_jobs{state="running"} 0.0' in metrics.page().decode()
    new = NewJob(kind="test", actor=OTTO)
    job = ledger.create(new, [NewItem(key=name) for name in ("anna", "bruno", "carla")])
    ledger.lease("holder", [job.id], 1, 60)
    page = metrics.page().decode()
    assert 'sieve_manager_jobs{state="running"} 1.0' in page
    assert 'sieve_manager_job_items{state="waiting"} 2.0' in page
    assert 'sieve_manager_job_items{state="leased"} 1.0' in page
    assert "otto" not in page
    assert ledger.move(job, JobState.PAUSED, reason="x")
    page = metrics.page().decode()
    assert 'sieve_manager_jobs{state="paused"} 1.0' in page
    assert "sieve_manager_job_items{" not in page, "nobody works on them"
