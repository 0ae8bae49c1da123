"""What was planned and not refused, kept so that the save need not work it out again."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from sieve_manager.application.plan import Check
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.sieve.compose import Desired

# As many lines as a large batch has between its rehearsal and its run; a few kilobytes each.
_MAX_KEPT = 2048


class Planned(NamedTuple):
    """What a plan would write, where that leads, and what is still to be asked of it."""

    desired: Desired
    to: tuple[EmailAddress, ...]
    check: Check


@dataclass(slots=True)
class Drafts:
    """What plans would write, each under all that it was made from; safe for threads.

    A plan is a pure function: from the same it comes out the same, refused or not. So a *key*
    must hold everything that it depends on.
    """

    _kept: OrderedDict[Hashable, Planned] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, key: Hashable) -> Planned | None:
        """What the plan from *key* would write; None where that is not kept."""
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: Hashable, planned: Planned) -> None:
        """Keep it; the one that was kept first goes first."""
        with self._lock:
            self._kept[key] = planned
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
