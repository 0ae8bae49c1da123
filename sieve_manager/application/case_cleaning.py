"""Clean up after cases: what is over is taken out, what was cut off in its beginning is settled.

The script ends a case by itself on its last day; this only tidies up, whenever it comes to
it. Everything it needs stands in the mailbox and in the record of the case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sieve_manager.application.access import ITSELF, Access
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.case_wishes import wish_end
from sieve_manager.application.cases import Cases
from sieve_manager.application.ports import Clock
from sieve_manager.application.status import Status
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import ChangedMeanwhileError, InvalidInputError, SieveManagerError

# Longer than a mailbox's lock lasts: whoever was beginning the case is gone by then.
_BEGUN_FOR_GOOD = timedelta(minutes=5)
_AT_A_TIME = 500
_CHANGED = "The rules of the case had been changed by hand; they were taken out all the same."
_FORGOTTEN = "Nobody agreed in time; nothing was written."
_GONE = "The rules of the case were not in the active script any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCleaning:
    """Works through all cases that need it, one mailbox after the other."""

    cases: Cases
    clock: Clock

    def run(self) -> Iterator[Case]:
        """Settle what is due, and yield each case as it is then; failures stay and come again.

        Raises:
            StorageError: our database failed.
        """
        now = self.clock()
        for case in self._all([CaseState.BEGINNING]):
            if (case.writing_since or case.begun_at) < now - _BEGUN_FOR_GOOD:
                yield self._settled(case)
        forgotten = now - timedelta(days=self.cases.policy.approval_days)
        for case in self._all([CaseState.WAITING]):
            if case.begun_at < forgotten and (over := self._forgotten(case)):
                yield over
        for case in self._all([CaseState.ACTIVE, CaseState.FAILED], ends_before=now):
            if done := self._ended(case):
                yield done

    def _all(
        self, states: Sequence[CaseState], ends_before: datetime | None = None
    ) -> tuple[Case, ...]:
        """Those there are now, a page at a time; what is done to them moves none of the rest."""
        found: list[Case] = []
        while page := self.cases.store.found(
            states, ends_before=ends_before, offset=len(found), limit=_AT_A_TIME
        ):
            found += page
        return tuple(found)

    def _forgotten(self, case: Case) -> Case | None:
        """Nobody agreed in time; None where somebody did, or withdrew it, a moment ago."""
        try:
            return self.cases.withdraw(_access(case.login), case.id, _FORGOTTEN)
        except InvalidInputError:
            return None

    def _settled(self, case: Case) -> Case:
        access = _access(case.login)
        try:
            settled = self.cases.settle_beginning(access, case)
        except SieveManagerError as error:
            return self._failed(case, error, CaseState.BEGINNING)
        if settled is None and case.had_waited:
            return self.cases.store.case(case.id)
        return settled or replace(case, state=CaseState.UNDONE, problem=_GONE)

    def _ended(self, case: Case) -> Case | None:
        """None where it was extended, ended or taken back since it was found to be over."""
        if self.cases.store.case(case.id) != case:
            return None
        access = _access(case.login)
        try:
            status = self.cases.forwards.overview(access)
            if _holds(status, case) and not self._is_over(status):
                return None
            saved = self.cases.forwards.save(access, wish_end(case), status.fingerprint)
        except ChangedMeanwhileError:
            return None  # somebody is at it; the next round looks again
        except SieveManagerError as error:
            return self._failed(case, error, CaseState.FAILED)
        version = saved.version.number if saved.version else case.version
        problem = _CHANGED if status.case_changed else "" if _holds(status, case) else _GONE
        return self._kept(
            replace(
                case,
                state=CaseState.ENDED,
                version=version,
                problem=problem,
                ended_at=self.clock(),
            )
        )

    def _is_over(self, status: Status) -> bool:
        handover = status.handover
        return handover is not None and handover.forward.phase(self.clock()) is Phase.ENDED

    def _failed(self, case: Case, error: SieveManagerError, state: CaseState) -> Case:
        failed = replace(case, state=state, problem=str(error))
        self.cases.store.move(failed, case.state)
        return failed

    def _kept(self, case: Case) -> Case:
        self.cases.store.keep(case)
        return case


def _access(login: Login) -> Access:
    return Access(login=login, actor=ITSELF)


def _holds(status: Status, case: Case) -> bool:
    return status.handover is not None and status.handover.case == case.number
