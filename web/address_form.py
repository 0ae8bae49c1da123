"""The form of a redirect address or an alias: what it is to be; then look, then save."""

from dataclasses import replace

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from sieve_manager.application.address_history import fingerprint_of
from sieve_manager.application.address_plan import AddressWish, wish_set
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import ChangedMeanwhileError, InvalidInputError, PolicyRefusedError
from web import address_offer, address_pages
from web.address_input import AddressInput, field_error
from web.address_pages import Look, demand_maker, kept_of, manages, use
from web.context import actor, loaded_fingerprint, signed_in, zone
from web.forward import HTTP_UNPROCESSABLE, zone_options
from web.forward_input import FieldError
from web.say import _

pages = Blueprint("address_form", __name__)


@pages.get("/addresses/new")
@signed_in
def new() -> ResponseReturnValue:
    """The form, with what a link has filled in already."""
    demand_maker()
    typed = AddressInput.typed(request.args)
    return _form(replace(typed, timezone=typed.timezone or zone()), None)


@pages.post("/addresses/new")
@signed_in
def send() -> ResponseReturnValue:
    """Add or remove a row, or go on to the review: as the pressed button says."""
    demand_maker()
    return _pressed(None)


@pages.post("/addresses/new/save")
@signed_in
def make() -> ResponseReturnValue:
    """Make it, and lead to its page."""
    demand_maker()
    return _save(None)


@pages.get("/addresses/change")
@signed_in
def change_form() -> ResponseReturnValue:
    """The form with what it is now."""
    kept = kept_of(request.args.get("address", ""))
    return _form(AddressInput.of(kept), kept)


@pages.post("/addresses/change")
@signed_in
def change_send() -> ResponseReturnValue:
    """As for a new one."""
    return _pressed(kept_of(request.form.get("address", "")))


@pages.post("/addresses/change/save")
@signed_in
def change() -> ResponseReturnValue:
    """Make it so."""
    return _save(kept_of(request.form.get("address", "")))


def _pressed(kept: RedirectAddress | None) -> ResponseReturnValue:
    typed, loaded = _typed(kept), loaded_fingerprint()
    action, _dash, row = request.form.get("action", "review").partition("-")
    match action:
        case "add":
            more = replace(typed, to=(*typed.to, ""))
            return _form(more, kept, loaded=loaded, focus=len(typed.to))
        case "remove" if row.isdecimal():
            left = typed.to[: int(row)] + typed.to[int(row) + 1 :]
            return _form(replace(typed, to=left or ("",)), kept, loaded=loaded, focus=0)
        case "edit":
            return _form(typed, kept, loaded=loaded)
        case "review":
            return _review(typed, kept, loaded)
        case _:
            raise BadRequest


def _typed(kept: RedirectAddress | None) -> AddressInput:
    """What was sent, about *kept*."""
    typed = AddressInput.typed(request.form)
    return typed.about(kept, manages=manages(kept.address)) if kept else typed


def _wanted(
    typed: AddressInput, kept: RedirectAddress | None
) -> AddressWish | tuple[FieldError, ...]:
    meant = typed.meaning(paused=kept is not None and kept.forward.paused)
    if isinstance(meant, tuple):
        return meant
    return wish_set(meant, ticket=typed.ticket, new=kept is None)


def _review(
    typed: AddressInput,
    kept: RedirectAddress | None,
    loaded: Fingerprint | None,
    *,
    meanwhile: bool = False,
) -> ResponseReturnValue:
    wish = _wanted(typed, kept)
    if isinstance(wish, tuple):
        return _form(typed, kept, wish, loaded=loaded)
    try:
        plan = use().plan(actor(), wish, None if meanwhile or kept is None else loaded)
    except InvalidInputError as error:
        return _form(typed, kept, (field_error(error),), loaded=loaded)
    if plan.refused:
        return _form(typed, kept, typed.refused(plan.findings), loaded=loaded)
    look = Look(
        address=wish.address,
        plan=plan,
        title=_("Check before saving"),
        button=_("Save"),
        save_to=url_for("address_form.change" if kept else "address_form.make"),
        pairs=typed.pairs,
        edit_to=url_for("address_form.change_send" if kept else "address_form.send"),
        cancel_to=_back(kept),
        offer=address_offer.instead_of(plan.after, typed) if plan.after and not kept else None,
    )
    return address_pages.show_review(look, meanwhile=meanwhile or plan.conflict)


def _save(kept: RedirectAddress | None) -> ResponseReturnValue:
    typed, loaded = _typed(kept), loaded_fingerprint()
    wish = _wanted(typed, kept)
    if isinstance(wish, tuple):
        return _form(typed, kept, wish, loaded=loaded)
    try:
        saved = use().save(actor(), wish, loaded)
    except ChangedMeanwhileError:
        return _review(typed, kept, loaded, meanwhile=True)
    except (PolicyRefusedError, InvalidInputError):
        return _review(typed, kept, None)
    return redirect(address_pages.proof_at(wish.address, saved), 303)


def _form(
    typed: AddressInput,
    kept: RedirectAddress | None,
    errors: tuple[FieldError, ...] = (),
    *,
    loaded: Fingerprint | None = None,
    focus: int | None = None,
) -> ResponseReturnValue:
    page = address_pages.show(
        "address_form.html",
        typed=typed,
        kept=kept,
        errors=errors,
        loaded=loaded or (fingerprint_of(kept) if kept else ""),
        focus=focus,
        domains=address_pages.own_domains(),
        zone_options=zone_options,
        manages=kept is None or manages(kept.address),
        form_at=url_for("address_form.change_send" if kept else "address_form.send"),
        cancel_to=_back(kept),
    )
    return page, HTTP_UNPROCESSABLE if errors else 200


def _back(kept: RedirectAddress | None) -> str:
    if kept is None:
        return url_for("addresses.list_")
    return url_for("addresses.show", address=str(kept.address))
