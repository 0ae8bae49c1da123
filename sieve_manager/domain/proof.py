"""A test message that shows where mail for an address really goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login

FOLLOWED = timedelta(seconds=30)
"""How long a test message is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A test message to *address*; *mark* (32 hexadecimal digits) is in it and in no other.

    *actor* is who sent it. *logins* are the mailboxes in which it, or a report about it, may be.
    """

    mark: str
    actor: str
    address: EmailAddress
    sent_at: datetime
    logins: tuple[Login, ...]
