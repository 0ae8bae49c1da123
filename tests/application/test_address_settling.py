"""A change of a redirect address has its audit entry, also when its process was killed."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.application.address_history import AddressChange
from sieve_manager.application.address_plan import wish_change, wish_set
from sieve_manager.application.address_settling import AddressSettling
from tests.application.test_redirect_addresses import ADA, ANNA, CONTACT, Desk, leads
from tests.application.world import NOW

HOUR = timedelta(hours=1)


class Killed(BaseException):
    """Nothing of ours catches it."""


@dataclass
class Cut:
    """The relay of a process that ends before it publishes."""

    def publish(self) -> None:
        raise Killed


def test_what_a_killed_process_did_is_told_later_and_once() -> None:
    desk = Desk()
    desk.save(wish_set(leads(ANNA)))
    killed = replace(desk.use, relay=Cut())  # type: ignore[arg-type]  # all that is asked of it
    wish = wish_change(CONTACT, AddressChange.PAUSE, note="over", ticket="T-1")
    with pytest.raises(Killed):
        killed.save(ADA, wish, None)
    assert desk.said() == [("address.set", "done")]
    at = NOW
    settling = AddressSettling(store=desk.store, log=desk.log, clock=lambda: at, back=2 * HOUR)
    assert settling.run() == 0, "it may still be going on"
    at += HOUR
    assert settling.run() == 1
    assert desk.said() == [("address.pause", "done"), ("address.set", "done")]
    entry = desk.log.entries()[0].entry
    assert (entry.actor, entry.at, entry.ticket, entry.reason) == (ADA, NOW, "T-1", "over")
    assert entry.detail == "Cut off; change 2 was found done."
    for again in (settling, replace(settling)):
        assert again.run() == 0


def test_what_the_log_need_not_hold_any_more_is_not_told_again() -> None:
    desk = Desk()
    desk.save(wish_set(leads(ANNA)))
    settling = AddressSettling(
        store=desk.store, log=MemoryAuditLog(), clock=lambda: NOW + 3 * HOUR, back=HOUR
    )
    assert settling.run() == 0
