"""Our rule goes to its place, everything else stays, and taking it out leaves no trace."""

import pytest

from sieve_manager.sieve.compile import CompiledRule, compile_forward
from sieve_manager.sieve.grammar import Tree, parse
from sieve_manager.sieve.placement import can_hold, insert, insertion_point, newline_of, remove
from sieve_manager.sieve.read_back import read_back
from tests.sieve.making import OPTIONS, forward, options

RULE = compile_forward(forward(), OPTIONS)
OTHER = compile_forward(forward("c@example.org", copy="folder:A"), OPTIONS)
BARE = compile_forward(forward(copy="none"), OPTIONS)
NEXT = "### Nextcloud Mail: Filters ### DON'T EDIT ###"
REPLY = "### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###"


def tree_of(octets: bytes) -> Tree:
    tree = parse(octets)
    assert tree is not None
    return tree


def ours(rule: CompiledRule = RULE, newline: str = "\r\n") -> str:
    names = ",".join(f'"{name}"' for name in rule.requires)
    line = f"require [{names}]; # Sieve Manager\r\n" if names else ""
    return (line + rule.text).replace("\r\n", newline)


def put(before: str, rule: CompiledRule = RULE) -> str:
    return insert(tree_of(before.encode()), rule).decode()


# Each script with a "|" where ours must go.
PLACES = [
    "|",
    "|keep;",
    "|keep;\r\n",
    'require "fileinto";\r\n|keep;\r\n',
    'require "fileinto";\r\n|',
    'require "fileinto";|',
    'require "fileinto"; \t# needed\r\n|keep;\r\n',
    'require "fileinto";| # needed',
    'require "fileinto";| /* one\r\n two */ keep;\r\n',
    'require "fileinto";| keep;\r\n',
    'require "fileinto";| # rule:[A]\r\nif true {}\r\n',
    'require "fileinto"; require "copy";\r\n|\r\nkeep;',
    'require "fileinto";\r\n# why\r\nrequire\r\n["a",\r\n"b"];\r\n|# then\r\nkeep;',
    "# a heading\r\n\r\n|keep;\r\n",
    "# a heading\r\n\r\n|# about the rule\r\nkeep;\r\n",
    "|# about the rule\r\nkeep;\r\n",
    "|# only a comment",
    "# only a comment\r\n|",
    "# one\r\n\r\n# two\r\n|",
    "/* only */ \r\n|",
    "# heading\r\n|# rule:[Invoices]\r\nif true\r\n{\r\n\tkeep;\r\n}\r\n",
    "|# rule:[Invoices]\r\n# more\r\nif true\r\n{\r\n\tkeep;\r\n}\r\n",
    "\ufeff|keep;\r\n",
    '\ufeffrequire "fileinto";\r\n|keep;\r\n',
    f'{NEXT}\r\nrequire ["fileinto"];\r\n{NEXT}\r\n|keep;\r\n{NEXT}\r\n# FILTER: []\r\n{NEXT}',
    (
        f'{REPLY}\r\nrequire "date";\r\n{REPLY}\r\n{NEXT}\r\nrequire ["fileinto"];\r\n'
        f"{NEXT}\r\n|\r\nkeep;\r\n{NEXT}\r\n{NEXT}\r\n{REPLY}\r\n# DATA: {{}}\r\n{REPLY}"
    ),
    f"|{NEXT}\r\n# FILTER: []\r\n{NEXT}",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", [RULE, BARE], ids=["with-require", "without"])
def test_rule_goes_to_its_place_and_comes_out_without_a_trace(
    place: str, rule: CompiledRule
) -> None:
    before = place.replace("|", "")
    after = put(before, rule)
    assert after == place.replace("|", ours(rule))
    assert read_back(after.encode()).forward is not None
    assert remove(tree_of(after.encode())) == before.encode()


def test_line_ends_are_those_of_the_script() -> None:
    assert put("# x\n\nkeep;\n") == "# x\n\n" + ours(newline="\n") + "keep;\n"
    assert put("# x\r\n\r\nkeep;\n") == "# x\r\n\r\n" + ours() + "keep;\n"


@pytest.mark.parametrize(
    ("octets", "newline"),
    [(b"", b"\r\n"), (b"a\r\nb\n", b"\r\n"), (b"a\nb\nc\r\n", b"\n"), (b"a\n", b"\n")],
)
def test_dominant_line_end(octets: bytes, newline: bytes) -> None:
    assert newline_of(octets) == newline


def test_rule_is_replaced_where_it_stands() -> None:
    moved = 'require ["copy","fileinto"];\r\nkeep;\r\n' + RULE.text + "stop;\r\n"
    after = put(moved, BARE)
    assert after == 'require ["copy","fileinto"];\r\nkeep;\r\n' + BARE.text + "stop;\r\n"


def test_our_require_follows_what_we_need() -> None:
    inside = put('require "fileinto";\r\nkeep;\r\n')
    assert put(inside, OTHER) == put('require "fileinto";\r\nkeep;\r\n', OTHER)
    assert put(put(inside, OTHER), BARE) == put('require "fileinto";\r\nkeep;\r\n', BARE)


def test_merged_require_is_left_alone_as_long_as_it_holds_what_we_need() -> None:
    merged = 'require ["copy","fileinto","mailbox"];\r\n' + RULE.text + "keep;\r\n"
    assert put(merged, OTHER) == 'require ["copy","fileinto","mailbox"];\r\n' + OTHER.text + (
        "keep;\r\n"
    )
    assert remove(tree_of(merged.encode())) == (
        b'require ["copy","fileinto","mailbox"];\r\nkeep;\r\n'
    )


def test_merged_require_that_lacks_something_gets_ours_beside_it() -> None:
    merged = 'require ["copy"];\r\n' + RULE.text
    assert put(merged, OTHER) == 'require ["copy"];\r\n' + ours(OTHER)


def test_what_others_have_begun_to_use_stays_declared() -> None:
    inside = put("", OTHER) + 'fileinto "B";\r\n'
    assert remove(tree_of(inside.encode())) == b'require ["fileinto"];\r\nfileinto "B";\r\n'
    changed = put(inside, RULE)
    assert changed.startswith('require ["copy","fileinto"]; # Sieve Manager\r\n')
    assert remove(tree_of(changed.encode())) == b'require ["fileinto"];\r\nfileinto "B";\r\n'
    declared = put('require "fileinto";\r\nfileinto "B";\r\n', OTHER)
    assert remove(tree_of(declared.encode())) == b'require "fileinto";\r\nfileinto "B";\r\n'


def test_surplus_rules_and_requires_of_ours_go() -> None:
    twice = ours() + "keep;\r\n" + OTHER.text + "stop;\r\n"
    assert put(twice, BARE) == BARE.text + "keep;\r\nstop;\r\n"
    again = 'require "copy"; # Sieve Manager\r\nrequire "date"; # Sieve Manager\r\n' + RULE.text
    assert put(again) == ours()
    assert remove(tree_of(again.encode())) == b""


def test_rule_that_lost_its_last_line_break_is_taken_out() -> None:
    assert remove(tree_of(b"keep;\n" + BARE.text.rstrip().encode())) == b"keep;\n"
    assert remove(tree_of(BARE.text.rstrip().encode() + b" # x\n")) == b" # x\n"


def test_include_of_ours_stays_as_anybodys() -> None:
    octets = (
        b"# This script was made by Sieve Manager.\r\n"
        b'require ["copy","include"]; # Sieve Manager\r\n'
        + RULE.text.encode()
        + b'# rule:[Sieve Manager: other filters]\r\nif true\r\n{\r\n\tinclude "x";\r\n}\r\nkeep;'
    )
    assert remove(tree_of(octets)) == (
        b'require ["include"];\r\nif true\r\n{\r\n\tinclude "x";\r\n}\r\nkeep;'
    )


@pytest.mark.parametrize("extension", ["variables", "encoded-character"])
def test_text_that_would_expand_cannot_stand_in_the_script(extension: str) -> None:
    tree = tree_of(f'require "{extension}";\r\n'.encode())
    risky = compile_forward(forward(copy="folder:${x}"), OPTIONS)
    assert can_hold(tree, RULE)
    assert not can_hold(tree, risky)
    assert can_hold(tree_of(b'require "fileinto";'), risky)


def test_script_that_does_not_declare_what_it_uses_is_not_mended() -> None:
    tree = tree_of(b'redirect :copy "x@example.org";')
    assert not can_hold(tree, RULE)
    assert can_hold(tree, BARE)
    holds_ours = tree_of(ours().encode() + b'redirect :copy "x@example.org";')
    assert can_hold(holds_ours, RULE)


@pytest.mark.parametrize(
    "octets",
    [
        f'{NEXT}\r\nrequire "a";\r\nkeep;\r\n{NEXT}\r\n',  # the block holds commands too
        f'{NEXT}\r\nrequire "a";\r\n',  # it is not closed
        f'{NEXT}\r\nrequire "a";\r\n{NEXT}',  # its last line would swallow our first
    ],
)
def test_no_place_outside_of_nextclouds_block(octets: str) -> None:
    tree = tree_of(octets.encode())
    assert insertion_point(tree) is None
    assert not can_hold(tree, RULE)


def test_nextclouds_parser_passes_ours_on() -> None:
    before = (
        f'{REPLY}\r\nrequire "date";\r\n{REPLY}\r\n{NEXT}\r\nrequire ["fileinto"];\r\n{NEXT}\r\n'
        f"keep;\r\n{NEXT}\r\n# FILTER: []\r\n{NEXT}\r\n{REPLY}\r\n# DATA: {{}}\r\n{REPLY}"
    )
    after = put(before)
    for separator in (NEXT, REPLY):
        # It cuts out what stands between its separators and keeps the rest.
        after = "".join(part.removeprefix("\r\n") for part in after.split(separator)[::2])
    assert after == ours() + "keep;\r\n"


def test_options_decide_about_create_alone() -> None:
    plain = compile_forward(forward(copy="folder:A"), options("mailbox"))
    assert put(put("keep;", OTHER), plain) == put("keep;", plain)
