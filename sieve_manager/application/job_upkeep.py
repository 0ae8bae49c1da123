"""Looks after the ledger of jobs: takes away what nobody needs any more."""

from datetime import datetime

from sieve_manager.application.case_ports import CaseStore
from sieve_manager.application.ledger import Ledger


def prune_jobs(ledger: Ledger, cases: CaseStore, before: datetime) -> int:
    """Take away the jobs that were over *before* then; how many. StorageError.

    A batch stays as long as one of its cases does: only with its lines can it be taken back.
    """
    return ledger.prune(before, keep=cases.open_batches())
