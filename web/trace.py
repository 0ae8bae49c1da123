"""What happens to mail for an address: the own ones for owners, any for the helpdesk."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from sieve_manager.application.status import Status
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import InvalidInputError
from web import chain_words
from web.acting import acting
from web.chain_drawing import MOST_BOXES, count, draw
from web.context import access, actor, one_line, signed_in, wired, zone
from web.forward_input import FieldError
from web.say import input_error_text

pages = Blueprint("trace", __name__)

_LONGEST = 320


@pages.get("/trace")
@signed_in
def page() -> ResponseReturnValue:
    """The address that is asked about, or else the one of the mailbox that is shown."""
    asked = one_line(request.args.get("address", ""), _LONGEST)
    own = wired().tracing.own(actor())
    try:
        address = EmailAddress.parse(asked, where="address") if asked else _first(own)
    except InvalidInputError as error:
        wrong = FieldError(where="address", message=input_error_text(error))
        return _shown(asked, own, (wrong,)), 422
    if address is None:
        return _shown(asked, own, ())
    traced = wired().tracing.trace(actor(), address, _now_there(address))
    return _shown(
        str(address),
        own,
        (),
        traced=traced,
        drawing=draw(traced.root, chain_words.words_of(traced.root)),
        large=count(traced.root) > MOST_BOXES,
    )


def _shown(
    asked: str, own: tuple[EmailAddress, ...], errors: tuple[FieldError, ...], **more: object
) -> str:
    return render_template(
        "trace.html",
        asked=asked,
        own=own,
        errors=errors,
        by_staff=actor().role.is_staff,
        may_prove=actor().role.is_staff and wired().proving is not None,
        words=chain_words,
        count=count,
        zone=zone(),
        **more,
    )


def _first(own: tuple[EmailAddress, ...]) -> EmailAddress | None:
    whom = acting()
    if whom and actor().role.is_staff:
        return wired().staff.person(Login(whom.login)).address
    return own[0] if own else None


def _now_there(address: EmailAddress) -> Status | None:
    """The own mailbox as it is now, where it is asked about; others are as they were swept."""
    if acting():
        return None
    login = access().login
    if actor().role.is_staff and not wired().tracing.addresses.mailbox(login).owns(address):
        return None
    return wired().forwards.overview(access())
