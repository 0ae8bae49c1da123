"""A test message that shows where mail for an address really goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login

FOLLOWED = timedelta(seconds=30)
"""How long a test message is followed."""
REPORTED = timedelta(seconds=10)
"""How long a report from outside is waited for where all else is known: there may be none."""


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
