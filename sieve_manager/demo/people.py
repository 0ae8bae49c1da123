"""Puts the people of the demo into its directory, with their names."""

from collections.abc import Iterable

from sieve_manager.bootstrap import Wired
from sieve_manager.demo.world import Account
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person


def introduce(accounts: Iterable[Account], wired: Wired) -> None:
    """Let *accounts* be the whole directory, where that is a table of ours."""
    if wired.people_table is not None:
        plan = wired.people_table.plan([_person(one) for one in accounts])
        wired.people_table.apply(plan)


def _person(account: Account) -> Person:
    return Person(
        login=Login(account.login),
        name=account.name,
        address=EmailAddress.parse(account.address),
        manager=Login(account.manager) if account.manager else None,
    )
