"""Many cases at once: from a CSV file to a rehearsed job, from there to cases, and back.

Each line is one item of a job (:mod:`sieve_manager.application.jobs`). The rehearsal plans it and
keeps the plan's checksum and the terms; the run carries out that very plan or nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from sieve_manager.application.access import Access, Actor
from sieve_manager.application.auditing import BATCH_START, AuditEntry, Result
from sieve_manager.application.case import OVER_STATES, Case, CaseState
from sieve_manager.application.case_batch_lines import (
    cell_form,
    cell_words,
    entry_of,
    mapping,
    outcome_for,
    problem_form,
    read_lines,
    seen,
)
from sieve_manager.application.case_batch_rights import BatchRights
from sieve_manager.application.case_entry import EntryReader
from sieve_manager.application.case_json import dump_terms, load_terms
from sieve_manager.application.cases import Cases
from sieve_manager.application.jobs import Item, ItemState, Job, JobState, NewItem, NewJob, Outcome
from sieve_manager.application.ledger import Ledger, all_items, start
from sieve_manager.application.staff import Staff, denied
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    PolicyRefusedError,
)
from sieve_manager.policy.findings import inform, refusals, refuse
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import maker_of

_MOST_PROBLEMS = 1000  # all of them are read whenever somebody looks at the job
KIND, UNDO_KIND = "cases", "cases-undo"
_NO_MORE = refuse(
    "batch-no-more", "Who made this batch is not in the helpdesk any more, so nothing was done."
)
_WAITS = inform(
    "batch-waits",
    "Nothing is written yet: somebody else of the helpdesk has to agree to this case.",
)
_OVER = inform("batch-over", "The case is over.")
_CHANGED = refuse(
    "batch-changed", "The mailbox was changed since the rehearsal; nothing was written."
)
_TAKEN_BACK = Outcome(state=ItemState.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBatches:
    """Rehearses, runs and takes back lists of cases."""

    cases: Cases
    entries: EntryReader
    staff: Staff
    ledger: Ledger
    policy: Policy

    def rehearse(self, actor: Actor, octets: bytes) -> Job:
        """Make a job of the lines of a CSV file; workers rehearse it, and nothing is written.

        Lines that cannot be used stand in the job's payload as ``problems``.

        Raises:
            NotAllowedError: *actor* is no staff.
            InvalidInputError: no line of the file can be used, or too many cannot; it says why,
                by line.
        """
        self.staff.demand_role(actor)
        items, problems = read_lines(octets, self.staff.directory, self.entries.find)
        if not items:
            raise InvalidInputError(
                "No line can be used. {problems}",
                where="file",
                code="batch-empty",
                problems="\n".join(map(str, problems[:20])),
            )
        if len(problems) > _MOST_PROBLEMS:
            raise InvalidInputError(
                "More than {limit} lines cannot be used; look at the file. {problems}",
                where="file",
                code="batch-problems",
                limit=str(_MOST_PROBLEMS),
                problems="\n".join(map(str, problems[:20])),
            )
        new = NewJob(
            kind=KIND,
            actor=actor,
            rehearse=True,
            payload={
                "problems": [problem_form(one) for one in problems],
                **self._standing(actor),
            },
        )
        return self.ledger.create(new, items)

    def undo(self, actor: Actor, number: int) -> Job:
        """Make a job that takes back what job *number* did; it is rehearsed first, too.

        Raises:
            NotAllowedError: *actor* is no staff.
            InvalidInputError: there is nothing to take back.
        """
        self.staff.demand_role(actor)
        job = self.ledger.job(number)
        items = self._begun(job) if job.kind == KIND else iter(())
        first = next(items, None)
        rests = job.state.is_over or job.state is JobState.PAUSED
        if first is None or not rests or self.ledger.counts(number).leased:
            raise InvalidInputError(
                "Job {number} has nothing that could be taken back now.",
                where="job",
                code="batch-nothing",
                number=str(number),
            )
        payload = {"undoes": number, **self._standing(actor)}
        new = NewJob(kind=UNDO_KIND, actor=actor, rehearse=True, payload=payload)
        return self.ledger.create(new, chain([first], items))

    def start(self, actor: Actor, number: int, checksum: str) -> Job:
        """Run what was rehearsed; *checksum* is that of the rehearsal that was seen.

        Raises:
            NotAllowedError: *actor* is no staff; or the batch is so large that somebody else
                than who made it has to start it.
            ChangedMeanwhileError, InvalidInputError: as for the ledger's ``start``.
        """
        job = self.ledger.job(number)
        self.rights.demand_start(actor, job)
        started = start(self.ledger, number, checksum)
        self.cases.forwards.saving.trail.write(
            AuditEntry(
                at=self.cases.clock(),
                actor=actor,
                action=BATCH_START,
                result=Result.DONE,
                detail=f"Batch {number}, made by {job.actor.name}.",
            )
        )
        return started

    @property
    def rights(self) -> BatchRights:
        """Who sees a batch, and who may start it."""
        threshold = self.cases.policy.batch_threshold
        return BatchRights(staff=self.staff, ledger=self.ledger, threshold=threshold)

    def handle(self, job: Job, item: Item) -> Outcome:
        """Rehearse or run one line, or taking one case back; safe to run again, as a Handler is."""
        access = Access(login=Login(item.key), actor=job.actor)
        does = self._settled if job.kind == KIND else self._taken_back
        try:
            self._demand(job, access.login)
            return does(access, job, item)
        except PolicyRefusedError as error:
            return Outcome(state=ItemState.REFUSED, error="\n".join(error.messages))
        except (InvalidInputError, NotAllowedError) as error:
            return outcome_for(ItemState.REFUSED, item, error)
        except ChangedMeanwhileError:
            return outcome_for(ItemState.FAILED, item, _CHANGED)

    def _settled(self, access: Access, job: Job, item: Item) -> Outcome:
        if job.state is JobState.REHEARSING:
            return self._rehearsed(access, item)
        return self._run(access, job, item)

    def _taken_back(self, access: Access, job: Job, item: Item) -> Outcome:
        again = job.state is not JobState.REHEARSING and item.attempts > 1
        case = self.cases.case(access, int(str(item.payload["case"])))
        begun = self._if_begun(access, case)
        if begun is None or begun.state in OVER_STATES:
            return _TAKEN_BACK if again else outcome_for(ItemState.UNCHANGED, item, _OVER)
        if job.state is JobState.REHEARSING:
            return self._way_back(access, item, begun)
        if begun.state is CaseState.WAITING:
            self.cases.withdraw(access, case.id, "The batch was taken back.")
            return _TAKEN_BACK
        if again and (plan := self.cases.plan_end(access, case.id)).empty:
            # A worker that was killed had taken it back, and did not come to say so.
            self.cases.end(access, case.id, None, checksum=plan.checksum)
            return _TAKEN_BACK
        if "checksum" not in item.result:  # somebody else agreed to it since
            raise ChangedMeanwhileError
        back = self.cases.undo if item.result["exactly"] else self.cases.end
        back(access, case.id, None, checksum=str(item.result["checksum"]))
        return _TAKEN_BACK

    def _standing(self, actor: Actor) -> Mapping[str, object]:
        """What the job keeps of who makes it: whether their role can be looked up again.

        It cannot where the sign-in or the system vouched for them.
        """
        return {"looked_up": self._role_of(actor) is actor.role}

    def _demand(self, job: Job, login: Login) -> None:
        """Who made the job may act for this mailbox, and still has their role; NotAllowedError."""
        self.staff.demand(job.actor, login)
        if job.payload.get("looked_up") and self._role_of(job.actor) not in (
            job.actor.role,
            Role.ADMINISTRATOR,
        ):
            raise denied(_NO_MORE)

    def _role_of(self, actor: Actor) -> Role:
        return self.staff.role(Login(maker_of(actor.name)))

    def _rehearsed(self, access: Access, item: Item) -> Outcome:
        line, places = item.payload["line"], mapping(item.payload["places"])
        cells = {name: str(cell) for name, cell in mapping(item.payload["cells"]).items()}
        read = self.entries.read(entry_of(cells, self.policy), self.staff.person(access.login))
        if read.terms is None:
            return Outcome(
                state=ItemState.REFUSED,
                error="\n".join(cell_words(line, places, one) for one in read.errors),
                result={"said": [cell_form(places, one) for one in read.errors]},
            )
        plan = self.cases.plan_begin(access, read.terms)
        if plan.refused:
            return outcome_for(ItemState.REFUSED, item, *refusals(plan.findings))
        return Outcome(state=ItemState.DONE, result={**seen(plan), "terms": dump_terms(read.terms)})

    def _run(self, access: Access, job: Job, item: Item) -> Outcome:
        earlier = self._earlier(access, job) if item.attempts > 1 else None
        case = earlier or self.cases.begin(
            access,
            load_terms(str(item.result["terms"])),
            None,
            batch=job.id,
            checksum=str(item.result["checksum"]),
        )
        result = {**item.result, "case": case.id}
        if case.state is CaseState.WAITING:
            return outcome_for(ItemState.UNCHANGED, replace(item, result=result), _WAITS)
        return Outcome(state=ItemState.DONE, result=result)

    def _earlier(self, access: Access, job: Job) -> Case | None:
        """The case that a worker which was killed had begun for this line, if it came about."""
        case = self._case_of(access.login, job.id)
        return self._if_begun(access, case) if case else None

    def _case_of(self, login: Login, batch: int) -> Case | None:
        found = self.cases.store.of_mailbox(login)
        return next((case for case in found if case.batch == batch), None)

    def _if_begun(self, access: Access, case: Case) -> Case | None:
        """The case; None where its beginning was cut off before anything was written."""
        if case.state is CaseState.BEGINNING:
            return self.cases.settle_beginning(access, case)
        return case

    def _way_back(self, access: Access, item: Item, case: Case) -> Outcome:
        """Byte for byte where nobody changed anything since, else only what the case brought."""
        if case.state is CaseState.WAITING:
            return _TAKEN_BACK
        plan = self.cases.plan_undo(access, case.id)
        left = plan.after.handover
        exactly = not (plan.conflict or plan.refused or (left and left.case == case.number))
        if not exactly:
            plan = self.cases.plan_end(access, case.id)
            if plan.refused:
                return outcome_for(ItemState.REFUSED, item, *refusals(plan.findings))
        return Outcome(state=ItemState.DONE, result={**seen(plan), "exactly": exactly})

    def _begun(self, job: Job) -> Iterator[NewItem]:
        """Also what a worker began that was killed before it could say so."""
        for item in all_items(self.ledger, job.id):
            if "case" in item.result:
                yield NewItem(key=item.key, payload={"case": item.result["case"]})
            elif item.attempts and (case := self._case_of(Login(item.key), job.id)):
                yield NewItem(key=item.key, payload={"case": case.id})
