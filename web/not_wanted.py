"""“I do not want this”: where somebody to whom a case passes mail on tells the helpdesk so.

Without sign-in: the signed link in the notice says who they are and which case it is. Opening
it does nothing, since programs open links in mail; only the button does.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from sieve_manager.application.unwanted_links import Unwanted
from sieve_manager.errors import CaseNotFoundError
from web.context import wired
from web.security import client_address

pages = Blueprint("not_wanted", __name__)

_GONE = 410


@pages.get("/not-wanted/<token>")
def page(token: str) -> ResponseReturnValue:
    """Ask whether they mean it."""
    unwanted = _read(token)
    return _page(unwanted)


@pages.post("/not-wanted/<token>")
def tell(token: str) -> ResponseReturnValue:
    """Tell the helpdesk, once; pressing again says the same."""
    unwanted = _read(token)
    if unwanted is not None:
        wired().case_notices.not_wanted(
            unwanted, client_address(wired().settings.web.trusted_proxies)
        )
    return _page(unwanted, told=True)


def _read(token: str) -> Unwanted | None:
    notices = wired().case_notices
    links = notices.facts.links
    unwanted = links.read(token, wired().clock()) if links else None
    if unwanted is None:
        return None
    try:
        notices.cases.case(unwanted.case)
    except CaseNotFoundError:
        return None
    return unwanted


def _page(unwanted: Unwanted | None, *, told: bool = False) -> ResponseReturnValue:
    shown = render_template(
        "not_wanted.html",
        told=told,
        destination=unwanted.destination.readable if unwanted else None,
    )
    return shown if unwanted else (shown, _GONE)
