"""Policy returns every finding at once, and only those."""

from datetime import UTC, date, datetime

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.schedule import Period
from sieve_manager.policy.findings import Severity, refusals
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.review import review

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)


def address(text: str) -> EmailAddress:
    return EmailAddress.parse(text)


MAILBOX = Mailbox(
    login=Login("office"),
    address=address("office@example.com"),
    aliases=(address("info@example.org"),),
)


def forward(*destinations: str, copy: Copy | None = None, last: date | None = None) -> Forward:
    return Forward(
        destinations=tuple(address(one) for one in destinations),
        copy=copy or Copy(),
        period=Period(last_day=last, timezone="Europe/Zurich"),
    )


def codes(wanted: Forward, policy: Policy | None = None) -> list[str]:
    return [one.code for one in review(wanted, MAILBOX, policy or Policy(), NOW)]


def test_an_ordinary_forward_has_no_findings() -> None:
    assert codes(forward("anna@example.net")) == []


@pytest.mark.parametrize(
    "own",
    ["office@example.com", "Office@EXAMPLE.com", "office+x@example.com", "info@example.org"],
)
def test_an_own_address_is_refused_also_as_alias_or_sub_address(own: str) -> None:
    assert codes(forward("anna@example.net", own)) == ["own-address"]


def test_a_domain_outside_the_list_is_refused_and_an_inside_one_is_not() -> None:
    policy = Policy(
        internal_domains=frozenset({"example.com"}),
        allowed_destination_domains=frozenset({"partner.example.net"}),
    )
    wanted = forward("a@example.com", "b@partner.example.net", "c@example.org")
    findings = review(wanted, MAILBOX, policy, NOW)
    assert [one.message for one in findings] == ["Forwarding to example.org is not allowed here."]
    assert findings[0].where == "to"


def test_more_destinations_than_policy_allows_are_refused() -> None:
    policy = Policy(max_destinations=1)
    assert codes(forward("a@example.net", "b@example.net"), policy) == ["too-many-destinations"]


def test_a_choice_of_copy_that_is_not_allowed_is_refused() -> None:
    policy = Policy(copy_choices=frozenset({CopyKind.INBOX}))
    wanted = forward("a@example.net", copy=Copy(kind=CopyKind.NONE))
    assert codes(wanted, policy) == ["copy-not-allowed"]


def test_no_copy_says_its_consequence_and_refuses_nothing() -> None:
    findings = review(
        forward("a@example.net", copy=Copy(kind=CopyKind.NONE)), MAILBOX, Policy(), NOW
    )
    assert [one.severity for one in findings] == [Severity.INFO]
    assert refusals(findings) == ()


def test_a_last_day_in_the_past_is_refused_and_today_is_not() -> None:
    assert codes(forward("a@example.net", last=date(2027, 2, 9))) == ["ended"]
    assert codes(forward("a@example.net", last=date(2027, 2, 10))) == []


def test_all_findings_come_at_once() -> None:
    policy = Policy(max_destinations=1, copy_choices=frozenset({CopyKind.INBOX}))
    wanted = forward(
        "office@example.com",
        "a@example.net",
        copy=Copy(kind=CopyKind.TRASH),
        last=date(2027, 1, 1),
    )
    assert codes(wanted, policy) == [
        "own-address",
        "too-many-destinations",
        "copy-not-allowed",
        "ended",
    ]


def test_inside_is_the_configured_domains_or_else_the_mailboxs_own() -> None:
    inside = address("x@example.org")
    assert Policy().is_inside(inside, MAILBOX)
    assert not Policy(internal_domains=frozenset({"example.net"})).is_inside(inside, MAILBOX)
