"""People from the entries of an LDAP server."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sieve_manager.adapters.ldap.server import LdapServer
from sieve_manager.adapters.ldap.session import (
    Attributes,
    Session,
    begins,
    common_name,
    equals,
    holds,
)
from sieve_manager.application.directory import Entry, person_of
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person

_CANDIDATES = 200
_MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapNames:
    """Where people are, and the attribute of each fact; "" where there is none."""

    base: str
    filter: str
    login: str
    name: str
    address: str
    alias: str = ""
    manager: str = ""
    groups: str = ""
    language: str = ""

    @property
    def all(self) -> list[str]:
        """Every attribute that a person is made of."""
        names = (self.login, self.name, self.address, self.alias)
        return [one for one in (*names, self.manager, self.groups, self.language) if one]


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapDirectory:
    """The Directory port. A search leaves managers out: each would be a question of its own."""

    server: LdapServer
    names: LdapNames
    master_separator: str = "*"

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        """Those whom every word of *text* names, by name; accents count as the server compares."""
        words = _WORD.findall(text)[:_MOST_WORDS]
        if not words:
            return ()
        found: dict[Login, Person] = {}
        with self.server.session() as session:
            # Beginnings are what servers have an index for; only where few fit, parts of words.
            for fits, enough in ((begins, 2 * limit), (holds, _CANDIDATES)):
                wanted = self._whole("".join(self._word(fits, word) for word in words))
                entries = session.find(self.names.base, wanted, self.names.all, limit=enough)
                people = [self._person(entry) for entry in entries]
                found |= {one.login: one for one in people if one and one.is_meant_by(text)}
                if len(found) >= limit:
                    break
        by_name = sorted(found.values(), key=lambda one: (one.name.lower(), one.login.text))
        return tuple(by_name[:limit])

    def person(self, login: Login) -> Person | None:
        """Who has this login."""
        wanted = equals(self.names.login, login.text)
        return self._one(wanted, lambda person: person.login == login)

    def by_address(self, address: EmailAddress) -> Person | None:
        """Whose address or alias this is, also with a sub-address."""

        def one(wanted: EmailAddress) -> Person | None:
            spelled = (str(wanted), f"smtp:{wanted}")
            terms = [equals(self.names.address, str(wanted))]
            terms += [equals(self.names.alias, text) for text in spelled if self.names.alias]
            return self._one(_any(terms), lambda person: wanted in person.addresses)

        return one(address) or (
            one(address.without_detail) if address != address.without_detail else None
        )

    def logins(self) -> Iterator[Login]:
        """All mailboxes, in order of their logins; the whole list is read first."""
        with self.server.session() as session:
            entries = session.find_all(self.names.base, self._whole(""), [self.names.login])
            found = {person.login for entry in entries if (person := self._person(entry))}
        yield from sorted(found, key=str)

    def _one(self, wanted: str, fits: Callable[[Person], bool]) -> Person | None:
        base, all_names = self.names.base, self.names.all
        with self.server.session() as session:
            for entry in session.find(base, self._whole(wanted), all_names, limit=_CANDIDATES):
                person = self._person(entry)
                if person and fits(person):
                    return self._person(entry, manager=self._manager(session, entry))
        return None

    def _manager(self, session: Session, entry: Attributes) -> str:
        """The manager's login, which the entry holds itself or by the name of another entry."""
        text = _first(entry, self.names.manager)
        if "=" not in text:
            return text
        found = session.find_at(text, self.names.filter, [self.names.login])
        return _first(found[0], self.names.login) if found else ""

    def _person(self, entry: Attributes, *, manager: str = "") -> Person | None:
        names = self.names
        raw = Entry(
            login=_first(entry, names.login),
            name=_first(entry, names.name),
            addresses=[*_texts(entry, names.address), *_texts(entry, names.alias)],
            manager=manager,
            groups=[common_name(text) for text in _texts(entry, names.groups)],
            language=_first(entry, names.language),
        )
        return person_of(raw, master_separator=self.master_separator)

    def _word(self, fits: Callable[[str, str], str], word: str) -> str:
        names = self.names
        attributes = dict.fromkeys((names.name, names.login, names.address, names.alias))
        terms = [fits(name, word) for name in attributes if name]
        if names.alias:
            terms.append(begins(names.alias, f"smtp:{word}"))
        return _any(terms)

    def _whole(self, wanted: str) -> str:
        return f"(&{self.names.filter}({self.names.login}=*){wanted})"


def _any(terms: Sequence[str]) -> str:
    return f"(|{''.join(terms)})"


def _texts(entry: Attributes, name: str) -> list[str]:
    values = entry.get(name, []) if name else []
    return [value.decode("utf-8", "replace") for value in values]


def _first(entry: Attributes, name: str) -> str:
    return next(iter(_texts(entry, name)), "")
