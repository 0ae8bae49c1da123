"""Several people, the clean-up and kills at one case: nothing is lost, nothing runs unknown."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sieve_manager.adapters.memory_cases import MemoryCases
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.case import Case, CaseState, NewCase
from sieve_manager.application.case_cleaning import CaseCleaning
from sieve_manager.application.cases import Cases
from sieve_manager.application.staff import Staff
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError, NotAllowedError
from sieve_manager.policy.case_policy import CasePolicy, Concern
from sieve_manager.policy.rights import StaffRules
from tests.application.test_case_batches import POLICY
from tests.application.world import LOGIN, NOW, OwnAddress, World, forward

INSIDE, OUTSIDE = "bea@example.com", "x@outside.example.net"
MARCH, APRIL = date(2027, 3, 1), date(2027, 4, 1)


def operator(name: str) -> Access:
    actor = Actor(name=f"{name}@example.com", channel=Channel.WEB, role=Role.OPERATOR)
    return Access(login=LOGIN, actor=actor)


HELEN, OTTO, OLGA = map(operator, ("helen", "otto", "olga"))
HELENS = Person(
    login=Login("helen@example.com"),
    aliases=(EmailAddress.parse("hm@example.com"), EmailAddress.parse("helen.m@example.com")),
)
ADA = replace(HELEN, actor=Actor(name="ada", channel=Channel.WEB, role=Role.ADMINISTRATOR))


def terms(to: str, last: date = MARCH) -> CaseTerms:
    wanted = forward(to, copy="none")
    period = replace(wanted.period, last_day=last)
    return CaseTerms(forward=replace(wanted, period=period), ticket="T", reason="r")


class Desk:
    """One mailbox, where outside and endless cases take a second person."""

    def __init__(self) -> None:
        self.world = World(policy=POLICY)
        self.store = MemoryCases()
        self.cases = Cases(
            forwards=self.world.forwards,
            store=self.store,
            staff=Staff(
                directory=MemoryDirectory(people=(HELENS,)),
                addresses=OwnAddress(),
                rules=StaffRules(),
                has_master=True,
            ),
            clock=self.world.tick,
            policy=CasePolicy(approval_for=frozenset(Concern)),
        )
        self.cleaning = CaseCleaning(cases=self.cases, clock=self.world.tick)

    def begin(self, to: str) -> Case:
        loaded = self.cases.plan_begin(HELEN, terms(to)).loaded
        return self.cases.begin(HELEN, terms(to), loaded)

    def forwards_to(self, to: str) -> bool:
        return any(to.encode() in octets for octets in self.world.scripts.values())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def between(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, act: Callable[[], object]
) -> None:
    """Let *act* happen once, right after the next call of the method."""
    original = getattr(owner, name)

    def then(*args: object, **named: object) -> object:
        found = original(*args, **named)
        monkeypatch.setattr(owner, name, original)
        act()
        return found

    monkeypatch.setattr(owner, name, then)


@pytest.mark.parametrize("again", ["helen", "hm", "helen.m", "hm@example.com/token:x"])
@pytest.mark.parametrize("asks", ["helen", "hm"])
def test_nobody_agrees_to_the_own_case_under_another_of_the_own_addresses(
    desk: Desk, asks: str, again: str
) -> None:
    asked = operator(asks)
    case = desk.cases.begin(asked, terms(OUTSIDE), None)
    name = again if "@" in again else f"{again}@example.com"
    other = replace(asked, actor=replace(asked.actor, name=name))
    with pytest.raises(NotAllowedError) as caught:
        desk.cases.approve(other, case.id, None)
    assert caught.value.code == "approve-own"
    desk.cases.approve(OTTO, case.id, None)


@pytest.mark.parametrize(
    ("to", "last"),
    [("y@other.example.net", MARCH), (OUTSIDE, APRIL), (f"{OUTSIDE} y@other.example.net", MARCH)],
)
def test_what_was_agreed_to_is_not_exchanged_for_something_else(
    desk: Desk, to: str, last: date
) -> None:
    case = desk.begin(OUTSIDE)
    desk.cases.approve(OTTO, case.id, None)
    wanted = terms(to.split()[0], last)
    if " " in to:
        wanted = replace(wanted, forward=forward(*to.split(), copy="none"))
    with pytest.raises(InvalidInputError) as caught:
        desk.cases.change(HELEN, case.id, wanted, None)
    assert caught.value.code == "case-needs-approval"
    assert not desk.forwards_to("y@other")


def test_less_than_was_agreed_to_needs_nobody(desk: Desk) -> None:
    case = desk.begin(OUTSIDE)
    desk.cases.approve(OTTO, case.id, None)
    desk.cases.change(HELEN, case.id, terms(OUTSIDE, date(2027, 2, 20)), None)
    desk.cases.change(HELEN, case.id, terms(INSIDE, APRIL), None)
    assert desk.forwards_to(INSIDE)


def test_case_is_not_made_longer_than_allowed_step_by_step(desk: Desk) -> None:
    desk.cases = replace(desk.cases, policy=CasePolicy(longest_days=30))
    case = desk.begin(INSIDE)  # 10 February to 1 March
    desk.world.now = NOW.replace(day=28)
    assert not desk.cases.plan_change(HELEN, case.id, terms(INSIDE, date(2027, 3, 11))).refused
    late = terms(INSIDE, date(2027, 3, 12))
    later = replace(late.forward.period, first_day=date(2027, 2, 28))
    for wanted in (late, replace(late, forward=replace(late.forward, period=later))):
        plan = desk.cases.plan_change(HELEN, case.id, wanted)
        assert "case-too-long" in {one.code for one in plan.findings}


def test_what_an_administrator_took_away_does_not_come_back_by_undo(desk: Desk) -> None:
    case = desk.begin(OUTSIDE)
    desk.cases.approve(OTTO, case.id, None)
    desk.cases.change(ADA, case.id, terms(INSIDE), None)
    with pytest.raises(InvalidInputError) as caught:
        desk.cases.undo(HELEN, case.id, None)
    assert caught.value.code == "case-needs-approval"
    assert not desk.forwards_to(OUTSIDE)
    desk.cases.undo(ADA, case.id, None)
    assert desk.forwards_to(OUTSIDE)


@pytest.mark.parametrize("late", ["approve", "withdraw"])
def test_of_two_who_decide_at_once_the_second_is_told_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    case = desk.begin(OUTSIDE)
    between(monkeypatch, MemoryCases, "case", lambda: desk.cases.approve(OTTO, case.id, None))
    decide: dict[str, Callable[[], object]] = {
        "approve": lambda: desk.cases.approve(OLGA, case.id, None),
        "withdraw": lambda: desk.cases.withdraw(HELEN, case.id, ""),
    }
    with pytest.raises(InvalidInputError) as caught:
        decide[late]()
    assert caught.value.code == "case-settled"
    kept = desk.store.case(case.id)
    assert (kept.state, kept.version) == (CaseState.ACTIVE, 1)
    assert desk.forwards_to(OUTSIDE)


def test_case_that_was_withdrawn_meanwhile_does_not_begin(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.begin(OUTSIDE)
    between(monkeypatch, MemoryCases, "case", lambda: desk.cases.withdraw(HELEN, case.id, ""))
    with pytest.raises(InvalidInputError):
        desk.cases.approve(OTTO, case.id, None)
    assert desk.store.case(case.id).state is CaseState.UNDONE
    assert not desk.forwards_to(OUTSIDE)


def test_request_whose_approval_was_killed_waits_again(desk: Desk) -> None:
    case = desk.begin(OUTSIDE)
    desk.world.now += timedelta(hours=1)
    killed = replace(case, state=CaseState.BEGINNING, writing_since=desk.world.now)
    desk.store.keep(killed)
    assert list(desk.cleaning.run()) == [], "whoever approves may still be at it"
    desk.world.now += timedelta(hours=1)
    assert [one.state for one in desk.cleaning.run()] == [CaseState.WAITING]
    desk.cases.approve(OTTO, case.id, None)
    assert desk.forwards_to(OUTSIDE)


def test_case_that_is_extended_during_the_clean_up_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.begin(INSIDE)
    desk.world.now = NOW.replace(month=3, day=2, hour=8)

    def extend() -> None:
        desk.cases.change(HELEN, case.id, terms(INSIDE, APRIL), None)

    between(monkeypatch, MemoryCases, "case", extend)
    assert list(desk.cleaning.run()) == []
    kept = desk.store.case(case.id)
    assert (kept.state, kept.terms.forward.period.last_day) == (CaseState.ACTIVE, APRIL)
    assert desk.forwards_to(INSIDE)
    assert list(desk.cleaning.run()) == []


def test_what_is_over_takes_nothing_from_the_case_that_has_just_replaced_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.begin(INSIDE)
    desk.world.now += timedelta(days=60)
    monkeypatch.setattr(Cases, "_settle_replaced", lambda *_: None)  # killed just before
    last = desk.world.now.date() + timedelta(days=30)
    second = desk.cases.begin(HELEN, terms("next@example.com", last), None)
    (done,) = desk.cleaning.run()
    assert (done.id, done.state) == (first.id, CaseState.ENDED)
    assert desk.forwards_to("next@example.com")
    desk.cases.end(HELEN, second.id, None)
    assert not desk.forwards_to("next@example.com")


def test_mailboxes_that_stay_failed_stop_no_other(desk: Desk) -> None:
    due = desk.begin(INSIDE)
    for number in range(501):
        gone = desk.store.begin(
            NewCase(
                login=Login(f"gone{number}@example.com"),
                at=desk.world.now,
                actor=HELEN.actor,
                terms=terms(INSIDE, date(2027, 2, 20)),
            )
        )
        desk.store.keep(replace(gone, state=CaseState.FAILED))
    desk.world.now = NOW.replace(month=3, day=20)
    assert due.id in {one.id for one in desk.cleaning.run() if one.state is CaseState.ENDED}
