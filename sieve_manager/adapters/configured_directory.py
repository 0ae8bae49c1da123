"""The directory where none is configured: the mailboxes of [mailboxes], or whatever is typed."""

from collections.abc import Callable, Iterator, Mapping

from sieve_manager.application.ports import Addresses
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.errors import InvalidInputError

Listing = Callable[[], Mapping[Login, Mailbox]]


class ConfiguredDirectory:
    """The Directory port over a *listing* of mailboxes; None: nobody is known by name.

    Without a listing, any login may be somebody: what is typed as a whole is what is found.
    """

    def __init__(self, addresses: Addresses, listing: Listing | None = None) -> None:
        self._addresses = addresses
        self._listing = listing
        # Of which listing, and who owns which address there; an import asks thousands of times.
        self._owners: tuple[Mapping[Login, Mailbox], Mapping[str, Mailbox]] = ({}, {})

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        """Those whose login or address *text* means."""
        if self._listing is not None:
            found = (_person(one) for one in self._listing().values())
            return tuple(sorted((one for one in found if one.is_meant_by(text)), key=str)[:limit])
        mailbox = self._typed_address(text) or self._typed_login(text)
        return (_person(mailbox),) if mailbox else ()

    def person(self, login: Login) -> Person | None:
        """Who has this login."""
        if self._listing is not None and login not in self._listing():
            return None
        return _person(self._addresses.mailbox(login))

    def by_address(self, address: EmailAddress) -> Person | None:
        """Whose primary address or alias this is."""
        if self._listing is None:
            mailbox = self._made_from(address)
            return _person(mailbox) if mailbox else None
        owners = self._by_key(self._listing())
        found = owners.get(address.key) or owners.get(address.without_detail.key)
        return _person(found) if found else None

    def logins(self) -> Iterator[Login]:
        """All mailboxes, in order of their logins."""
        listing = self._listing() if self._listing is not None else {}
        yield from sorted(listing, key=lambda login: login.text)

    def _by_key(self, listing: Mapping[Login, Mailbox]) -> Mapping[str, Mailbox]:
        """Each mailbox by what it is delivered to under; of two with one address, the first."""
        of, owners = self._owners
        if of is not listing:
            owners = {key: one for one in reversed(list(listing.values())) for key in one.keys}
            self._owners = listing, owners
        return owners

    def _typed_address(self, text: str) -> Mailbox | None:
        try:
            return self._made_from(EmailAddress.parse(text))
        except InvalidInputError:
            return None

    def _typed_login(self, text: str) -> Mailbox | None:
        try:
            return self._addresses.mailbox(Login.parse(text))
        except InvalidInputError:
            return None

    def _made_from(self, address: EmailAddress) -> Mailbox | None:
        """The mailbox of the login that makes this address, with the domain or without."""
        for text in (address.local, str(address)):
            mailbox = self._typed_login(text)
            if mailbox and mailbox.owns(address):
                return mailbox
        return None


def _person(mailbox: Mailbox) -> Person:
    return Person(login=mailbox.login, address=mailbox.address, aliases=mailbox.aliases)
