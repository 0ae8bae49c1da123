"""Cases: begin, look, change, end, take back; and agree to those that wait."""

from collections.abc import Callable, Iterable

from flask import url_for

from sieve_manager.application.access import Access
from sieve_manager.application.case import Case as Settled
from sieve_manager.application.case import CaseState
from sieve_manager.application.case_entry import CaseEntry
from sieve_manager.application.forms import Form, case_form
from sieve_manager.application.plan import Plan as Planned
from sieve_manager.application.tokens import Scope
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.scripts import Fingerprint
from web.api.acting import access_for, planned
from web.api.forms_in import CaseIn, CasesQuery, TermsIn, WhyIn, entry_of
from web.api.forms_out import Plan
from web.api.forms_out_cases import Case, CaseList
from web.api.operations import Call, Needs, Operations, Rehearsable, Reply
from web.api.problems import invalid
from web.case_input import of_terms
from web.context import one_line, wired

operations = Operations()

_CASE = "/cases/<int:case_id>"
_MATCHING = Needs(may_match=True)


@operations.add("GET", "/cases", Scope.READ, CaseList, query=CasesQuery)
def list_cases(call: Call) -> Reply:
    """List the cases of mailboxes that the token may act for; those that end soonest come first."""
    asked = call.asked(CasesQuery)
    states = (asked.state,) if asked.state else tuple(CaseState)
    text, offset = one_line(asked.text, len(asked.text)), asked.offset
    found = wired().cases.store.found(states, text=text, offset=offset, limit=asked.limit)
    more = len(found) == asked.limit
    return Reply(form={"cases": seen(call, found), "next": offset + asked.limit if more else None})


def seen(call: Call, found: Iterable[Settled]) -> list[Form]:
    """The cases of *found*, as far as one may act for their mailboxes."""
    may = wired().staff.refusal
    return [case_form(case) for case in found if may(call.actor, case.login) is None]


@operations.add("GET", _CASE, Scope.READ, Case)
def get_case(call: Call, case_id: int) -> Reply:
    """Look at a case."""
    case, _access = _found(call, case_id)
    return Reply(form=case_form(case))


@operations.add(
    "POST",
    "/cases",
    Scope.CASES,
    Case,
    Plan,
    query=Rehearsable,
    needs=Needs(status=201, body=CaseIn, may_match=True),
)
def begin_case(call: Call) -> Reply:
    """Hand over the mail of somebody who left; where the policy says so, it waits for approval."""
    sent, policy = call.sent(CaseIn), wired().policy
    access = access_for(call, sent.mailbox, where="mailbox")
    base = CaseEntry(timezone=policy.default_timezone, hold_spam=policy.hold_spam)
    terms = _terms(entry_of(sent, base), access)
    if call.dry_run:
        return planned(wired().cases.plan_begin(access, terms, call.loaded))
    case = wired().cases.begin(access, terms, call.loaded)
    return Reply(form=case_form(case), location=url_for("api.get_case", case_id=case.id))


@operations.add(
    "PATCH",
    _CASE,
    Scope.CASES,
    Case,
    Plan,
    query=Rehearsable,
    needs=Needs(body=TermsIn, may_match=True),
)
def change_case(call: Call, case_id: int) -> Reply:
    """Extend, shorten or redirect a case: what is left out stays as it is."""
    case, access = _found(call, case_id)
    template = wired().case_entries.template_of(case.terms, wired().staff.person(case.login))
    terms = _terms(entry_of(call.sent(TermsIn), of_terms(case.terms, template)), access)
    if call.dry_run:
        return planned(wired().cases.plan_change(access, case_id, terms, call.loaded))
    return Reply(form=case_form(wired().cases.change(access, case_id, terms, call.loaded)))


@operations.add("POST", f"{_CASE}/end", Scope.CASES, Case, Plan, query=Rehearsable, needs=_MATCHING)
def end_case(call: Call, case_id: int) -> Reply:
    """End a case now: what it brought is taken out, and nothing else."""
    return _step(call, case_id, wired().cases.plan_end, wired().cases.end)


@operations.add(
    "POST", f"{_CASE}/undo", Scope.CASES, Case, Plan, query=Rehearsable, needs=_MATCHING
)
def undo_case(call: Call, case_id: int) -> Reply:
    """Take back the last step of a case, byte for byte; refused where others changed anything."""
    return _step(call, case_id, wired().cases.plan_undo, wired().cases.undo)


@operations.add(
    "POST", f"{_CASE}/approve", Scope.POLICY, Case, Plan, query=Rehearsable, needs=_MATCHING
)
def approve_case(call: Call, case_id: int) -> Reply:
    """Agree to a case that waits, as somebody else than who asked; it begins at once."""
    return _step(call, case_id, wired().cases.plan_approve, wired().cases.approve)


@operations.add("POST", f"{_CASE}/withdraw", Scope.POLICY, Case, needs=Needs(body=WhyIn))
def withdraw_case(call: Call, case_id: int) -> Reply:
    """Take back a case that waits, or refuse it."""
    _case, access = _found(call, case_id)
    why = call.sent(WhyIn).reason
    return Reply(form=case_form(wired().cases.withdraw(access, case_id, one_line(why, len(why)))))


def _found(call: Call, case_id: int) -> tuple[Settled, Access]:
    """A case, and the right to act on its mailbox; CaseNotFoundError, NotAllowedError."""
    case = wired().cases.store.case(case_id)
    return case, access_for(call, case.login.text)


def _step(
    call: Call,
    case_id: int,
    plan: Callable[[Access, int, Fingerprint | None], Planned],
    do: Callable[[Access, int, Fingerprint | None], Settled],
) -> Reply:
    _case, access = _found(call, case_id)
    if call.dry_run:
        return planned(plan(access, case_id, call.loaded))
    return Reply(form=case_form(do(access, case_id, call.loaded)))


def _terms(entry: CaseEntry, access: Access) -> CaseTerms:
    """The terms, or all that is wrong at once."""
    read = wired().case_entries.read(entry, wired().staff.person(access.login))
    if read.terms is None:
        raise invalid(list(read.errors))
    return read.terms
