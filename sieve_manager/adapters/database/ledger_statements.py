"""The statements of the ledger, and its rows as the words of the application."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)

from sieve_manager.adapters.database.tables_ledger import items, jobs
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.jobs import Item, ItemState, Job, JobState, Payload
from sieve_manager.domain.roles import Role

CREATING = "creating"
"""The state of a job whose items are still coming in; nobody sees it."""

_ACTIVE = tuple(state.value for state in JobState if state.is_active)
_LEASED: ColumnElement[str] = literal_column("'leased'")
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_IN_JOB: BindParameter[int] = bindparam("in_job")
_NOW: BindParameter[float] = bindparam("now")
_HOLDER: BindParameter[str] = bindparam("of_holder")
_JOB_IS_ACTIVE = exists().where(jobs.c.id == _IN_JOB, jobs.c.state.in_(_ACTIVE))
_other, _earlier = items.alias("other"), items.alias("earlier")
# As values and not as EXISTS: PostgreSQL would join all rows of a large job with themselves,
# as long as it has no statistics of it, and these are not there before the job is half done.
_OTHER_LEASE = (
    select(_other.c.number)
    .where(_other.c.key == items.c.key, _other.c.state == _LEASED)
    .limit(1)
    .scalar_subquery()
)
_EARLIER_WAITS = (
    select(_earlier.c.number)
    .where(
        _earlier.c.key == items.c.key,
        _earlier.c.job == items.c.job,
        _earlier.c.number < items.c.number,
        _earlier.c.state == _WAITING,
    )
    .limit(1)
    .scalar_subquery()
)
_NEXT = (
    select(items.c.job, items.c.number)
    .where(
        items.c.job == _IN_JOB,
        items.c.state == _WAITING,
        items.c.not_before <= _NOW,
        _JOB_IS_ACTIVE,
        _OTHER_LEASE.is_(None),
        _EARLIER_WAITS.is_(None),
    )
    .order_by(items.c.not_before, items.c.number)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True, of=items)
    .cte("next_items")
)
LEASE = (
    update(items)
    .where(items.c.job == _NEXT.c.job, items.c.number == _NEXT.c.number)
    .values(
        state=ItemState.LEASED.value,
        holder=_HOLDER,
        expires=bindparam("until"),
        attempts=items.c.attempts + 1,
    )
    .returning(*items.c)
)
# Whoever held it with this number of attempts was the last to hold it, and may say so twice.
_HELD = (
    items.c.job == _IN_JOB,
    items.c.number == bindparam("at_number"),
    items.c.holder == _HOLDER,
    items.c.attempts == bindparam("of_attempts"),
)
RENEW = update(items).where(*_HELD, items.c.state == _LEASED).values(expires=bindparam("until"))
_WAITS_AGAIN = case(
    (
        exists().where(jobs.c.id == items.c.job, jobs.c.state == JobState.CANCELLED.value),
        ItemState.CANCELLED.value,
    ),
    else_=ItemState.WAITING.value,
)
_FREE = {"state": _WAITS_AGAIN, "holder": None, "expires": None}
SETTLE = (
    update(items)
    .where(*_HELD)
    .values(
        state=bindparam("new_state"),
        expires=None,
        error=bindparam("new_error"),
        result=func.coalesce(bindparam("new_result"), items.c.result),
    )
)
POSTPONE = (
    update(items)
    .where(*_HELD)
    .values(not_before=bindparam("until"), error=bindparam("new_error"), **_FREE)
)
GIVE_BACK = update(items).where(*_HELD).values(attempts=items.c.attempts - 1, **_FREE)
_RUN_OUT = (
    select(items.c.job, items.c.number)
    .where(items.c.state == _LEASED, items.c.expires < _NOW)
    .with_for_update(skip_locked=True)  # its holder settles it just now, or somebody reclaims it
)
RECLAIM = (
    update(items)
    .where(tuple_(items.c.job, items.c.number).in_(_RUN_OUT))
    .values(not_before=_NOW, **_FREE)
)
RUN_REHEARSED = (
    update(items)
    .where(items.c.job == _IN_JOB, items.c.state == ItemState.DONE.value)
    .values(state=ItemState.WAITING.value, attempts=0, not_before=0.0, holder=None)
)
CANCEL_WAITING = (
    update(items)
    .where(items.c.job == _IN_JOB, items.c.state == ItemState.WAITING.value)
    .values(state=ItemState.CANCELLED.value)
)
IS_OPEN = select(
    exists().where(
        items.c.job == _IN_JOB,
        items.c.state.in_([state.value for state in ItemState if state.is_open]),
    )
)
COUNTS = select(items.c.state, func.count()).where(items.c.job == _IN_JOB).group_by(items.c.state)
ADD_ITEMS = insert(items)
ADD_JOB = insert(jobs).returning(jobs.c.id)
JOB = select(jobs).where(jobs.c.id == _IN_JOB, jobs.c.state != CREATING)
ACTIVE = select(jobs).where(jobs.c.state.in_(_ACTIVE)).order_by(jobs.c.id)
_newest = select(func.max(jobs.alias("all_jobs").c.id)).scalar_subquery()
# SQLite would give the newest one's number again.
OVER = select(jobs.c.id).where(jobs.c.finished < bindparam("before"), jobs.c.id < _newest)


def item_of(row: Row[Any]) -> Item:
    """A row of the items."""
    return Item(
        job=row.job,
        number=row.number,
        key=row.key,
        payload=json.loads(row.payload),
        state=ItemState(row.state),
        attempts=row.attempts,
        not_before=instant(row.not_before) if row.not_before else None,
        error=row.error,
        result=json.loads(row.result),
    )


def job_of(row: Row[Any]) -> Job:
    """A row of the jobs."""
    return Job(
        id=row.id,
        kind=row.kind,
        state=JobState(row.state),
        resumes_as=JobState(row.resumes_as),
        created=instant(row.created),
        actor=Actor(
            name=row.actor, channel=Channel(row.channel), role=Role(row.role), address=row.address
        ),
        checksum=row.checksum,
        payload=json.loads(row.payload),
        reason=row.reason,
        since=instant(row.since),
        settled_before=row.settled_before,
        finished=instant(row.finished) if row.finished else None,
    )


def instant(seconds: float) -> datetime:
    """Seconds since 1970 as an aware instant."""
    return datetime.fromtimestamp(seconds, UTC)


def dump(payload: Payload) -> str:
    """As JSON in ASCII, which every database keeps as it is."""
    return json.dumps(payload)
