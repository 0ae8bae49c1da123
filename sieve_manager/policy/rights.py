"""Who may act for whom, and who may see what: pure, from the directory's word on both people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Finding, refuse

GROUP_MARK = "group:"

DEPUTY_MARK = "/token:"
"""Who acts through a token is called by who made it, this, and the token's name.

No login holds a slash, so nobody is mistaken for such a name.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Some people: by login or address (*names*, in lower case) and by *groups* (case-folded)."""

    names: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: tuple[str, ...]) -> Self:
        """From the entries of the configuration: a login, an address, or ``group:NAME``."""
        groups = [one for one in entries if one.lower().startswith(GROUP_MARK)]
        return cls(
            names=frozenset().union(*(_spellings(one) for one in entries if one not in groups)),
            groups=_folded(one[len(GROUP_MARK) :].strip() for one in groups),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nobody can be in it."""
        return not (self.names or self.groups)

    def holds(self, person: Person, claimed: frozenset[str] = frozenset()) -> bool:
        """Whether *person* is one of them; *claimed* are groups that a sign-in vouched for."""
        return bool(self.names & _names(person) or self.groups & _folded(person.groups | claimed))

    def holds_loosely(self, person: Person) -> bool:
        """The same, where ``boss`` and ``boss@example.com`` may be the same mailbox.

        A server may take a login with or without its domain; what is to be protected must not
        be open under its other spelling.
        """
        theirs = _names(person)
        bare = {name.partition("@")[0] for name in theirs}
        short = {name for name in self.names if "@" not in name}
        long = {name.partition("@")[0] for name in self.names - short}
        undomained = {name for name in theirs if "@" not in name}
        return self.holds(person) or bool(short & bare or long & undomained)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRules:
    """[staff] as data: who is staff, and for whom operators may act.

    Empty *operator_domains* and *operator_groups* (case-folded): no limit of that kind.
    """

    operators: Circle = field(default_factory=Circle)
    administrators: Circle = field(default_factory=Circle)
    operator_domains: frozenset[str] = frozenset()
    operator_groups: frozenset[str] = frozenset()
    protected: Circle = field(default_factory=Circle)
    operators_see_other_rules: bool = False


def role_of(person: Person, rules: StaffRules, claimed: frozenset[str] = frozenset()) -> Role:
    """The role of *person*, as which they may act for others; in the own mailbox they are OWNER."""
    if rules.administrators.holds(person, claimed):
        return Role.ADMINISTRATOR
    return Role.OPERATOR if rules.operators.holds(person, claimed) else Role.OWNER


def may_act(
    role: Role, actor: Login, person: Person, rules: StaffRules, *, known: bool = True
) -> Finding | None:
    """Why *actor*, with this role, may not act for *person*; None where they may.

    *known* is False where no directory has the login: only administrators, who have no limit,
    act then. The mailboxes of administrators are protected like those that [staff] names: who
    can forward an administrator's mail can become one.
    """
    if actor == person.login or role is Role.ADMINISTRATOR:
        return None
    if role is Role.OWNER:
        return refuse("act-not-staff", "Only the helpdesk acts for other people's mailboxes.")
    mailbox = str(person.mailbox)
    if not known:
        return refuse(
            "act-unknown",
            "The directory knows no mailbox {mailbox}. Only an administrator can act for it.",
            mailbox=mailbox,
        )
    if rules.protected.holds_loosely(person) or rules.administrators.holds_loosely(person):
        return refuse(
            "act-protected",
            "{mailbox} is protected. Only an administrator can act for it.",
            mailbox=mailbox,
        )
    if not _is_within(person, rules):
        return refuse(
            "act-outside",
            "{mailbox} is not one of the mailboxes that you may act for. Ask an administrator.",
            mailbox=mailbox,
        )
    return None


def may_see_other_rules(role: Role, rules: StaffRules) -> bool:
    """Whether *role* sees what the rules say that are not ours."""
    return role is not Role.OPERATOR or rules.operators_see_other_rules


def may_approve(
    role: Role,
    approver: Login,
    *,
    asked_by: str,
    mailbox: Login | None,
    same: Callable[[str, str], bool] | None = None,
) -> Finding | None:
    """Why *approver* may not approve what *asked_by* asked for; None where they may.

    A token speaks for who made it, so that nobody is two people; *same* may know more of who is
    the same person than :func:`is_same_person`.
    """
    same = same or is_same_person
    if not role.is_staff:
        return refuse("approve-not-staff", "Only the helpdesk approves requests.")
    if same(approver.text, asked_by):
        return refuse("approve-own", "Nobody approves the own request. Ask a colleague.")
    if mailbox and same(approver.text, mailbox.text):
        return refuse("approve-own-mailbox", "Nobody approves what concerns the own mailbox.")
    return None


def is_same_person(one: str, other: str) -> bool:
    """Whether the same person may act under these two names, or through a token of theirs.

    A server may take a login with or without its domain: both spellings are one person.
    """
    (local, _, domain), (other_local, _, other_domain) = (
        maker_of(name).partition("@") for name in (one, other)
    )
    return local == other_local and (domain == other_domain or not (domain and other_domain))


def maker_of(name: str) -> str:
    """The person behind the name of who acts."""
    return name.partition(DEPUTY_MARK)[0].lower()


def _is_within(person: Person, rules: StaffRules) -> bool:
    """Whether operators may act for this mailbox, as far as domains and groups say."""
    domain = person.address.domain if person.address else person.login.text.partition("@")[2]
    if rules.operator_domains and domain not in rules.operator_domains:
        return False
    return not rules.operator_groups or bool(rules.operator_groups & _folded(person.groups))


def _names(person: Person) -> frozenset[str]:
    addresses = (person.address, *person.aliases)
    return frozenset([person.login.text, *(one.key for one in addresses if one)])


def _spellings(entry: str) -> frozenset[str]:
    """As typed, and where it is an address, as addresses are compared."""
    typed = entry.lower()
    try:
        return frozenset([typed, EmailAddress.parse(typed).key])
    except InvalidInputError:
        return frozenset([typed])


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
