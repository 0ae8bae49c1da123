"""An address without a mailbox: what is sent to it is only relayed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind, Forward, Phase
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import InvalidInputError

CATCH_ALL = "*"
"""Stands for the local part of every address of a domain that nobody has."""

NOTHING_STAYS = Copy(kind=CopyKind.NONE)


class AddressKind(StrEnum):
    """An ALIAS is delivered to exactly one mailbox here; a REDIRECT goes wherever it leads."""

    REDIRECT = "redirect"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectAddress:
    """What happens to mail for *address*: *forward* says where to and when, and nothing stays.

    *owner* may change where it leads to; None: only the helpdesk. *moved_to* is what senders are
    told while it is paused or once it has ended; None: only that it is not in use. *waiting* are
    those destinations that have not agreed to receive the mail.
    """

    address: EmailAddress
    forward: Forward
    kind: AddressKind = AddressKind.REDIRECT
    owner: Login | None = None
    moved_to: EmailAddress | None = None
    waiting: frozenset[EmailAddress] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what no such address can be.

        Raises:
            InvalidInputError: it leads to itself, an alias leads to several or is a catch-all, or a
                copy would stay.
        """
        if self.forward.copy != NOTHING_STAYS:
            raise InvalidInputError("A redirect address stores nothing.", where="copy")
        if self.address in (*self.forward.destinations, self.moved_to):
            raise InvalidInputError(
                "This address cannot lead to itself.", where="to", code="address-itself"
            )
        if self.kind is AddressKind.ALIAS and len(self.forward.destinations) > 1:
            raise InvalidInputError(
                "An alias leads to one mailbox. Several destinations make a redirect address.",
                where="to",
                code="alias-one",
            )
        if self.kind is AddressKind.ALIAS and self.is_catch_all:
            raise InvalidInputError(
                "An alias is one address. All others of a domain lead on as a redirect address.",
                where="address",
                code="alias-catch-all",
            )

    @property
    def leads_to(self) -> tuple[EmailAddress, ...]:
        """The destinations that get the mail, in order."""
        return tuple(one for one in self.forward.destinations if one not in self.waiting)

    @property
    def rests(self) -> bool:
        """Whether it leads nowhere, on whatever day: it is paused, or nobody has agreed."""
        return self.forward.paused or not self.leads_to

    @property
    def is_catch_all(self) -> bool:
        """Whether it stands for all addresses of its domain that nobody has."""
        return self.address.local == CATCH_ALL

    def phase(self, now: datetime) -> Phase:
        """Where it stands at *now*; PAUSED also while nobody has agreed to receive the mail."""
        return self.forward.with_paused(self.rests).phase(now)
