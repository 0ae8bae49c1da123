"""Who sees a batch of cases, and who may start it: a large one, somebody else than its maker."""

from dataclasses import dataclass
from itertools import islice

from sieve_manager.application.access import Actor
from sieve_manager.application.jobs import ItemState, Job, JobState
from sieve_manager.application.ledger import Ledger, all_items
from sieve_manager.application.staff import Staff, denied
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.policy.findings import refuse

_LISTED_LINES = 100
_NOT_YOURS = refuse("batch-not-yours", "This batch is for who made it, and for administrators.")
_OWN_BATCH = refuse("batch-own", "So many cases are started by somebody else of the helpdesk.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRights:
    """Asked for each batch anew; *threshold* is the policy's, 0: no batch is large."""

    staff: Staff
    ledger: Ledger
    threshold: int

    def demand_start(self, actor: Actor, job: Job) -> None:
        """Return where *actor* may start it; NotAllowedError."""
        self.staff.demand_role(actor)
        self.demand_visible(actor, job)
        if self.waits_for_another(actor, job):
            raise denied(_OWN_BATCH)

    def waits_for_another(self, actor: Actor, job: Job) -> bool:
        """Whether somebody else than *actor* has to start it."""
        return self._is_large(job) and self.staff.is_same_person(job.actor.name, actor.name)

    def is_visible(self, actor: Actor, job: Job) -> bool:
        """Whether *actor* finds it in a list: who made it, administrators, and who may start it.

        Of a long one, only the beginning is looked at; :meth:`demand_visible` looks at all.
        """
        return self._sees(actor, job, _LISTED_LINES)

    def demand_visible(self, actor: Actor, job: Job) -> None:
        """Return where *actor* sees it; NotAllowedError."""
        if not self._sees(actor, job, None):
            raise denied(_NOT_YOURS)

    def _sees(self, actor: Actor, job: Job, lines: int | None) -> bool:
        """It is the own one, or it waits for somebody who may act for all of its mailboxes."""
        if actor.role is Role.ADMINISTRATOR or job.actor.name == actor.name:
            return True
        if job.state is not JobState.READY or not self._is_large(job):
            return False
        return all(
            self.staff.refusal(actor, Login(item.key)) is None
            for item in islice(all_items(self.ledger, job.id), lines)
            if item.state is ItemState.DONE
        )

    def _is_large(self, job: Job) -> bool:
        return bool(self.threshold) and self.ledger.counts(job.id).done > self.threshold
