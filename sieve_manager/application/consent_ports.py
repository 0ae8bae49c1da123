"""What keeps the questions to receivers, and what they said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import Consent, Source
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login


class ConsentStore(Protocol):
    """All consents, one a source and receiver. Each method may raise StorageError.

    Addresses are compared by ``EmailAddress.key``.
    """

    def of(self, source: Source) -> tuple[Consent, ...]:
        """All of this source, whatever their state, in the order in which they were first asked."""
        ...

    def get(self, number: int) -> Consent | None:
        """The one with this id."""
        ...

    def change(self, old: Consent | None, new: Consent, *, owner: str = "") -> Consent | None:
        """Keep *new* in place of *old* (None: there is none yet), with its id.

        None where what is kept is not *old* any more: somebody else was quicker, and nothing is
        written. A question that *old* did not have counts in :meth:`asked` for *owner*, which is
        the login of who owns the mailbox or the address, or the address where nobody does.
        """
        ...

    def pending(self, limit: int = 100) -> tuple[Consent, ...]:
        """Those of which something is still to be done, the one that waits longest first."""
        ...

    def asked(
        self,
        since: datetime,
        *,
        owner: str | None = None,
        destination: EmailAddress | None = None,
    ) -> int:
        """How many questions were asked since then for this owner, or to this receiver.

        Whoever is asked at a sub-address is the same receiver.
        """
        ...

    def forget_questions(self, before: datetime) -> int:
        """Count no more those that were asked before then; how many."""
        ...

    def wish(self, login: Login) -> Forward | None:
        """What the mailbox's forward is to become as its receivers agree."""
        ...

    def keep_wish(self, login: Login, wish: Forward | None) -> None:
        """Keep that; None: forget it."""
        ...


def known(consents: Sequence[Consent], destination: EmailAddress) -> Consent | None:
    """The one about *destination*."""
    return next((one for one in consents if one.destination.key == destination.key), None)
