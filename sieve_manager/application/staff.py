"""The helpdesk: who is staff, and the right to act for a mailbox, asked for anew each time."""

from dataclasses import dataclass

from sieve_manager.application.access import Actor
from sieve_manager.application.ports import Addresses, Directory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError, NotAllowedError
from sieve_manager.policy.findings import Finding, refuse
from sieve_manager.policy.rights import (
    StaffRules,
    is_same_person,
    maker_of,
    may_act,
    role_of,
)

NO_MASTER = refuse(
    "act-no-master",
    "Nobody can act for others here: the mail server's master identity is not configured. An "
    "administrator finds it under [master] in the configuration.",
)
NOT_THE_OWNER = refuse("owner-may-not-end", "Only the helpdesk can end this. Ask there.")
STAFF_ONLY = refuse("staff-only", "This is for the helpdesk.")
ADMINISTRATORS_ONLY = refuse("administrators-only", "This is for administrators.")


def denied(finding: Finding) -> NotAllowedError:
    """The error that says what *finding* says."""
    return NotAllowedError(finding.template, code=finding.code, facts=dict(finding.facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Somebody whom a search found; *refusal* says why who asked may not act for them."""

    person: Person
    refusal: Finding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """What the helpdesk's doors ask; every method may raise StorageError and DirectoryError."""

    directory: Directory
    addresses: Addresses
    rules: StaffRules
    has_master: bool

    def role(self, login: Login, claimed: frozenset[str] = frozenset()) -> Role:
        """The role of who signed in; *claimed* are groups that their sign-in vouched for."""
        if self.rules.operators.is_empty and self.rules.administrators.is_empty:
            return Role.OWNER  # no directory is asked for what nobody can be
        return role_of(self.person(login), self.rules, claimed)

    def person(self, login: Login) -> Person:
        """Who has this login, as far as known."""
        return self.directory.person(login) or self._unknown(login)

    def is_same_person(self, one: str, other: str) -> bool:
        """Whether one person acts under both names, be they two addresses of theirs."""
        return is_same_person(one, other) or is_same_person(
            self._known_as(one), self._known_as(other)
        )

    def refusal(self, actor: Actor, login: Login) -> Finding | None:
        """Why *actor* may not act for the mailbox *login*; None where they may."""
        return self.look(actor, login).refusal

    def demand(self, actor: Actor, login: Login) -> None:
        """Return where *actor* may act for *login*; NotAllowedError."""
        if refusal := self.refusal(actor, login):
            raise denied(refusal)

    def demand_role(self, actor: Actor, *, administrator: bool = False) -> None:
        """Return where *actor* is staff, or an administrator; NotAllowedError."""
        if administrator and actor.role is not Role.ADMINISTRATOR:
            raise denied(ADMINISTRATORS_ONLY)
        if not actor.role.is_staff:
            raise denied(STAFF_ONLY)

    def look(self, actor: Actor, login: Login) -> Found:
        """Who has this login, and whether *actor* may act for them."""
        known = self.directory.person(login)
        person = known or self._unknown(login)
        own = Login(actor.name)
        refusal = may_act(actor.role, own, person, self.rules, known=known is not None)
        return Found(person=person, refusal=refusal if self.has_master else NO_MASTER)

    def search(self, actor: Actor, text: str, limit: int = 20) -> tuple[Found, ...]:
        """Those whom *text* finds, each with whether *actor* may act for them.

        An administrator, who needs no directory, is offered a login that nobody has there.
        """
        own = Login(actor.name)
        people = self.directory.search(text, limit)
        if not people and actor.role is Role.ADMINISTRATOR:
            people = self._typed(text)
        return tuple(
            Found(person=one, refusal=may_act(actor.role, own, one, self.rules)) for one in people
        )

    def _typed(self, text: str) -> tuple[Person, ...]:
        try:
            return (self._unknown(Login.parse(text)),)
        except InvalidInputError:
            return ()

    def _known_as(self, name: str) -> str:
        """The login by which the directory knows who acts as *name*, or else what they signed
        in with.
        """
        login = Login(maker_of(name))
        person = self.directory.person(login)
        if person is None and (address := _address(login.text)):
            person = self.directory.by_address(address)
        return person.login.text if person else login.text

    def _unknown(self, login: Login) -> Person:
        mailbox = self.addresses.mailbox(login)
        return Person(login=login, address=mailbox.address, aliases=mailbox.aliases)


def _address(text: str) -> EmailAddress | None:
    try:
        return EmailAddress.parse(text)
    except InvalidInputError:
        return None
