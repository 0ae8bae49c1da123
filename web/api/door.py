"""The way of every call: token, limit, scope, what was sent, and the same answer again."""

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Response, g, json, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from sieve_manager.application.access import Actor
from sieve_manager.application.replays import KeptAnswer, Replay
from sieve_manager.application.tokens import CALLS_A_MINUTE, Token
from sieve_manager.application.trail import words_of
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import NotAllowedError, ServerError, SieveManagerError, StorageError
from web.api.operations import LARGEST_ID, Call, Operation, Reply
from web.api.problems import FieldProblem, ProblemError, answer, problem_of, scope_missing
from web.context import wired
from web.security import client_address

_log = logging.getLogger(__name__)

LARGEST_FILE_OCTETS = 16 * 1024 * 1024
_ETAG = re.compile(r'"([0-9a-f]{1,128})"')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Sieve Manager"'}
# Answers after which the same call may well succeed: these are not kept.
_PASSING = frozenset({409, 429})


def serve(operation: Operation, path: Mapping[str, str | int]) -> Response:
    """Answer a call, or say what is wrong with it."""
    return _told(lambda: _served(operation, path))


def _served(operation: Operation, path: Mapping[str, str | int]) -> Response:
    token = _token()
    if operation.scope not in token.scopes:
        raise scope_missing(operation.scope)
    if any(isinstance(one, int) and one > LARGEST_ID for one in path.values()):
        raise ProblemError(status=404, code="no-such-route", detail="There is nothing there.")
    actor = token.actor(client_address(wired().settings.web.trusted_proxies))
    g.acts = actor.name  # for the log
    call = _call(operation, actor, token)

    def act() -> Response:
        return _told(lambda: _answered(operation, _viewed(operation, call, path)))

    key = _key() if operation.writes else None
    return act() if key is None or call.dry_run else _once(token, key, act)


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise ProblemError(
            status=422,
            code="idempotency-key",
            detail="An Idempotency-Key has 1 to 255 visible ASCII characters.",
        )
    return key


def _told(act: Callable[[], Response]) -> Response:
    """What *act* answers, or what was wrong."""
    try:
        return act()
    except ProblemError as problem:
        return answer(problem)
    except SieveManagerError as error:
        level = logging.WARNING if isinstance(error, ServerError) else logging.INFO
        _log.log(level, "%s: %s", type(error).__name__, words_of(error))
        return answer(problem_of(error))


def _viewed(operation: Operation, call: Call, path: Mapping[str, str | int]) -> Reply:
    """A refused right is an entry of the audit log, as on the pages."""
    try:
        return operation.view(call, **path)
    except NotAllowedError as error:
        wired().trail.denied(call.actor, g.get("mailbox"), error)
        raise


def _token() -> Token:
    """The token of this request, counted. StorageError."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    known = wired().tokens
    token = known.accept(secret.strip()) if kind.lower() == "bearer" else None
    if token is None:
        raise ProblemError(
            status=401,
            code="token",
            detail="Send Authorization: Bearer with a token, neither expired nor revoked.",
            headers=_CHALLENGE,
        )
    if not known.is_within_limit(token):
        raise ProblemError(
            status=429,
            code="too-many-calls",
            detail=f"A token takes {CALLS_A_MINUTE} calls a minute.",
            headers={"Retry-After": str(60 - wired().clock().second)},
        )
    return token


def _call(operation: Operation, actor: Actor, token: Token) -> Call:
    query, loaded = _query(operation.query), _loaded(operation)
    matched = "If-Match" in request.headers
    call = Call(actor=actor, scopes=token.scopes, query=query, loaded=loaded, matched=matched)
    if operation.needs.must_match and not (call.dry_run or matched):
        raise ProblemError(
            status=428,
            code="if-match-missing",
            detail="Send the ETag of what you saw as If-Match, so that nothing newer is lost.",
        )
    if operation.needs.sends_csv:
        return replace(call, octets=_octets("text/csv"))
    if operation.needs.body is None:
        return call
    return replace(call, body=_body(operation.needs.body))


def _query(kind: type[BaseModel]) -> BaseModel:
    """Also a parameter that is not known is refused: a ``dryrun`` would write."""
    asked = {name: request.args.getlist(name) for name in request.args}
    twice = [name for name, values in asked.items() if len(values) > 1]
    if twice:
        raise _refused([FieldProblem(field=one, code="twice", message="Once.") for one in twice])
    try:
        return kind.model_validate_strings({name: one[0] for name, one in asked.items()})
    except ValidationError as error:
        raise _refused(_field_problems(error)) from None


def _body(kind: type[BaseModel]) -> BaseModel:
    try:
        return kind.model_validate_json(_octets("application/json"))
    except ValidationError as error:
        raise _refused(_field_problems(error)) from None


def _octets(kind: str) -> bytes:
    if request.mimetype != kind:
        raise ProblemError(status=415, code="media-type", detail=f"The body is to be {kind}.")
    if kind == "text/csv":
        request.max_content_length = LARGEST_FILE_OCTETS
    octets = request.get_data(cache=True)
    # What comes in chunks is cut off at the limit, without a word.
    if request.content_length is None and len(octets) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge
    return octets


def _loaded(operation: Operation) -> Fingerprint | None:
    """The fingerprint in If-Match; None: whatever is there now (``*``, or none was asked for)."""
    text = request.headers.get("If-Match", "*").strip()
    if text == "*" or not (operation.needs.must_match or operation.needs.may_match):
        return None
    found = _ETAG.fullmatch(text)
    if found is None:
        raise ProblemError(
            status=422, code="if-match", detail="If-Match is no ETag that was given here."
        )
    return Fingerprint(found[1])


def _once(token: Token, key: str, act: Callable[[], Response]) -> Response:
    """Act, unless the same call was answered before: then that answer again."""
    replays, digest = wired().replays, _digest()
    known = replays.claim(token.id, key, digest)
    if known is not None:
        return _again(known, digest)
    try:
        response = act()
    except BaseException:
        replays.release(token.id, key)
        raise
    try:
        if response.status_code >= 500 or response.status_code in _PASSING:
            replays.release(token.id, key)
        else:
            replays.keep(token.id, key, _kept(response))
    except StorageError:
        # What was done is done, and told; a repeated call meets its traces.
        _log.warning("the answer to a call could not be kept")
    return response


def _again(known: Replay, digest: str) -> Response:
    if known.digest != digest:
        raise ProblemError(
            status=422,
            code="idempotency-key-reused",
            detail="This Idempotency-Key came with another call before.",
        )
    if known.answer is None:
        raise ProblemError(
            status=409,
            code="call-under-way",
            detail="The same call is under way, or was cut off a moment ago.",
            headers={"Retry-After": "5"},
        )
    response = Response(known.answer.body, known.answer.status)
    response.headers.update(known.answer.headers)
    return response


def _kept(response: Response) -> KeptAnswer:
    names = ("Content-Type", "ETag", "Location")
    found = tuple((name, response.headers[name]) for name in names if name in response.headers)
    body = response.get_data(as_text=True)
    return KeptAnswer(status=response.status_code, body=body, headers=found)


def _digest() -> str:
    """Of all that makes the call what it is."""
    match = request.headers.get("If-Match", "")
    head = f"{request.method}\n{request.full_path}\n{match}\n{request.mimetype}\n"
    return hashlib.sha256(head.encode() + request.get_data()).hexdigest()


def _answered(operation: Operation, reply: Reply) -> Response:
    status = 200 if reply.planned else operation.needs.status
    response = Response(json.dumps(reply.form), status, content_type="application/json")
    if reply.etag:
        response.set_etag(reply.etag.text)
    if reply.location:
        response.headers["Location"] = reply.location
    return response


def _refused(found: list[FieldProblem]) -> ProblemError:
    return ProblemError(
        status=422, code="invalid", detail="What was sent cannot be used.", errors=tuple(found)
    )


def _field_problems(error: ValidationError) -> list[FieldProblem]:
    """What is wrong, without what was sent: it may be anything."""
    return [
        FieldProblem(
            field=".".join(str(part) for part in one["loc"]),
            code=one["type"].replace("_", "-"),
            message=one["msg"].removeprefix("Value error, "),
        )
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
