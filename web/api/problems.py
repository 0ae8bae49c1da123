"""Every error of ours as a problem (RFC 9457), with a code that programs can go by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, json
from werkzeug.exceptions import HTTPException

from sieve_manager import errors
from sieve_manager.application.forms import Form
from sieve_manager.application.tokens import Scope
from sieve_manager.errors import SieveManagerError
from web.watching import request_id

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """What is wrong with one field."""

    field: str
    code: str
    message: str


@dataclass(slots=True, kw_only=True)
class ProblemError(Exception):
    """A refusal of the API itself; *headers* go with the answer."""

    status: int
    code: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


# The first that fits counts. Where the sentence is None, the error's own is for who asks.
ENTRIES: tuple[tuple[type[SieveManagerError], int, str, str | None], ...] = (
    (errors.ChangedMeanwhileError, 412, "changed-meanwhile", None),
    (errors.MailboxBusyError, 409, "mailbox-busy", "Another change of this mailbox is under way."),
    (errors.VersionNotFoundError, 404, "no-such-version", None),
    (errors.CaseNotFoundError, 404, "no-such-case", None),
    (errors.RelayError, 503, "relay", "What the mail server looks up cannot be written."),
    (errors.StorageError, 503, "storage", "Our own database failed."),
    (errors.DirectoryError, 503, "directory", "The directory did not answer."),
    (errors.UnreachableError, 503, "unreachable", "The mail server cannot be reached."),
    (errors.TemporaryError, 503, "temporary", "The mail server asks to try again later."),
    (errors.AccountDisabledError, 409, "mailbox-closed", "The mailbox is missing or closed."),
    (errors.SignInRefusedError, 502, "master-refused", "The mail server refuses [master]."),
    (errors.NotPermittedError, 502, "not-permitted", None),
    (errors.TlsError, 502, "tls", "The way to the mail server is not safe."),
    (errors.QuotaError, 507, "quota", None),
    (errors.ScriptRefusedError, 502, "script-refused", "The mail server refuses the script."),
    (errors.OutcomeUnknownError, 502, "outcome-unknown", None),
    (errors.FolderError, 502, "folder", None),
    (errors.ServerError, 502, "mail-server", None),
    (errors.SettingsError, 500, "settings", "The configuration of this program is wrong."),
    (SieveManagerError, 500, "error", "This could not be done."),
)
HTTP_CODES = {404: "no-such-route", 405: "method", 413: "too-large", 415: "media-type"}
_HTTP_SENTENCES = {
    404: "There is nothing at this address. /api/v1/openapi.json lists what there is.",
    405: "This address does not take this method; the header Allow names those that it takes.",
}
_CONFLICTS = frozenset(
    {
        "address-exists",
        "case-exists",
        "case-over",
        "case-settled",
        "case-waits",
        "case-no-step",
        "job-state",
        "batch-nothing",
    }
)
_MISSING = frozenset({"address-none", "no-such-job"})
# What the fields of an entry are called in what programs send.
_FIELDS = {
    "to": "destinations",
    "folder": "copy",
    "leaver": "mailbox",
    "reply": "reply.language",
    "reply_subject": "reply.subject",
    "reply_text": "reply.text",
    "reply_interval": "reply.interval_days",
}


def problem_of(error: SieveManagerError) -> ProblemError:
    """What the API says of an error of the tree."""
    match error:
        case errors.InvalidInputError():
            return invalid([error])
        case errors.NotAllowedError():
            return ProblemError(status=403, code=error.code, detail=str(error))
        case errors.PolicyRefusedError():
            detail = " ".join(error.messages)
            return ProblemError(status=422, code="policy-refused", detail=detail)
        case errors.SaveFailedError():
            cause = problem_of(error.cause)
            said = f"Failed at the step “{error.step}” ({error.outcome.value}): {cause.detail}"
            return ProblemError(status=cause.status, code=cause.code, detail=said)
    status, code, sentence = next(
        (status, code, sentence)
        for kind, status, code, sentence in ENTRIES
        if isinstance(error, kind)
    )
    headers = {"Retry-After": _RETRY_SECONDS} if error.retryable else {}
    detail = str(error) if sentence is None else sentence
    return ProblemError(status=status, code=code, detail=detail, headers=headers)


def scope_missing(scope: Scope) -> ProblemError:
    """The refusal of a token that was made for less."""
    detail = f"This takes a token with the scope {scope.value}."
    return ProblemError(status=403, code="scope", detail=detail)


def invalid(found: list[errors.InvalidInputError]) -> ProblemError:
    """All that is wrong with what was sent; the code is that of the first."""
    first = found[0]
    status = 404 if first.code in _MISSING else 409 if first.code in _CONFLICTS else 422
    return ProblemError(
        status=status,
        code=first.code,
        detail=str(first),
        errors=tuple(
            FieldProblem(field=_FIELDS.get(one.where, one.where), code=one.code, message=str(one))
            for one in found
        ),
    )


def of_http(error: HTTPException) -> ProblemError:
    """An error of the web server itself."""
    status = error.code or 500
    said = _HTTP_SENTENCES.get(status) or error.description or "This could not be done."
    allowed = dict(error.get_headers()).get("Allow")
    return ProblemError(
        status=status,
        code=HTTP_CODES.get(status, "request" if status < 500 else "mistake"),
        detail=said,
        headers={"Allow": allowed} if allowed else {},
    )


def answer(problem: ProblemError) -> Response:
    """The problem as an answer."""
    form: Form = {
        "type": f"urn:sieve-manager:problem:{problem.code}",
        "title": problem.code.replace("-", " ").capitalize(),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "errors": [
            {"field": one.field, "code": one.code, "message": one.message} for one in problem.errors
        ],
        "request_id": request_id(),
    }
    response = Response(json.dumps(form), problem.status, content_type=MEDIA_TYPE)
    response.headers.update(problem.headers)
    return response
