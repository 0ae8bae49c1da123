"""Each write is counted by how it ended."""

from contextlib import suppress

import pytest

from sieve_manager.adapters.memory_records import MemoryLocks
from sieve_manager.adapters.metrics import Metrics
from sieve_manager.application.measuring import MeasuredLocks
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import (
    ChangedMeanwhileError,
    MailboxBusyError,
    Outcome,
    PolicyRefusedError,
    SaveFailedError,
    SieveManagerError,
    StorageError,
    UnreachableError,
    VersionNotFoundError,
)

ANNA = Login("anna")


def counted(metrics: Metrics) -> list[str]:
    lines = metrics.page().decode().splitlines()
    return [line for line in lines if line.startswith("sieve_manager_saves_total")]


def test_a_write_that_ends_well_is_saved() -> None:
    metrics = Metrics()
    with MeasuredLocks(MemoryLocks(), metrics).hold(ANNA):
        pass
    assert counted(metrics) == ['sieve_manager_saves_total{outcome="saved"} 1.0']


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PolicyRefusedError(["no"]), "refused"),
        (ChangedMeanwhileError("no"), "changed_meanwhile"),
        (UnreachableError("no"), "mail_server"),
        (StorageError("no"), "database"),
        (VersionNotFoundError("no"), "error"),
        (
            SaveFailedError(step="put", outcome=Outcome.UNKNOWN, cause=UnreachableError("no")),
            "failed_unknown",
        ),
    ],
)
def test_a_write_that_fails_says_how(error: SieveManagerError, outcome: str) -> None:
    metrics = Metrics()
    with suppress(SieveManagerError), MeasuredLocks(MemoryLocks(), metrics).hold(ANNA):
        raise error
    assert counted(metrics) == [f'sieve_manager_saves_total{{outcome="{outcome}"}} 1.0']


def test_a_mailbox_that_somebody_else_writes_to_is_busy() -> None:
    metrics, locks = Metrics(), MemoryLocks(wait_seconds=0.01)
    with (
        locks.hold(ANNA),
        pytest.raises(MailboxBusyError),
        MeasuredLocks(locks, metrics).hold(ANNA),
    ):
        pass
    assert counted(metrics) == ['sieve_manager_saves_total{outcome="busy"} 1.0']
