"""A case and consent: what a case switched off does not begin because somebody agrees later."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sieve_manager.adapters.memory_cases import MemoryCases
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.cases import Cases
from sieve_manager.application.staff import Staff
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.roles import Role
from sieve_manager.policy.rights import StaffRules
from tests.application.test_consent import BRUNO, INSIDE, Desk
from tests.application.world import LOGIN, OwnAddress, forward

HELEN = Access(
    login=LOGIN, actor=Actor(name="helen@example.com", channel=Channel.WEB, role=Role.OPERATOR)
)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def cases_of(desk: Desk) -> Cases:
    staff = Staff(
        directory=MemoryDirectory(people=()),
        addresses=OwnAddress(),
        rules=StaffRules(),
        has_master=True,
    )
    clock = desk.world.tick
    return Cases(forwards=desk.world.forwards, store=MemoryCases(), staff=staff, clock=clock)


def terms(own_forward: OwnForward) -> CaseTerms:
    wanted = forward("bea@example.com", copy="none")
    period = replace(wanted.period, last_day=date(2027, 3, 1))
    leads = replace(wanted, period=period)
    return CaseTerms(forward=leads, own_forward=own_forward, ticket="T", reason="r")


@pytest.mark.parametrize(
    ("own_forward", "after"), [(OwnForward.OFF, []), (OwnForward.KEEP, [BRUNO])]
)
def test_a_case_that_switches_the_own_forward_off_waits_for_nobody(
    desk: Desk, own_forward: OwnForward, after: list[str]
) -> None:
    desk.save(BRUNO)
    token = desk.token(BRUNO)
    cases_of(desk).begin(HELEN, terms(own_forward), None)
    taken = desk.answering.answer(token, agrees=True, address="")
    assert bool(taken) is bool(after)
    desk.following.run()
    assert desk.goes_to == after


def test_a_receiver_who_stops_it_during_a_case_does_not_come_back_with_the_own_forward(
    desk: Desk,
) -> None:
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    token = desk.token(BRUNO)
    cases = cases_of(desk)
    case = cases.begin(HELEN, terms(OwnForward.OFF), None)
    desk.answering.stop(token, address="")
    desk.following.run()
    desk.world.now += timedelta(days=1)
    cases.end(HELEN, case.id, None)
    assert desk.goes_to == [INSIDE]
