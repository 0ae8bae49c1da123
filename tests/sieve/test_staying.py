"""What is not forwarded: whether it stays, on all ways through the scripts."""

import pytest

from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.sieve.staying import stays


def of(*texts: str) -> bool | None:
    names = [ScriptName(f"s{number}") for number in range(len(texts))]
    scripts = tuple(
        Script(name=name, octets=text.encode()) for name, text in zip(names, texts, strict=True)
    )
    listing = ScriptListing(names=tuple(names), active=names[0] if names else None)
    return stays(ScriptSet(listing=listing, scripts=scripts))


COPY = 'require "copy"; redirect :copy "x@example.net";'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("keep;", True),
        ("discard;", False),
        ('require "reject"; reject "no";', False),
        ('require "fileinto"; fileinto "X"; discard;', True),
        ("stop; discard;", True),
        ("if true { discard; }", False),
        ("if false { discard; }", True),
        ('if header "subject" "x" { discard; }', None),
        ('if header "subject" "x" { keep; } discard;', None),
        ('if header "subject" "x" { keep; stop; } elsif size :over 1M { keep; } discard;', None),
        ('if header "subject" "x" { discard; stop; } else { discard; }', False),
        ('redirect "x@example.net";', True),
        ('redirect "x@example.net"; discard;', True),
        (f"{COPY} discard;", True),
        ('if header "subject" "x" { redirect "x@example.net"; } else { discard; }', False),
        ('if header "subject" "x" { redirect "x@example.net"; stop; } keep;', True),
        ("this is no Sieve {", True),
    ],
)
def test_of_what_is_not_forwarded(text: str, expected: bool | None) -> None:
    assert of(text) is expected


def test_included_scripts_run_where_they_are_included() -> None:
    assert of('require "include"; include "s1"; keep;', "discard; return; keep;") is True
    assert of('require "include"; include "s1";', "discard; return; keep;") is False
    assert of('require "include"; include "s1"; discard;', "keep; stop;") is True
    assert of('require "include"; include "s0"; include "s1"; discard;', "") is False
    assert of() is True
