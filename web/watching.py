"""Each request as one line of the log and one count, under an identifier of its own."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Sequence

from flask import Flask, Response, g, has_request_context, request

from web.context import web_session, wired
from web.security import Network, is_trusted

_log = logging.getLogger(__name__)

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Asked every few seconds by programs; worth a line only to somebody who looks for it.
_QUIET = frozenset({"operations.alive", "operations.ready", "operations.metrics", "static"})


def watch(app: Flask, clock: Callable[[], float] = time.monotonic) -> None:
    """Count and log every request of *app*; *clock* returns seconds and never goes back."""

    @app.before_request
    def begin() -> None:
        g.begun, g.acts = clock(), web_session().login

    @app.after_request
    def end(response: Response) -> Response:
        seconds = clock() - g.get("begun", clock())
        response.headers[HEADER] = request_id()
        wired().measures.request(request.endpoint or "none", response.status_code, seconds)
        _log.log(
            logging.DEBUG if request.endpoint in _QUIET else logging.INFO,
            "request",
            extra={
                "facts": {
                    "method": _method(),
                    "route": request.url_rule.rule if request.url_rule else "none",
                    "status": response.status_code,
                    "milliseconds": round(seconds * 1000),
                }
            },
        )
        return response


def facts() -> dict[str, str | int]:
    """Which request is answered and who acts, for every line that is written meanwhile."""
    if not has_request_context():
        return {}
    login = web_session().login or g.get("acts")
    return {"request_id": request_id(), **({"login": login} if login else {})}


def request_id() -> str:
    """The request's identifier: a trusted proxy's, where it is one, else ours."""
    found: str | None = g.get("request_id")
    if found is None:
        found = _given(wired().settings.web.trusted_proxies) or secrets.token_hex(8)
        g.request_id = found
    return found


def _given(trusted: Sequence[Network]) -> str | None:
    text = request.headers.get(HEADER, "")
    believed = _GIVEN.fullmatch(text) and is_trusted(request.remote_addr or "", trusted)
    return text if believed else None


def _method() -> str:
    """The method's name, unless somebody made one up."""
    known = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
    return request.method if request.method in known else "other"
