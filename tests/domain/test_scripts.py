"""Scripts are octets under names, and a fingerprint tells any difference."""

from dataclasses import replace

import pytest

from sieve_manager.domain.scripts import (
    Fingerprint,
    Script,
    ScriptListing,
    ScriptName,
    ScriptSet,
)
from sieve_manager.errors import InvalidInputError

A, B = ScriptName("a"), ScriptName("b")
SCRIPTS = ScriptSet(
    listing=ScriptListing(names=(A, B), active=A),
    scripts=(Script(name=A, octets=b"keep;"), Script(name=B, octets=b"stop;")),
)


@pytest.mark.parametrize("text", ["a", "sieve-manager", 'o"dd \\ é ✉', "x" * 512])
def test_name_that_we_may_create(text: str) -> None:
    assert str(ScriptName.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "a/b", "a\x00", "a\r", "a\x7f", "a\x9f", "a\u2028", "x" * 513, "é" * 257]
)
def test_name_that_we_may_not_create(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        ScriptName.parse(text)
    assert caught.value.where == "name"


def test_scripts_are_found_by_name() -> None:
    assert SCRIPTS.active == SCRIPTS.scripts[0]
    assert SCRIPTS.get(B) == SCRIPTS.scripts[1]
    assert SCRIPTS.get(ScriptName("c")) is None
    assert ScriptSet(listing=ScriptListing(names=(A,))).active is None


def test_fingerprint_does_not_depend_on_the_order() -> None:
    turned = ScriptSet(listing=ScriptListing(names=(B, A), active=A), scripts=SCRIPTS.scripts[::-1])
    assert turned.fingerprint == SCRIPTS.fingerprint
    assert len(str(SCRIPTS.fingerprint)) == 64


@pytest.mark.parametrize(
    "other",
    [
        replace(SCRIPTS, listing=ScriptListing(names=(A, B), active=B)),
        replace(SCRIPTS, listing=ScriptListing(names=(A, B))),
        replace(SCRIPTS, listing=ScriptListing(names=(A, B, ScriptName("c")), active=A)),
        replace(SCRIPTS, scripts=SCRIPTS.scripts[:1]),
        replace(SCRIPTS, scripts=(Script(name=A, octets=b"keep; "), SCRIPTS.scripts[1])),
        replace(
            SCRIPTS, scripts=(Script(name=A, octets=b"stop;"), Script(name=B, octets=b"keep;"))
        ),
    ],
)
def test_fingerprint_tells_any_difference(other: ScriptSet) -> None:
    assert other.fingerprint != SCRIPTS.fingerprint


def test_fingerprint_keeps_its_parts_apart() -> None:
    assert Fingerprint.of(["ab", "c"]) != Fingerprint.of(["a", "bc"])
    assert Fingerprint.of(["\udc80"]) != Fingerprint.of([])
