"""What an error means for an item and its job, and how far a job is."""

from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.jobs import (
    MOST_ATTEMPTS,
    Counts,
    Halted,
    ItemState,
    Job,
    JobState,
    Outcome,
    Postponed,
    pause_seconds,
    progress,
    verdict,
)
from sieve_manager.errors import (
    AccountDisabledError,
    MailboxBusyError,
    NotPermittedError,
    OutcomeUnknownError,
    PolicyRefusedError,
    SaveFailedError,
    SieveManagerError,
    SignInRefusedError,
    StorageError,
    TemporaryError,
    UnreachableError,
)
from sieve_manager.errors import Outcome as Saved

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def failed_save(cause: SieveManagerError) -> SaveFailedError:
    return SaveFailedError(step="activate", outcome=Saved.UNKNOWN, cause=cause)


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("away"),
        TemporaryError("later"),
        MailboxBusyError("busy"),
        StorageError("locked"),
        OutcomeUnknownError("cut off"),
        failed_save(OutcomeUnknownError("cut off")),
        failed_save(UnreachableError("away")),
    ],
)
def test_what_may_pass_is_tried_again_later(error: SieveManagerError) -> None:
    found = verdict(error, 1, 0.0)
    assert found == Postponed(seconds=1.0, error=str(error))


@pytest.mark.parametrize(
    "error",
    [
        SignInRefusedError("refused"),
        NotPermittedError("needs a master user"),
        failed_save(SignInRefusedError("refused")),
    ],
)
def test_a_refused_master_halts_the_job(error: SieveManagerError) -> None:
    assert verdict(error, 1, 0.0) == Halted(reason=str(error))


@pytest.mark.parametrize(
    "error",
    [
        AccountDisabledError("closed"),
        NotPermittedError("no scripts", server_text="Sieve processing is disabled for this user."),
        PolicyRefusedError(["too many"]),
        failed_save(AccountDisabledError("closed")),
    ],
)
def test_what_concerns_one_mailbox_fails_only_that(error: SieveManagerError) -> None:
    assert verdict(error, 1, 0.0) == Outcome(state=ItemState.FAILED, error=str(error))


def test_an_item_is_given_up_after_so_many_attempts() -> None:
    found = verdict(UnreachableError("away"), MOST_ATTEMPTS, 0.5)
    assert isinstance(found, Outcome)
    assert "14 attempts: away" in found.error


def test_pauses_double_up_to_a_limit_and_differ_by_chance() -> None:
    assert [pause_seconds(attempts, 1.0) for attempts in (1, 2, 3, 99)] == [2, 4, 8, 1800]
    assert pause_seconds(3, 0.0) == 4
    whole = sum(pause_seconds(attempts, 0.5) for attempts in range(1, MOST_ATTEMPTS))
    assert 3600 <= whole <= 2 * 3600


def job(state: JobState, settled_before: int = 0) -> Job:
    return Job(
        id=1,
        kind="test",
        state=state,
        created=NOON,
        actor=Actor(name="anna", channel=Channel.WEB),
        since=NOON,
        settled_before=settled_before,
    )


def test_progress_says_the_rate_since_the_job_was_set_going() -> None:
    counts = Counts(waiting=30, leased=10, done=40, failed=20, cancelled=1)
    found = progress(job(JobState.RUNNING, 10), counts, NOON + timedelta(seconds=25))
    assert (counts.total, counts.settled, counts.open) == (101, 60, 40)
    assert (found.rate, found.seconds_left) == (2.0, 20.0)


@pytest.mark.parametrize("state", [JobState.PAUSED, JobState.READY, JobState.DONE])
def test_a_job_that_does_not_go_on_has_no_end_in_sight(state: JobState) -> None:
    found = progress(job(state), Counts(done=3), NOON + timedelta(seconds=5))
    assert (found.rate, found.seconds_left) == (None, None)


def test_nothing_is_said_before_the_first_item_is_settled() -> None:
    found = progress(job(JobState.RUNNING), Counts(waiting=3), NOON)
    assert (found.rate, found.seconds_left) == (None, None)
