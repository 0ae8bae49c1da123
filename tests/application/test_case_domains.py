"""Owners and cases may be allowed different destinations."""

from dataclasses import replace
from datetime import date

import pytest

from sieve_manager.adapters.memory_cases import MemoryCases
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.cases import Cases
from sieve_manager.application.staff import Staff
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.policy.case_policy import CasePolicy
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules
from tests.application.world import ACCESS, LOGIN, OwnAddress, World, forward

OTTO = Access(login=LOGIN, actor=Actor(name="otto", channel=Channel.WEB, role=Role.OPERATOR))
OWNERS, CASES = "owners.example.net", "cases.example.net"
POLICY = Policy(
    internal_domains=frozenset({"example.com"}), allowed_destination_domains=frozenset({OWNERS})
)


def refused(policy: Policy, to: str) -> tuple[bool, bool]:
    """For the owner, and in a case."""
    world = World(policy=policy)
    cases = Cases(
        forwards=world.forwards,
        store=MemoryCases(),
        staff=Staff(
            directory=MemoryDirectory(people=(Person(login=LOGIN),)),
            addresses=OwnAddress(),
            rules=StaffRules(),
            has_master=True,
        ),
        clock=world.tick,
        policy=CasePolicy(),
    )
    wanted = forward(to)
    period = replace(wanted.period, last_day=date(2027, 3, 1))
    terms = CaseTerms(forward=replace(wanted, period=period))
    own = world.forwards.plan_set(ACCESS, wanted)
    case = cases.plan_begin(OTTO, terms)
    codes = [{one.code for one in plan.findings} for plan in (own, case)]
    return "domain-not-allowed" in codes[0], "domain-not-allowed" in codes[1]


@pytest.mark.parametrize(
    ("to", "without", "with_own"),
    [
        ("a@example.com", (False, False), (False, False)),
        (f"a@{OWNERS}", (False, False), (False, True)),
        (f"a@{CASES}", (True, True), (True, False)),
        ("a@elsewhere.example", (True, True), (True, True)),
    ],
)
def test_cases_go_where_cases_may(
    to: str, without: tuple[bool, bool], with_own: tuple[bool, bool]
) -> None:
    assert refused(POLICY, to) == without
    own = replace(POLICY, case_destination_domains=frozenset({CASES}))
    assert refused(own, to) == with_own
