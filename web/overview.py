"""My mailbox: what happens to incoming mail now."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from sieve_manager.application.history import Change
from sieve_manager.application.plan import Difference, differences
from sieve_manager.application.status import Status
from web.acting import acting, set_by_staff
from web.address_pages import MOST_OWN, own_cards
from web.consent_words import consent_sentence
from web.context import access, signed_in, wired, zone
from web.handover_words import is_handed_over
from web.notice import tell_owner
from web.picture import draw
from web.sentence import sentences

pages = Blueprint("overview", __name__)


@pages.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """The overview; after a save also the proof that the server has it."""
    status = wired().forwards.overview(access())
    read_at = wired().clock()
    told = tell_owner(status)
    return render_template(
        "overview.html",
        status=status,
        sentences=sentences(status),
        picture=draw(status),
        proof=_proof(status),
        read_at=read_at,
        told=told,
        elsewhere=_changed_elsewhere(status),
        by_staff=set_by_staff(status),
        may_end=is_handed_over(status) and wired().cases.policy.owner_may_end and not acting(),
        waiting=[consent_sentence(one, read_at) for one in wired().forwards.waiting(access())],
        had_forward=_had_forward(status),
        own_addresses=() if acting() else own_cards(),
        most_own=MOST_OWN,
        zone=status.forward.period.timezone if status.forward else zone(),
    )


def _changed_elsewhere(status: Status) -> tuple[Difference, ...]:
    if not status.elsewhere or status.last is None:
        return ()
    return differences(status.last.new.after, status.scripts)


def _had_forward(status: Status) -> bool:
    """Whether our last write left a forward that could be switched on again."""
    gone = (Change.CLEAR, Change.UNDO, Change.ADOPT)
    return status.last is not None and status.last.new.change not in gone


def _proof(status: Status) -> str:
    """What the save that led here can be told: "saved", "same" or nothing.

    The number in the address only asks; the claim is made only where the server's scripts,
    read just now, are those that this very version left.
    """
    number = request.args.get("saved", "")
    if number == "0":
        return "same"
    last = status.last
    if last is None or str(last.number) != number or not last.settled or status.elsewhere:
        return ""
    return "saved"
