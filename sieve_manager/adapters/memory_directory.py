"""A directory in memory, for tests and for trying things out."""

from collections.abc import Iterator
from dataclasses import dataclass

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person


@dataclass(slots=True)
class MemoryDirectory:
    """The Directory port over *people*."""

    people: tuple[Person, ...] = ()

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        """Those whom every word of *text* names, by name."""
        found = (person for person in self.people if person.is_meant_by(text))
        return tuple(sorted(found, key=lambda one: (one.name.lower(), one.login.text))[:limit])

    def person(self, login: Login) -> Person | None:
        """Who has this login."""
        return next((person for person in self.people if person.login == login), None)

    def by_address(self, address: EmailAddress) -> Person | None:
        """Whose address or alias this is, also with a sub-address."""
        for wanted in (address, address.without_detail):
            for person in self.people:
                if wanted in person.addresses:
                    return person
        return None

    def logins(self) -> Iterator[Login]:
        """All, in order of their logins."""
        yield from sorted((person.login for person in self.people), key=str)
