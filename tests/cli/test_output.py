"""What is printed stays text, whatever it holds."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.cli.output import say, show_pairs, visible

OVERRIDES = {"LRE", "RLE", "LRO", "RLO", "LRI", "RLI", "FSI", "PDF", "PDI"}


@given(st.text(st.characters(codec=None)))
def test_nothing_that_is_printed_steers_a_terminal(text: str) -> None:
    shown = visible(text).replace("\t", "")
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(char) for char in shown} & OVERRIDES
    shown.encode("utf-8")


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_is_printed_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("char", ["\x1b", "\x9b", "\x00", "\x7f", "\u202e", "\u2066", "\u2028"])
def test_what_steers_is_written_out(char: str) -> None:
    assert visible(f"a{char}b") == f"a\\u{ord(char):04x}b"


def test_markup_of_the_printer_is_text_too(capsys: pytest.CaptureFixture[str]) -> None:
    say("[bold]:smile:[/bold]")
    show_pairs([("[red]", "[/red]"), ("left out", "")])
    out = capsys.readouterr().out
    assert "[bold]:smile:[/bold]" in out
    assert "[/red]" in out
    assert "left out" not in out
