"""What others' mailboxes forward: as of the last sweep, or as it was saved here since then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sieve_manager.application.ports import Addresses, History
from sieve_manager.application.register import RegisterEntry, entries_of
from sieve_manager.application.register_store import RegisterStore
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptSet
from sieve_manager.policy.policy import Policy
from sieve_manager.sieve.staying import stays


class ForwardsOf(Protocol):
    """Every method may raise StorageError and DirectoryError."""

    def of(self, login: Login) -> Sequence[RegisterEntry]:
        """What this mailbox forwards, as far as it is known."""
        ...

    def stays(self, login: Login) -> bool | None:
        """Whether what it does not forward stays there; None: that depends."""
        ...


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

    def of(self, login: Login) -> Sequence[RegisterEntry]:
        """What the newest save left, where that is newer than the last sweep."""
        scripts = self._saved(login)
        if scripts is None:
            return self.register.of(login)
        mailbox = self.addresses.mailbox(login)
        # Who set them does not matter to a chain, so no more of the history is read.
        return entries_of(scripts, mailbox, self.policy, lambda: ())

    def stays(self, login: Login) -> bool | None:
        """The same of what is not forwarded."""
        scripts = self._saved(login)
        return self.register.stays(login) if scripts is None else stays(scripts)

    def _saved(self, login: Login) -> ScriptSet | None:
        last = self.history.last(login)
        if last is None:
            return None
        swept = self.register.last_done()
        older = swept is not None and last.new.at < swept.started
        return None if older else last.new.after
