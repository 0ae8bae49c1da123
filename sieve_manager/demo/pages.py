"""The pages over the demo's world, served by this very process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from threading import Thread

from werkzeug.serving import make_server
from werkzeug.utils import import_string

from sieve_manager.bootstrap import build, build_worker
from sieve_manager.demo.world import DemoWorld
from sieve_manager.settings import Settings

_FACTORY = "web:create_app"  # by name: nobody imports the pages


@contextmanager
def serving(world: DemoWorld, settings: Settings, listener: socket) -> Iterator[str]:
    """Serve the pages on *listener* until the block ends; yields their address."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for every request
    wired = build(settings)
    application = import_string(_FACTORY)(wired, demo_world=world)
    host, port = listener.getsockname()
    server = make_server(host, port, application, threaded=True, fd=listener.fileno())
    thread = Thread(target=server.serve_forever, name="demo-pages")
    thread.start()
    worker = build_worker(wired)
    worker.start()
    try:
        yield settings.web.base_url
    finally:
        server.shutdown()
        thread.join()
        worker.stop()
        server.server_close()
        wired.close()
