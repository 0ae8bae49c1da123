"""The rules of this organisation, as data."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import CopyKind
from sieve_manager.domain.mailboxes import Mailbox

DEFAULT_SPAM_HEADERS = (("X-Spam-Flag", "YES"), ("X-Spam", "Yes"))
# Pigeonhole's default (sieve_max_redirects), taken where a server announces no MAXREDIRECTS.
DEFAULT_MAX_REDIRECTS = 4


class ConsentOf(StrEnum):
    """Which receivers must agree before mail is passed on to them."""

    NONE = "none"
    OUTSIDE = "outside"
    ALL = "all"


class ChainFault(StrEnum):
    """What a chain of forwards may be, and a policy may refuse."""

    CLOSED = "closed"
    DEAD_END = "dead-end"
    DEEP = "deep"
    ENDS_EARLY = "ends-early"
    OUTSIDE = "outside"
    REDIRECTS = "redirects"
    TWICE = "twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is allowed, and what is the default; domains are lower case A-labels.

    Empty *internal_domains*: the domain of the mailbox itself is inside. Empty
    *allowed_destination_domains*: any. *case_destination_domains* stand in their place for cases,
    where there are any.
    """

    internal_domains: frozenset[str] = frozenset()
    allowed_destination_domains: frozenset[str] = frozenset()
    case_destination_domains: frozenset[str] = frozenset()
    max_destinations: int = 10
    copy_choices: frozenset[CopyKind] = field(default_factory=lambda: frozenset(CopyKind))
    hold_spam: bool = True
    spam_headers: tuple[tuple[str, str], ...] = DEFAULT_SPAM_HEADERS
    default_timezone: str = "UTC"
    notify_owner: bool = True
    consent: ConsentOf = ConsentOf.NONE
    chain_refused: frozenset[ChainFault] = frozenset()

    @property
    def of_cases(self) -> Self:
        """What is allowed of the forward that a case sets."""
        domains = self.case_destination_domains or self.allowed_destination_domains
        return replace(self, allowed_destination_domains=domains)

    def is_inside(self, address: EmailAddress, mailbox: Mailbox) -> bool:
        """Whether *address* belongs to the organisation that *mailbox* is in."""
        if self.internal_domains:
            return address.domain in self.internal_domains
        own = {one.domain for one in (mailbox.address, *mailbox.aliases) if one}
        return address.domain in own
