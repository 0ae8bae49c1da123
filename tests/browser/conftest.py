"""A real Chromium, and pages served to it on loopback; what it complains of fails the test."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from sieve_manager.demo.dovecot import DovecotServer
from tests.browser.demo_visit import demo as demo
from tests.browser.states import Visit, new_world
from tests.end_to_end.site import Site, running_site
from tests.servers.pages_server import serving

CHROMIUM = "/usr/bin/chromium"
IMAGES = Path(__file__).parents[2] / "docs" / "images"
# Answers with these are expected; Chromium's console reports them as "failed to load".
ANSWERS = ("401", "403", "404", "409", "410", "422", "503")
# What htmx says of a request given up for a newer one; of one that failed it says more.
GIVEN_UP = ("htmx:afterRequest,", "htmx:sendAbort,")
PATIENCE_MILLISECONDS = 20_000

TakePicture = Callable[..., None]

expect.set_options(timeout=PATIENCE_MILLISECONDS)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/browser --screenshots`` takes the documentation's pictures anew."""
    parser.addoption("--screenshots", action="store_true", help="write docs/images")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which looks nothing up on the network by itself.

    Letters without coloured edges look the same on every screen, and make small pictures.
    """
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    plain = ["--disable-lcd-text", "--disable-gpu"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet + plain}


def watch(page: Page) -> list[str]:
    """Return the list that grows by all that the browser complains of, as of a broken CSP."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        expected = any(f"status of {answer}" in message.text for answer in ANSWERS)
        given_up = message.text.startswith(GIVEN_UP)
        if message.type in ("error", "warning") and not (expected or given_up):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[Page]:
    """A visitor of our own; nothing may be complained of until the end."""
    options = {"locale": "en-GB", "reduced_motion": "reduce", **options}
    with browser.new_context(**options) as context:
        page = context.new_page()
        complaints = watch(page)
        yield page
        assert complaints == []


@dataclass
class Stage:
    """One address for all worlds, one after the other: what does not change stays cached."""

    app: Flask | None = None
    base: str = ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        assert self.app
        return self.app(environ, start_response)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Serves whatever application stands on it."""
    stage = Stage()
    with serving(stage) as stage.base:
        yield stage


@pytest.fixture(scope="session")
def shared(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """One page for all visits, and what was complained of."""
    with browser.new_context(locale="en-GB", reduced_motion="reduce") as context:
        page = context.new_page()
        yield page, watch(page)


@pytest.fixture
def visit(shared: tuple[Page, list[str]], stage: Stage) -> Iterator[Visit]:
    """Nobody yet, in a new world with mailboxes in memory."""
    page, complaints = shared
    page.goto("about:blank")
    page.context.clear_cookies()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    world = new_world()
    stage.app = world.app
    complaints.clear()
    yield Visit(page, stage.base, world)
    assert complaints == []


@pytest.fixture(scope="module")
def site(dovecot: DovecotServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages in front of the real Dovecot."""
    with running_site(dovecot, tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def take_picture(request: pytest.FixtureRequest) -> TakePicture:
    """Write a picture for the documentation, where the run was asked for them."""

    def take(page: Page, name: str, height: int = 0) -> None:
        if request.config.getoption("--screenshots", default=False):
            IMAGES.mkdir(exist_ok=True)
            page.screenshot(
                path=IMAGES / f"{name}.png",
                full_page=True,
                clip={"x": 0, "y": 0, "width": 1280, "height": height} if height else None,
            )

    return take
