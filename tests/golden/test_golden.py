"""Pairs of a model and the script that it becomes, which anybody can read and compare.

NAME.json holds the forward, what differs on the server from the usual, and the script that is
active before (in before/); NAME.sieve is the script that is written.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from sieve_manager.domain.forward import Forward
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.sieve.compile import CompileOptions
from sieve_manager.sieve.compose import compose, locate
from tests.sieve.making import forward, options

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.json"))


def model(name: str) -> tuple[Forward, CompileOptions, ScriptSet]:
    """The forward, the server, and the mailbox as it is before."""
    described = json.loads((HERE / f"{name}.json").read_text())
    given = described["forward"]
    wanted = forward(
        *given["destinations"],
        copy=given["copy"],
        first=date.fromisoformat(given["first_day"]) if "first_day" in given else None,
        last=date.fromisoformat(given["last_day"]) if "last_day" in given else None,
        zone=given["timezone"],
        hold_spam=given["hold_spam"],
        paused=given.get("paused", False),
    )
    server = described.get("server", {})
    setting = options(
        *server.get("without", []),
        plus=frozenset(server.get("plus", [])),
        trash=server.get("trash"),
    )
    return wanted, setting, before(described.get("active"))


def before(active: str | None) -> ScriptSet:
    if active is None:
        return ScriptSet(listing=ScriptListing())
    name = ScriptName(active)
    octets = (HERE / "before" / f"{active}.sieve").read_bytes()
    return ScriptSet(
        listing=ScriptListing(names=(name,), active=name),
        scripts=(Script(name=name, octets=octets),),
    )


def test_every_model_has_its_script() -> None:
    assert sorted(path.stem for path in HERE.glob("*.sieve")) == NAMES
    assert NAMES


@pytest.mark.parametrize("name", NAMES)
def test_model_becomes_the_script_to_the_octet(name: str) -> None:
    wanted, setting, scripts = model(name)
    (written,) = compose(scripts, wanted, setting).puts
    assert written.octets == (HERE / f"{name}.sieve").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_script_is_read_back_as_the_model_and_comes_off_again(name: str) -> None:
    wanted, setting, scripts = model(name)
    after = compose(scripts, wanted, setting).applied_to(scripts)
    (place,) = locate(after)
    assert place.rules.forward == wanted
    assert place.active
    assert compose(after, None, setting).applied_to(after) == scripts
