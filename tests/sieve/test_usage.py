"""Which of our extensions others use is seen from commands, tests and tags."""

import pytest

from sieve_manager.sieve.grammar import Tree, parse
from sieve_manager.sieve.rules import rules
from sieve_manager.sieve.usage import used_extensions


def tree_of(octets: bytes) -> Tree:
    tree = parse(octets)
    assert tree is not None
    return tree


@pytest.mark.parametrize(
    ("octets", "used"),
    [
        (b"keep;", set()),
        (b'redirect "a";', set()),
        (b'redirect :copy "a";', {"copy"}),
        (b'fileinto :create "a";', {"fileinto", "mailbox"}),
        (b'keep :flags "a";', {"imap4flags"}),
        (b'if hasflag "a" { include "b"; }', {"imap4flags", "include"}),
        (b'if not anyof (currentdate "a" "b", mailboxexists "c") {}', {"date", "mailbox"}),
        (
            b'if spamtest :value "ge" :comparator "I;ASCII-Numeric" "5" { setflag "x"; }',
            {"spamtest", "relational", "comparator-i;ascii-numeric", "imap4flags"},
        ),
        (b'if header :comparator "i;octet" "i;ascii-numeric" "x" {}', set()),
        (b'if header :comparator ["i;ascii-numeric"] "x" "y" {}', set()),
        (
            b'if header :count "ge" "x" "1" { if date "a" "b" "c" { removeflag "d"; } }',
            {"relational", "date", "imap4flags"},
        ),
        (b'require "imapflags"; addflag "x";', set()),
    ],
)
def test_used_extensions(octets: bytes, used: set[str]) -> None:
    assert used_extensions(tree_of(octets)) == used


def test_rules_that_go_do_not_count() -> None:
    tree = tree_of(b'fileinto "a"; redirect :copy "b";')
    assert used_extensions(tree, without=list(rules(tree))[:1]) == {"copy"}
