"""For programs that watch the service: alive, ready, and the numbers."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from web.context import wired
from web.security import client_address, is_trusted

pages = Blueprint("operations", __name__)

# The text format of Prometheus, which every version of it reads.
_NUMBERS = "text/plain; version=0.0.4; charset=utf-8"


@pages.get("/healthz")
def alive() -> ResponseReturnValue:
    """This process answers; nothing else is asked."""
    return jsonify(status="ok")


@pages.get("/readyz")
def ready() -> ResponseReturnValue:
    """The database and the mail server answer, or which of them does not."""
    answer = wired().readiness.answer()
    status = "ready" if answer.ready else "not ready"
    return jsonify(status=status, **answer.parts), 200 if answer.ready else 503


@pages.get("/metrics")
def metrics() -> ResponseReturnValue:
    """What was counted, for the networks of [metrics] allow."""
    if not _may_read():
        refused = "Not from this address: [metrics] allow in the configuration says from which.\n"
        return Response(refused, 403, mimetype="text/plain")
    return Response(wired().measures.page(), content_type=_NUMBERS)


def _may_read() -> bool:
    """A proxy that we were not told of could stand for anybody: its visitors get nothing."""
    settings = wired().settings
    proxies = settings.web.trusted_proxies
    if "X-Forwarded-For" in request.headers and not is_trusted(request.remote_addr or "", proxies):
        return False
    return is_trusted(client_address(proxies), settings.metrics.allow)
