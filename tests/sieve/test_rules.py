"""A script is seen as a row of named rules, as other editors see it."""

from sieve_manager.sieve.grammar import Tree, parse
from sieve_manager.sieve.rules import (
    HEADER,
    Rule,
    comments_between,
    end_of_our_require,
    has_header,
    header_of,
    is_our_require,
    leading_requires,
    required,
    required_by,
    rules,
)


def tree_of(octets: bytes) -> Tree:
    tree = parse(octets)
    assert tree is not None
    return tree


def rules_of(octets: bytes) -> list[Rule]:
    return list(rules(tree_of(octets)))


def test_if_with_its_branches_is_one_rule() -> None:
    octets = b"if true {} elsif true {} else {} if false {} keep;"
    assert [len(rule.commands) for rule in rules_of(octets)] == [3, 1, 1]


def test_name_is_that_of_the_last_comment_before_the_rule() -> None:
    octets = b"# rule:[old]\r\n# rule:[a [b] c]\r\n# remark\r\nif true {}\r\nkeep;"
    first, second = rules_of(octets)
    assert (first.name, second.name) == ("a [b] c", "")
    assert octets[first.start :].startswith(b"# rule:[a [b]")
    assert octets[second.start : second.end] == b"keep;"


def test_comment_inside_a_rule_names_nothing() -> None:
    (rule, following) = rules_of(b"if true { # rule:[x]\r\n keep; } stop;")
    assert (rule.name, following.name) == ("", "")


def test_only_an_if_under_our_name_is_ours() -> None:
    ours, include, left_over, other = rules_of(
        b"# rule:[Sieve Manager: forward (UTC)]\nif true {}\n"
        b"# rule:[Sieve Manager: other filters]\nif true {}\n"
        b"# rule:[Sieve Manager: forward (UTC)]\nkeep;\n"
        b"# rule:[Sieve]\nif true {}\n"
    )
    assert ours.is_ours
    assert not ours.is_our_include
    assert include.is_our_include
    assert not left_over.is_ours
    assert not other.is_ours


def test_requires_are_those_at_the_beginning() -> None:
    tree = tree_of(b'require "a"; require ["b","c"]; keep; require "d";')
    assert len(leading_requires(tree)) == 2
    assert required(tree) == {"a", "b", "c"}
    assert required_by(tree.commands[1]) == {"b", "c"}
    assert required(tree_of(b"require :odd 1;")) == frozenset()


def test_our_require_is_known_by_the_mark_on_its_line() -> None:
    octets = (
        b'require "a"; # Sieve Manager\r\n'
        b'require "b";\r\n# Sieve Manager\r\n'
        b'require "c"; # else\r\n'
        b'require "d"; require "e"; \t# Sieve Manager'
    )
    tree = tree_of(octets)
    marked = [is_our_require(tree, command) for command in tree.commands]
    assert marked == [True, False, False, False, True]
    end = end_of_our_require(tree, tree.commands[0])
    assert octets[:end] == b'require "a"; # Sieve Manager'
    assert end_of_our_require(tree, tree.commands[1]) == tree.commands[1].end
    other = tree_of(b"keep; # Sieve Manager")
    assert not is_our_require(other, other.commands[0])
    alone = tree_of(b'require "a";')
    assert not is_our_require(alone, alone.commands[0])


def test_header_counts_only_before_the_first_command() -> None:
    header = HEADER.encode()
    assert has_header(tree_of(b"# x\r\n" + header + b"\r\nkeep;"))
    assert has_header(tree_of(header))
    assert not has_header(tree_of(b"keep;\r\n" + header))
    assert header_of(tree_of(b"keep;")) is None


def test_comments_between_two_places() -> None:
    tree = tree_of(b"#a\n#b\n#c\n")
    assert [comment.start for comment in comments_between(tree, 1, 6)] == [3]
