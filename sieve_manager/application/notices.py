"""Tell an owner that mail goes to the outside, whoever set that up and wherever."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sieve_manager.application.access import Access
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import KnownDestinations
from sieve_manager.application.status import Status
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.policy.policy import Policy

Wording = Callable[[Sequence[EmailAddress]], tuple[str, str]]
"""Returns subject and text of the notice about these destinations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Sends the notice once for each outside destination that appears."""

    known: KnownDestinations
    mail: OwnerMail | None
    policy: Policy

    def outside(self, access: Access, status: Status, wording: Wording) -> tuple[EmailAddress, ...]:
        """Tell the owner, at the mailbox of *access* itself, of outside destinations that are new.

        Returns those that the owner was told of now. A destination that disappears and comes
        back counts as new.

        Raises:
            NoticeError: the mail could not be sent; it is tried again at the next look.
            StorageError: the database failed.
        """
        login, address = status.mailbox.login, status.mailbox.address
        if self.mail is None or address is None or not self.policy.notify_owner:
            return ()
        told = self.known.told(login)
        new = tuple(one for one in status.outside if one not in told)
        if new:
            subject, text = wording(new)
            self.mail.send(access, to=address, subject=subject, text=text)
        if told != frozenset(status.outside):
            self.known.remember(login, status.outside)
        return new
