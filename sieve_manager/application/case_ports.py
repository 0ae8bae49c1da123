"""What keeps the cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sieve_manager.application.case import Case, CaseState, NewCase
from sieve_manager.domain.mailboxes import Login


class CaseStore(Protocol):
    """All cases. Every method may raise StorageError."""

    def begin(self, new: NewCase) -> Case:
        """Keep it, under the next number of its mailbox."""
        ...

    def next_number(self, login: Login) -> int:
        """The number that the next case of this mailbox would get."""
        ...

    def keep(self, case: Case) -> None:
        """Replace what is kept of it."""
        ...

    def move(self, case: Case, was: CaseState) -> bool:
        """Replace what is kept of it, if that is still in the state *was*; else False."""
        ...

    def drop(self, case: Case) -> None:
        """Forget one that never came about."""
        ...

    def case(self, number: int) -> Case:
        """The one with this id; CaseNotFoundError."""
        ...

    def of_mailbox(self, login: Login) -> tuple[Case, ...]:
        """All of one mailbox, newest first."""
        ...

    def found(
        self,
        states: Sequence[CaseState],
        *,
        ends_from: datetime | None = None,
        ends_before: datetime | None = None,
        ended_from: datetime | None = None,
        text: str = "",
        last_over_first: bool = False,
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[Case, ...]:
        """Those in one of *states* whose last day ends within the bounds, the soonest first.

        *text* is a part of the login or of the ticket. Without bounds, also those without end.
        *ended_from*: only those of which it was settled since then that they are over.
        *last_over_first*: in the order in which that was settled, the last one first.
        """
        ...

    def open_batches(self) -> frozenset[int]:
        """The numbers of the batches of which a case is not over."""
        ...
