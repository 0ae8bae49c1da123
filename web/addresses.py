"""Redirect addresses and aliases: the list, the page of each, and its steps."""

from dataclasses import replace

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from sieve_manager.application.address_history import (
    AddressChange,
    AddressVersion,
    NewAddressVersion,
)
from sieve_manager.application.address_plan import (
    AddressPlan,
    AddressWish,
    wish_change,
    wish_set,
    wish_undo,
)
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import MAX_TICKET
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.errors import ChangedMeanwhileError, PolicyRefusedError
from web import address_pages
from web.acting import who
from web.address_pages import Look, manages, may_become, named, stand_in, use
from web.address_words import KINDS, card_of, change_words, differences
from web.context import actor, loaded_fingerprint, note, one_line, signed_in, wired, zone
from web.say import N_, _

pages = Blueprint("addresses", __name__)

_PAGE, _MAX_SEARCH, _FURTHEST = 50, 200, 10_000_000
_STEPS = {
    "pause": AddressChange.PAUSE,
    "resume": AddressChange.RESUME,
    "delete": AddressChange.DELETE,
}
_TITLES = {
    "pause": (N_("Pause this address?"), N_("Pause")),
    "resume": (N_("Resume this address?"), N_("Resume")),
    "delete": (N_("Delete this address?"), N_("Delete")),
    "undo": (N_("Take back the last step?"), N_("Take back")),
    "put-back": (N_("Put this state back?"), N_("Put this back")),
}


@pages.get("/addresses")
@signed_in
def list_() -> ResponseReturnValue:
    """Those that one manages; of who manages none, the own ones."""
    text = one_line(request.args.get("q", ""), _MAX_SEARCH)
    kind = next((one for one in AddressKind if one.value == request.args.get("kind")), None)
    skip = min(max(request.args.get("skip", 0, int), 0), _FURTHEST)
    found = use().found(actor(), text, kind=kind, offset=skip, limit=_PAGE + 1)
    now = wired().clock()
    return address_pages.show(
        "addresses.html",
        found=[card_of(one, now) for one in found[:_PAGE]],
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
    address = named(request.args.get("address", ""))
    kept = use().get(actor(), address)
    versions = use().history(actor(), address)
    newest = next(iter(versions), None)
    if kept is None and newest is None:
        raise NotFound
    saved = request.args.get("saved", "")
    return address_pages.show(
        "address.html",
        address=address,
        kept=kept,
        stand_in=None if kept else stand_in(address),
        versions=[_told(one, kept) for one in versions],
        proof=newest is not None and str(newest.number) == saved,
        may_change=kept is not None and may_become(address, kept, kept),
        may_delete=may_become(address, kept, None),
        may_undo=newest is not None and may_become(address, kept, newest.new.before),
        zone=kept.forward.period.timezone if kept else zone(),
    )


@pages.get("/addresses/step/<name>")
@signed_in
def look(name: str) -> ResponseReturnValue:
    """What pausing, resuming, deleting, taking back or putting back would do."""
    address = named(request.args.get("address", ""))
    return _review(name, address, use().plan(actor(), _wish(name, address)))


@pages.post("/addresses/step/<name>")
@signed_in
def do(name: str) -> ResponseReturnValue:
    """Do it."""
    address = named(request.form.get("address", ""))
    ticket = one_line(request.form.get("ticket", ""), MAX_TICKET)
    wish = replace(_wish(name, address), note=note(), ticket=ticket)
    try:
        saved = use().save(actor(), wish, loaded_fingerprint())
    except ChangedMeanwhileError:
        return _review(name, address, use().plan(actor(), wish), meanwhile=True)
    except PolicyRefusedError:
        return _review(name, address, use().plan(actor(), wish))
    return redirect(address_pages.proof_at(address, saved), 303)


def _told(version: AddressVersion, kept: RedirectAddress | None) -> dict[str, object]:
    new = version.new
    return {
        "number": version.number,
        "new": new,
        "what": change_words(version),
        "by": who(new.actor),
        "differences": differences(new.before, new.after),
        "put_back": new.after not in (None, kept) and may_become(new.address, kept, new.after),
    }


def _wish(name: str, address: EmailAddress) -> AddressWish:
    if name in _STEPS:
        return wish_change(address, _STEPS[name])
    versions = use().history(actor(), address)
    number = request.values.get("version", "")
    match name, next((one for one in versions if str(one.number) == number), None):
        case "undo", _ if versions:
            return wish_undo(versions[0])
        case "put-back", AddressVersion(new=NewAddressVersion(after=RedirectAddress() as state)):
            return wish_set(state)
        case _:
            raise NotFound


def _review(
    name: str, address: EmailAddress, plan: AddressPlan, *, meanwhile: bool = False
) -> ResponseReturnValue:
    title, button = _TITLES[name]
    look = Look(
        address=address,
        plan=plan,
        title=_(title),
        button=_(button),
        save_to=url_for("addresses.do", name=name),
        pairs=(("address", str(address)), ("version", request.values.get("version", ""))),
        cancel_to=url_for("addresses.show", address=str(address)),
        asks_why=True,
        asks_ticket=manages(address),
    )
    return address_pages.show_review(look, meanwhile=meanwhile or plan.conflict)
