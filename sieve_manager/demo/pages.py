"""The pages over the demo's world, served by this very process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from threading import Thread

from werkzeug.serving import make_server
from werkzeug.utils import import_string

from sieve_manager.bootstrap import build, build_worker
from sieve_manager.demo.people import introduce
from sieve_manager.demo.world import DemoWorld
from sieve_manager.errors import SettingsError
from sieve_manager.settings import Settings, load_settings

_FACTORY = "web:create_app"  # by name: nobody imports the pages


@contextmanager
def serving(world: DemoWorld, configuration: Path, listener: socket) -> Iterator[str]:
    """Serve the pages on *listener* until the block ends; yields their address.

    Raises:
        SettingsError: variables of the environment would change the demo's configuration.
    """
    settings = load_settings(configuration)
    _refuse_foreign(settings, configuration)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for every request
    wired = build(settings)
    introduce(world.accounts, wired)
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


def _refuse_foreign(settings: Settings, configuration: Path) -> None:
    """A real server or database, named by a variable, must not become a part of the demo."""
    text = configuration.read_text(encoding="utf-8")
    ours = (settings.database.url, f"port = {settings.managesieve.port}", settings.web.listen)
    if not all(part in text for part in ours):
        raise SettingsError("", "unset the variables SIEVE_MANAGER_...: the demo has its own")
