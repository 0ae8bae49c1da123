"""The demo's own page: send a test message, and see live where it ended up.

It is there only when the application was made with a demo world; a real installation has no
such page, and no way to look into anybody's mail.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.errors import InvalidInputError, RefusedError
from web.address_input import field_error
from web.forward_input import FieldError
from web.say import N_, _

if TYPE_CHECKING:
    # A real installation need not have what the demo is made of.
    from sieve_manager.demo.world import DemoWorld as DemoWorld

pages = Blueprint("demo", __name__)

_MAX_SUBJECT = 200
# What accounts.py and addresses.py of sieve_manager/demo say of each, for the catalogues.
ABOUT = (
    N_("has no filters yet"),
    N_("sorts mail with filters made in Roundcube"),
    N_("wrote a Sieve script by hand"),
    N_("works at the helpdesk"),
    N_("is the mail administrator"),
    N_("leads to two mailboxes and outside; Anna decides where to"),
    N_("is an alias of Anna's mailbox"),
    N_("leads to team@example.com"),
    N_("leads to office@example.com: a chain of three"),
    N_("is paused: senders are told at once"),
)


def world() -> "DemoWorld":
    """The demo's people and mailboxes."""
    return cast("DemoWorld", current_app.extensions["demo"])


@pages.get("/demo")
def page() -> ResponseReturnValue:
    """Accounts, a form that sends a message, and all mailboxes."""
    return _page(sent=request.args.get("sent", ""))


@pages.get("/demo/places")
def places() -> ResponseReturnValue:
    """The mailboxes alone, for a page that is open."""
    return render_template("demo_places.html", **_places())


@pages.post("/demo/send")
def send() -> ResponseReturnValue:
    """Send a test message; the page that follows shows where it is, or why it was not taken."""
    to = request.form.get("to", "").strip()
    subject = request.form.get("subject", "")[:_MAX_SUBJECT].strip()
    try:
        world().send(to, subject or _("A test message"))
    except InvalidInputError as error:
        return _page(typed=to, errors=[field_error(error)]), 422
    except RefusedError as refused:
        return _page(sent=to, answer=refused.server_text), 422
    return redirect(url_for("demo.page", sent=to), 303)


def _page(
    *, sent: str = "", typed: str = "", answer: str = "", errors: Sequence[FieldError] = ()
) -> str:
    there = world()
    return render_template(
        "demo.html",
        accounts=there.accounts,
        addresses=there.addresses,
        sent=sent,
        typed=typed or sent,
        answer=answer,
        errors=errors,
        **_places(),
    )


def _places() -> dict[str, object]:
    mailboxes = [one for one in world().mailboxes() if not one.account.role.is_staff]
    return {"mailboxes": mailboxes, "outside": world().outside()}
