"""When an alias is offered, for which mailbox, and when nothing is said."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.alias_offer import AliasOffer, AliasOffers
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.variants import Likeness
from sieve_manager.errors import DirectoryError

HERE = frozenset({"example.com", "example.org"})


def at(text: str) -> EmailAddress:
    local, _, domain = text.partition("@")
    return EmailAddress(local, domain or "example.com")


ANNA = Person(
    login=Login("anna"), address=at("anna.mueller"), aliases=(at("a.mueller@example.org"),)
)
MAX = Person(login=Login("max"), address=at("max.weber"))
NOBODY = Person(login=Login("printer"))
OFFERS = AliasOffers(directory=MemoryDirectory(people=(ANNA, MAX, NOBODY)), inside=HERE)


def leads(
    address: str, *to: str, kind: AddressKind = AddressKind.REDIRECT, owner: str = ""
) -> RedirectAddress:
    return RedirectAddress(
        address=at(address),
        kind=kind,
        owner=Login(owner) if owner else None,
        forward=Forward(
            destinations=tuple(map(at, to)),
            copy=NOTHING_STAYS,
            period=Period(timezone="UTC"),
            hold_spam=False,
        ),
    )


@pytest.mark.parametrize(
    ("address", "like", "why"),
    [
        ("anna.mueller@example.org", "anna.mueller", Likeness.OTHER_DOMAIN),
        ("annamueller", "anna.mueller", Likeness.SEPARATORS),
        ("mueller.anna", "anna.mueller", Likeness.ORDER),
        ("anna.muller", "anna.mueller", Likeness.SPELLING),
        ("anan.mueller", "anna.mueller", Likeness.SPELLING),
        ("a-mueller@example.org", "a.mueller@example.org", Likeness.SEPARATORS),
    ],
)
def test_a_variant_is_found_wherever_it_was_to_lead(address: str, like: str, why: Likeness) -> None:
    expected = AliasOffer(
        alias=at(address), mailbox=at("anna.mueller"), like=at(like), likeness=why
    )
    assert OFFERS.of_address(leads(address, "anna@example.net")) == expected
    assert OFFERS.of_address(leads(address, "anna.mueller", "x@example.net")) == expected
    assert OFFERS.of_address(leads(address, "max.weber")) == expected


def test_what_leads_to_one_mailbox_here_could_be_its_alias() -> None:
    found = OFFERS.of_address(leads("secretary", "a.mueller@example.org"))
    assert found == AliasOffer(
        alias=at("secretary"),
        mailbox=at("anna.mueller"),
        like=at("a.mueller@example.org"),
        likeness=None,
    )


@pytest.mark.parametrize(
    "wanted",
    [
        leads("secretary", "anna@example.net"),
        leads("secretary", "anna.mueller", "max.weber"),
        leads("secretary", "anna.mueller", owner="max"),
        leads("*", "anna.mueller"),
        leads("annamueller", "anna.mueller", kind=AddressKind.ALIAS),
        leads("anna.mueller", "max@example.net"),
        leads("secretary", "printer"),
    ],
    ids=lambda one: f"{one.address} to {len(one.forward.destinations)}, {one.kind}",
)
def test_nothing_is_offered(wanted: RedirectAddress) -> None:
    """Outside, several, for somebody to change, a catch-all, an alias, and what is there."""
    assert OFFERS.of_address(wanted) is None


@pytest.mark.parametrize(
    ("mailbox", "to", "offered"),
    [
        (Person(login=Login("a2"), address=at("annamueller")), "anna.mueller", True),
        (Person(login=Login("a2"), address=at("annamueller")), "anna@example.net", False),
        (MAX, "anna.mueller", False),
        (ANNA, "a.mueller@example.org", False),
        (NOBODY, "anna.mueller", False),
    ],
)
def test_a_forward_between_two_spellings_of_one_person(
    mailbox: Person, to: str, offered: bool
) -> None:
    assert (OFFERS.of_forward(mailbox.mailbox, [at(to)]) is not None) is offered
    assert OFFERS.of_forward(mailbox.mailbox, [at(to), at("x@example.net")]) is None


class Away(MemoryDirectory):
    """It does not answer."""

    def by_address(self, address: EmailAddress) -> Person | None:
        raise DirectoryError(f"away: {address}")

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        raise DirectoryError(f"away: {text} {limit}")

    def logins(self) -> Iterator[Login]:
        raise DirectoryError("away")


def test_advice_is_no_reason_to_fail() -> None:
    offers = replace(OFFERS, directory=Away())
    assert offers.of_address(leads("annamueller", "anna.mueller")) is None
    assert offers.of_forward(MAX.mailbox, [at("anna.mueller")]) is None
