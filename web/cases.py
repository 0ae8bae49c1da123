"""Cases: the lists, the page of each, and its steps: end now, take back, agree, withdraw."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from sieve_manager.application.access import Access
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.plan import Plan
from sieve_manager.application.staff import NOT_THE_OWNER, denied
from sieve_manager.application.status import Status
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import (
    AccountDisabledError,
    ChangedMeanwhileError,
    InvalidInputError,
    ServerError,
    SignInRefusedError,
)
from web import review
from web.acting import who
from web.case_lists import LISTS, PAGE
from web.case_offer import address_instead
from web.case_words import running_case, steps_of
from web.context import (
    access,
    access_to,
    actor,
    loaded_fingerprint,
    note,
    one_line,
    signed_in,
    wired,
)
from web.error_words import ErrorWords, no_acting, words
from web.history import change_words
from web.picture import draw
from web.say import _
from web.sentence import sentences
from web.staff import staff_only

pages = Blueprint("cases", __name__)

_MAX_SEARCH = 200
_FURTHEST = 1_000_000


@pages.get("/cases")
@staff_only
def list_() -> ResponseReturnValue:
    """One of the lists, or those of it that a text finds."""
    chosen = next((one for one in LISTS if one.name == request.args.get("list")), LISTS[1])
    text = one_line(request.args.get("q", ""), _MAX_SEARCH)
    skip = min(max(request.args.get("skip", 0, int), 0), _FURTHEST)
    part = chosen.part(text, skip=skip)
    return render_template(
        "cases.html",
        lists=LISTS,
        chosen=chosen,
        text=text,
        found=part.cases,
        skip=skip,
        more=part.more,
        less=max(0, skip - PAGE) if skip else None,
    )


@pages.get("/cases/<int:case_id>")
@staff_only
def page(case_id: int) -> ResponseReturnValue:
    """A case, read like a letter; and what its mailbox does now."""
    case = wired().cases.store.case(case_id)
    access = access_to(case.login)
    status, problem, closed = _look(access)
    person = wired().staff.person(case.login)
    steps = [(one, change_words(one), who(one.new.actor)) for one in steps_of(case, access)]
    return render_template(
        "case.html",
        case=case,
        person=person,
        status=status,
        problem=problem,
        instead=address_instead(case, person.address) if closed or status else None,
        sentences=sentences(status) if status else (),
        picture=draw(status) if status else None,
        steps=steps,
        begun_by=who(case.begun_by),
        proof=_proof(case, status),
        own=case.begun_by.name == actor().name,
        over=case.phase(wired().clock()) is Phase.ENDED,
        sees_words=wired().forwards.sight.is_whole(actor()),
        zone=case.terms.forward.period.timezone,
        read_at=wired().clock(),
    )


def _look(access: Access) -> tuple[Status | None, ErrorWords | None, bool]:
    """The mailbox now; where the server does not let us look, why, and whether nobody gets in.

    The case is shown anyway.
    """
    try:
        return wired().forwards.overview(access), None, False
    except SignInRefusedError as error:
        return None, no_acting(error), isinstance(error, AccountDisabledError)
    except ServerError as error:
        return None, words(error), False


def _proof(case: Case, status: Status | None) -> bool:
    """Whether the save that led here is what the server has, read just now."""
    if "saved" not in request.args or status is None or case.state is CaseState.WAITING:
        return False
    last = status.last
    return last is not None and last.number == case.version and not status.elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that can be done to a case after a look: its words, its plan, its doing."""

    title: str
    button: str
    plan: Callable[[Access, int], Plan]
    do: Callable[[Access, int, Fingerprint | None], Case]


def _step(name: str) -> Step:
    use = wired().cases
    match name:
        case "end":
            return Step(
                title=_("End this case now?"), button=_("End now"), plan=use.plan_end, do=use.end
            )
        case "undo":
            force = "force" in request.form
            return Step(
                title=_("Take back the last step?"),
                button=_("Take back"),
                plan=use.plan_undo,
                do=lambda access, case_id, loaded: use.undo(access, case_id, loaded, force=force),
            )
        case "approve":
            return Step(
                title=_("Agree to this case?"),
                button=_("Agree"),
                plan=use.plan_approve,
                do=use.approve,
            )
        case _:
            raise NotFound


@pages.get("/cases/<int:case_id>/<name>")
@staff_only
def look(case_id: int, name: str) -> ResponseReturnValue:
    """What the step would do."""
    step, case = _step(name), wired().cases.store.case(case_id)
    return _review(step, case, name, step.plan(access_to(case.login), case_id))


@pages.post("/cases/<int:case_id>/<name>")
@staff_only
def do(case_id: int, name: str) -> ResponseReturnValue:
    """Do it."""
    if name == "withdraw":
        return _withdraw(case_id)
    step, case, loaded = _step(name), wired().cases.store.case(case_id), loaded_fingerprint()
    access = access_to(case.login)
    try:
        step.do(access, case_id, loaded)
    except ChangedMeanwhileError:
        plan = step.plan(access, case_id)
        return _review(step, case, name, plan, loaded=loaded, meanwhile=True)
    return redirect(url_for("cases.page", case_id=case_id, saved=1), 303)


def _withdraw(case_id: int) -> ResponseReturnValue:
    case = wired().cases.store.case(case_id)
    wired().cases.withdraw(access_to(case.login), case_id, note())
    return redirect(url_for("cases.page", case_id=case_id), 303)


def _review(
    step: Step,
    case: Case,
    name: str,
    plan: Plan,
    *,
    loaded: Fingerprint | None = None,
    meanwhile: bool = False,
) -> ResponseReturnValue:
    wish = review.Wish(
        title=step.title,
        button=step.button,
        save_to=url_for("cases.do", case_id=case.id, name=name),
        pairs=(("force", "yes"),) if plan.conflict and name == "undo" else (),
        cancel_to=url_for("cases.page", case_id=case.id),
        settles=True,
        reply=case.terms.reply if name == "approve" else None,
        of_case=str(wired().staff.person(case.login)),
    )
    return review.show(plan, wish, loaded=loaded, meanwhile=meanwhile or plan.conflict)


@pages.get("/handover/end")
@signed_in
def owners_look() -> ResponseReturnValue:
    """What ending it would do, for the owner, where the policy lets owners end it."""
    case = _of_owner()
    return _owners_review(wired().cases.plan_end(access(), case.id))


@pages.post("/handover/end")
@signed_in
def owners_end() -> ResponseReturnValue:
    """End it, as the owner."""
    case, loaded = _of_owner(), loaded_fingerprint()
    try:
        wired().cases.end(access(), case.id, loaded)
    except ChangedMeanwhileError:
        plan = wired().cases.plan_end(access(), case.id)
        return _owners_review(plan, loaded=loaded, meanwhile=True)
    return redirect(url_for("overview.page"), 303)


def _of_owner() -> Case:
    if not wired().cases.policy.owner_may_end:
        raise denied(NOT_THE_OWNER)
    case = running_case(wired().forwards.overview(access()))
    if case is None:
        raise InvalidInputError("There is no case in this mailbox.", code="no-case")
    return case


def _owners_review(
    plan: Plan, *, loaded: Fingerprint | None = None, meanwhile: bool = False
) -> ResponseReturnValue:
    wish = review.Wish(
        title=_("End this case now?"), button=_("End now"), save_to=url_for("cases.owners_end")
    )
    return review.show(plan, wish, loaded=loaded, meanwhile=meanwhile)
