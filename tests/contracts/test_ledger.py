"""The Ledger port, in memory and on both databases."""

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.ledger import DatabaseLedger
from sieve_manager.adapters.database.schema import upgrade
from sieve_manager.adapters.memory_ledger import MemoryLedger
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.jobs import (
    Counts,
    Item,
    ItemState,
    Job,
    JobState,
    NewItem,
    NewJob,
    Outcome,
    Postponed,
)
from sieve_manager.application.ledger import (
    Ledger,
    all_items,
    cancel,
    checksum_of,
    conclude,
    pause,
    resume,
    start,
)
from sieve_manager.domain.roles import Role
from sieve_manager.errors import ChangedMeanwhileError, InvalidInputError
from tests.servers.postgresql import Postgresql

ANNA = Actor(name="anna", channel=Channel.WEB, role=Role.OPERATOR, address="192.0.2.1")
DONE = Outcome(state=ItemState.DONE)
_keys = itertools.count()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(records: Database | None, clock: Clock) -> Ledger:
    return DatabaseLedger(records, clock) if records else MemoryLedger(clock)


def keys(count: int) -> list[str]:
    """Logins that no other test has."""
    return [f"k{next(_keys)}@example.com" for _ in range(count)]


def made(ledger: Ledger, names: list[str], *, rehearse: bool = False) -> Job:
    new = NewJob(kind="test", actor=ANNA, rehearse=rehearse, payload={"file": "leavers.csv"})
    return ledger.create(new, [NewItem(key=name, payload={"of": name}) for name in names])


def lease(ledger: Ledger, *jobs: Job, count: int = 100, holder: str = "a") -> tuple[Item, ...]:
    return ledger.lease(holder, [job.id for job in jobs], count, 60)


def settle(ledger: Ledger, items: tuple[Item, ...], holder: str = "a") -> int:
    return ledger.settle(holder, [(item, DONE) for item in items])


def numbers(items: tuple[Item, ...]) -> list[int]:
    return [item.number for item in items]


def test_a_job_is_kept_with_its_items_in_order(ledger: Ledger, clock: Clock) -> None:
    names = keys(3)
    job = made(ledger, names)
    assert (job.kind, job.state, job.actor) == ("test", JobState.RUNNING, ANNA)
    assert (job.created, job.since, job.payload) == (clock(), clock(), {"file": "leavers.csv"})
    assert ledger.job(job.id) == job
    assert ledger.jobs(limit=1) == (job,)
    assert job in ledger.active()
    assert [(one.number, one.key, one.payload) for one in ledger.items(job.id)] == [
        (number, name, {"of": name}) for number, name in enumerate(names, 1)
    ]
    assert ledger.counts(job.id) == Counts(waiting=3)


def test_items_are_read_a_page_at_a_time_and_by_state(ledger: Ledger) -> None:
    job = made(ledger, keys(5))
    settle(ledger, lease(ledger, job, count=2))
    assert numbers(ledger.items(job.id, after=1, limit=2)) == [2, 3]
    assert numbers(ledger.items(job.id, states=[ItemState.DONE])) == [1, 2]
    assert numbers(tuple(all_items(ledger, job.id))) == [1, 2, 3, 4, 5]
    assert ledger.items(job.id, after=5) == ()


def test_jobs_are_listed_newest_first(ledger: Ledger) -> None:
    first, second = made(ledger, keys(1)), made(ledger, keys(1))
    assert ledger.jobs(limit=2) == (second, first)
    assert ledger.jobs(before=second.id, limit=1) == (first,)


def test_a_job_whose_items_cannot_be_taken_is_not_there(ledger: Ledger) -> None:
    def broken() -> Iterator[NewItem]:
        for name in keys(1_500):
            yield NewItem(key=name)
        raise ValueError("line 1501")

    before = ledger.jobs(limit=1)
    with pytest.raises(ValueError, match="1501"):
        ledger.create(NewJob(kind="test", actor=ANNA), broken())
    assert ledger.jobs(limit=1) == before


@pytest.mark.parametrize("number", [-1, 0, 10**8, 2**63])
def test_an_unknown_job_is_an_error(ledger: Ledger, number: int) -> None:
    with pytest.raises(InvalidInputError) as caught:
        ledger.job(number)
    assert caught.value.code == "no-such-job"


def test_items_are_leased_once_and_in_order(ledger: Ledger) -> None:
    job = made(ledger, keys(5))
    assert numbers(lease(ledger, job, count=2)) == [1, 2]
    assert numbers(lease(ledger, job, count=2, holder="b")) == [3, 4]
    assert numbers(lease(ledger, job)) == [5]
    assert lease(ledger, job) == ()
    assert ledger.counts(job.id) == Counts(leased=5)


def test_a_leased_item_says_how_often_it_was(ledger: Ledger, clock: Clock) -> None:
    job = made(ledger, keys(1))
    (item,) = lease(ledger, job)
    assert (item.state, item.attempts, item.job) == (ItemState.LEASED, 1, job.id)
    clock.pass_seconds(61)
    assert ledger.reclaim() >= 1
    (again,) = lease(ledger, job, holder="b")
    assert again.attempts == 2


def test_one_mailbox_is_leased_once_over_all_jobs(ledger: Ledger) -> None:
    (name,) = keys(1)
    first, second = made(ledger, [name]), made(ledger, [name])
    held = lease(ledger, first)
    assert lease(ledger, second, holder="b") == ()
    assert ledger.settle("a", [(held[0], DONE)]) == 1
    assert numbers(lease(ledger, second, holder="b")) == [1]


def test_items_of_one_mailbox_keep_their_order(ledger: Ledger, clock: Clock) -> None:
    (name,) = keys(1)
    job = made(ledger, [name, *keys(1), name])
    first, other = lease(ledger, job)
    assert numbers((first, other)) == [1, 2]
    ledger.settle("a", [(first, Postponed(seconds=30, error="away")), (other, DONE)])
    assert lease(ledger, job) == ()  # number 3 waits for number 1
    clock.pass_seconds(30)
    again = lease(ledger, job)
    assert numbers(again) == [1]
    settle(ledger, again)
    assert numbers(lease(ledger, job)) == [3]


def test_a_settled_item_holds_what_became_of_it(ledger: Ledger) -> None:
    job = made(ledger, keys(3))
    first, second, third = lease(ledger, job)
    refused = Outcome(state=ItemState.REFUSED, error="outside", result={"rule": "a"})
    unchanged = Outcome(state=ItemState.UNCHANGED)
    assert ledger.settle("a", [(first, refused), (second, unchanged), (third, DONE)]) == 3
    found = ledger.items(job.id)
    assert [one.state for one in found] == ["refused", "unchanged", "done"]
    assert (found[0].error, found[0].result) == ("outside", {"rule": "a"})
    assert ledger.counts(job.id) == Counts(done=1, unchanged=1, refused=1)


def test_settling_twice_is_no_error(ledger: Ledger) -> None:
    job = made(ledger, keys(1))
    items = lease(ledger, job)
    assert [settle(ledger, items), settle(ledger, items)] == [1, 1]
    assert ledger.counts(job.id) == Counts(done=1)


def test_only_who_holds_an_item_settles_it(ledger: Ledger, clock: Clock) -> None:
    job = made(ledger, keys(1))
    late = lease(ledger, job)
    assert settle(ledger, late, holder="b") == 0
    clock.pass_seconds(61)
    ledger.reclaim()
    assert settle(ledger, late) == 0
    again = lease(ledger, job)  # by the same holder: its earlier self is late all the same
    assert settle(ledger, late) == 0
    assert settle(ledger, again) == 1


def test_a_renewed_lease_does_not_run_out(ledger: Ledger, clock: Clock) -> None:
    job = made(ledger, keys(2))
    mine = lease(ledger, job, count=1)
    others = lease(ledger, job, count=1, holder="b")
    clock.pass_seconds(50)
    assert ledger.renew("a", mine + others, 60) == 1
    clock.pass_seconds(50)
    ledger.reclaim()
    assert ledger.counts(job.id) == Counts(leased=1, waiting=1)
    assert ledger.renew("b", others, 60) == 0


def test_items_that_come_back_wait_behind_the_others(ledger: Ledger, clock: Clock) -> None:
    job = made(ledger, keys(4))
    lease(ledger, job, count=2)
    clock.pass_seconds(61)
    ledger.reclaim()
    assert sorted(numbers(lease(ledger, job, count=2))) == [3, 4]
    assert sorted(numbers(lease(ledger, job, count=2))) == [1, 2]


def test_an_item_given_back_was_never_leased(ledger: Ledger) -> None:
    job = made(ledger, keys(2))
    items = lease(ledger, job)
    ledger.give_back("b", items)
    assert ledger.counts(job.id) == Counts(leased=2)
    ledger.give_back("a", items)
    ledger.give_back("a", items)
    assert [(one.number, one.attempts) for one in lease(ledger, job)] == [(1, 1), (2, 1)]


def test_a_postponed_item_waits_for_its_time(ledger: Ledger, clock: Clock) -> None:
    job = made(ledger, keys(2))
    first, second = lease(ledger, job)
    ledger.settle("a", [(first, Postponed(seconds=30, error="server away")), (second, DONE)])
    clock.pass_seconds(29)
    assert lease(ledger, job) == ()
    clock.pass_seconds(1)
    (again,) = lease(ledger, job)
    assert (again.number, again.attempts, again.error) == (1, 2, "server away")


def test_a_paused_job_gives_nothing_out_until_it_goes_on(ledger: Ledger, clock: Clock) -> None:
    job = made(ledger, keys(2))
    settle(ledger, lease(ledger, job, count=1))
    paused = pause(ledger, job.id, "the master user is refused")
    assert (paused.state, paused.reason) == (JobState.PAUSED, "the master user is refused")
    assert pause(ledger, job.id).reason == "the master user is refused"
    assert lease(ledger, job) == ()
    assert paused not in ledger.active()
    clock.pass_seconds(100)
    resumed = resume(ledger, job.id)
    assert (resumed.state, resumed.reason) == (JobState.RUNNING, "")
    assert (resumed.since, resumed.settled_before) == (clock(), 1)
    assert numbers(lease(ledger, job)) == [2]


def test_what_is_in_work_when_a_job_is_cancelled_is_finished(ledger: Ledger) -> None:
    job = made(ledger, keys(4))
    first, second, third = lease(ledger, job, count=3)
    cancelled = cancel(ledger, job.id, "wrong file")
    assert (cancelled.state, cancelled.reason) == (JobState.CANCELLED, "wrong file")
    assert cancelled.finished
    ledger.settle("a", [(first, DONE), (second, Postponed(seconds=1, error="away"))])
    ledger.give_back("a", [third])
    assert ledger.counts(job.id) == Counts(done=1, cancelled=3)
    with pytest.raises(InvalidInputError, match="cancelled"):
        resume(ledger, job.id)


def test_a_lease_that_runs_out_in_a_cancelled_job_is_cancelled(
    ledger: Ledger, clock: Clock
) -> None:
    job = made(ledger, keys(1))
    lease(ledger, job)
    cancel(ledger, job.id)
    clock.pass_seconds(61)
    ledger.reclaim()
    assert ledger.counts(job.id) == Counts(cancelled=1)


def test_a_job_is_done_only_when_nothing_is_open(ledger: Ledger) -> None:
    job = made(ledger, keys(2))
    items = lease(ledger, job)
    settle(ledger, items[:1])
    conclude(ledger, job)
    assert not ledger.move(job, JobState.DONE)
    assert ledger.job(job.id).state is JobState.RUNNING
    settle(ledger, items)
    conclude(ledger, job)
    done = ledger.job(job.id)
    assert (done.state, bool(done.finished)) == (JobState.DONE, True)
    with pytest.raises(InvalidInputError, match="done"):
        cancel(ledger, job.id)


def rehearsed(ledger: Ledger) -> Job:
    """A job that waits to be started: of three items, the first would change something."""
    job = made(ledger, keys(3), rehearse=True)
    assert job.state is JobState.REHEARSING
    first, second, third = lease(ledger, job)
    plan = Outcome(state=ItemState.DONE, result={"plan": 7})
    refused = Outcome(state=ItemState.REFUSED, error="no")
    unchanged = Outcome(state=ItemState.UNCHANGED)
    ledger.settle("a", [(first, plan), (second, refused), (third, unchanged)])
    conclude(ledger, job)
    return ledger.job(job.id)


def test_what_was_rehearsed_and_nothing_else_is_run(ledger: Ledger) -> None:
    job = rehearsed(ledger)
    assert (job.state, job.checksum) == (JobState.READY, checksum_of(ledger, job.id))
    assert lease(ledger, job) == ()
    running = start(ledger, job.id, job.checksum)
    assert (running.state, running.settled_before) == (JobState.RUNNING, 2)
    assert ledger.counts(job.id) == Counts(waiting=1, unchanged=1, refused=1)
    (item,) = lease(ledger, job)
    assert (item.number, item.attempts, item.result) == (1, 1, {"plan": 7})
    settle(ledger, (item,))
    assert ledger.items(job.id)[0].result == {"plan": 7}
    assert start(ledger, job.id, job.checksum).state is JobState.RUNNING


def test_another_rehearsal_than_the_one_seen_is_not_run(ledger: Ledger) -> None:
    job = rehearsed(ledger)
    with pytest.raises(ChangedMeanwhileError):
        start(ledger, job.id, "0" * 64)
    assert ledger.job(job.id).state is JobState.READY


def test_a_job_without_rehearsal_cannot_be_paused_after_its_end(ledger: Ledger) -> None:
    job = made(ledger, [])
    conclude(ledger, job)
    for change in (pause, resume):
        with pytest.raises(InvalidInputError) as caught:
            change(ledger, job.id)
        assert caught.value.code == "job-state"
    with pytest.raises(InvalidInputError):
        start(ledger, job.id, "")


def test_a_paused_rehearsal_goes_on_as_one(ledger: Ledger) -> None:
    job = made(ledger, keys(1), rehearse=True)
    pause(ledger, job.id)
    assert resume(ledger, job.id).state is JobState.REHEARSING


def test_a_state_that_changed_meanwhile_is_left(ledger: Ledger) -> None:
    job = made(ledger, keys(1))
    pause(ledger, job.id)
    assert not ledger.move(job, JobState.CANCELLED)
    assert ledger.job(job.id).state is JobState.PAUSED


def over(ledger: Ledger, count: int = 1) -> Job:
    """A job that is done."""
    job = made(ledger, keys(count))
    settle(ledger, lease(ledger, job))
    conclude(ledger, job)
    return ledger.job(job.id)


def is_there(ledger: Ledger, job: Job) -> bool:
    return job.id in {one.id for one in ledger.jobs()}


def test_jobs_that_are_over_for_long_are_taken_away_with_their_items(
    ledger: Ledger, clock: Clock
) -> None:
    clock.now = datetime(2020, 1, 1, tzinfo=UTC)  # long before the jobs of other tests
    old, kept, running = over(ledger, 3), over(ledger), made(ledger, keys(1))
    in_work = made(ledger, keys(2))
    lease(ledger, in_work, count=1)
    cancel(ledger, in_work.id)
    clock.pass_seconds(60)
    until, late = clock(), over(ledger)
    made(ledger, keys(1))
    assert ledger.prune(until, keep=[kept.id]) == 1
    assert [is_there(ledger, one) for one in (old, kept, running, in_work, late)] == [
        False, True, True, True, True,
    ]  # fmt: skip
    assert ledger.items(old.id) == ()
    assert ledger.counts(kept.id) == Counts(done=1)
    with pytest.raises(InvalidInputError, match="no job"):
        ledger.job(old.id)


def test_the_number_of_the_newest_job_is_never_given_again(ledger: Ledger, clock: Clock) -> None:
    clock.now = datetime(2019, 1, 1, tzinfo=UTC)
    newest = over(ledger)
    clock.pass_seconds(1)
    assert ledger.prune(clock()) == 0
    second = over(ledger)
    assert second.id > newest.id
    clock.pass_seconds(1)
    assert ledger.prune(clock()) == 1
    assert [is_there(ledger, one) for one in (newest, second)] == [False, True]
    assert made(ledger, keys(1)).id > second.id


def test_many_holders_lease_every_item_once(records: Database | None, clock: Clock) -> None:
    shared = MemoryLedger(clock)
    names = keys(60)
    ledgers: list[Ledger] = [
        DatabaseLedger(records, clock) if records else shared for _ in range(6)
    ]
    jobs = [made(ledgers[0], names), made(ledgers[0], names[::-1])]

    def work(number: int) -> list[tuple[int, int]]:
        ledger, holder, got = ledgers[number], f"holder{number}", []
        for attempt in range(400):
            order = jobs if attempt % 2 else jobs[::-1]
            items = lease(ledger, *order, count=7, holder=holder)
            if not items and not ledger.counts(jobs[0].id).open + ledger.counts(jobs[1].id).open:
                break
            got += [(item.job, item.number) for item in items]
            assert settle(ledger, items, holder) == len(items)
        return got

    with ThreadPoolExecutor(6) as threads:
        found = list(itertools.chain(*threads.map(work, range(6))))
    assert len(found) == len(set(found)) == 120


def test_holders_who_want_the_same_keys_in_other_orders_do_not_wait_for_each_other(
    postgresql: Postgresql, clock: Clock
) -> None:
    url = postgresql.new_database()
    upgrade(url)
    database = Database(url)
    ledger, names = DatabaseLedger(database, clock), keys(4)
    jobs = [made(ledger, names), made(ledger, names[::-1])]
    with database.writing() as connection:
        # Slow enough that each would have taken a key which the other one wants next.
        connection.exec_driver_sql(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER slow BEFORE UPDATE ON job_items FOR EACH ROW EXECUTE FUNCTION slow()"
        )

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda job: lease(ledger, job, holder=f"of{job.id}"), jobs))
    database.close()
    assert sorted(len(items) for items in found) == [0, 4]


def test_a_lease_takes_as_long_in_a_large_job_as_in_a_small_one(
    database: Database, clock: Clock
) -> None:
    ledger = DatabaseLedger(database, clock)
    small, large = made(ledger, keys(200)), made(ledger, keys(20_000))

    def least_seconds(job: Job) -> float:
        took = []
        for _ in range(15):
            begun = time.perf_counter()
            items = lease(ledger, job, count=4)
            took.append(time.perf_counter() - begun)
            settle(ledger, items)
        return min(took)  # whatever else the machine does meanwhile

    # Where the whole job is looked at, it is a hundred times as long.
    assert least_seconds(large) < 15 * least_seconds(small)
