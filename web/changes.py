"""Pause, resume, switch off, switch on again, adopt: one review page and one button each."""

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.history import Change
from sieve_manager.errors import ChangedMeanwhileError
from web import review
from web.context import access, loaded_fingerprint, note, signed_in, wired
from web.say import _

pages = Blueprint("changes", __name__)


@pages.get("/change/<name>")
@signed_in
def look(name: str) -> ResponseReturnValue:
    """What the change would do."""
    change = _change(name)
    return review.show(wired().forwards.plan_change(access(), change), _wish(change))


@pages.post("/change/<name>")
@signed_in
def save(name: str) -> ResponseReturnValue:
    """Do it."""
    change, loaded = _change(name), loaded_fingerprint()
    try:
        return review.after(wired().forwards.change(access(), change, loaded, note()))
    except ChangedMeanwhileError:
        plan = wired().forwards.plan_change(access(), change)
        return review.show(plan, _wish(change), loaded=loaded, meanwhile=True)


_OFFERED = (Change.PAUSE, Change.RESUME, Change.CLEAR, Change.REACTIVATE, Change.ADOPT)


def _change(name: str) -> Change:
    if name not in _OFFERED:
        abort(404)
    return Change(name)


def _wish(change: Change) -> review.Wish:
    title, button = _words(change)
    return review.Wish(
        title=title,
        button=button,
        save_to=url_for("changes.save", name=change),
        # Nothing may be there yet but those who are waited for.
        settles=change is Change.ADOPT
        or (change is Change.CLEAR and bool(wired().forwards.waiting(access()))),
        asks_why=True,
    )


def _words(change: Change) -> tuple[str, str]:
    match change:
        case Change.PAUSE:
            return _("Pause the forward?"), _("Pause")
        case Change.RESUME:
            return _("Resume the forward?"), _("Resume")
        case Change.CLEAR:
            return _("Switch the forward off?"), _("Switch off")
        case Change.REACTIVATE:
            return _("Switch your forward on again?"), _("Switch on again")
        case _:
            return _("Keep the filters as they are now?"), _("Keep them")
