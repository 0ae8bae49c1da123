"""Our rules without the others', whatever stands around them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.sieve.compile import CompileOptions
from sieve_manager.sieve.compose import compose
from sieve_manager.sieve.ours_alone import count_others, ours_alone

NAME = ScriptName("theirs")
FORWARD = Forward(
    destinations=(EmailAddress.parse("successor@example.com"),),
    period=Period(timezone="Europe/Zurich"),
    hold_spam=False,
)
OPTIONS = CompileOptions(
    extensions=frozenset({"copy", "fileinto", "include", "imap4flags"}), spam_headers=()
)


def beside(theirs: str) -> list[str]:
    """What our forward makes of a mailbox with this active script: the texts of its scripts."""
    active = ScriptSet(
        listing=ScriptListing(names=(NAME,), active=NAME),
        scripts=(Script(name=NAME, octets=theirs.encode()),),
    )
    written = compose(active, FORWARD, OPTIONS).applied_to(active)
    return [ours_alone(one.octets) for one in written.scripts]


def test_without_rules_of_ours_nothing_is_left() -> None:
    assert ours_alone(b'require "fileinto"; # mine\r\nfileinto "private";\r\n') == ""
    assert ours_alone(b"") == ""


def test_what_cannot_be_read_is_not_shown_and_counts_as_one() -> None:
    assert ours_alone(b"this is { no sieve") == ""
    assert count_others(b"this is { no sieve") == 1


@pytest.mark.parametrize(
    "theirs",
    [
        'require "fileinto";\r\n# rule:[private]\r\nif true\r\n{\r\n\tfileinto "private";\r\n}',
        'require "include"; include "private";\r\n',
        '/* private */ if header :is "private" "x" { keep; } # private\r\n',
    ],
)
def test_only_our_forward_is_left(theirs: str) -> None:
    left = "".join(beside(theirs))
    assert 'redirect :copy "successor@example.com";' in left
    assert "private" not in left
    assert left.startswith("# rule:[Sieve Manager: forward")


def test_the_rule_that_includes_the_others_is_left_out() -> None:
    own, *_ = sorted(beside('require "variables"; set "a" "private";\r\n'), reverse=True)
    assert "include" not in own


def test_a_rule_of_ours_that_says_something_else_now_is_only_counted() -> None:
    changed = b'# rule:[Sieve Manager: forward (UTC)]\r\nif true { addflag "private"; }\r\n'
    assert ours_alone(changed) == "# A rule of ours that somebody has changed.\n"


def test_others_are_counted_by_rule() -> None:
    script = (
        b'require "copy";\r\nif true { keep; } elsif false { stop; } else { keep; }\r\nkeep;\r\n'
    )
    assert count_others(script) == 2
    assert count_others(b"") == 0


words = some.text(some.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)


@settings(max_examples=100)
@given(word=words)
def test_no_word_of_others_gets_through(word: str) -> None:
    quoted = word.replace("\\", "\\\\").replace('"', '\\"')
    theirs = f'# private {word}\r\nif header :is "subject" "private {quoted}" {{ keep; }}\r\n'
    assert "private" not in "".join(beside(theirs))
