"""The form of a case: who takes over, what senders are told, until when; then look, then save."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from sieve_manager.application.access import Access
from sieve_manager.application.case import Case
from sieve_manager.application.case_entry import CaseEntry
from sieve_manager.application.plan import Plan
from sieve_manager.application.reply_templates import TEMPLATES
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.forward import CopyKind
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import ChangedMeanwhileError, PolicyRefusedError
from web import case_input, review
from web.case_words import copy_choices
from web.context import access_to, actor, loaded_fingerprint, one_line, wired, zone
from web.forward import HTTP_UNPROCESSABLE, zone_options
from web.forward_input import FieldError
from web.languages import language, names
from web.say import _
from web.staff import staff_only

pages = Blueprint("case_form", __name__)

_MAX_COLLEAGUES, _MAX_SEARCH = 10, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What the form is for: a new case of *leaver*, or other terms for *case*."""

    leaver: Person
    access: Access
    plan: Callable[[CaseTerms, Fingerprint | None], Plan]
    save: Callable[[CaseTerms, Fingerprint | None], Case]
    form_at: str
    save_at: str
    back_to: str
    case: Case | None = None


@pages.get("/cases/new")
@staff_only
def new() -> ResponseReturnValue:
    """The form for whom the search found; without anybody, the search."""
    if not request.args.get("leaver"):
        return redirect(url_for("staff.start"))
    purpose = _beginning(_leaver(request.args["leaver"]))
    return _show(purpose, _blank(purpose.leaver))


@pages.post("/cases/new")
@staff_only
def send() -> ResponseReturnValue:
    """Add or remove a row, or go on to the review: as the pressed button says."""
    return _pressed(_beginning(_leaver(request.form.get("leaver", ""))))


@pages.post("/cases/new/save")
@staff_only
def begin() -> ResponseReturnValue:
    """Begin it, and lead to its page."""
    return _save(_beginning(_leaver(request.form.get("leaver", ""))))


@pages.get("/cases/<int:case_id>/change")
@staff_only
def change_form(case_id: int) -> ResponseReturnValue:
    """The form with the terms that a case has."""
    case = wired().cases.store.case(case_id)
    purpose = _changing(case)
    template = wired().case_entries.template_of(case.terms, purpose.leaver)
    return _show(purpose, case_input.of_terms(case.terms, template))


@pages.post("/cases/<int:case_id>/change")
@staff_only
def change_send(case_id: int) -> ResponseReturnValue:
    """As for a new one."""
    return _pressed(_changing(wired().cases.store.case(case_id)))


@pages.post("/cases/<int:case_id>/change/save")
@staff_only
def change(case_id: int) -> ResponseReturnValue:
    """Give it these terms."""
    return _save(_changing(wired().cases.store.case(case_id)))


@pages.get("/cases/colleagues")
@staff_only
def colleagues() -> ResponseReturnValue:
    """Who could be meant by what is being typed, for the list under a field."""
    text = one_line((request.args.getlist("to") or [""])[-1], _MAX_SEARCH)
    found = wired().directory.search(text, _MAX_COLLEAGUES) if text else ()
    return render_template("case_colleagues.html", people=found)


def _leaver(text: str) -> Login:
    return Login.parse(text, master_separator=wired().settings.master_separator)


def _beginning(login: Login) -> Purpose:
    access, use = access_to(login), wired().cases
    return Purpose(
        leaver=wired().staff.person(login),
        access=access,
        plan=lambda terms, loaded: use.plan_begin(access, terms, loaded),
        save=lambda terms, loaded: use.begin(access, terms, loaded),
        form_at=url_for("case_form.send"),
        save_at=url_for("case_form.begin"),
        back_to=url_for("staff.start"),
    )


def _changing(case: Case) -> Purpose:
    access, use = access_to(case.login), wired().cases
    return Purpose(
        leaver=wired().staff.person(case.login),
        access=access,
        plan=lambda terms, loaded: use.plan_change(access, case.id, terms, loaded),
        save=lambda terms, loaded: use.change(access, case.id, terms, loaded),
        form_at=url_for("case_form.change_send", case_id=case.id),
        save_at=url_for("case_form.change", case_id=case.id),
        back_to=url_for("cases.page", case_id=case.id),
        case=case,
    )


def _blank(leaver: Person) -> CaseEntry:
    """What most cases need: the manager takes over, and senders are told in the leaver's words."""
    manager = wired().staff.person(leaver.manager) if leaver.manager else None
    allowed = wired().cases.policy.copy_choices
    copy = CopyKind.NONE if CopyKind.NONE in allowed else min(allowed, key=list(CopyKind).index)
    spoken = leaver.language.partition("-")[0]
    return CaseEntry(
        to=(str(manager.address),) if manager and manager.address else ("",),
        copy=copy.value,
        timezone=zone(),
        hold_spam=wired().policy.hold_spam,
        reply=spoken if spoken in TEMPLATES else language(),
    )


def _pressed(purpose: Purpose) -> ResponseReturnValue:
    entry = case_input.typed(request.form)
    action, _dash, row = request.form.get("action", "review").partition("-")
    loaded = loaded_fingerprint()
    match action:
        case "add":
            more = replace(entry, to=(*entry.to, ""))
            return _show(purpose, more, loaded=loaded, focus=len(entry.to))
        case "remove" if row.isdecimal():
            left = entry.to[: int(row)] + entry.to[int(row) + 1 :]
            return _show(purpose, replace(entry, to=left or ("",)), loaded=loaded, focus=0)
        case "edit":
            return _show(purpose, entry, loaded=loaded)
        case "review":
            return _review(purpose, entry, loaded)
        case _:
            raise BadRequest


def _review(
    purpose: Purpose, entry: CaseEntry, loaded: Fingerprint | None, *, meanwhile: bool = False
) -> ResponseReturnValue:
    read = wired().case_entries.read(entry, purpose.leaver)
    if read.terms is None:
        return _show(purpose, entry, case_input.input_errors(read.errors), loaded=loaded)
    plan = purpose.plan(read.terms, None if meanwhile else loaded)
    if plan.refused:
        return _show(purpose, entry, case_input.refused(plan.findings), loaded=loaded)
    wish = review.Wish(
        title=_("Check before saving"),
        button=_save_button(plan),
        save_to=purpose.save_at,
        pairs=(("leaver", purpose.leaver.login.text), *case_input.pairs(entry)),
        edit_to=purpose.form_at,
        cancel_to=purpose.back_to,
        reply=read.terms.reply,
        of_case=str(purpose.leaver),
    )
    return review.show(plan, wish, loaded=loaded, meanwhile=meanwhile or plan.conflict)


def _save_button(plan: Plan) -> str:
    waits = any(one.code == "case-approval" for one in plan.findings)
    return _("Ask for approval") if waits else _("Save")


def _save(purpose: Purpose) -> ResponseReturnValue:
    entry, loaded = case_input.typed(request.form), loaded_fingerprint()
    read = wired().case_entries.read(entry, purpose.leaver)
    if read.terms is None:
        return _show(purpose, entry, case_input.input_errors(read.errors), loaded=loaded)
    try:
        case = purpose.save(read.terms, loaded)
    except ChangedMeanwhileError:
        return _review(purpose, entry, loaded, meanwhile=True)
    except PolicyRefusedError:
        return _review(purpose, entry, None)
    return redirect(url_for("cases.page", case_id=case.id, saved=1), 303)


def _show(
    purpose: Purpose,
    entry: CaseEntry,
    errors: tuple[FieldError, ...] = (),
    *,
    loaded: Fingerprint | None = None,
    focus: int | None = None,
) -> tuple[str, int]:
    """The form with these values; the mailbox is looked at, so that what it has is known."""
    status = wired().forwards.overview(purpose.access)
    review.seen().remember(status)
    page = render_template(
        "case_form.html",
        purpose=purpose,
        entry=entry,
        errors=errors,
        loaded=loaded or status.fingerprint,
        copy=case_input.copy_kind(entry),
        folder=case_input.folder(entry),
        copies=[one for one in copy_choices() if _allows(one[0])],
        languages=[one for one in names() if one[0] in TEMPLATES],
        zone_options=zone_options,
        own_forward=status.forward,
        focus=focus,
        policy=wired().cases.policy,
        more_open=any(one.where in _UNDER_MORE for one in errors),
    )
    return page, HTTP_UNPROCESSABLE if errors else 200


_UNDER_MORE = ("timezone", "reply_interval")


def _allows(kind: CopyKind) -> bool:
    of_cases = wired().cases.policy.copy_choices
    return kind in wired().policy.copy_choices and (
        actor().role is Role.ADMINISTRATOR or kind in of_cases
    )
