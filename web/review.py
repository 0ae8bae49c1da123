"""Look before you leap: the page between a wish and its save, and the way on after a save."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.plan import Difference, Plan
from sieve_manager.application.saving import Saved
from sieve_manager.domain.handover import Reply
from sieve_manager.domain.scripts import Fingerprint
from web.address_offer import Offered
from web.picture import draw
from web.seen import Seen

HTTP_CONFLICT = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be reviewed: where its save is sent, with which fields, and how it is called.

    *edit_to* and *cancel_to*: where its form is, and where to go instead of saving. *settles*:
    a save without a difference is of use, because it notes a choice. *asks_why*: staff is asked
    for ticket and reason here, and not on a form before. *reply*: what senders would be told.
    *of_case*: who left, where it is a case. *offer*: what would do better.
    """

    title: str
    button: str
    save_to: str
    pairs: tuple[tuple[str, str], ...] = ()
    edit_to: str = ""
    cancel_to: str = ""
    reply: Reply | None = None
    of_case: str = ""
    settles: bool = False
    asks_why: bool = False
    offer: Offered | None = None


def seen() -> Seen:
    """This process's memory of the scripts that pages were made from."""
    found: Seen = current_app.extensions["seen"]
    return found


def show(
    plan: Plan, wish: Wish, *, loaded: Fingerprint | None = None, meanwhile: bool = False
) -> ResponseReturnValue:
    """The review of *plan*; *meanwhile*: somebody changed the scripts since *loaded*.

    The page then shows what changed, and its save carries the fingerprint of the present
    state: to go on is a choice made with both in sight.
    """
    changes: Iterable[Difference] | None = None
    if meanwhile:
        changes = seen().changes_since(loaded, plan.before)
    seen().remember(plan.before)
    page = render_template(
        "review.html",
        plan=plan,
        wish=wish,
        picture=draw(plan.after),
        meanwhile=meanwhile,
        changes=changes,
    )
    return page, HTTP_CONFLICT if meanwhile else 200


def after(saved: Saved) -> ResponseReturnValue:
    """On to the overview, which reads the server again and says so."""
    number = saved.version.number if saved.version else 0
    return redirect(url_for("overview.page", saved=number), 303)
