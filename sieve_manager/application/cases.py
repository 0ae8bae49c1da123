"""The use cases of a case: begin it, change it, end it, take a step back."""

from dataclasses import dataclass, field, replace

from sieve_manager.application.access import Access
from sieve_manager.application.auditing import CASE_APPROVE, CASE_ASK, CASE_WITHDRAW
from sieve_manager.application.case import Case, CaseState, NewCase
from sieve_manager.application.case_demands import (
    demand_begun,
    demand_other,
    last_step,
    may_have_happened,
    needs_approval,
    settled,
)
from sieve_manager.application.case_ports import CaseStore
from sieve_manager.application.case_wishes import CaseWishes, wish_end
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.plan import Plan
from sieve_manager.application.ports import Clock
from sieve_manager.application.saving import Saved, refuse_or_go
from sieve_manager.application.staff import Staff
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import CaseNotFoundError, SieveManagerError
from sieve_manager.policy.case_policy import CasePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """What the helpdesk does with cases, each over an Access to the leaver's mailbox.

    Where *policy* wants a second person's word, a case waits for :meth:`approve`.

    Every method may raise what those of :class:`Forwards` raise, and CaseNotFoundError where
    the case is not one of the mailbox that the access is for.
    """

    forwards: Forwards
    store: CaseStore
    staff: Staff
    clock: Clock
    policy: CasePolicy = field(default_factory=CasePolicy)

    def plan_begin(
        self, access: Access, terms: CaseTerms, loaded: Fingerprint | None = None
    ) -> Plan:
        """What beginning a case would write; reads only."""
        number = self.store.next_number(access.login)
        return self.forwards.plan(access, self._wishes.begin(access, terms, number), loaded)

    def begin(
        self,
        access: Access,
        terms: CaseTerms,
        loaded: Fingerprint | None,
        *,
        batch: int | None = None,
        checksum: str = "",
    ) -> Case:
        """Begin a case, as part of the job *batch*; with *checksum*, by that plan or not at all.

        Where it needs somebody else's word it only waits, and nothing is written.

        It is kept before anything is written, so that a killed process leaves no rules that
        nobody knows of; see :class:`sieve_manager.application.case_cleaning.CaseCleaning`.
        """
        waits = bool(self._wishes.concerns(access, terms))
        if waits:
            plan = self.plan_begin(access, terms, loaded)
            refuse_or_go(plan, loaded, force=False)
        case = self.store.begin(
            NewCase(
                login=access.login,
                at=self.clock(),
                actor=access.actor,
                terms=terms,
                state=CaseState.WAITING if waits else CaseState.BEGINNING,
                batch=batch,
            )
        )
        if waits:
            self.forwards.saving.trail.said(access, CASE_ASK, case, case.begun_at, terms.reason)
            return case
        return self._begin(access, case, loaded, checksum)

    def plan_approve(self, access: Access, case_id: int, loaded: Fingerprint | None = None) -> Plan:
        """What agreeing to a case that waits would write; reads only."""
        case = self._waiting(access, case_id)
        wish = self._wishes.begin(access, case.terms, case.number)
        return self.forwards.plan(access, wish, loaded)

    def approve(self, access: Access, case_id: int, loaded: Fingerprint | None) -> Case:
        """Agree to a case that waits, as somebody else than who asked; it begins at once.

        Raises:
            NotAllowedError: it is the own request, or about the own mailbox.
        """
        case = self._waiting(access, case_id)
        demand_other(access.actor, case, self.staff)
        at = self.clock()
        begins = replace(case, state=CaseState.BEGINNING, writing_since=at)
        if not self.store.move(begins, CaseState.WAITING):
            raise settled()
        self.forwards.saving.trail.said(access, CASE_APPROVE, case, at, "")
        return self._begin(access, begins, loaded, "")

    def withdraw(self, access: Access, case_id: int, why: str) -> Case:
        """Take back a case that waits: who asked does not want it any more, or who was asked."""
        case, at = self._waiting(access, case_id), self.clock()
        over = replace(case, state=CaseState.UNDONE, problem=why, ended_at=at)
        if not self.store.move(over, CaseState.WAITING):
            raise settled()
        self.forwards.saving.trail.said(access, CASE_WITHDRAW, case, at, why)
        return over

    def _begin(self, access: Access, case: Case, loaded: Fingerprint | None, checksum: str) -> Case:
        terms = case.terms
        wish = replace(self._wishes.begin(access, terms, case.number), checksum=checksum)
        try:
            saved = self.forwards.save(access, wish, loaded, folder=terms.forward.copy.folder)
        except SieveManagerError as error:
            if not may_have_happened(error):
                self._did_not_begin(case)
            raise
        self._settle_replaced(access, case)
        self._stop_waiting(access, case.terms)
        return self._kept(case, saved, CaseState.ACTIVE)

    def settle_beginning(self, access: Access, case: Case) -> Case | None:
        """Find out what became of a case whose beginning was cut off; None: nothing."""
        self.forwards.saving.settle_last(access)
        status = self.forwards.overview(access)
        if status.handover is None or status.handover.case != case.number:
            self._did_not_begin(case)
            return None
        last = status.last.number if status.last else None
        begun = replace(case, state=CaseState.ACTIVE, version=last, problem="")
        self._settle_replaced(access, case)
        self._stop_waiting(access, case.terms)
        self.store.keep(begun)
        return begun

    def _did_not_begin(self, case: Case) -> None:
        """Nothing was written: forget it, or let what had waited wait again."""
        if case.had_waited:
            waits = replace(case, state=CaseState.WAITING, writing_since=None)
            self.store.move(waits, CaseState.BEGINNING)
        else:
            self.store.drop(case)

    def plan_change(
        self, access: Access, case_id: int, terms: CaseTerms, loaded: Fingerprint | None = None
    ) -> Plan:
        """What other terms of a case would write; reads only."""
        case = self.case(access, case_id)
        return self.forwards.plan(access, self._wishes.change(access, case, terms), loaded)

    def change(
        self, access: Access, case_id: int, terms: CaseTerms, loaded: Fingerprint | None
    ) -> Case:
        """Give a case other terms: extend, shorten, other destinations."""
        case = self.case(access, case_id)
        wish = self._wishes.change(access, case, terms)
        saved = self.forwards.save(access, wish, loaded, folder=terms.forward.copy.folder)
        self._stop_waiting(access, terms)
        return self._kept(replace(case, terms=terms), saved, CaseState.ACTIVE)

    def plan_end(self, access: Access, case_id: int, loaded: Fingerprint | None = None) -> Plan:
        """What ending a case now would write; reads only."""
        case = self.case(access, case_id)
        demand_begun(case)
        return self.forwards.plan(access, wish_end(case), loaded)

    def end(
        self, access: Access, case_id: int, loaded: Fingerprint | None, *, checksum: str = ""
    ) -> Case:
        """End a case: take out what it brought, and nothing else; *checksum* as for begin."""
        case = self.case(access, case_id)
        demand_begun(case)
        saved = self.forwards.save(access, replace(wish_end(case), checksum=checksum), loaded)
        return self._kept(case, saved, CaseState.ENDED)

    def plan_undo(self, access: Access, case_id: int, loaded: Fingerprint | None = None) -> Plan:
        """What taking back the case's last step would write; reads only."""
        case = self.case(access, case_id)
        return self.forwards.plan_undo(access, last_step(case), loaded, case=case.number)

    def undo(
        self,
        access: Access,
        case_id: int,
        loaded: Fingerprint | None,
        *,
        force: bool = False,
        checksum: str = "",
    ) -> Case:
        """Put back what was there before the case's last step, byte for byte."""
        case = self.case(access, case_id)
        self._demand_agreed_before(access, case)
        saved = self.forwards.undo(
            access, last_step(case), loaded, case=case.number, force=force, checksum=checksum
        )
        found = saved.status.handover
        if found is None or found.case != case.number:
            return self._kept(case, saved, CaseState.UNDONE)
        own = saved.status.forward
        goes_on = own is not None and not own.paused
        terms = replace(
            case.terms,
            forward=found.forward,
            reply=found.reply,
            own_forward=OwnForward.KEEP if goes_on else case.terms.own_forward,
        )
        return self._kept(replace(case, terms=terms), saved, CaseState.ACTIVE)

    def _demand_agreed_before(self, access: Access, case: Case) -> None:
        """What somebody else took away of a case does not come back without agreement."""
        number = last_step(case)
        step = self.forwards.version(access, number).new
        if self.staff.is_same_person(step.actor.name, access.actor.name):
            return
        back = self.forwards.plan_undo(access, number).after.handover
        if back and back.case == case.number:
            terms = replace(case.terms, forward=back.forward)
            if self._wishes.concerns(access, terms, case.terms):
                raise needs_approval()

    def case(self, access: Access, case_id: int) -> Case:
        """A case of this mailbox."""
        case = self.store.case(case_id)
        if case.login != access.login:
            raise CaseNotFoundError(f"There is no case {case_id} of {access.login}.")
        return case

    @property
    def _wishes(self) -> CaseWishes:
        return CaseWishes(forwards=self.forwards, clock=self.clock, policy=self.policy)

    def _waiting(self, access: Access, case_id: int) -> Case:
        case = self.case(access, case_id)
        if case.state is not CaseState.WAITING:
            raise settled()
        return case

    def _kept(self, case: Case, saved: Saved, state: CaseState) -> Case:
        """A write that changed nothing made no version; the earlier one is still the last."""
        over = state in (CaseState.ENDED, CaseState.UNDONE)
        kept = replace(
            case,
            state=state,
            version=saved.version.number if saved.version else case.version,
            problem="",
            ended_at=self.clock() if over else None,
        )
        self.store.keep(kept)
        return kept

    def _stop_waiting(self, access: Access, terms: CaseTerms) -> None:
        """A forward that is off does not begin because a receiver agrees to it."""
        if terms.own_forward is OwnForward.OFF:
            self.forwards.stop_waiting(access)

    def _settle_replaced(self, access: Access, new: Case) -> None:
        """One that was over, and whose rules the new one has replaced, has ended."""
        if new.number == 1:
            return
        for one in self.store.of_mailbox(access.login):
            if one.id != new.id and one.state in (CaseState.ACTIVE, CaseState.FAILED):
                ended = replace(one, state=CaseState.ENDED, problem="", ended_at=self.clock())
                self.store.keep(ended)
