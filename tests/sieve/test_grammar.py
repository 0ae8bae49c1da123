"""The grammar reads any Sieve, says where everything stands, and refuses what is none."""

import pytest

from sieve_manager.sieve.grammar import (
    Command,
    Number,
    String,
    StringList,
    Tag,
    Test,
    Tree,
    parse,
    parse_test,
)


def tree_of(octets: bytes) -> Tree:
    tree = parse(octets)
    assert tree is not None
    return tree


def first(octets: bytes) -> Command:
    return tree_of(octets).commands[0]


def test_command_has_its_exact_place() -> None:
    octets = b'  redirect :copy "a@b.c" ;\r\nkeep;'
    command = first(octets)
    assert octets[command.start : command.end] == b'redirect :copy "a@b.c" ;'
    assert octets[command.body : command.body + 1] == b";"
    assert command.name == "redirect"
    assert command.arguments == (Tag("copy"), String("a@b.c"))


def test_names_and_tags_are_lower_case() -> None:
    command = first(b"ReDirect :COPY 1K;")
    assert (command.name, command.arguments) == ("redirect", (Tag("copy"), Number("1K")))


def test_block_test_and_nested_tests_are_read() -> None:
    command = first(b'if allof (true, not header :is "a" ["b", "c"]) { keep; stop; }')
    (test,) = command.tests
    assert test.name == "allof"
    assert [part.name for part in test.tests] == ["true", "not"]
    assert test.tests[1].tests[0].arguments == (Tag("is"), String("a"), StringList(("b", "c")))
    assert command.block is not None
    assert [inner.name for inner in command.block] == ["keep", "stop"]


def test_end_of_a_test_is_before_what_follows() -> None:
    octets = b"if false # allof (true)\r\n{ keep; }"
    command = first(octets)
    assert octets[: command.tests[0].end] == b"if false"
    assert octets[command.body :].startswith(b"{")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (b'"a\\"b\\\\c\\d"', 'a"b\\cd'),
        (b'"two\r\nlines"', "two\r\nlines"),
        (b"text:\r\nhello\r\n.\r\n", "hello\r\n"),
        (b"text: # why\n..dot\n.\n", ".dot\n"),
        (b"TEXT:\r\n.\r\n", ""),
        (b"text:\na\n..\n.x\n.\n", "a\n.\nx\n"),
        (b'"\xff"', "\udcff"),
        ('"é"'.encode(), "é"),
    ],
)
def test_strings_are_decoded(source: bytes, value: str) -> None:
    assert first(b"redirect " + source + b";").arguments == (String(value),)


def test_multiline_string_may_end_with_the_script() -> None:
    assert parse(b"redirect text:\na\n.") is None  # the semicolon is missing
    assert parse_test(b"header text:\na\n.") == Test(
        "header", (String("a\n"),), (), len(b"header text:\na\n.")
    )


def test_comments_end_before_their_line_break() -> None:
    octets = b"# one\r\n/* two\r\n # */ keep; # three"
    tree = tree_of(octets)
    assert [tree.text(comment) for comment in tree.comments] == [
        "# one",
        "/* two\r\n # */",
        "# three",
    ]


def test_comment_sign_in_a_string_is_no_comment() -> None:
    tree = tree_of(b'redirect "# /* x"; keep;')
    assert tree.comments == ()
    assert len(tree.commands) == 2


def test_byte_order_mark_is_skipped() -> None:
    assert first(b"\xef\xbb\xbfkeep;").start == 3


def test_text_of_a_part_never_fails() -> None:
    tree = tree_of(b'redirect "\xff";')
    assert tree.text(tree.commands[0]) == 'redirect "\ufffd";'


@pytest.mark.parametrize("octets", [b"", b" \r\n", b"# only a comment", b"\xef\xbb\xbf"])
def test_script_without_commands_is_read(octets: bytes) -> None:
    assert tree_of(octets).commands == ()


@pytest.mark.parametrize(
    "octets",
    [
        b"keep",
        b"keep; }",
        b"if true { keep;",
        b'redirect "a;',
        b"redirect [];",
        b'redirect ["a";',
        b"redirect [1];",
        b"if anyof () {}",
        b"if anyof (true,) {}",
        b"/* no end",
        b"text:\nno end",
        b"keep @;",
        b": ;",
        b"keep\x00;",
        b"# \x00",
        b"\xff",
        b'"a";',
        b"[",
        b"(",
        b"(true);",
    ],
)
def test_what_is_no_sieve_is_unreadable(octets: bytes) -> None:
    assert parse(octets) is None


def test_nesting_beyond_the_servers_limit_is_unreadable() -> None:
    def blocks(depth: int) -> bytes:
        return b"if true {" * depth + b"}" * depth

    def tests(depth: int) -> bytes:
        return b"if " + b"not " * depth + b"true {}"

    assert parse(blocks(32)) is not None
    assert parse(blocks(33)) is None
    assert parse(tests(32)) is not None
    assert parse(tests(33)) is None
    assert parse(b"if " + b"not " * 100_000 + b"true {}") is None


def test_large_script_is_read_like_any_other() -> None:
    octets = b"keep;" * 50_000
    assert len(tree_of(octets).commands) == 50_000
    assert parse(octets + b"}") is None


def test_a_single_test_is_read_and_nothing_else() -> None:
    test = parse_test(b' allof (true, header "a" "b") # why')
    assert test is not None
    assert test.name == "allof"
    assert parse_test(b"true;") is None
    assert parse_test(b"") is None
    assert parse_test(b"\x00") is None
