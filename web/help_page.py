"""Help: what forwarding does and does not do, in plain words; needs no sign-in."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.forward import copy_words

pages = Blueprint("help", __name__)


@pages.get("/help")
def page() -> ResponseReturnValue:
    """The help page."""
    copies = [(label, consequence) for _kind, label, consequence in copy_words()]
    return render_template("help.html", copies=copies)
