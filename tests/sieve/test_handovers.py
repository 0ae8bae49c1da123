"""Rules of a case that somebody changed are recognised as changed, and never taken for ours."""

from dataclasses import replace

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.handover import Handover, Reply
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile_handover import compile_handover
from sieve_manager.sieve.compose import compose
from sieve_manager.sieve.hazards import look_through
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
        (":days 7", ':from "x@y.z" :days 7'),
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


def test_the_dates_of_reply_and_forward_are_the_same_or_it_was_changed() -> None:
    dated = 'currentdate :zone "+0000" :value "le" "iso8601" "2027-01-31T22:59:59+00:00"'
    text = TEXT.replace('not exists "List-Id"', f'{dated}, not exists "List-Id"')
    assert read_back(text.encode()).handover is None


def test_a_case_comes_to_a_forward_that_was_changed() -> None:
    theirs = (
        b'require ["fileinto"]; # Sieve Manager\r\n# rule:[Sieve Manager: forward (UTC)]\r\n'
        b'if not true\r\n{\r\n\tfileinto "x";\r\n}\r\nelse\r\n{\r\n\tkeep;\r\n}\r\n'
        b"# rule:[Sieve Manager: forward (UTC)]\r\nif anyof (true) { stop; }\r\n"
    )
    before = mailbox("a", a=theirs)
    with_case = compose(before, KEEP, OPTIONS, CASE).applied_to(before)
    assert read_back(octets_of(with_case, "a")).handover == CASE
    after = compose(with_case, KEEP, OPTIONS, None).applied_to(with_case)
    assert octets_of(after, "a") == theirs


def test_what_rests_behind_a_case_does_not_count_with_it() -> None:
    others = b'redirect "a@b.c";\r\nvacation "own";\r\n'
    requires = b'require ["vacation"];\r\n'
    scripts = mailbox("a", a=requires + TEXT.encode() + others)
    seen = look_through(scripts, max_redirects=4, extensions=OPTIONS.extensions | {"vacation"})
    assert [one.kind.value for one in seen.hazards] == []
    assert seen.redirects_used == 1
