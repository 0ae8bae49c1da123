"""The forward form: where to, what happens to the copy, for how long; then look, then save."""

from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from sieve_manager.application.plan import Plan
from sieve_manager.application.ports import FolderListing
from sieve_manager.application.status import CopyOffer, Status
from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.domain.schedule import zone_names
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import (
    ChangedMeanwhileError,
    FolderError,
    PolicyRefusedError,
    ServerError,
)
from web import review
from web.address_offer import instead_of_forward
from web.context import access, loaded_fingerprint, signed_in, web_session, wired, zone
from web.forward_input import FieldError, ForwardInput, refused_fields
from web.picture import draw
from web.say import _
from web.sentence import sentences

pages = Blueprint("forward", __name__)

HTTP_UNPROCESSABLE = 422


@pages.get("/forward")
@signed_in
def form() -> ResponseReturnValue:
    """The form, filled with what runs now, or with what was typed before a new sign-in."""
    status = wired().forwards.overview(access())
    draft = web_session().pop("draft", None)
    if draft is not None:
        typed = ForwardInput.from_form(MultiDict(parse_qsl(draft, keep_blank_values=True)))
        notice = _("You were signed out in between. What you had entered is here again.")
        return _show(typed, status, notice=notice)
    return _show(_current(status), status)


@pages.post("/forward")
@signed_in
def send() -> ResponseReturnValue:
    """Add or remove a row, preview, or go on to the review: as the pressed button says."""
    typed = ForwardInput.from_form(request.form)
    action, _dash, row = request.form.get("action", "review").partition("-")
    loaded = loaded_fingerprint()
    match action:
        case "add":
            return _show(typed.with_row(), loaded=loaded, focus=len(typed.to))
        case "remove" if row.isdecimal():
            return _show(typed.without_row(int(row)), loaded=loaded, focus=0)
        case "edit":
            return _show(typed, loaded=loaded)
        case "preview":
            return _preview(typed, loaded)
        case "review":
            return _review(typed, loaded)
        case _:
            raise BadRequest


@pages.post("/forward/preview")
@signed_in
def preview() -> ResponseReturnValue:
    """The preview alone, for a page that is already open."""
    typed = ForwardInput.from_form(request.form)
    forward, errors = typed.read()
    plan = wired().forwards.plan_set(access(), forward) if forward else None
    shown = () if typed.is_blank else errors
    return render_template("preview.html", errors=shown, **_preview_facts(plan))


@pages.post("/forward/save")
@signed_in
def save() -> ResponseReturnValue:
    """Save, and lead to the page that proves it."""
    typed = ForwardInput.from_form(request.form)
    loaded = loaded_fingerprint()
    forward, errors = typed.read()
    if forward is None:
        return _show(typed, errors=errors, loaded=loaded)
    try:
        return review.after(wired().forwards.set_forward(access(), forward, loaded))
    except ChangedMeanwhileError:
        return _look_again(typed, forward, loaded)
    except PolicyRefusedError:
        return _review(typed, None)
    except FolderError as error:
        message = _(
            "The mail server could not list or create the folder “%(folder)s”.",
            folder=error.folder,
        )
        return _show(typed, errors=(FieldError(where="folder", message=message),), loaded=loaded)


def _review(typed: ForwardInput, loaded: Fingerprint | None) -> ResponseReturnValue:
    forward, errors = typed.read()
    if forward is None:
        return _show(typed, errors=errors, loaded=loaded)
    plan = wired().forwards.plan_set(access(), forward, loaded)
    if plan.refused:
        return _show(typed, plan.before, errors=refused_fields(plan.findings, typed), loaded=loaded)
    wish = replace(_wish(typed), offer=instead_of_forward(plan.after.mailbox, forward))
    return review.show(plan, wish, loaded=loaded, meanwhile=plan.conflict)


def _look_again(
    typed: ForwardInput, forward: Forward, loaded: Fingerprint | None
) -> ResponseReturnValue:
    plan = wired().forwards.plan_set(access(), forward)
    if plan.refused:
        return _show(typed, plan.before, errors=refused_fields(plan.findings, typed))
    return review.show(plan, _wish(typed), loaded=loaded, meanwhile=True)


def _preview(typed: ForwardInput, loaded: Fingerprint | None) -> ResponseReturnValue:
    forward, errors = typed.read()
    if forward is None:
        return _show(typed, errors=errors, loaded=loaded)
    plan = wired().forwards.plan_set(access(), forward)
    errors = refused_fields(plan.findings, typed)
    return _show(typed, plan.before, errors=errors, loaded=loaded, plan=plan)


def _wish(typed: ForwardInput) -> review.Wish:
    return review.Wish(
        title=_("Check before saving"),
        button=_("Save"),
        save_to=url_for("forward.save"),
        pairs=tuple(typed.pairs()),
        edit_to=url_for("forward.send"),
    )


def _current(status: Status) -> ForwardInput:
    forward = _wished(status) or status.forward or status.superseded
    if forward:
        return ForwardInput.from_forward(forward)
    return ForwardInput(
        to=("",),
        copy=next((one.kind.value for one in status.copies if one.allowed and not one.missing), ""),
        timezone=zone(),
        hold_spam=wired().policy.hold_spam,
    )


def _wished(status: Status) -> Forward | None:
    """With those who have not agreed yet; None where nobody is waited for."""
    agreements = wired().forwards.agreements
    wish = agreements.store.wish(access().login) if agreements else None
    return wish and replace(status.forward or wish, destinations=wish.destinations)


def _show(
    typed: ForwardInput,
    status: Status | None = None,
    *,
    errors: tuple[FieldError, ...] = (),
    loaded: Fingerprint | None = None,
    plan: Plan | None = None,
    focus: int | None = None,
    notice: str = "",
) -> tuple[str, int]:
    """The form with these values; *loaded* is kept so that the review compares with it."""
    status = status or wired().forwards.overview(access())
    review.seen().remember(status)
    folders = _folders()
    page = render_template(
        "forward.html",
        typed=typed if typed.to else ForwardInput.with_row(typed),
        status=status,
        errors=errors,
        loaded=loaded or status.fingerprint,
        folders=folders.names if folders else (),
        zone_options=zone_options,
        copies=copy_words(),
        obstacles=_obstacles(status, folders),
        more_open=_opens_more(typed, errors),
        focus=focus,
        notice=notice,
        **_preview_facts(plan),
    )
    return page, HTTP_UNPROCESSABLE if errors else 200


def show_again(typed: ForwardInput, notice: str) -> str:
    """The form with these values and a word on why it is shown again."""
    page, _status = _show(typed, notice=notice)
    return page


def _preview_facts(plan: Plan | None) -> dict[str, object]:
    if plan is None:
        return {"plan": None, "sentences": (), "picture": None}
    return {"plan": plan, "sentences": sentences(plan.after), "picture": draw(plan.after)}


def copy_words() -> tuple[tuple[str, str, str], ...]:
    """The choices for the copy, each with what it means and its consequence."""
    return (
        (
            CopyKind.INBOX.value,
            _("Keep a copy in the inbox"),
            _("Your other filters sort it as before."),
        ),
        (
            CopyKind.READ.value,
            _("Keep a copy, marked as read"),
            _("It stays in the inbox, but does not count as new."),
        ),
        (
            CopyKind.FOLDER.value,
            _("Put the copy into a folder"),
            _("The inbox stays empty. Your other filters are skipped."),
        ),
        (
            CopyKind.TRASH.value,
            _("Put the copy into the trash"),
            _("It is deleted when the trash is emptied. Your other filters are skipped."),
        ),
        (
            CopyKind.NONE.value,
            _("Keep no copy"),
            _(
                "If the destination fails, you will not find the message in this mailbox. Your "
                "other filters are skipped."
            ),
        ),
    )


def _opens_more(typed: ForwardInput, errors: tuple[FieldError, ...]) -> bool:
    """What is not as usual, or is wrong, is not hidden away."""
    wrong = any(error.where in ("timezone", "note") for error in errors)
    return wrong or typed.paused or not typed.hold_spam or bool(typed.note)


@lru_cache(maxsize=64)
def zone_options(chosen: str) -> Markup:
    """All time zones as options, one of them selected."""
    names = zone_names() if chosen in zone_names() else (chosen, *zone_names())
    option = Markup('<option value="{}"{}>{}</option>')
    selected = Markup(" selected")
    return Markup("").join(
        option.format(name, selected if name == chosen else "", name.replace("_", " "))
        for name in names
    )


def _obstacles(status: Status, folders: FolderListing | None) -> dict[str, str]:
    """For each choice of copy, why it cannot be had here; empty where it can."""
    return {one.kind.value: _obstacle(one, folders) for one in status.copies}


def _obstacle(offer: CopyOffer, folders: FolderListing | None) -> str:
    if not offer.allowed:
        return _("Not allowed here.")
    if offer.missing:
        missing = ", ".join(offer.missing)
        return _("Not available: the mail server lacks %(missing)s.", missing=missing)
    if offer.kind is CopyKind.TRASH and folders and folders.trash is None:
        return _("This mailbox has no folder for Trash.")
    return ""


def _folders() -> FolderListing | None:
    """Names to choose from; the form works without them."""
    try:
        return wired().forwards.folders(access())
    except (FolderError, ServerError):
        return None
