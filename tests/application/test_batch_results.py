"""What the file with a batch's results says of each line."""

from datetime import UTC, datetime

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.batch_results import results
from sieve_manager.application.jobs import Item, ItemState, Job, JobState

TERMS = (
    '{"to": ["anna@example.com"], "copy": "none", "first_day": "2027-01-01", "last_day": null,'
    ' "timezone": "UTC", "hold_spam": true, "reply": null, "own_forward": "off", "ticket": "",'
    ' "reason": ""}'
)


def said(item: Item, resumes_as: JobState = JobState.RUNNING) -> str:
    """The last line of the file, without the item's line number and key."""
    job = Job(
        id=1,
        kind="cases",
        state=JobState.CANCELLED,
        created=datetime(2027, 1, 1, tzinfo=UTC),
        actor=Actor(name="helen", channel=Channel.WEB),
        resumes_as=resumes_as,
    )
    return list(results(job, [item]))[-1].strip().removeprefix(",lea,")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (
            Item(job=1, number=1, key="lea", state=ItemState.DONE, result={"terms": TERMS}),
            ",to anna@example.com; copy none; from 2027-01-01; until somebody ends it",
        ),
        (
            Item(job=1, number=1, key="lea", state=ItemState.DONE, result={"exactly": True}),
            ",as it was before",
        ),
        (
            Item(job=1, number=1, key="lea", state=ItemState.REFUSED, error="=no"),
            ",'=no",
        ),
    ],
)
def test_a_line_says_why_not_or_what_it_comes_to(item: Item, words: str) -> None:
    assert said(item).endswith(words)


def test_what_was_only_rehearsed_is_not_called_done() -> None:
    item = Item(job=1, number=1, key="lea", state=ItemState.DONE)
    assert said(item, JobState.REHEARSING) == "rehearsed,,"
    assert said(item) == "done,,"


def test_a_line_that_was_cut_off_when_all_was_cancelled_is_to_be_looked_at() -> None:
    item = Item(job=1, number=1, key="lea", state=ItemState.CANCELLED, attempts=1)
    assert "look at the mailbox's cases" in said(item)
    assert said(item, JobState.REHEARSING) == "cancelled,,"
    untouched = Item(job=1, number=1, key="lea", state=ItemState.CANCELLED)
    assert said(untouched) == "cancelled,,"
