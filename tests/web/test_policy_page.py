"""The page that says what is allowed: every key of the configuration, in words that follow it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from sieve_manager.settings import Settings, sections
from tests.web.world import MASTER, OTTO, STAFF, World
from web.policy_words import policy_words

# Keys of other sections that say what becomes of what people do.
BEYOND = frozenset({"register.digest_to", "audit.retention_days"})
SECTIONS = ("policy", "cases", "addresses", "staff", "notices")
# What is no rule about what people may do.
EXCEPTIONS = frozenset({"cases.reply_file"})
SMTP = {"host": "127.0.0.1", "sender": "noreply@example.com"}
# Each key with another value than its default; "with" is what it takes beside it.
OTHERS: dict[str, Any] = {
    "policy.internal_domains": ["example.com"],
    "policy.allowed_destination_domains": ["hospital.example.org"],
    "policy.max_destinations": 3,
    "policy.copy_choices": ["inbox", "read"],
    "policy.hold_spam": False,
    "policy.spam_headers": ["X-Junk: Yes"],
    "policy.default_timezone": "Europe/Zurich",
    "policy.notify_owner": False,
    "policy.consent": "outside",
    "policy.chain_refused": ["dead-end", "twice"],
    "cases.inside_only": True,
    "cases.allowed_destination_domains": ["partner.example.net"],
    "cases.max_destinations": 2,
    "cases.copy_choices": ["folder"],
    "cases.longest_days": 180,
    "cases.end_required": True,
    "cases.reason_required": True,
    "cases.ticket_pattern": "INC-<[0-9]+>",
    "cases.approval_for": ["endless"],
    "cases.approval_days": 3,
    "cases.batch_threshold": 50,
    "cases.owner_may_end": True,
    "addresses.domains": ["example.com"],
    "addresses.operators": True,
    "staff.operators": ["group:helpdesk"],
    "staff.administrators": ["ada@example.com"],
    "staff.operator_domains": ["example.com"],
    "staff.operator_groups": ["students"],
    "staff.protected": ["group:board"],
    "staff.operators_see_other_rules": True,
    "audit.retention_days": 400,
    "register.digest_to": ["postmaster@example.com"],
    "notices.owner": False,
    "notices.destination": False,
    "notices.operator": False,
    "notices.reminder_days": 3,
}
# Without any concern, nobody is waited for; without mailboxes, no address is without one.
BESIDE: dict[str, dict[str, dict[str, Any]]] = {
    "cases.approval_days": {"cases": {"approval_for": ["outside"]}},
    "policy.consent": {"master": MASTER},
    "addresses.domains": {"directory": {"kind": "table"}},
}


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    app = World().app
    with app.test_request_context():
        yield app


def settings(*several: dict[str, dict[str, Any]]) -> Settings:
    values: dict[str, dict[str, Any]] = {"managesieve": {"host": "127.0.0.1"}, "smtp": SMTP}
    for one in several:
        for section, keys in one.items():
            values[section] = {**values.get(section, {}), **keys}
    return Settings(**values)


def words(found: Settings) -> list[tuple[tuple[str, ...], str]]:
    return [
        (line.keys, str(line.text))
        for chapter in policy_words(found)
        for row in chapter.rows
        for line in row.lines
    ]


def keys() -> set[str]:
    found = sections()
    return BEYOND | {f"{name}.{key}" for name in SECTIONS for key in found[name].model_fields}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("smtp", [True, False])
def test_every_rule_of_the_configuration_is_on_the_page(*, smtp: bool) -> None:
    found = settings({"cases": {"approval_for": ["outside"]}})
    found = found if smtp else found.model_copy(update={"smtp": None})
    said = {key for of, _text in words(found) for key in of}
    assert said == keys() - EXCEPTIONS, "say it in web/policy_words.py, or list it as no rule"


@pytest.mark.usefixtures("app")
def test_the_words_follow_the_configuration() -> None:
    assert set(OTHERS) == keys() - EXCEPTIONS
    for dotted, value in OTHERS.items():
        section, key = dotted.split(".")
        beside = BESIDE.get(dotted, {})
        before = dict(words(settings(beside)))
        after = words(settings(beside, {section: {key: value}}))
        changed = [of for of, text in after if before.get(of) != text]
        assert any(dotted in of for of in changed), f"{dotted} is not in the words"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("concerns", "said"),
    [
        (["outside"], "A case with a destination outside waits"),
        (["endless"], "A case without a last day waits"),
        (["outside", "endless"], "A case with a destination outside, or without a last day, waits"),
        ([], "No case waits for a second person."),
    ],
)
def test_what_waits_for_a_second_person_is_said(concerns: list[str], said: str) -> None:
    found = dict(words(settings({"cases": {"approval_for": concerns}})))
    assert found[("cases.approval_for",)].startswith(said)


@pytest.mark.usefixtures("app")
def test_the_rules_for_all_bound_those_for_cases() -> None:
    rules = {"max_destinations": 2, "copy_choices": ["inbox"]}
    found = dict(words(settings({"policy": rules, "cases": {"copy_choices": ["none"]}})))
    assert found[("cases.max_destinations",)] == "To 2 addresses at most."
    assert found[("cases.copy_choices",)].startswith("No choice is allowed")


@pytest.mark.usefixtures("app")
def test_a_limit_of_days_asks_for_a_last_day() -> None:
    found = dict(words(settings({"cases": {"longest_days": 1}})))
    assert found[("cases.longest_days",)] == "A case lasts one day at most."
    assert found[("cases.end_required",)] == "A last day is required."


@pytest.mark.usefixtures("app")
def test_domains_are_said_as_people_read_them_and_all_else_is_escaped() -> None:
    rules = {"internal_domains": ["bücher.example"], "spam_headers": ["X-Junk: <b>"]}
    found = dict(words(settings({"policy": rules, "cases": {"ticket_pattern": "<i>"}})))
    assert "bücher.example" in found[("policy.internal_domains",)]
    assert "&lt;b&gt;" in found[("policy.spam_headers",)]
    assert "<code>&lt;i&gt;</code>" in found[("cases.ticket_pattern",)]


def test_the_helpdesk_comes_to_the_page_from_its_start() -> None:
    world = World(master=MASTER, staff=STAFF, cases={"ticket_pattern": "INC-[0-9]+"})
    browser = world.browser(OTTO)
    assert 'href="/staff/policy"' in browser.get("/staff").text
    assert "aria-current" in browser.get("/staff/policy").text
    assert "The ticket number has to match INC-[0-9]+ ." in browser.words()
    assert "president@example.com" in browser.words()
