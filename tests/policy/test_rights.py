"""Who may act for whom; refusals are in words, and doubt refuses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.policy.rights import (
    Circle,
    StaffRules,
    may_act,
    may_approve,
    may_see_other_rules,
    role_of,
)


def person(login: str, *addresses: str, groups: tuple[str, ...] = ()) -> Person:
    parsed = tuple(EmailAddress.parse(one) for one in addresses)
    return Person(
        login=Login.parse(login),
        address=parsed[0] if parsed else None,
        aliases=parsed[1:],
        groups=frozenset(groups),
    )


OTTO = person("otto", "otto@example.com")
ANNA = person("anna", "anna@example.com", "a.miller@example.com", groups=("Staff",))
RULES = StaffRules(
    operators=Circle.of(("otto", "group:Helpdesk")), administrators=Circle.of(("ada",))
)


def code(role: Role, whom: Person, rules: StaffRules, *, known: bool = True) -> str | None:
    found = may_act(role, OTTO.login, whom, rules, known=known)
    return found.code if found else None


@pytest.mark.parametrize(
    ("who", "role"),
    [
        (OTTO, Role.OPERATOR),
        (person("olga", groups=("helpdesk",)), Role.OPERATOR),
        (person("ADA"), Role.ADMINISTRATOR),
        (person("ada", groups=("helpdesk",)), Role.ADMINISTRATOR),
        (ANNA, Role.OWNER),
        (person("group:helpdesk"), Role.OWNER),
    ],
)
def test_the_role_is_the_highest_that_the_settings_name(who: Person, role: Role) -> None:
    assert role_of(who, RULES) is role


def test_a_sign_in_may_vouch_for_groups() -> None:
    assert role_of(ANNA, RULES, frozenset({"HELPDESK"})) is Role.OPERATOR


@pytest.mark.parametrize("entry", ["ANNA", "anna@EXAMPLE.com", "a.miller@example.com"])
def test_people_are_named_by_login_address_or_alias(entry: str) -> None:
    assert Circle.of((entry,)).holds(ANNA)


def test_an_address_may_be_written_with_letters_of_its_language() -> None:
    assert Circle.of(("chef@büro.example",)).holds(person("x", "chef@xn--bro-hoa.example"))


def test_owners_act_for_nobody_else() -> None:
    assert code(Role.OWNER, ANNA, RULES) == "act-not-staff"
    assert code(Role.OWNER, OTTO, RULES) is None


def test_the_own_mailbox_is_always_open() -> None:
    rules = StaffRules(protected=Circle.of(("otto",)), operator_domains=frozenset({"x.example"}))
    assert code(Role.OPERATOR, OTTO, rules) is None


def test_administrators_act_for_all() -> None:
    rules = StaffRules(protected=Circle.of(("anna",)), operator_groups=frozenset({"nobody"}))
    assert code(Role.ADMINISTRATOR, ANNA, rules, known=False) is None


@pytest.mark.parametrize(
    "entry", ["anna", "anna@example.com", "A.Miller@example.com", "group:staff"]
)
def test_a_protected_mailbox_is_closed_to_operators(entry: str) -> None:
    rules = StaffRules(protected=Circle.of((entry,)))
    assert code(Role.OPERATOR, ANNA, rules) == "act-protected"
    found = may_act(Role.OPERATOR, OTTO.login, ANNA, rules)
    assert found is not None
    assert "anna@example.com is protected" in found.message


@pytest.mark.parametrize(
    ("entry", "typed"),
    [("boss", "boss@example.com"), ("boss@example.com", "boss"), ("boss", "boss@other.example")],
)
def test_another_spelling_of_a_protected_login_is_protected(entry: str, typed: str) -> None:
    rules = StaffRules(protected=Circle.of((entry,)))
    assert code(Role.OPERATOR, person(typed), rules) == "act-protected"
    assert code(Role.OPERATOR, person("bosse"), rules) is None


def test_administrators_are_protected_without_being_named() -> None:
    assert code(Role.OPERATOR, person("ada", "ada@example.com"), RULES) == "act-protected"


def test_what_the_directory_does_not_know_is_for_administrators() -> None:
    assert code(Role.OPERATOR, ANNA, RULES, known=False) == "act-unknown"


@pytest.mark.parametrize(
    ("domains", "groups", "refused"),
    [
        (("example.com",), (), None),
        (("example.org",), (), "act-outside"),
        ((), ("staff",), None),
        ((), ("students",), "act-outside"),
        (("example.com",), ("students",), "act-outside"),
    ],
)
def test_operators_stay_within_their_domains_and_groups(
    domains: tuple[str, ...], groups: tuple[str, ...], refused: str | None
) -> None:
    rules = StaffRules(operator_domains=frozenset(domains), operator_groups=frozenset(groups))
    assert code(Role.OPERATOR, ANNA, rules) == refused


def test_without_an_address_the_login_tells_the_domain() -> None:
    rules = StaffRules(operator_domains=frozenset({"example.com"}))
    assert code(Role.OPERATOR, person("x@example.com"), rules) is None
    assert code(Role.OPERATOR, person("x@example.org"), rules) == "act-outside"
    assert code(Role.OPERATOR, person("x"), rules) == "act-outside"


def test_operators_see_other_rules_only_where_the_settings_say_so() -> None:
    assert [may_see_other_rules(role, RULES) for role in Role] == [True, False, True]
    open_ = StaffRules(operators_see_other_rules=True)
    assert all(may_see_other_rules(role, open_) for role in Role)


@pytest.mark.parametrize(
    ("role", "asked_by", "mailbox", "refused"),
    [
        (Role.OPERATOR, "olga", "anna", None),
        (Role.OPERATOR, "olga", None, None),
        (Role.OWNER, "olga", "anna", "approve-not-staff"),
        (Role.OPERATOR, "OTTO", "anna", "approve-own"),
        (Role.ADMINISTRATOR, "otto", "anna", "approve-own"),
        (Role.ADMINISTRATOR, "olga", "otto", "approve-own-mailbox"),
        (Role.OPERATOR, "otto/token:tickets", "anna", "approve-own"),
        (Role.OPERATOR, "otto@example.com", "anna", "approve-own"),
        (Role.OPERATOR, "olga", "otto@example.com", "approve-own-mailbox"),
        (Role.OPERATOR, "olga/token:tickets", "anna", None),
    ],
)
def test_nobody_approves_the_own_request(
    role: Role, asked_by: str, mailbox: str | None, refused: str | None
) -> None:
    about = Login(mailbox) if mailbox else None
    found = may_approve(role, OTTO.login, asked_by=asked_by, mailbox=about)
    assert (found.code if found else None) == refused


@pytest.mark.parametrize(("asked_by", "about"), [("otto", "anna"), ("olga", "otto")])
def test_a_token_approves_nothing_that_its_maker_may_not(asked_by: str, about: str) -> None:
    token = Login("otto/token:tickets")
    assert may_approve(Role.OPERATOR, token, asked_by=asked_by, mailbox=Login(about)) is not None
    assert may_approve(Role.OPERATOR, token, asked_by="olga", mailbox=Login("anna")) is None


names = some.sampled_from(["anna", "boss", "boss@example.com", "anna@example.org", "otto"])
circles = some.lists(names, max_size=3).map(lambda entries: Circle.of(tuple(entries)))


@settings(max_examples=200)
@given(whom=names, protected=circles, administrators=circles)
def test_what_an_operator_may_an_administrator_may_and_protection_only_takes_away(
    whom: str, protected: Circle, administrators: Circle
) -> None:
    open_, closed = StaffRules(), StaffRules(protected=protected, administrators=administrators)
    target = person(whom)
    assert may_act(Role.ADMINISTRATOR, OTTO.login, target, closed) is None
    if may_act(Role.OPERATOR, OTTO.login, target, closed) is None and whom != "otto":
        assert may_act(Role.OPERATOR, OTTO.login, target, open_) is None
        assert not protected.holds(target)
