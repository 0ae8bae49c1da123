"""The cases in memory, for tests and for trying things out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sieve_manager.application.case import OVER_STATES, Case, CaseState, NewCase
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import CaseNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryCases:
    """The CaseStore port."""

    _cases: dict[int, Case] = field(default_factory=dict)

    def begin(self, new: NewCase) -> Case:
        """Keep it under the next number."""
        case = new.kept(max(self._cases, default=0) + 1, self.next_number(new.login))
        self._cases[case.id] = case
        return case

    def next_number(self, login: Login) -> int:
        """The number that the next one would get."""
        return max((case.number for case in self.of_mailbox(login)), default=0) + 1

    def keep(self, case: Case) -> None:
        """Replace it."""
        self._cases[case.id] = case

    def move(self, case: Case, was: CaseState) -> bool:
        """Replace it, if it is still in that state."""
        if case.id not in self._cases or self._cases[case.id].state is not was:
            return False
        self._cases[case.id] = case
        return True

    def drop(self, case: Case) -> None:
        """Forget it."""
        self._cases.pop(case.id, None)

    def case(self, number: int) -> Case:
        """One; CaseNotFoundError."""
        if number not in self._cases:
            raise CaseNotFoundError(f"There is no case {number}.")
        return self._cases[number]

    def of_mailbox(self, login: Login) -> tuple[Case, ...]:
        """All of one mailbox, newest first."""
        found = [case for case in self._cases.values() if case.login == login]
        return tuple(sorted(found, key=lambda case: -case.number))

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
        """Those in these states, the soonest end first and those without end last."""
        part = text.lower()
        found = []
        for case in self._cases.values():
            ends = case.terms.forward.period.ends
            if (
                case.state in states
                and (ends_from is None or (ends is not None and ends >= ends_from))
                and (ends_before is None or (ends is not None and ends < ends_before))
                and (ended_from is None or (case.ended_at and case.ended_at >= ended_from))
                and (part in case.login.text or part in case.terms.ticket.lower())
            ):
                found.append((ends is None, ends or case.begun_at, case.id, case))
        found.sort(key=lambda one: (one[0], 0 if one[0] else one[1].timestamp(), one[2]))
        if last_over_first:
            found.sort(key=lambda one: (-(one[3].ended_at or one[1]).timestamp(), -one[2]))
        return tuple(one[3] for one in found[offset : offset + limit])

    def open_batches(self) -> frozenset[int]:
        """The batches of which a case is not over."""
        found = [case for case in self._cases.values() if case.state not in OVER_STATES]
        return frozenset(case.batch for case in found if case.batch is not None)
