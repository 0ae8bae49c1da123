"""Where somebody to whom a case passes mail on asks the helpdesk for more time, or lets it end.

Without sign-in: the signed link in the notice says who they are, which case it is, and which end.
Opening it does nothing, since programs open links in mail; only the button does. A link that is
not good, or over, says the same whatever the reason is.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from sieve_manager.application.ending_links import Ending
from web.context import wired
from web.say import day
from web.security import client_address

pages = Blueprint("ending", __name__)

_GONE = 410


@pages.get("/ending/<token>")
def page(token: str) -> ResponseReturnValue:
    """Say what ends, and ask what they want."""
    return _page(wired().case_notices.ending(token))


@pages.post("/ending/<token>")
def answer(token: str) -> ResponseReturnValue:
    """Ask the helpdesk, once, or do nothing; pressing again says the same."""
    pressed = request.form.get("answer", "")
    if pressed not in ("extend", "end"):
        raise BadRequest
    notices = wired().case_notices
    ending = notices.ending(token)
    if ending and pressed == "extend":
        notices.extend_wanted(ending, client_address(wired().settings.web.trusted_proxies))
    return _page(ending, pressed)


def _page(ending: Ending | None, pressed: str = "") -> ResponseReturnValue:
    if ending is None:
        return render_template("ending.html"), _GONE
    notices = wired().case_notices
    return render_template(
        "ending.html",
        leaver=str(notices.facts.person(notices.cases.case(ending.case).login)),
        destination=ending.destination.readable,
        last_day=day(ending.last_day),
        pressed=pressed,
    )
