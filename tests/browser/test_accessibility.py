"""WCAG 2.2 AA on every page in every state: axe finds nothing, nothing is cut off."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage

from tests.browser.conftest import Serve
from tests.browser.states import STATES, State, Visit, new_world

# Expected answers that Chromium's console reports as "failed to load".
ANSWERS = ("401", "404", "409", "422")
ASPECTS: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 320)]
# 320: WCAG 2.2 §1.4.10, reflow


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_page_is_accessible(browser: Browser, serve: Serve, state: State) -> None:
    world = new_world()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        expected = any(f"status of {answer}" in message.text for answer in ANSWERS)
        if message.type in ("error", "warning") and not expected:
            complaints.append(message.text)

    with browser.new_context(locale="en-GB", reduced_motion="reduce") as context:
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        state(Visit(page, serve(world.app), world))
        for scheme, width in ASPECTS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            results = Axe().run(page, options={"resultTypes": ["violations"]})
            assert results.violations_count == 0, f"{scheme}: {results.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, "cut off"
    assert complaints == [], "the browser complains, of the content security policy perhaps"
