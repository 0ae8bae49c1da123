"""A test message from the page of a trace, in a real browser on the demo."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, expect

from sieve_manager.demo.accounts import ADA
from sieve_manager.demo.addresses import INFO
from tests.browser.conftest import opened
from tests.browser.demo_visit import sign_in
from tests.browser.test_accessibility import violations

DESKTOP = {"width": 1280, "height": 900}


def test_a_test_message_is_followed_while_one_looks(browser: Browser, demo: str) -> None:
    with opened(browser, viewport=DESKTOP) as page:
        sign_in(page, demo, ADA.login, "Helpdesk")
        page.goto(f"{demo}/trace?address={INFO.address}")
        page.get_by_role("button", name="Send a test message").click()
        expect(page.get_by_role("heading", name="Test message")).to_be_visible()
        steps = page.get_by_role("main").get_by_role("listitem")
        expect(steps.filter(has_text="anna@example.com")).to_contain_text("arrived")
        expect(steps.first).to_contain_text("passed on")
        page.evaluate(AXE_SCRIPT)
        assert violations(page) == []
