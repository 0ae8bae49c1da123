"""The history: what was changed, when, by whom; the difference; and putting it back."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.history import Change, Version
from sieve_manager.application.plan import Plan, differences
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import ChangedMeanwhileError
from web import review
from web.context import access, loaded_fingerprint, login_name, signed_in, wired, zone
from web.say import _

pages = Blueprint("history", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A version with its words."""

    version: Version
    what: str
    who: str


@pages.get("/history")
@signed_in
def page() -> ResponseReturnValue:
    """All versions that are kept, newest first."""
    entries = tuple(_entry(one) for one in wired().forwards.history(access()))
    return render_template("history.html", entries=entries, zone=zone())


@pages.get("/history/<int:number>")
@signed_in
def version(number: int) -> ResponseReturnValue:
    """One version with its difference."""
    found = wired().forwards.version(access(), number)
    before, after = found.new.before, found.new.after
    return render_template(
        "version.html",
        entry=_entry(found),
        changes=differences(before, after),
        before=before.listing.active,
        after=after.listing.active,
        zone=zone(),
    )


@pages.get("/history/<int:number>/undo")
@signed_in
def look(number: int) -> ResponseReturnValue:
    """What putting back the state before that version would do."""
    return _review(wired().forwards.plan_undo(access(), number), number, loaded=None)


@pages.post("/history/<int:number>/undo")
@signed_in
def undo(number: int) -> ResponseReturnValue:
    """Put it back."""
    loaded = loaded_fingerprint()
    chosen = "force" in request.form
    try:
        return review.after(wired().forwards.undo(access(), number, loaded, force=chosen))
    except ChangedMeanwhileError:
        plan = wired().forwards.plan_undo(access(), number)
        return _review(plan, number, loaded=loaded, meanwhile=True)


def _review(
    plan: Plan, number: int, *, loaded: Fingerprint | None, meanwhile: bool = False
) -> ResponseReturnValue:
    """A conflict seen on this page is what the button then chooses."""
    wish = review.Wish(
        title=_("Put back what was there before?"),
        button=_("Put this back"),
        save_to=url_for("history.undo", number=number),
        pairs=(("force", "yes"),) if plan.conflict else (),
    )
    return review.show(plan, wish, loaded=loaded, meanwhile=meanwhile or plan.conflict)


def _entry(one: Version) -> Entry:
    return Entry(version=one, what=change_words(one), who=who(one.new.actor))


def who(actor: Actor) -> str:
    """Who it was, from the owner's point of view."""
    if actor.channel is Channel.CLI:
        return _("%(name)s, on the command line", name=actor.name)
    return _("you") if actor.name == login_name() else actor.name


def change_words(one: Version) -> str:
    """What was done, in a few words."""
    match one.new.change:
        case Change.SET:
            return _("Forward set")
        case Change.PAUSE:
            return _("Forward paused")
        case Change.RESUME:
            return _("Forward resumed")
        case Change.CLEAR:
            return _("Forward switched off")
        case Change.UNDO:
            return _("State before change %(number)s put back", number=str(one.new.undoes))
        case Change.REACTIVATE:
            return _("Forward switched on again")
        case Change.ADOPT:
            return _("Changes from elsewhere kept")
        case Change.CASE_BEGIN:
            return _("Handed over by the helpdesk")
        case Change.CASE_CHANGE:
            return _("Handover changed by the helpdesk")
        case Change.CASE_END:
            return _("Handover ended")
