"""The addresses of the demo that have no mailbox: one of each kind, and a chain of three."""

from collections.abc import Iterable

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import AddressChange, fingerprint_of
from sieve_manager.application.address_plan import wish_change, wish_set
from sieve_manager.bootstrap import Wired
from sieve_manager.demo.accounts import ADA, ANNA, BRUNO
from sieve_manager.demo.world import RelayAddress
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period

TEAM = RelayAddress(
    address="team@example.com",
    to=(ANNA.address, BRUNO.address, "partner@example.org"),
    owner=ANNA.login,
    about="leads to two mailboxes and outside; Anna decides where to",
)
ALIAS = RelayAddress(
    address="a.ammann@example.com",
    to=(ANNA.address,),
    alias=True,
    about="is an alias of Anna's mailbox",
)
OFFICE = RelayAddress(
    address="office@example.com", to=(TEAM.address,), about="leads to team@example.com"
)
INFO = RelayAddress(
    address="info@example.com",
    to=(OFFICE.address,),
    about="leads to office@example.com: a chain of three",
)
PAUSED = RelayAddress(
    address="fair@example.com",
    to=(BRUNO.address,),
    paused=True,
    about="is paused: senders are told at once",
)
ADDRESSES = (TEAM, ALIAS, OFFICE, INFO, PAUSED)
"""Each leads only to those before it."""

_ADMINISTRATOR = Actor(name=ADA.login, channel=Channel.CLI, role=ADA.role)


def make_addresses(samples: Iterable[RelayAddress], wired: Wired) -> None:
    """Save *samples* as the demo's administrator would."""
    addresses = wired.redirect_addresses
    for one in samples:
        wanted = _redirect_address(one, wired.settings.policy.default_timezone)
        addresses.save(_ADMINISTRATOR, wish_set(wanted), fingerprint_of(None))
        if one.paused:
            wish = wish_change(wanted.address, AddressChange.PAUSE)
            addresses.save(_ADMINISTRATOR, wish, fingerprint_of(wanted))


def _redirect_address(sample: RelayAddress, timezone: str) -> RedirectAddress:
    destinations = tuple(map(EmailAddress.parse, sample.to))
    return RedirectAddress(
        address=EmailAddress.parse(sample.address),
        forward=Forward(
            destinations=destinations,
            copy=NOTHING_STAYS,
            period=Period(timezone=timezone),
            hold_spam=False,
        ),
        kind=AddressKind.ALIAS if sample.alias else AddressKind.REDIRECT,
        owner=Login(sample.owner) if sample.owner else None,
    )
