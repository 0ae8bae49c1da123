"""One writer of ours a mailbox over all processes: a row that is taken, freed, or runs out."""

import random
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from sqlalchemy import bindparam, delete

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables import locks
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import MailboxBusyError, StorageError

# Longer than any save that still has a chance; a killed process blocks its mailbox this long.
LEASE_SECONDS = 120.0
_LONGEST_PAUSE_SECONDS = 0.05

_FREE = delete(locks).where(
    locks.c.login == bindparam("of"), locks.c.holder == bindparam("held_by")
)


class DatabaseLocks:
    """The Locks port; waits up to *wait_seconds* for another holder.

    A lock that nobody frees runs out after *lease_seconds*.
    """

    def __init__(
        self,
        database: Database,
        *,
        wait_seconds: float = 3.0,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._database = database
        self._wait_seconds = wait_seconds
        self._lease_seconds = lease_seconds
        taking = database.insert(locks).values(
            login=bindparam("login"), holder=bindparam("holder"), expires=bindparam("expires")
        )
        self._take = taking.on_conflict_do_update(
            index_elements=[locks.c.login],
            set_={"holder": taking.excluded.holder, "expires": taking.excluded.expires},
            where=locks.c.expires < bindparam("now"),
        ).returning(locks.c.login)

    def hold(self, login: Login) -> AbstractContextManager[None]:
        """Hold the mailbox's lock; MailboxBusyError, StorageError."""
        return self._hold(login)

    @contextmanager
    def _hold(self, login: Login) -> Iterator[None]:
        holder = secrets.token_hex(16)
        deadline = time.monotonic() + self._wait_seconds
        while not self._taken(login, holder):
            left = deadline - time.monotonic()
            if left <= 0:
                raise MailboxBusyError(f"Somebody else is changing {login} right now.")
            # Not in step with others who wait for the same mailbox.
            time.sleep(min(left, random.uniform(0.2, 1) * _LONGEST_PAUSE_SECONDS))  # noqa: S311
        try:
            yield
        finally:
            # Where the database fails now, what was done under the lock counts all the same;
            # the lock runs out by itself.
            with suppress(StorageError):
                self._database.execute(_FREE, {"of": login.text, "held_by": holder})

    def _taken(self, login: Login, holder: str) -> bool:
        now = time.time()
        values = {
            "login": login.text,
            "holder": holder,
            "expires": now + self._lease_seconds,
            "now": now,
        }
        with self._database.writing() as connection:
            return connection.execute(self._take, values).first() is not None
