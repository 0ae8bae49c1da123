"""What is heard of the browser: what fails, not what everybody causes who types on."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import watch
from tests.browser.states import Visit

PREVIEW = "**/forward/preview"


@pytest.fixture
def signed_in(browser: Browser, visit: Visit) -> Iterator[Visit]:
    """With a page of its own, on which something may be complained of."""
    with browser.new_context() as context:
        visit = replace(visit, page=context.new_page())
        visit.sign_in()
        yield visit


def test_a_request_given_up_for_a_newer_one_is_no_failure(signed_in: Visit) -> None:
    page, heard = signed_in.page, watch(signed_in.page)
    page.route(PREVIEW, lambda route: None, times=1)
    with page.expect_request(PREVIEW):
        signed_in.open("/forward")
    with page.expect_event("requestfailed"), page.expect_response(PREVIEW):
        page.fill("#to-0", "carla@example.com")
    assert heard == []


def test_a_request_that_fails_is_heard(signed_in: Visit) -> None:
    page, heard = signed_in.page, watch(signed_in.page)
    page.route(PREVIEW, lambda route: route.abort())
    with page.expect_console_message(lambda said: said.text.startswith("htmx:sendError")):
        signed_in.open("/forward")
    assert len(heard) == 1
