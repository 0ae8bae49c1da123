"""What operators may settle, what waits for a second person, and what binds administrators not."""

from datetime import date

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.policy.case_policy import CasePolicy, Concern, concerns_of, review_case
from sieve_manager.policy.policy import Policy

POLICY = Policy(internal_domains=frozenset({"example.com"}))
MAILBOX = Mailbox(login=Login("lea"), address=EmailAddress.parse("lea@example.com"))
TODAY = date(2027, 1, 1)


def terms(
    *to: str,
    copy: str = "inbox",
    first: date | None = None,
    last: date | None = date(2027, 1, 31),
    ticket: str = "",
    reason: str = "",
) -> CaseTerms:
    return CaseTerms(
        forward=Forward(
            destinations=tuple(map(EmailAddress.parse, to or ("anna@example.com",))),
            copy=Copy.parse(copy),
            period=Period(first_day=first, last_day=last),
        ),
        ticket=ticket,
        reason=reason,
    )


def codes(wanted: CaseTerms, rules: CasePolicy, role: Role = Role.OPERATOR) -> set[str]:
    return {one.code for one in review_case(wanted, MAILBOX, role, POLICY, rules, TODAY)}


@pytest.mark.parametrize(
    ("wanted", "rules", "code"),
    [
        (terms("x@example.net"), CasePolicy(inside_only=True), "case-outside"),
        (
            terms("a@example.com", "b@example.com"),
            CasePolicy(max_destinations=1),
            "case-too-many",
        ),
        (
            terms(copy="none"),
            CasePolicy(copy_choices=frozenset({CopyKind.INBOX})),
            "case-copy",
        ),
        (terms(last=None), CasePolicy(end_required=True), "case-no-end"),
        (terms(last=None), CasePolicy(longest_days=9), "case-no-end"),
        (terms(), CasePolicy(longest_days=30), "case-too-long"),
        (terms(first=date(2026, 12, 31)), CasePolicy(longest_days=31), "case-too-long"),
        (terms(), CasePolicy(reason_required=True), "case-no-reason"),
        (terms(ticket="INC-1x"), CasePolicy(ticket_pattern="INC-[0-9]+"), "case-ticket"),
        (terms(last=None), CasePolicy(approval_for=frozenset(Concern)), "case-approval"),
    ],
)
def test_each_rule_binds_operators_and_not_administrators(
    wanted: CaseTerms, rules: CasePolicy, code: str
) -> None:
    assert codes(wanted, rules) == {code}
    assert codes(wanted, rules, Role.ADMINISTRATOR) == set()


@pytest.mark.parametrize(
    ("wanted", "rules"),
    [
        (terms(), CasePolicy(inside_only=True, end_required=True, max_destinations=1)),
        (terms(), CasePolicy(longest_days=31)),
        (terms(first=date(2027, 1, 2)), CasePolicy(longest_days=30)),
        (
            terms(ticket="INC-1", reason="left"),
            CasePolicy(ticket_pattern="INC-[0-9]+", reason_required=True),
        ),
    ],
)
def test_what_keeps_to_the_rules_is_not_mentioned(wanted: CaseTerms, rules: CasePolicy) -> None:
    assert codes(wanted, rules) == set()


def test_what_waits_for_a_second_person_is_what_the_policy_names() -> None:
    every, outside = frozenset(Concern), frozenset({Concern.OUTSIDE})
    far = terms("x@example.net", last=None)

    def concerns(wanted: CaseTerms, named: frozenset[Concern], role: Role) -> frozenset[Concern]:
        return concerns_of(wanted, MAILBOX, role, POLICY, CasePolicy(approval_for=named))

    assert concerns(far, every, Role.OPERATOR) == every
    assert concerns(far, outside, Role.OPERATOR) == outside
    assert concerns(terms(), every, Role.OPERATOR) == frozenset()
    assert concerns(far, frozenset(), Role.OPERATOR) == frozenset()
    assert concerns(far, every, Role.ADMINISTRATOR) == frozenset()
