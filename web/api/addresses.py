"""Redirect addresses and aliases."""

from sieve_manager.application.address_history import AddressChange, fingerprint_of
from sieve_manager.application.address_plan import AddressWish, wish_change, wish_set
from sieve_manager.application.chain_forms import (
    address_form,
    address_history_form,
    address_plan_form,
)
from sieve_manager.application.forms import Form
from sieve_manager.application.tokens import Scope
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import NOTHING_STAYS, RedirectAddress
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import InvalidInputError
from web.api.forms_in import AddressesQuery, AddressIn, AddressStep
from web.api.forms_out_addresses import (
    AddressHistory,
    AddressPlanOut,
    AddressState,
    RedirectAddresses,
)
from web.api.operations import Call, Needs, Operations, Rehearsable, Reply
from web.context import one_line, wired

operations = Operations()

_ONE = "/addresses/<address>"
_MATCHED = Needs(must_match=True)


@operations.add("GET", "/addresses", Scope.READ, RedirectAddresses, query=AddressesQuery)
def list_addresses(call: Call) -> Reply:
    """List redirect addresses and aliases, by address."""
    asked = call.asked(AddressesQuery)
    found = wired().redirect_addresses.found(
        call.actor,
        one_line(asked.text, len(asked.text)),
        kind=asked.kind,
        offset=asked.offset,
        limit=asked.limit + 1,
    )
    more = len(found) > asked.limit
    forms = [_form(one) for one in found[: asked.limit]]
    return Reply(form={"addresses": forms, "next": asked.offset + asked.limit if more else None})


@operations.add("GET", _ONE, Scope.READ, AddressState)
def get_address(call: Call, address: str) -> Reply:
    """Where an address leads."""
    parsed = _parsed(address)
    kept = wired().redirect_addresses.get(call.actor, parsed)
    if kept is None:
        raise InvalidInputError(
            "There is no redirect address {address}.",
            where="address",
            code="address-none",
            address=parsed.readable,
        )
    return _state(kept)


@operations.add(
    "PUT",
    _ONE,
    Scope.CASES,
    AddressState,
    AddressPlanOut,
    query=Rehearsable,
    needs=Needs(body=AddressIn, may_match=True),
)
def set_address(call: Call, address: str) -> Reply:
    """Make a redirect address or an alias; with If-Match, replace the one that was seen."""
    sent, separator = call.sent(AddressIn), wired().settings.master_separator
    wanted = RedirectAddress(
        address=_parsed(address),
        kind=sent.kind,
        forward=Forward(
            destinations=tuple(EmailAddress.parse(one) for one in sent.destinations),
            copy=NOTHING_STAYS,
            period=Period(
                first_day=sent.first_day,
                last_day=sent.last_day,
                timezone=sent.timezone or wired().policy.default_timezone,
            ),
            hold_spam=False,
            note=one_line(sent.note, len(sent.note)),
        ),
        owner=Login.parse(sent.owner, master_separator=separator, where="owner")
        if sent.owner
        else None,
        moved_to=EmailAddress.parse(sent.moved_to, where="moved_to") if sent.moved_to else None,
    )
    wired().redirect_addresses.demand_owner(wanted)
    return _carried_out(call, wish_set(wanted, ticket=sent.ticket, new=not call.matched))


@operations.add(
    "DELETE", _ONE, Scope.CASES, AddressState, AddressPlanOut, query=AddressStep, needs=_MATCHED
)
def delete_address(call: Call, address: str) -> Reply:
    """Delete it; its history stays, and what is answered is what it was."""
    return _changed(call, address, AddressChange.DELETE)


@operations.add(
    "POST",
    f"{_ONE}/pause",
    Scope.CASES,
    AddressState,
    AddressPlanOut,
    query=AddressStep,
    needs=_MATCHED,
)
def pause_address(call: Call, address: str) -> Reply:
    """Refuse mail for it; all of it is kept."""
    return _changed(call, address, AddressChange.PAUSE)


@operations.add(
    "POST",
    f"{_ONE}/resume",
    Scope.CASES,
    AddressState,
    AddressPlanOut,
    query=AddressStep,
    needs=_MATCHED,
)
def resume_address(call: Call, address: str) -> Reply:
    """Relay mail for it again."""
    return _changed(call, address, AddressChange.RESUME)


@operations.add("GET", f"{_ONE}/history", Scope.READ, AddressHistory)
def get_address_history(call: Call, address: str) -> Reply:
    """The changes that were made to it, newest first."""
    parsed = _parsed(address)
    versions = wired().redirect_addresses.history(call.actor, parsed)
    return Reply(form=address_history_form(parsed, versions))


def _changed(call: Call, address: str, change: AddressChange) -> Reply:
    ticket = call.asked(AddressStep).ticket
    return _carried_out(call, wish_change(_parsed(address), change, ticket=ticket))


def _carried_out(call: Call, wish: AddressWish) -> Reply:
    use = wired().redirect_addresses
    if call.dry_run:
        plan = use.plan(call.actor, wish, call.loaded)
        form = address_plan_form(plan, wired().clock())
        return Reply(form=form, etag=plan.loaded, planned=True)
    saved = use.save(call.actor, wish, call.loaded)
    if saved.kept:
        return _state(saved.kept)
    return Reply(form={**_form(saved.before), "state": "deleted"} if saved.before else {})


def _state(kept: RedirectAddress) -> Reply:
    return Reply(form=_form(kept), etag=fingerprint_of(kept))


def _form(kept: RedirectAddress) -> Form:
    return address_form(kept, kept.phase(wired().clock()))


def _parsed(text: str) -> EmailAddress:
    return EmailAddress.parse(text, where="address")
