"""What others' mailboxes forward: as of the last sweep, or as it was saved here since then."""

from dataclasses import dataclass
from typing import Protocol

from sieve_manager.application.ports import Addresses, History
from sieve_manager.application.register import Forwarded, entries_of
from sieve_manager.application.register_store import RegisterStore
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.scripts import ScriptSet
from sieve_manager.policy.policy import Policy
from sieve_manager.sieve.staying import stays


class ForwardsOf(Protocol):
    """StorageError, DirectoryError."""

    def of(self, login: Login) -> Forwarded:
        """What this mailbox forwards, as far as it is known."""
        ...


def forwarded_by(scripts: ScriptSet, mailbox: Mailbox, policy: Policy) -> Forwarded:
    """What *scripts* forward; who set it does not matter to a chain, so no history is read."""
    return Forwarded(entries=entries_of(scripts, mailbox, policy, lambda: ()), stays=stays(scripts))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownForwards:
    """ForwardsOf over the register and the history, which knows each save at once.

    Or else two people who forward to each other between two sweeps would close a circle. A save
    that is begun counts, and so does one that the last sweep may have missed.
    """

    register: RegisterStore
    history: History
    addresses: Addresses
    policy: Policy

    def of(self, login: Login) -> Forwarded:
        """What the newest save left, where that is newer than the last sweep."""
        scripts = self._saved(login)
        if scripts is None:
            return self.register.of(login)
        mailbox = self.addresses.mailbox(login)
        return forwarded_by(scripts, mailbox, self.policy)

    def _saved(self, login: Login) -> ScriptSet | None:
        last = self.history.last(login)
        if last is None:
            return None
        swept = self.register.last_done()
        older = swept is not None and last.new.at < swept.started
        return None if older else last.new.after
