"""Whether mail may be passed on: where receivers agree, refuse, and later stop it.

Without sign-in: the signed link in the mail says who they are and what it is about. Opening it
does nothing, since programs open links in mail; only the buttons do. A link that is not good
says the same whatever the reason is.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from sieve_manager.application.answering import Answering
from sieve_manager.application.consent_links import LinkKind
from sieve_manager.domain.consent import Consent
from web.context import wired
from web.security import client_address

pages = Blueprint("consent", __name__)

_GONE = 410


@pages.get("/consent/<token>")
def page(token: str) -> ResponseReturnValue:
    """Ask whether they agree, or whether they want to stop it."""
    answering = _answering()
    found = answering.look(token) if answering else None
    if found is None:
        return _page(), _GONE
    kind, consent = found
    return _page(consent=consent, stops=kind is LinkKind.STOP)


@pages.post("/consent/<token>")
def answer(token: str) -> ResponseReturnValue:
    """Take the answer, once; what follows from it is done within seconds."""
    answering, pressed = _answering(), request.form.get("answer", "")
    if pressed not in ("agree", "refuse", "stop"):
        raise BadRequest
    if answering is None:
        return _page(), _GONE
    address = client_address(wired().settings.web.trusted_proxies)
    if pressed == "stop":
        taken = answering.stop(token, address=address)
    else:
        taken = answering.answer(token, agrees=pressed == "agree", address=address)
    return _page(consent=taken, taken=pressed) if taken else (_page(), _GONE)


def _answering() -> Answering | None:
    consent = wired().consent
    return consent.answering if consent else None


def _page(consent: Consent | None = None, *, stops: bool = False, taken: str = "") -> str:
    return render_template(
        "consent.html",
        receiver=consent.destination.readable if consent else "",
        source=_source(consent) if consent else "",
        stops=stops,
        taken=taken,
    )


def _source(consent: Consent) -> str:
    """Whose mail it is, as the mail to the receiver said it."""
    following = wired().consent
    return following.following.mail.source(consent).readable if following else ""
