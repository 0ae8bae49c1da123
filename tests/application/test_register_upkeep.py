"""Which mailboxes the register knows to be lost, for those who have a case in them."""

from datetime import timedelta

from sieve_manager.application.register_news import RegisterNews
from sieve_manager.application.register_upkeep import Register
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import AccountDisabledError, SieveManagerError
from tests.application.sweeps import SweepWorld


def test_lost_is_what_a_later_sweep_could_not_read_or_did_not_find() -> None:
    world = SweepWorld(4)
    register = Register(
        store=world.register,
        sweeping=world.sweeping,
        news=RegisterNews(register=world.register),
    )
    read, closed, hidden, gone = map(Login, world.logins)
    before = world.now
    world.pass_hours(1)
    asked = dict.fromkeys((read, closed, hidden, gone), before)
    assert register.lost(asked) == set(), "there was no sweep yet"

    def fault(login: Login, _count: int) -> SieveManagerError | None:
        return AccountDisabledError("closed") if login == closed else None

    world.store.fault = fault
    world.give(hidden.text, b"not Sieve that can be read")
    world.people.names.remove(gone.text)
    register.sweep()
    assert register.lost(asked) == {closed, gone}
    assert register.lost({closed: world.now + timedelta(minutes=1)}) == set(), "begun since then"
    world.store.fault = lambda _login, _count: None
    register.sweep()
    assert register.lost(asked) == {gone}
