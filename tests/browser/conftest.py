"""A real Chromium, and pages served to it on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

CHROMIUM = "/usr/bin/chromium"
IMAGES = Path(__file__).parents[2] / "docs" / "images"

Serve = Callable[[Flask], str]
TakePicture = Callable[[Page, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/browser --screenshots`` takes the documentation's pictures anew."""
    parser.addoption("--screenshots", action="store_true", help="write docs/images")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which looks nothing up on the network by itself."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet}


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # its name
        """Say nothing."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve *app* on a free port; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve applications until the end of the test."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture
def take_picture(request: pytest.FixtureRequest) -> TakePicture:
    """Write a picture for the documentation, where the run was asked for them."""

    def take(page: Page, name: str) -> None:
        if request.config.getoption("--screenshots", default=False):
            IMAGES.mkdir(exist_ok=True)
            page.screenshot(path=IMAGES / f"{name}.png", full_page=True)

    return take
