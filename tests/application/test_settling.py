"""Writes whose process was killed get their end, and their entry, also when nobody writes again."""

from datetime import timedelta

import pytest

from sieve_manager.application.auditing import Result
from sieve_manager.application.settling import Settling
from sieve_manager.errors import SaveFailedError
from tests.application.world import ACCESS, World, forward


def cut_off() -> tuple[World, Settling]:
    """A world in which a save was cut off after its first step."""
    world = World()
    world.store.breaks.at, world.store.breaks.down = 2, True
    with pytest.raises(SaveFailedError):
        world.forwards.set_forward(ACCESS, forward(), None)
    settling = Settling(saving=world.forwards.saving, history=world.history, clock=world.tick)
    return world, settling


def test_a_write_that_may_still_be_going_on_is_left_alone() -> None:
    world, settling = cut_off()
    world.store.breaks.broken, world.store.breaks.at = False, 0
    assert settling.run() == 0


def test_an_old_one_is_settled_and_told() -> None:
    world, settling = cut_off()
    world.now += timedelta(hours=1)
    assert settling.run() == 0, "the server is still away"
    world.store.breaks.broken, world.store.breaks.at = False, 0
    assert settling.run() == 1
    assert world.scripts == {}, "what was half done is taken back"
    entry = world.audit.entries()[0].entry
    assert (entry.actor, entry.result) == (ACCESS.actor, Result.FAILED)
    assert entry.detail == "Cut off; the next writer found nothing changed."
    assert settling.run() == 0
