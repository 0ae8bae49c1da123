"""A newcomer at the demo: starts it, signs in, sends a message, looks where it is."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from sieve_manager.demo.processes import wait_until


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo as a newcomer starts it: private servers, sample people, and the pages."""
    log = tmp_path_factory.mktemp("demo") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sieve_manager.cli", "demo"],
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        wait_until(
            lambda: "Ctrl-C" in log.read_text() or process.poll() is not None,
            seconds=30,
            what="the demo's start",
        )
        found = re.search(r"http://\S+", log.read_text())
        assert found, log.read_text()
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def sign_in(page: Page, base: str, login: str, then: str = "My mailbox") -> None:
    page.goto(f"{base}/sign-in")
    page.get_by_label("User name").fill(login)
    page.get_by_label("Password").fill("demo")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name=then)).to_be_visible()


def send_test_message(page: Page, base: str, to: str, subject: str) -> None:
    page.goto(f"{base}/demo")
    page.get_by_label("To", exact=True).fill(to)
    page.get_by_label("Subject").fill(subject)
    page.get_by_role("button", name="Send").click()


def place(page: Page, name: str) -> Locator:
    heading = page.get_by_role("heading", name=name, exact=True)
    return page.locator(".places section").filter(has=heading)
