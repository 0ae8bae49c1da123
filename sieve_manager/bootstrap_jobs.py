"""Wires what is done again and again for cases, for the register, and for the jobs themselves."""

from datetime import timedelta

from sieve_manager.application.case_cleaning import CaseCleaning
from sieve_manager.application.cases import Cases
from sieve_manager.application.duties import Duty
from sieve_manager.application.job_upkeep import prune_jobs
from sieve_manager.application.ledger import Ledger
from sieve_manager.application.register_upkeep import BackgroundSweeps, Register
from sieve_manager.application.reply_renewal import ReplyRenewal
from sieve_manager.settings import Settings

_CLEAN_UP_SECONDS = 600.0
_REPLIES_SECONDS = 60.0
_LOOK_FOR_SWEEP_SECONDS = 60.0
_PRUNE_SECONDS = 24 * 3600.0


def case_duty(cleaning: CaseCleaning) -> Duty:
    """Takes out what cases brought that are over."""
    return Duty(
        name="cases.clean-up",
        every_seconds=_CLEAN_UP_SECONDS,
        run=lambda: sum(1 for _ in cleaning.run()),
    )


def reply_duty(renewal: ReplyRenewal) -> Duty:
    """Tells the replies of cases of new aliases, once a minute."""
    return Duty(name="cases.replies", every_seconds=_REPLIES_SECONDS, run=renewal.run)


def sweep_duty(register: Register) -> Duty:
    """Begins a sweep when one is due."""
    sweeps = BackgroundSweeps(register)
    return Duty(name="register.sweep", every_seconds=_LOOK_FOR_SWEEP_SECONDS, run=sweeps.attend)


def job_duty(settings: Settings, ledger: Ledger, cases: Cases) -> Duty:
    """Takes away jobs that have been over for long."""
    kept = timedelta(days=settings.jobs.retention_days)
    return Duty(
        name="jobs.prune",
        every_seconds=_PRUNE_SECONDS,
        run=lambda: prune_jobs(ledger, cases.store, cases.clock() - kept),
    )
