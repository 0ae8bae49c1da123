"""Every operation as a route, and the document about them."""

from collections.abc import Callable
from importlib.metadata import version

from flask import Blueprint, Response, jsonify, request

from web.api import addresses, batches, cases, mailboxes, oversight
from web.api.document import document
from web.api.door import serve
from web.api.operations import Operation

PREFIX = "/api/v1"
OPERATIONS: tuple[Operation, ...] = tuple(
    operation
    for room in (mailboxes, addresses, cases, batches, oversight)
    for operation in room.operations.found
)

pages = Blueprint("api", __name__, url_prefix=PREFIX)


@pages.get("/openapi.json", provide_automatic_options=False)
def openapi() -> Response:
    """The document; it holds nothing that is not public."""
    server = f"{request.script_root}{PREFIX}"
    return jsonify(document(OPERATIONS, version=version("sieve-manager"), server=server))


def _route(operation: Operation) -> Callable[..., Response]:
    def answer(**path: str | int) -> Response:
        return serve(operation, path)

    return answer


for _one in OPERATIONS:
    pages.add_url_rule(
        _one.path,
        endpoint=_one.name,
        view_func=_route(_one),
        methods=[_one.method],
        provide_automatic_options=False,
    )
