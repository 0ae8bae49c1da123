"""What is the same for every message is known; what is not is said to be unknown."""

import pytest

from sieve_manager.sieve.grammar import Command, parse, parse_test
from sieve_manager.sieve.meaning import (
    constant,
    has_tag,
    last_texts,
    notified,
    targets,
    verdict,
)

BOTH = frozenset({"variables", "encoded-character"})


def command(octets: bytes) -> Command:
    tree = parse(octets)
    assert tree is not None
    return tree.commands[0]


@pytest.mark.parametrize(
    ("text", "extensions", "value"),
    [
        ("a@b", BOTH, "a@b"),
        ("${x}@b", frozenset(), "${x}@b"),
        ("${x}@b", frozenset({"variables"}), None),
        ("${1}", BOTH, None),
        ("${a.b}", BOTH, None),
        ("${ }", BOTH, "${ }"),
        ("a${hex:40}b", frozenset({"encoded-character"}), "a@b"),
        ("a${HEX: 40 62 }", BOTH, "a@b"),
        ("${unicode:e9 1F600}", BOTH, "é😀"),
        ("${hex:24}{x}", BOTH, None),
        ("${hex:24}{x}", frozenset({"encoded-character"}), "${x}"),
        ("${hex:400}", frozenset({"encoded-character"}), "${hex:400}"),
        ("${unicode:110000}", frozenset({"encoded-character"}), "${unicode:110000}"),
        (
            "${unicode:ffffffffffffffffff}",
            frozenset({"encoded-character"}),
            "${unicode:ffffffffffffffffff}",
        ),
        ("a${hex:40}b", frozenset(), "a${hex:40}b"),
    ],
)
def test_constant_text(text: str, extensions: frozenset[str], value: str | None) -> None:
    assert constant(text, extensions) == value


@pytest.mark.parametrize(
    ("test", "known"),
    [
        (b"true", True),
        (b"false", False),
        (b"not false", True),
        (b"not not false", False),
        (b'header "a" "b"', None),
        (b'not header "a" "b"', None),
        (b'allof (true, header "a" "b")', None),
        (b'allof (false, header "a" "b")', False),
        (b"allof (true, true)", True),
        (b'anyof (true, header "a" "b")', True),
        (b'anyof (false, header "a" "b")', None),
        (b"anyof (false, not true)", False),
        (b"allof", None),
        (b"not", None),
    ],
)
def test_verdict_that_no_message_changes(test: bytes, known: bool | None) -> None:
    parsed = parse_test(test)
    assert parsed is not None
    assert verdict(parsed) is known


def test_tags_and_last_texts() -> None:
    redirect = command(b'redirect :copy "a";')
    assert has_tag(redirect, "copy")
    assert not has_tag(redirect, "a")
    assert last_texts(redirect) == ("a",)
    assert last_texts(command(b'addflag ["a","b"];')) == ("a", "b")
    assert last_texts(command(b"redirect :copy;")) == ()
    assert last_texts(command(b"keep;")) == ()


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (b'redirect " a@b.c\r\n";', ("a@b.c",)),
        (b'redirect ["a@b.c","${x}"];', ("a@b.c", None)),
        (b"redirect;", (None,)),
        (b"redirect :copy;", (None,)),
    ],
)
def test_targets_of_a_redirect(octets: bytes, found: tuple[str | None, ...]) -> None:
    assert targets(command(octets), BOTH) == found


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (b'notify :message "hi ${x}" "mailto:a@b.c?subject=x";', ("a@b.c",)),
        (b'notify "MAILTO:a%2Bx@b.c, d@e.f";', ("a+x@b.c", "d@e.f")),
        (b'notify "mailto:?to=a%40b.c&CC=d@e.f&body=g@h.i";', ("a@b.c", "d@e.f")),
        (b'notify "${hex:6d}ailto:a@b.c";', ("a@b.c",)),
        (b'notify "mailto:${x}";', (None,)),
        (b'notify :message "${x}" "xmpp:a@b.c";', ()),
        (b'notify :method "mailto" :options ["a@b.c"] :message "hi";', ("a@b.c",)),
        (b'notify :method "addcal";', ()),
        (b'notify "mailto:";', ()),
        (b"notify;", ()),
    ],
)
def test_addresses_that_are_notified(octets: bytes, found: tuple[str | None, ...]) -> None:
    assert notified(command(octets), BOTH) == found
