"""When an alias would be the better tool than the redirect address or the forward in hand."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sieve_manager.application.ports import Directory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Mailbox
from sieve_manager.domain.people import Person, words_of
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.variants import Likeness, variant_of
from sieve_manager.errors import DirectoryError

_BEGINNING, _MOST_PEOPLE, _MOST_DOMAINS = 3, 200, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasOffer:
    """*alias* could be another address of the mailbox with the address *mailbox*.

    Because it is a mere variant (*likeness*) of *like*, an address of that mailbox; or, where
    *likeness* is None, because it leads nowhere else.
    """

    alias: EmailAddress
    mailbox: EmailAddress
    like: EmailAddress
    likeness: Likeness | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasOffers:
    """Looks for mailboxes whose alias an address could be; *inside* are the domains here.

    It only advises: of mailboxes of which the directory says too little it says nothing.
    """

    directory: Directory
    inside: Collection[str] = ()

    def of_address(self, wanted: RedirectAddress) -> AliasOffer | None:
        """What to offer instead of *wanted*, which is not there yet."""
        if wanted.kind is AddressKind.ALIAS or wanted.is_catch_all:
            return None
        try:
            return self._variant(wanted) or self._only_mailbox(wanted)
        except DirectoryError:
            return None

    def of_forward(
        self, mailbox: Mailbox, destinations: Collection[EmailAddress]
    ) -> AliasOffer | None:
        """What to offer instead of a forward of all mail of *mailbox* to *destinations*."""
        if mailbox.address is None or len(destinations) != 1:
            return None
        try:
            person = self.directory.by_address(next(iter(destinations)))
        except DirectoryError:
            return None
        if person is None or person.login == mailbox.login:
            return None
        return _offer(mailbox.address, (person,), self.inside)

    def _variant(self, wanted: RedirectAddress) -> AliasOffer | None:
        led = [self.directory.by_address(one) for one in wanted.forward.destinations]
        near = (one for one in led if one)
        found = _offer(wanted.address, tuple(near), self.inside)
        return found or _offer(wanted.address, tuple(self._near(wanted.address)), self.inside)

    def _only_mailbox(self, wanted: RedirectAddress) -> AliasOffer | None:
        """A forward to one mailbox here and to nowhere else, which nobody is to change later."""
        if len(wanted.forward.destinations) > 1 or wanted.owner:
            return None
        (target,) = wanted.forward.destinations
        person = self.directory.by_address(target)
        if person is None or person.address is None:
            return None
        return AliasOffer(alias=wanted.address, mailbox=person.address, like=target, likeness=None)

    def _near(self, address: EmailAddress) -> Iterator[Person]:
        """Those whose addresses may be like it; far from all of the directory."""
        plain = address.without_detail
        for domain in sorted(self.inside)[:_MOST_DOMAINS]:
            if person := self.directory.by_address(EmailAddress(plain.local, domain)):
                yield person
        beginnings = [word[:_BEGINNING] for word in words_of(plain.local)]
        for typed in dict.fromkeys((" ".join(beginnings), *beginnings)):
            if typed:
                yield from self.directory.search(typed, _MOST_PEOPLE)


def _offer(
    alias: EmailAddress, people: Collection[Person], inside: Collection[str]
) -> AliasOffer | None:
    owners = {one: person for person in people if person.address for one in person.addresses}
    if alias in owners:  # no variant of anything: it is there already, and that is said elsewhere
        return None
    variant = variant_of(alias, tuple(owners), inside)
    if variant is None or (mailbox := owners[variant.of].address) is None:
        return None
    return AliasOffer(alias=alias, mailbox=mailbox, like=variant.of, likeness=variant.likeness)
