"""Tokens of the HTTP API, for administrators: make one, see it once, revoke it."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.tokens import Scope
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError
from web.context import actor, one_line, wired, zone
from web.forward import HTTP_UNPROCESSABLE
from web.forward_input import FieldError
from web.say import N_, input_error_text
from web.staff import administrators_only

pages = Blueprint("tokens", __name__)

_LONGEST_NAME = 40
_DAYS = "90"
SCOPES = {
    Scope.READ: N_(
        "Look at mailboxes, redirect addresses, cases, the register and, for administrators, the "
        "audit log"
    ),
    Scope.CASES: N_("Change forwards, redirect addresses, cases and batches"),
    Scope.POLICY: N_("Approve what somebody else asked for"),
}
ROLES = {Role.OPERATOR: N_("Operator"), Role.ADMINISTRATOR: N_("Administrator")}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInput:
    """What was typed; anything."""

    name: str = ""
    scopes: tuple[str, ...] = (Scope.READ.value,)
    role: str = Role.OPERATOR.value
    days: str = _DAYS


@pages.get("/staff/tokens")
@administrators_only
def page() -> ResponseReturnValue:
    """All tokens, and the form for another."""
    return _show(TokenInput())


@pages.post("/staff/tokens")
@administrators_only
def create() -> ResponseReturnValue:
    """Make one. Its secret stands on this answer and nowhere else."""
    typed = TokenInput(
        name=one_line(request.form.get("name", ""), _LONGEST_NAME + 1),
        scopes=tuple(request.form.getlist("scope")),
        role=request.form.get("role", ""),
        days=request.form.get("days", ""),
    )
    known = {one.value: one for one in Scope}
    roles = {one.value: one for one in ROLES}
    try:
        made, secret = wired().tokens.create(
            actor(),
            name=typed.name,
            scopes=[known[one] for one in typed.scopes if one in known],
            role=roles.get(typed.role, Role.OWNER),
            days=int(typed.days) if typed.days.isascii() and typed.days.isdecimal() else 0,
        )
    except InvalidInputError as error:
        wrong = FieldError(where=error.where, message=input_error_text(error))
        return _show(typed, wrong), HTTP_UNPROCESSABLE
    return render_template("token_made.html", token=made, secret=secret, zone=zone())


@pages.post("/staff/tokens/<int:number>/revoke")
@administrators_only
def revoke(number: int) -> ResponseReturnValue:
    """End one at once."""
    wired().tokens.revoke(actor(), number)
    return redirect(url_for("tokens.page"), 303)


def _show(typed: TokenInput, *errors: FieldError) -> str:
    return render_template(
        "tokens.html",
        tokens=wired().tokens.tokens(actor()),
        typed=typed,
        errors=errors,
        scopes=SCOPES,
        roles=ROLES,
        now=wired().clock(),
        zone=zone(),
    )
