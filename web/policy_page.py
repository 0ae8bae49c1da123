"""What is allowed here, in words: for the helpdesk, which would otherwise learn it by refusals."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.context import wired
from web.policy_words import policy_words
from web.staff import staff_only

pages = Blueprint("policy", __name__)


@pages.get("/staff/policy")
@staff_only
def page() -> ResponseReturnValue:
    """Every rule of the configuration."""
    return render_template("policy.html", chapters=policy_words(wired().settings))
