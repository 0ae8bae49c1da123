"""An HTTP server in this process for the pages, or for whatever application it is given."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from sieve_manager.demo.processes import LOOPBACK


@contextmanager
def serving(application: Any) -> Iterator[str]:
    """Serve the WSGI *application* on loopback until the block ends; yields its address."""

    def whole(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Where a visitor hangs up early, the library would leave the answer's file open.
        answer = application(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            if hasattr(answer, "close"):
                answer.close()

    server = make_server(LOOPBACK, 0, whole, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, name="pages")
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # its name
        """Say nothing."""
