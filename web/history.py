"""The history: what was changed, when, by whom; the difference; and putting it back."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sieve_manager.application.history import Change, Version
from sieve_manager.application.plan import Plan, differences
from sieve_manager.application.understanding import leads_to
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import ChangedMeanwhileError
from web import review
from web.acting import who
from web.audit_words import deed
from web.context import access, loaded_fingerprint, note, signed_in, wired, zone
from web.say import N_, _

pages = Blueprint("history", __name__)

_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A version with its words; *to* are those that got the mail from then on."""

    version: Version
    what: str
    who: str
    to: tuple[EmailAddress, ...]


@pages.get("/history")
@signed_in
def page() -> ResponseReturnValue:
    """All versions that are kept, newest first."""
    entries = tuple(_entry(one) for one in wired().forwards.history(access()))
    return render_template("history.html", entries=entries, zone=zone())


@pages.get("/audit")
@signed_in
def audit() -> ResponseReturnValue:
    """What the audit log says of the mailbox, a page at a time, newest first."""
    before = request.args.get("before", type=int)
    found = wired().audit.entries(mailbox=access().login, before=before, limit=_PAGE + 1)
    shown = found[:_PAGE]
    whole = wired().forwards.sight.is_whole(access().actor)
    return render_template(
        "audit.html",
        deeds=[deed(record, whole=whole) for record in shown],
        days=wired().settings.audit.retention_days,
        older=shown[-1].number if len(found) > _PAGE else None,
        zone=zone(),
    )


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
        saved = wired().forwards.undo(access(), number, loaded, force=chosen, note=note())
        return review.after(saved)
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
        asks_why=True,
    )
    return review.show(plan, wish, loaded=loaded, meanwhile=meanwhile or plan.conflict)


def _entry(one: Version) -> Entry:
    to = leads_to(one.new.after, wired().policy.spam_headers)
    return Entry(version=one, what=change_words(one), who=who(one.new.actor), to=to)


def change_words(one: Version) -> str:
    """What was done, in a few words."""
    return _(_WORDS[one.new.change], number=str(one.new.undoes))


_WORDS = {
    Change.SET: N_("Forward set"),
    Change.PAUSE: N_("Forward paused"),
    Change.RESUME: N_("Forward resumed"),
    Change.CLEAR: N_("Forward switched off"),
    Change.UNDO: N_("State before change %(number)s put back"),
    Change.REACTIVATE: N_("Forward switched on again"),
    Change.ADOPT: N_("Changes from elsewhere kept"),
    Change.CASE_BEGIN: N_("Handed over by the helpdesk"),
    Change.CASE_CHANGE: N_("Handover changed by the helpdesk"),
    Change.CASE_END: N_("Handover ended"),
    Change.CASE_RENEW: N_("The automatic reply learned of a new alias"),
    Change.AGREED: N_("A receiver has agreed"),
    Change.WITHDRAWN: N_("A receiver does not want the mail any more"),
}
