"""Rules of a case that somebody changed are recognised as changed, and never taken for ours."""

from dataclasses import replace

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.handover import Handover, Reply
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile_handover import compile_handover
from sieve_manager.sieve.compose import compose
from sieve_manager.sieve.placement import KEEP
from sieve_manager.sieve.read_back import read_back
from tests.sieve.making import forward, mailbox, octets_of, options

OPTIONS = options(plus=frozenset({"vacation"}))
CASE = Handover(
    case=3,
    forward=forward(copy="none", hold_spam=True),
    reply=Reply(text="gone", subject="Away", addresses=(EmailAddress.parse("lea@example.com"),)),
)
TEXT = compile_handover(CASE, OPTIONS).text


def test_it_is_read_back_as_it_was() -> None:
    assert read_back(TEXT.encode()).handover == CASE


def test_a_single_address_without_brackets_means_the_same() -> None:
    text = TEXT.replace('["lea@example.com"]', '"lea@example.com"')
    assert read_back(text.encode()).handover == CASE


def test_a_server_without_automatic_replies_is_named() -> None:
    with pytest.raises(InvalidInputError, match="vacation"):
        compile_handover(CASE, options())
    assert compile_handover(replace(CASE, reply=None), options()).requires == ()


def of(part: str) -> str:
    """One of the three rules."""
    return next(f"# rule:[{rule}" for rule in TEXT.split("# rule:[") if f"3, {part}" in rule)


REPLY, FORWARD, REST = of("reply"), of("forward"), of("everything else")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TEXT, REPLY + REST),  # the forward has gone
        (TEXT, FORWARD + REPLY + REST),  # another order
        ("case 3, forward", "case 4, forward"),  # of two cases
        ("case 3, forward", "case x, forward"),
        ("(Europe/Zurich)", "(Mars/Base)"),
        (FORWARD, FORWARD.replace("\tstop;\r\n", "")),  # goes on to the others
        (REST, REST.replace("stop;", "keep;")),
        (REST, REST.replace("if true", 'if not header :is "X-Spam" "Yes"')),
        (REST, REST.replace("if true", "if false # true")),
        (
            REST,
            REST.replace(
                "if true",
                'if currentdate :zone "+0000" :value "ge" "iso8601" "2026-12-31T23:00:00+00:00"',
            ),
        ),
        ('not exists "List-Id", ', ""),  # lists would be answered
        ("vacation :days 7", "vacation :mime :days 7"),
        (":days 7", ":days 7 :days 8"),
        (":days 7", ':days "7"'),
        (":days 7", ":days 7K"),
        (":days 7 ", ""),
        (':handle "sieve-manager case 3"', ':handle "other"'),
        (':handle "sieve-manager case 3"', ':handle ["sieve-manager case 3"]'),
        (':addresses ["lea@example.com"]', ":addresses 5"),
        (':addresses ["lea@example.com"]', ':addresses ["no address"]'),
        (' "gone";', ' "gone" "twice";'),
        (' "gone";', ' "gone" :subject "late";'),
        (' "gone";', ' :subject "gone";'),
        ('"gone";', '"gone"; keep;'),
        (REPLY, REPLY.replace("if allof (", "if anyof (")),
        (REPLY, "# rule:[Sieve Manager: case 3, reply (Europe/Zurich)]\r\nif true { keep; }\r\n"),
    ],
)
def test_whatever_else_stands_there_is_shown_as_changed(old: str, new: str) -> None:
    changed = TEXT.replace(old, new)
    assert changed != TEXT
    found = read_back(changed.encode())
    assert found.handover is None
    assert found.case_changed


def test_the_owners_forward_is_set_beside_a_case_that_was_changed() -> None:
    changed = TEXT.replace("if true", 'if address "from" "x@y.z"').encode()
    before = mailbox("sieve-manager", sieve_manager=b'require ["vacation"];\r\n' + changed)
    after = compose(before, forward("b@example.net"), OPTIONS).applied_to(before)
    octets = octets_of(after, "sieve-manager")
    assert changed in octets
    assert read_back(octets).forward == forward("b@example.net")


def test_a_paused_rule_of_a_case_keeps_what_it_uses() -> None:
    broken = b'# rule:[Sieve Manager: case 3, forward (UTC)]\r\nif not true { fileinto "x"; }\r\n'
    before = mailbox("a", a=b'require ["fileinto"]; # Sieve Manager\r\n' + broken)
    after = compose(before, forward("b@example.net"), OPTIONS, KEEP).applied_to(before)
    assert b'"fileinto"' in octets_of(after, "a")
