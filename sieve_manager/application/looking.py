"""Look at a mailbox: read its scripts, and work out what happens or would happen; no writes."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

from sieve_manager.application.access import Access
from sieve_manager.application.drafts import Drafts, Planned
from sieve_manager.application.history import Version
from sieve_manager.application.plan import Check, Draft, Plan, unchecked
from sieve_manager.application.planning import Wish, make_plan
from sieve_manager.application.ports import Addresses, Clock, History, ScriptSession
from sieve_manager.application.state import compile_error, read_scripts
from sieve_manager.application.status import Status, Surroundings, status_of
from sieve_manager.application.undoing import scripts_of
from sieve_manager.application.verdicts import Verdicts
from sieve_manager.domain.scripts import Fingerprint, ScriptName, ScriptSet
from sieve_manager.policy.policy import Policy

CheckOf = Callable[[Plan], Check]
"""What is still to be asked of a plan, such as about the chain of forwards that it makes."""


def no_check(_plan: Plan) -> Check:
    """Where nobody knows of others' forwards."""
    return unchecked


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What is needed to understand a mailbox, beside a session on it."""

    history: History
    addresses: Addresses
    policy: Policy
    clock: Clock
    verdicts: Verdicts = field(default_factory=Verdicts)
    drafts: Drafts = field(default_factory=Drafts)
    check: CheckOf = no_check

    def status(self, session: ScriptSession, access: Access) -> Status:
        """What happens to incoming mail now."""
        last = self.last(access)
        scripts = self.read(session, last)
        around = self.around(session, access, last)
        error = self.verdicts.of(
            access.login, scripts.fingerprint, lambda: compile_error(session, scripts)
        )
        return status_of(scripts, replace(around, compile_error=error))

    def last(self, access: Access) -> Version | None:
        """The newest version in the history."""
        return self.history.last(access.login)

    def read(
        self, session: ScriptSession, last: Version | None, also: Sequence[ScriptName] = ()
    ) -> ScriptSet:
        """All scripts that matter, those that our *last* write touched, and *also*."""
        touched = [script.name for script in last.new.after.scripts] if last else []
        return read_scripts(session, also=[*touched, *also])

    def around(self, session: ScriptSession, access: Access, last: Version | None) -> Surroundings:
        """What a status depends on beside the scripts."""
        return Surroundings(
            mailbox=self.addresses.mailbox(access.login),
            policy=self.policy,
            capabilities=session.capabilities,
            now=self.clock(),
            last=last,
        )

    def plan(
        self,
        session: ScriptSession,
        access: Access,
        wish: Wish,
        loaded: Fingerprint | None,
        last: Version | None,
    ) -> Plan:
        """What *wish* would write, and what it would mean."""
        scripts = self._read_for(session, wish, last)
        around = self.around(session, access, last)
        plan, check = self._plan(scripts, wish, around, loaded)
        return replace(plan, findings=(*plan.findings, *check(access.actor)))

    def draft(
        self,
        session: ScriptSession,
        access: Access,
        wish: Wish,
        loaded: Fingerprint | None,
        last: Version | None,
    ) -> Draft:
        """What *wish* would write; from what was planned before, where nothing is different."""
        scripts = self._read_for(session, wish, last)
        around = self.around(session, access, last)
        planned = self.drafts.of(_key(scripts, wish, around))
        if planned is None:
            plan, check = self._plan(scripts, wish, around, loaded)
            return replace(plan.draft, check=check)
        desired, to, check = planned
        conflict = loaded is not None and loaded != scripts.fingerprint
        return Draft(before=scripts, desired=desired, conflict=conflict, to=to, check=check)

    def _read_for(self, session: ScriptSession, wish: Wish, last: Version | None) -> ScriptSet:
        behind = [one for one in (wish.back, *wish.later) if one]
        return self.read(session, last, [name for one in behind for name in scripts_of(one)])

    def _plan(
        self, scripts: ScriptSet, wish: Wish, around: Surroundings, loaded: Fingerprint | None
    ) -> tuple[Plan, Check]:
        plan = make_plan(scripts, wish, around, loaded)
        check = self.check(plan)
        if wish.basis is not None and not (plan.refused or plan.conflict):
            self.drafts.keep(_key(scripts, wish, around), Planned(plan.desired, plan.to, check))
        return plan, check


def _key(scripts: ScriptSet, wish: Wish, around: Surroundings) -> Hashable:
    """All that a plan depends on, beside what is configured, where the wish's basis is known."""
    return scripts.fingerprint, around.mailbox, around.capabilities, wish.trash, wish.basis
