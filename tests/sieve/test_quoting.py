"""Quoting keeps text as data."""

import pytest

from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.quoting import expands, quote, quote_list


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", '""'),
        ("plain", '"plain"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("\\Seen", '"\\\\Seen"'),
        ('\\"', '"\\\\\\""'),
        ("a\r\nb", '"a\r\nb"'),
        ("Ünïcode ✉ \u202e", '"Ünïcode ✉ \u202e"'),
        (":copy", '":copy"'),
        ("${hex:40}", '"${hex:40}"'),
    ],
)
def test_only_backslash_and_quotation_mark_are_escaped(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\udc80"])
def test_text_that_no_script_can_carry_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        quote(text)
    assert caught.value.code == "nul"


def test_list_is_written_without_spaces() -> None:
    assert quote_list(["a", 'b"']) == '["a","b\\""]'


def test_dollar_brace_would_expand() -> None:
    assert expands("a${b}")
    assert not expands("$ {b} $b {")
