"""Test messages: sent from the page of a trace, followed hop by hop, for the helpdesk."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from sieve_manager.application.proof_report import Fate, Report
from sieve_manager.application.proving import Proving
from sieve_manager.domain.addresses import EmailAddress
from web import chain_words
from web.context import actor, one_line, wired, zone
from web.say import N_, _
from web.staff import staff_only

pages = Blueprint("proofs", __name__)

_LONGEST = 320
FATES = {
    Fate.ARRIVED: N_("arrived"),
    Fate.AWAITED: N_("not there yet"),
    Fate.MISSED: N_("did not arrive"),
    Fate.MAYBE: N_("not there; whether it stays there depends on the message"),
    Fate.DEPENDS: N_("whether it goes there depends on the message"),
    Fate.PASSED: N_("passed on"),
    Fate.HANDED_ON: N_("taken by another mail server"),
    Fate.DELAYED: N_("delayed"),
    Fate.REFUSED: N_("refused"),
    Fate.UNSEEN: N_("cannot be followed; no failure was reported"),
}
SHAPES = {
    Fate.ARRIVED: "active",
    Fate.AWAITED: "scheduled",
    Fate.MISSED: "broken",
    Fate.REFUSED: "broken",
    Fate.DELAYED: "warn",
}


@pages.post("/trace/test")
@staff_only
def send() -> ResponseReturnValue:
    """Send one, and lead to the page that follows it."""
    address = EmailAddress.parse(
        one_line(request.form.get("address", ""), _LONGEST), where="address"
    )
    proof = _proving().send(actor(), address, _wording)
    return redirect(url_for("proofs.page", mark=proof.mark), 303)


@pages.get("/trace/test/<mark>")
@staff_only
def page(mark: str) -> ResponseReturnValue:
    """How far it has come."""
    return _page("proof.html", _report(mark))


@pages.get("/trace/test/<mark>/steps")
@staff_only
def steps(mark: str) -> ResponseReturnValue:
    """The same alone, for a page that is open; the whole page where it goes no further."""
    report = _report(mark)
    answer = Response(_page("proof_steps.html", report))
    if report.over:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _report(mark: str) -> Report:
    report = _proving().look(actor(), mark)
    if report is None:
        raise NotFound
    return report


def _page(template: str, report: Report) -> str:
    return render_template(
        template,
        report=report,
        fates=FATES,
        shapes=SHAPES,
        name=chain_words.name,
        zone=zone(),
    )


def _proving() -> Proving:
    proving = wired().proving
    if proving is None:
        raise NotFound
    return proving


def _wording(to: EmailAddress) -> tuple[str, str]:
    text = _(
        "This message shows where mail for %(address)s goes. It is deleted by itself.",
        address=to.readable,
    )
    return _("Test message"), f"{text}\n"
