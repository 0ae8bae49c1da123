"""A list of cases: rehearsed line by line, run as rehearsed, and taken back."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

import pytest

from sieve_manager.adapters.day_words import day_words
from sieve_manager.adapters.memory_cases import MemoryCases
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.adapters.memory_ledger import MemoryLedger
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.case import OVER_STATES, Case, CaseState
from sieve_manager.application.case_batch_lines import TEMPLATE
from sieve_manager.application.case_batches import CaseBatches
from sieve_manager.application.case_entry import EntryReader
from sieve_manager.application.case_json import load_terms
from sieve_manager.application.cases import Cases
from sieve_manager.application.job_upkeep import prune_jobs
from sieve_manager.application.jobs import Item, ItemState, Job, JobState
from sieve_manager.application.ledger import all_items, cancel, checksum_of, start
from sieve_manager.application.staff import Staff
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import InvalidInputError, NotAllowedError, StorageError
from sieve_manager.policy.case_policy import CasePolicy, Concern
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import Circle, StaffRules
from tests.application.world import OwnAddress, World

HELEN = Actor(name="helen@example.com", channel=Channel.WEB, role=Role.OPERATOR)
OWNER = Actor(name="lea@example.com", channel=Channel.WEB)
ADMINISTRATOR = "boss@example.com"
POLICY = Policy(default_timezone="Europe/Zurich", internal_domains=frozenset({"example.com"}))
PEOPLE = tuple(
    Person(login=Login(f"{name}@example.com"), name=name.title(),
           address=EmailAddress.parse(f"{name}@example.com"),
           aliases=(EmailAddress.parse(f"{name}.x@example.com"),))
    for name in ("anna", "bea", "boss", "lea", "max")
)  # fmt: skip
FILE = (
    b"Leaver;To;Last_day;Reply;Ticket\r\n"
    b"lea@example.com;anna@example.com;2027-03-31;de;T-1\r\n"
    b"max.x@example.com;anna@example.com;;;T-2\r\n"
)


@dataclass
class Batch:
    """Batches over mailboxes in memory, with the worker's part played by hand."""

    world: World = field(default_factory=lambda: World(policy=POLICY))
    store: MemoryCases = field(default_factory=MemoryCases)

    def __post_init__(self) -> None:
        directory = MemoryDirectory(people=PEOPLE)
        self.ledger = MemoryLedger(clock=self.world.tick)
        staff = Staff(
            directory=directory,
            addresses=OwnAddress(),
            rules=StaffRules(administrators=Circle.of((ADMINISTRATOR,))),
            has_master=True,
        )
        self.cases = Cases(
            forwards=self.world.forwards, store=self.store, staff=staff, clock=self.world.tick
        )
        self.batches = CaseBatches(
            cases=self.cases,
            entries=EntryReader(day_words=day_words, find=directory.by_address),
            staff=staff,
            ledger=self.ledger,
            policy=POLICY,
        )

    def work(self, job: Job) -> list[Item]:
        """Handle all that waits, as a worker does."""
        handle = self.batches.handle
        while leased := self.ledger.lease("w", [job.id], 10, 60.0):
            at = self.ledger.job(job.id)
            self.ledger.settle("w", [(item, handle(at, item)) for item in leased])
        return list(all_items(self.ledger, job.id))

    def begin(self, job: Job) -> Job:
        """Start what was rehearsed."""
        checksum = checksum_of(self.ledger, job.id)
        assert self.ledger.move(self.ledger.job(job.id), JobState.READY, checksum=checksum)
        return start(self.ledger, job.id, checksum)

    def run(self, job: Job) -> list[Item]:
        """Start what was rehearsed, and handle it."""
        started = self.begin(job)
        items = self.work(started)
        assert self.ledger.move(started, JobState.DONE)
        return items

    def scripts(self, login: str) -> dict[str, bytes]:
        held = self.world.server.mailbox(Login(login)).scripts
        return {name.text: octets for name, octets in held.items()}


@pytest.fixture
def batch() -> Batch:
    return Batch()


def states(items: list[Item]) -> list[ItemState]:
    return [item.state for item in items]


def test_a_rehearsal_plans_each_line_and_writes_nothing(batch: Batch) -> None:
    items = batch.work(batch.batches.rehearse(HELEN, FILE))
    assert [item.key for item in items] == ["lea@example.com", "max@example.com"]
    assert states(items) == [ItemState.DONE, ItemState.DONE]
    assert all(len(str(item.result["checksum"])) == 64 for item in items)
    assert batch.scripts("lea@example.com") == {}
    assert batch.store.of_mailbox(Login("lea@example.com")) == ()


def test_what_was_rehearsed_is_run_and_taken_back(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    items = batch.run(job)
    assert states(items) == [ItemState.DONE, ItemState.DONE]
    case = batch.store.case(int(str(items[0].result["case"])))
    assert (case.state, case.batch, case.begun_by) == (CaseState.ACTIVE, job.id, HELEN)
    assert (case.terms.ticket, str(case.terms.forward.period.last_day)) == ("T-1", "2027-03-31")
    assert b"anna@example.com" in batch.scripts("lea@example.com")["sieve-manager"]
    assert b"Lea ist nicht mehr" in batch.scripts("lea@example.com")["sieve-manager"]
    back = batch.batches.undo(HELEN, job.id)
    assert states(batch.work(back)) == [ItemState.DONE] * 2
    assert batch.scripts("lea@example.com") != {}
    assert states(batch.run(back)) == [ItemState.DONE] * 2
    assert batch.scripts("lea@example.com") == batch.scripts("max@example.com") == {}
    assert batch.store.case(case.id).state is CaseState.UNDONE
    with pytest.raises(InvalidInputError):
        batch.batches.undo(HELEN, back.id)


def test_a_batch_is_kept_as_long_as_it_could_be_taken_back(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    batch.run(job)
    for login in ("lea@example.com", "max@example.com"):
        assert prune_jobs(batch.ledger, batch.store, batch.world.tick()) == 0
        (case,) = batch.store.of_mailbox(Login(login))
        access = Access(login=Login(login), actor=HELEN)
        if login == "lea@example.com":
            batch.cases.end(access, case.id, None)
    back = batch.batches.undo(HELEN, job.id)
    assert states(batch.work(back)) == [ItemState.UNCHANGED, ItemState.DONE]
    batch.run(back)
    assert prune_jobs(batch.ledger, batch.store, batch.world.tick()) == 1
    assert batch.ledger.jobs() == (batch.ledger.job(back.id),)


@pytest.mark.parametrize("undoes", [False, True])
def test_nothing_is_done_for_who_has_left_the_helpdesk_since(batch: Batch, undoes: bool) -> None:
    staff, circle = batch.batches.staff, Circle.of((HELEN.name,))
    batch.batches = replace(
        batch.batches, staff=replace(staff, rules=replace(staff.rules, operators=circle))
    )
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    if undoes:
        assert states(batch.run(job)) == [ItemState.DONE] * 2
        job = batch.batches.undo(HELEN, job.id)
        batch.work(job)
    before = batch.scripts("lea@example.com")
    batch.batches = replace(batch.batches, staff=staff)
    items = batch.run(job)
    assert states(items) == [ItemState.REFUSED] * 2
    assert "not in the helpdesk any more" in items[0].error
    assert batch.scripts("lea@example.com") == before


def test_nothing_is_done_outside_of_what_operators_act_for_by_now(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    staff = batch.batches.staff
    rules = replace(staff.rules, protected=Circle.of(("max@example.com",)))
    batch.batches = replace(batch.batches, staff=replace(staff, rules=rules))
    items = batch.run(job)
    assert states(items) == [ItemState.DONE, ItemState.REFUSED]
    assert items[1].error
    assert batch.scripts("max@example.com") == {}
    elsewhere = replace(staff.rules, operator_domains=frozenset({"example.org"}))
    job = batch.batches.undo(HELEN, job.id)
    batch.work(job)
    batch.batches = replace(batch.batches, staff=replace(staff, rules=elsewhere))
    assert states(batch.run(job)) == [ItemState.REFUSED]
    assert batch.scripts("lea@example.com") != {}


def test_the_way_back_leaves_what_others_changed_meanwhile(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    batch.run(job)
    held = batch.world.server.mailbox(Login("lea@example.com"))
    name = ScriptName("sieve-manager")
    held.scripts[name] += b"# theirs\r\nkeep;\r\n"
    back = batch.batches.undo(HELEN, job.id)
    batch.work(back)
    batch.run(back)
    assert batch.scripts("lea@example.com") == {"sieve-manager": b"# theirs\r\nkeep;\r\n"}
    assert batch.scripts("max@example.com") == {}


def test_a_mailbox_that_was_changed_since_the_rehearsal_is_left_alone(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    held = batch.world.server.mailbox(Login("lea@example.com"))
    held.scripts[ScriptName("new")] = b"keep;\r\n"
    held.active = ScriptName("new")
    items = batch.run(job)
    assert states(items) == [ItemState.FAILED, ItemState.DONE]
    assert "changed since the rehearsal" in items[0].error
    assert batch.scripts("lea@example.com") == {"new": b"keep;\r\n"}
    assert batch.store.of_mailbox(Login("lea@example.com")) == ()


def test_a_line_whose_worker_was_killed_is_not_done_twice(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    started = batch.begin(job)
    first, _ = batch.ledger.lease("killed", [job.id], 2, 60.0)
    batch.batches.handle(started, first)
    written = batch.scripts("lea@example.com")
    again = batch.batches.handle(started, replace(first, attempts=first.attempts + 1))
    assert again.state is ItemState.DONE
    assert batch.scripts("lea@example.com") == written
    assert len(batch.store.of_mailbox(Login("lea@example.com"))) == 1


@pytest.mark.parametrize("written", [False, True])
def test_a_case_that_was_cut_off_in_its_beginning_is_settled(batch: Batch, written: bool) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    started = batch.begin(job)
    first, _ = batch.ledger.lease("killed", [job.id], 2, 60.0)
    case_id = int(str((batch.batches.handle(started, first).result or {})["case"]))
    case = replace(batch.store.case(case_id), state=CaseState.BEGINNING, version=None)
    batch.store.keep(case)
    if not written:
        batch.world.server.mailbox(Login("lea@example.com")).scripts.clear()
        batch.world.server.mailbox(Login("lea@example.com")).active = None
    again = batch.batches.handle(started, replace(first, attempts=2))
    assert again.state is ItemState.DONE
    (kept,) = batch.store.of_mailbox(Login("lea@example.com"))
    assert (kept.state, kept.number) == (CaseState.ACTIVE, 1)
    assert b"case 1, forward" in batch.scripts("lea@example.com")["sieve-manager"]


def test_a_case_that_was_extended_since_is_taken_back_as_a_whole(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    batch.run(job)
    (case,) = batch.store.of_mailbox(Login("lea@example.com"))
    period = replace(case.terms.forward.period, last_day=date(2027, 4, 30))
    longer = replace(case.terms, forward=replace(case.terms.forward, period=period))
    access = Access(login=case.login, actor=HELEN)
    batch.cases.change(access, case.id, longer, None)
    back = batch.batches.undo(HELEN, job.id)
    batch.work(back)
    assert states(batch.run(back)) == [ItemState.DONE] * 2
    assert batch.store.case(case.id).state is CaseState.ENDED
    assert batch.scripts("lea@example.com") == {}


@dataclass
class Forgetful:
    """The cases of a process that is killed before it keeps what became of one."""

    inner: MemoryCases

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def keep(self, case: Case) -> None:
        raise StorageError(f"killed before case {case.id} was kept")


@pytest.mark.parametrize("kept", [False, True])
def test_taking_back_is_done_once_where_the_worker_was_killed(batch: Batch, kept: bool) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    batch.run(job)
    back = batch.batches.undo(HELEN, job.id)
    batch.work(back)
    started = batch.begin(back)
    first, _ = batch.ledger.lease("killed", [back.id], 2, 60.0)
    if kept:
        batch.batches.handle(started, first)
    else:
        forgetful = cast(MemoryCases, Forgetful(batch.store))
        cut = replace(batch.batches, cases=replace(batch.cases, store=forgetful))
        with pytest.raises(StorageError):
            cut.handle(started, first)
    assert batch.scripts("lea@example.com") == {}
    again = batch.batches.handle(started, replace(first, attempts=2))
    assert again.state is ItemState.DONE
    (case,) = batch.store.of_mailbox(Login("lea@example.com"))
    assert case.state in OVER_STATES


def test_what_a_killed_worker_had_begun_when_all_was_cancelled_is_taken_back(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    started = batch.begin(job)
    first, _ = batch.ledger.lease("killed", [job.id], 2, 1.0)
    batch.batches.handle(started, first)
    cancel(batch.ledger, job.id)
    with pytest.raises(InvalidInputError, match="nothing that could be taken back now"):
        batch.batches.undo(HELEN, job.id)  # the worker may still be at it
    batch.world.tick()
    batch.ledger.reclaim()
    items = list(all_items(batch.ledger, job.id))
    assert states(items) == [ItemState.CANCELLED] * 2
    back = batch.batches.undo(HELEN, job.id)
    batch.work(back)
    assert [(item.key, item.state) for item in batch.run(back)] == [
        ("lea@example.com", ItemState.DONE)
    ]
    assert batch.scripts("lea@example.com") == {}


@pytest.mark.parametrize("agreed", [False, True])
def test_a_case_that_waits_for_a_colleague_is_not_said_to_be_done(
    batch: Batch, agreed: bool
) -> None:
    policy = CasePolicy(approval_for=frozenset({Concern.ENDLESS}))
    cases = replace(batch.cases, policy=policy)
    batch.batches = replace(batch.batches, cases=cases)
    job = batch.batches.rehearse(HELEN, FILE)
    items = batch.work(job)
    assert states(items) == [ItemState.DONE] * 2
    assert [len(cast(list[str], item.result["warnings"])) for item in items] == [0, 1]
    items = batch.run(job)
    assert states(items) == [ItemState.DONE, ItemState.UNCHANGED]
    assert "has to agree" in items[1].error
    assert batch.scripts("max@example.com") == {}
    back = batch.batches.undo(HELEN, job.id)
    assert states(batch.work(back)) == [ItemState.DONE] * 2
    if agreed:
        (case,) = batch.store.of_mailbox(Login("max@example.com"))
        other = replace(HELEN, name="bea@example.com")
        cases.approve(Access(login=case.login, actor=other), case.id, None)
    after = [ItemState.DONE, ItemState.FAILED if agreed else ItemState.DONE]
    assert states(batch.run(back)) == after


def test_each_line_that_cannot_be_used_says_where_and_why(batch: Batch) -> None:
    lines = (
        "leaver,to,first_day,copy,reply\n"
        "lea@example.com,nobody,tomorrow,shelf,tlh\n"
        "boss@example.com,anna@example.com,,,\n"
        "max@example.com,max@example.com,,,\n"
        "max@example.com,anna@example.com,,,\n"
        "bad name,anna@example.com,,,\n"
        "bea@example.com,anna@example.com,,,,x\n"
    )
    job = batch.batches.rehearse(HELEN, lines.encode())
    items = {item.key: item for item in batch.work(job)}
    assert states(list(items.values())) == [ItemState.REFUSED] * 3
    errors = items["lea@example.com"].error.splitlines()
    assert [line.partition(":")[0] for line in errors] == [
        "line 2, column 2 (to)",
        "line 2, column 4 (copy)",
        "line 2, column 3 (first_day)",
    ]
    assert "protected" in items["boss@example.com"].error
    assert "of this mailbox itself" in items["max@example.com"].error
    problems = job.payload["problems"]
    assert isinstance(problems, list)
    assert [(one["line"], one["column"]) for one in problems] == [(5, 1), (6, 1), (7, 6)]


def test_days_are_read_as_spreadsheets_write_them(batch: Batch) -> None:
    lines = (
        "leaver;to;first_day;last_day\r\n"
        "lea@example.com;anna@example.com;2027-03-01;31.03.2027\r\n"
        "max@example.com;anna@example.com;1.3.2027;3/31/2027\r\n"
        "bea@example.com;anna@example.com;31.02.2027;\r\n"
    )
    lea, max_, bea = batch.work(batch.batches.rehearse(HELEN, lines.encode()))
    period = load_terms(str(lea.result["terms"])).forward.period
    assert (str(period.first_day), str(period.last_day)) == ("2027-03-01", "2027-03-31")
    assert max_.error.startswith("line 3, column 4 (last_day): “3/31/2027” is not a day.")
    assert bea.error.startswith("line 4, column 3 (first_day)")


def test_a_file_without_a_usable_line_makes_no_job(batch: Batch) -> None:
    for octets in (b"", b"leaver,to\n", b"name\nx\n", b"\xff\xfe", b"leaver,to\nx y,\n"):
        with pytest.raises(InvalidInputError):
            batch.batches.rehearse(HELEN, octets)
    assert batch.ledger.jobs() == ()


def test_a_file_that_is_almost_all_wrong_makes_no_job(batch: Batch) -> None:
    with pytest.raises(InvalidInputError, match="More than 1000 lines") as refused:
        batch.batches.rehearse(HELEN, FILE + b"x y;z\n" * 1001)
    assert len(str(refused.value)) < 5000
    assert batch.ledger.jobs() == ()


def test_an_owner_makes_no_batch(batch: Batch) -> None:
    with pytest.raises(NotAllowedError):
        batch.batches.rehearse(OWNER, FILE)
    with pytest.raises(NotAllowedError):
        batch.batches.undo(OWNER, 1)


def test_the_template_can_be_used_as_it_is(batch: Batch) -> None:
    items = batch.work(batch.batches.rehearse(HELEN, TEMPLATE.encode("utf-8-sig")))
    assert states(items) == [ItemState.DONE], items[0].error


def test_a_right_that_was_withdrawn_since_the_rehearsal_counts(batch: Batch) -> None:
    job = batch.batches.rehearse(HELEN, FILE)
    batch.work(job)
    rules = StaffRules(protected=Circle.of(("lea@example.com",)))
    batch.batches = replace(batch.batches, staff=replace(batch.batches.staff, rules=rules))
    assert states(batch.run(job)) == [ItemState.REFUSED, ItemState.DONE]
    access = Access(login=Login("lea@example.com"), actor=HELEN)
    assert batch.world.forwards.overview(access).handover is None
