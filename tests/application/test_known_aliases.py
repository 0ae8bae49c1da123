"""Aliases that are kept here: told with a mailbox's addresses, and never a person's name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.directory import DirectoryAddresses
from sieve_manager.application.known_aliases import KnownAliases
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
LOGIN = Login("anna")
ACTOR = Actor(name="ada", channel=Channel.CLI)


def at(local: str, domain: str = "example.com") -> EmailAddress:
    return EmailAddress(local, domain)


ANNA = Person(login=LOGIN, name="Anna", address=at("anna.miller"), aliases=(at("anna"),))


class NoOthers:
    """Addresses port: nobody else is known."""

    def mailbox(self, login: Login) -> Mailbox:
        return Mailbox(login=login)


class Counted(MemoryAddresses):
    """Counts the questions."""

    asked = 0

    def leading_to(self, targets: Sequence[EmailAddress]) -> tuple[RedirectAddress, ...]:
        self.asked += 1
        return MemoryAddresses.leading_to(self, targets)


@dataclass
class Office:
    """One mailbox, and what leads to it."""

    store: Counted = field(default_factory=Counted)
    now: datetime = NOW
    aliases: KnownAliases = field(init=False)

    def __post_init__(self) -> None:
        directory = MemoryDirectory(people=(ANNA,))
        self.aliases = KnownAliases(
            DirectoryAddresses(directory, otherwise=NoOthers(), clock=lambda: NOW),
            directory,
            self.store,
            lambda: self.now,
        )

    def keep(
        self,
        address: EmailAddress,
        to: EmailAddress,
        kind: AddressKind = AddressKind.ALIAS,
        last_day: date | None = None,
        *,
        paused: bool = False,
    ) -> None:
        forward = Forward(
            destinations=(to,),
            copy=NOTHING_STAYS,
            period=Period(last_day=last_day),
            hold_spam=False,
            paused=paused,
        )
        after = RedirectAddress(address=address, forward=forward, kind=kind)
        new = NewAddressVersion(
            address=address,
            at=NOW,
            actor=ACTOR,
            change=AddressChange.SET,
            before=None,
            after=after,
        )
        assert self.store.write(new, fingerprint_of(None))


def test_active_aliases_of_each_of_its_addresses_are_a_mailboxs_own() -> None:
    office = Office()
    office.keep(at("am"), at("anna.miller"))
    office.keep(at("anna", "example.org"), at("ANNA"))
    office.keep(at("team"), at("anna"), AddressKind.REDIRECT)
    office.keep(at("paused"), at("anna"), paused=True)
    office.keep(at("over"), at("anna"), last_day=date(2027, 2, 9))
    mailbox = office.aliases.mailbox(LOGIN)
    assert mailbox.address == ANNA.address
    assert mailbox.aliases == (at("anna"), at("am"), at("anna", "example.org"))
    assert mailbox.owns(at("am+lists"))
    assert not mailbox.owns(at("team"))
    assert office.aliases.of_person(ANNA) == (ANNA.address, *mailbox.aliases)


def test_a_mailbox_is_asked_about_once_for_a_page() -> None:
    office = Office()
    for _ in range(5):
        office.aliases.mailbox(LOGIN)
    assert office.store.asked == 1
    office.keep(at("am"), at("anna"))
    office.now += timedelta(seconds=5)
    assert at("am") in office.aliases.mailbox(LOGIN).aliases
    assert office.store.asked == 2


def test_a_mailbox_whose_address_is_not_known_has_no_aliases() -> None:
    office = Office()
    assert office.aliases.mailbox(Login("stranger")) == Mailbox(login=Login("stranger"))
    assert office.store.asked == 0


def test_who_gets_mail_for_an_alias_is_found() -> None:
    office = Office()
    office.keep(at("am"), at("anna"))
    office.keep(at("team"), at("anna"), AddressKind.REDIRECT)
    assert office.aliases.find(at("anna")) == ANNA
    found = office.aliases.find(at("am"))
    # As the directory has them: an alias is no name by which they could be staff.
    assert found == ANNA
    assert office.aliases.find(at("team")) is None
    assert office.aliases.find(at("nobody")) is None
