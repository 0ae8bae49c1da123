"""Many redirect addresses at once: look at every line of a CSV file, make the good ones; export."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from sieve_manager.application.address_import import AddressImport, Checked, exported
from sieve_manager.application.address_table import COLUMNS, TICKET
from sieve_manager.domain.redirect_address import AddressKind
from sieve_manager.policy.findings import Severity
from web import address_pages
from web.address_pages import demand_maker, use
from web.address_words import differences
from web.context import actor, one_line, signed_in, wired
from web.forward import HTTP_UNPROCESSABLE
from web.forward_input import FieldError
from web.review import HTTP_CONFLICT
from web.say import _, column_words, input_error_text

pages = Blueprint("address_import", __name__)

_MAX_LINES = 1000  # while somebody waits
_MAX_SEARCH = 200


@pages.get("/addresses/import")
@signed_in
def form() -> ResponseReturnValue:
    """The form for a file, or for what is pasted."""
    demand_maker()
    return _show()


@pages.post("/addresses/import")
@signed_in
def check() -> ResponseReturnValue:
    """Look at every line; nothing is written."""
    demand_maker()
    sent, text = request.files.get("file"), request.form.get("text", "")
    octets = sent.read() if sent and sent.filename else text.encode()
    if not octets.strip():
        error = FieldError(where="file", message=_("Choose a file, or paste its lines."))
        return _show(error), HTTP_UNPROCESSABLE
    if len(octets.splitlines()) > _MAX_LINES:
        message = _(
            "Here a file has at most %(limit)s lines. The command line takes more.",
            limit=str(_MAX_LINES),
        )
        return _show(FieldError(where="file", message=message), text=text), HTTP_UNPROCESSABLE
    checked = _use().check(actor(), octets)
    status = 200 if checked.good or checked.same else HTTP_UNPROCESSABLE
    return _show(checked=checked, text=octets.decode("utf-8-sig", "replace")), status


@pages.post("/addresses/import/make")
@signed_in
def make() -> ResponseReturnValue:
    """Make the good lines, if they are still those that were seen."""
    demand_maker()
    text = request.form.get("text", "")
    checked = _use().check(actor(), text.encode())
    if checked.checksum != request.form.get("checksum"):
        return _show(checked=checked, text=text, meanwhile=True), HTTP_CONFLICT
    made = _use().make(actor(), checked)
    problems = (*checked.problems, *made.problems)
    return address_pages.show(
        "address_import.html",
        made=made,
        problems=sorted(problems, key=lambda one: (one.line, one.column)),
        problem_text=input_error_text,
        column_words=column_words,
        errors=(),
    )


@pages.get("/addresses.csv")
@signed_in
def export() -> ResponseReturnValue:
    """All that one manages, as a file that `import` takes; of who manages none, the own ones."""
    text = one_line(request.args.get("q", ""), _MAX_SEARCH)
    kind = next((one for one in AddressKind if one.value == request.args.get("kind")), None)
    lines = exported(use(), actor(), text, kind)
    return Response(
        (line.encode() for line in lines),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="addresses.csv"'},
    )


def _use() -> AddressImport:
    return AddressImport(use=use(), master_separator=wired().settings.master_separator)


def _show(
    *errors: FieldError, checked: Checked | None = None, text: str = "", meanwhile: bool = False
) -> str:
    return address_pages.show(
        "address_import.html",
        checked=checked,
        problems=checked.problems if checked else (),
        column_words=column_words,
        problem_text=input_error_text,
        text=text,
        meanwhile=meanwhile,
        differences=differences,
        warns=Severity.WARN,
        columns=(*COLUMNS, TICKET),
        errors=errors,
    )
