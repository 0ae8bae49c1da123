"""Redirect addresses and aliases: the list, the page of each, its form and its steps."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from sieve_manager.application.address_history import AddressChange, fingerprint_of
from sieve_manager.application.address_plan import (
    AddressPlan,
    AddressWish,
    wish_change,
    wish_set,
    wish_undo,
)
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.application.staff import denied
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import ChangedMeanwhileError, PolicyRefusedError
from sieve_manager.policy.findings import Finding
from web.acting import who
from web.address_input import AddressInput
from web.address_words import (
    KINDS,
    address_sentence,
    change_words,
    kind_words,
    state_shape,
    state_words,
    told_sentence,
)
from web.case_input import refused
from web.context import actor, loaded_fingerprint, note, one_line, signed_in, wired, zone
from web.forward import HTTP_UNPROCESSABLE, zone_options
from web.forward_input import FieldError
from web.review import HTTP_CONFLICT
from web.say import _

pages = Blueprint("addresses", __name__)

_PAGE, _MAX_SEARCH = 50, 200
_STEPS = {
    "pause": AddressChange.PAUSE,
    "resume": AddressChange.RESUME,
    "delete": AddressChange.DELETE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the review page shows and where its buttons lead."""

    plan: AddressPlan
    title: str
    button: str
    save_to: str
    pairs: tuple[tuple[str, str], ...]
    edit_to: str = ""
    asks_why: bool = False


@pages.get("/addresses")
@signed_in
def list_() -> ResponseReturnValue:
    """Those that one manages; of who manages none, the own ones."""
    text = one_line(request.args.get("q", ""), _MAX_SEARCH)
    kind = next((one for one in AddressKind if one.value == request.args.get("kind")), None)
    skip = request.args.get("skip", 0, int)
    skip = min(max(skip, 0), 10_000_000)
    found = _use().found(actor(), text, kind=kind, offset=skip, limit=_PAGE + 1)
    return _page(
        "addresses.html",
        found=found[:_PAGE],
        text=text,
        kind=kind,
        kinds=KINDS,
        skip=skip,
        more=skip + _PAGE if len(found) > _PAGE else None,
        less=max(0, skip - _PAGE) if skip else None,
    )


@pages.get("/addresses/show")
@signed_in
def show() -> ResponseReturnValue:
    """One of them, read like a letter, with its history."""
    address = _named(request.args.get("address", ""))
    kept = _use().get(actor(), address)
    versions = _use().history(actor(), address)
    if kept is None and not versions:
        raise NotFound
    saved = request.args.get("saved", "")
    proof = bool(saved) and bool(versions) and str(versions[0].number) == saved
    return _page(
        "address.html",
        address=address,
        kept=kept,
        versions=[(one, change_words(one), who(one.new.actor)) for one in versions],
        proof=proof,
        zone=kept.forward.period.timezone if kept else zone(),
    )


@pages.get("/addresses/new")
@signed_in
def new() -> ResponseReturnValue:
    """The form, with what a link has filled in already."""
    _demand_staff()
    given = AddressInput.typed(request.args)
    kind = given.kind if given.kind in set(AddressKind) else AddressKind.REDIRECT.value
    return _form(replace(given, kind=kind, timezone=zone()), None)


@pages.post("/addresses/new")
@signed_in
def send() -> ResponseReturnValue:
    """Add or remove a row, or go on to the review: as the pressed button says."""
    _demand_staff()
    return _pressed(None)


@pages.post("/addresses/new/save")
@signed_in
def make() -> ResponseReturnValue:
    """Make it, and lead to its page."""
    _demand_staff()
    return _save_form(None)


@pages.get("/addresses/change")
@signed_in
def change_form() -> ResponseReturnValue:
    """The form with what it is now."""
    kept = _kept(request.args.get("address", ""))
    return _form(AddressInput.of(kept), kept)


@pages.post("/addresses/change")
@signed_in
def change_send() -> ResponseReturnValue:
    """As for a new one."""
    return _pressed(_kept(request.form.get("address", "")))


@pages.post("/addresses/change/save")
@signed_in
def change() -> ResponseReturnValue:
    """Make it so."""
    return _save_form(_kept(request.form.get("address", "")))


@pages.get("/addresses/step/<name>")
@signed_in
def look(name: str) -> ResponseReturnValue:
    """What pausing, resuming, deleting or taking back would do."""
    address = _named(request.args.get("address", ""))
    return _step_review(name, address, _use().plan(actor(), _wish(name, address)))


@pages.post("/addresses/step/<name>")
@signed_in
def do(name: str) -> ResponseReturnValue:
    """Do it."""
    address = _named(request.form.get("address", ""))
    wish = replace(_wish(name, address), note=note())
    try:
        saved = _use().save(actor(), wish, loaded_fingerprint())
    except (ChangedMeanwhileError, PolicyRefusedError):
        return _step_review(name, address, _use().plan(actor(), wish), meanwhile=True)
    number = saved.version.number if saved.version else None
    return redirect(url_for("addresses.show", address=str(address), saved=number), 303)


def are_shown() -> bool:
    """Whether who is signed in finds the pages: they can make some, or have some."""
    if not _use().rules.domains:
        return False
    return _hindrance() is None or bool(_use().found(actor(), limit=1))


def _use() -> RedirectAddresses:
    return wired().redirect_addresses


def _named(text: str) -> EmailAddress:
    return EmailAddress.parse(text, where="address")


def _kept(text: str) -> RedirectAddress:
    kept = _use().get(actor(), _named(text))
    if kept is None:
        raise NotFound
    return kept


def _manages(address: EmailAddress) -> bool:
    """Whether who is signed in may do everything with it."""
    return _use().hindrance(actor(), address) is None


def _hindrance() -> Finding | None:
    """Why who is signed in can make no address anywhere; None: they can."""
    use = _use()
    somewhere = [EmailAddress("x", domain) for domain in sorted(use.rules.domains) or [""]]
    found = [use.hindrance(actor(), one) for one in somewhere]
    return None if None in found else found[0]


def _demand_staff() -> None:
    """Return where some address can be made; NotAllowedError."""
    if hindrance := _hindrance():
        raise denied(hindrance)


def _wish(name: str, address: EmailAddress) -> AddressWish:
    if name in _STEPS:
        return wish_change(address, _STEPS[name])
    newest = next(iter(_use().history(actor(), address)), None)
    if name != "undo" or newest is None:
        raise NotFound
    return wish_undo(newest)


def _pressed(kept: RedirectAddress | None) -> ResponseReturnValue:
    typed = _typed(kept)
    action, _dash, row = request.form.get("action", "review").partition("-")
    loaded = loaded_fingerprint()
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
    """What was sent; who only owns it sends no more than where it leads."""
    typed = AddressInput.typed(request.form)
    if typed.kind not in set(AddressKind):
        typed = replace(typed, kind=(kept.kind if kept else AddressKind.REDIRECT).value)
    if kept is None:
        return typed
    typed = replace(typed, address=str(kept.address))
    if _manages(kept.address):
        return typed
    owner = kept.owner.text if kept.owner else ""
    return replace(typed, kind=kept.kind.value, owner=owner)


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
    plan = _use().plan(actor(), wish, None if meanwhile or kept is None else loaded)
    if plan.refused:
        return _form(typed, kept, refused(plan.findings), loaded=loaded)
    where = "addresses.make" if kept is None else "addresses.change"
    back = "addresses.send" if kept is None else "addresses.change_send"
    return _show(
        Look(
            plan=plan,
            title=_("Check before saving"),
            button=_("Save"),
            save_to=url_for(where),
            pairs=typed.pairs,
            edit_to=url_for(back),
        ),
        meanwhile=meanwhile or plan.conflict,
    )


def _save_form(kept: RedirectAddress | None) -> ResponseReturnValue:
    typed, loaded = _typed(kept), loaded_fingerprint()
    wish = _wanted(typed, kept)
    if isinstance(wish, tuple):
        return _form(typed, kept, wish, loaded=loaded)
    try:
        saved = _use().save(actor(), wish, loaded)
    except ChangedMeanwhileError:
        return _review(typed, kept, loaded, meanwhile=True)
    except PolicyRefusedError:
        return _review(typed, kept, None)
    number = saved.version.number if saved.version else None
    return redirect(url_for("addresses.show", address=str(wish.address), saved=number), 303)


def _step_review(
    name: str, address: EmailAddress, plan: AddressPlan, *, meanwhile: bool = False
) -> ResponseReturnValue:
    words = {
        "pause": (_("Pause this address?"), _("Pause")),
        "resume": (_("Resume this address?"), _("Resume")),
        "delete": (_("Delete this address?"), _("Delete")),
        "undo": (_("Take back the last step?"), _("Take back")),
    }
    title, button = words[name]
    look = Look(
        plan=plan,
        title=title,
        button=button,
        save_to=url_for("addresses.do", name=name),
        pairs=(("address", str(address)),),
        asks_why=True,
    )
    return _show(look, meanwhile=meanwhile or plan.conflict)


def _show(look: Look, *, meanwhile: bool) -> ResponseReturnValue:
    page = _page("address_review.html", look=look, plan=look.plan, meanwhile=meanwhile)
    return page, HTTP_CONFLICT if meanwhile else 200


def _form(
    typed: AddressInput,
    kept: RedirectAddress | None,
    errors: tuple[FieldError, ...] = (),
    *,
    loaded: Fingerprint | None = None,
    focus: int | None = None,
) -> ResponseReturnValue:
    page = _page(
        "address_form.html",
        typed=typed,
        kept=kept,
        errors=errors,
        loaded=loaded or (fingerprint_of(kept) if kept else ""),
        focus=focus,
        kinds=KINDS,
        domains=sorted(_use().rules.domains),
        zone_options=zone_options,
        manages=kept is None or _manages(kept.address),
        form_at=url_for("addresses.send" if kept is None else "addresses.change_send"),
    )
    return page, HTTP_UNPROCESSABLE if errors else 200


def _page(template: str, **facts: object) -> str:
    now = wired().clock()

    def of_now(words: Callable[..., object]) -> Callable[[RedirectAddress], object]:
        return lambda kept: words(kept, now)

    return render_template(
        template,
        address_sentence=of_now(address_sentence),
        address_state=of_now(state_words),
        address_shape=of_now(state_shape),
        told_sentence=told_sentence,
        kind_words=kind_words,
        own=Login(actor().name),
        may_make=_hindrance() is None,
        **facts,
    )
