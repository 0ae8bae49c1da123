"""What was planned is taken at the save only where everything is as it was."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sieve_manager.application import looking
from sieve_manager.application.access import Access
from sieve_manager.application.drafts import Drafts, Planned
from sieve_manager.application.plan import unchecked
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import ChangedMeanwhileError, PolicyRefusedError
from sieve_manager.policy.findings import Finding, refuse
from sieve_manager.sieve.compose import Desired
from tests.application.test_case_races import ADA, INSIDE, MARCH, Desk, terms
from tests.application.world import LOGIN

NOTHING = Desired(puts=(), deletes=(), active=None, layout=None)


class PlannedAnewError(Exception):
    """A plan was worked out."""


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk that has planned a case, and plans nothing more."""
    desk = Desk()
    desk.cases.plan_begin(ADA, terms(INSIDE))

    def plans(*_: object) -> None:
        raise PlannedAnewError

    monkeypatch.setattr(looking, "make_plan", plans)
    return desk


def test_the_same_case_is_begun_by_what_was_planned(desk: Desk) -> None:
    desk.cases.begin(ADA, terms(INSIDE), None)
    assert desk.forwards_to(INSIDE)


def test_what_was_planned_is_no_excuse_for_a_mailbox_that_was_loaded_otherwise(desk: Desk) -> None:
    with pytest.raises(ChangedMeanwhileError):
        desk.cases.begin(ADA, terms(INSIDE), Fingerprint("0" * 64))
    assert not desk.world.scripts


@pytest.mark.parametrize(
    ("access", "day"),
    [
        (ADA, MARCH + timedelta(days=1)),
        (replace(ADA, actor=replace(ADA.actor, role=Role.OPERATOR)), MARCH),
    ],
)
def test_other_terms_and_other_roles_are_planned_anew(
    desk: Desk, access: Access, day: date
) -> None:
    with pytest.raises(PlannedAnewError):
        desk.cases.begin(access, terms(INSIDE, day), None)


def test_other_scripts_are_planned_anew(desk: Desk) -> None:
    desk.world.give(b"keep;\r\n")
    with pytest.raises(PlannedAnewError):
        desk.cases.begin(ADA, terms(INSIDE), None)


def test_another_day_is_planned_anew(desk: Desk) -> None:
    desk.world.now += timedelta(days=1)
    with pytest.raises(PlannedAnewError):
        desk.cases.begin(ADA, terms(INSIDE), None)


def test_no_more_is_kept_than_a_large_batch_needs() -> None:
    drafts = Drafts()
    for number in range(3000):
        drafts.keep(number, Planned(NOTHING, (), unchecked))
    assert drafts.of(2999) == (NOTHING, (), unchecked)
    assert drafts.of(0) is None


def test_what_lies_beyond_the_mailbox_is_asked_again_at_the_save() -> None:
    desk, found = Desk(), list[Finding]()
    forwards = desk.world.forwards
    looking = replace(forwards.looking, check=lambda _plan: lambda _actor: tuple(found))
    saving = replace(forwards.saving, looking=looking)
    cases = replace(desk.cases, forwards=replace(forwards, looking=looking, saving=saving))
    assert not cases.plan_begin(ADA, terms(INSIDE)).refused
    found.append(refuse("chain-loop", "Round and round"))
    with pytest.raises(PolicyRefusedError, match="Round and round"):
        cases.begin(ADA, terms(INSIDE), None)
    assert not desk.world.scripts
    assert desk.world.history.last(LOGIN) is None
