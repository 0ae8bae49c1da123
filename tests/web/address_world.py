"""A world with redirect addresses, and the way through their form as a browser goes it."""

import re
from html import unescape

from werkzeug.test import TestResponse

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import RedirectAddress
from tests.web.world import ADA, ANNA, BRUNO, MASTER, STAFF, Browser, World

CONTACT, OUT = "contact@example.com", "friend@example.net"
DOMAINS = {"domains": ["example.com", "example.org"]}


def new_world(**more: object) -> World:
    settings = {"master": MASTER, "staff": STAFF, "addresses": DOMAINS, **more}
    return World(**settings)  # type: ignore[arg-type]  # as a test names them


def fields(**changed: object) -> dict[str, object]:
    return {
        "kind": "redirect",
        "address": CONTACT,
        "domain": "example.com",
        "to": [BRUNO, OUT],
        "timezone": "Europe/Zurich",
        "owner": ANNA,
        "note": "trade fair",
        **changed,
    }


def review(browser: Browser, **changed: object) -> TestResponse:
    """The new address, as far as the page before its save."""
    browser.get("/addresses/new")
    return browser.post("/addresses/new", action="review", **fields(**changed))


def press(browser: Browser, button: str, **typed: str) -> TestResponse:
    """Press the button of the form that is open, with what the form has hidden."""
    assert browser.page is not None
    forms = re.findall(
        r'<form method="post" action="([^"]+)">(.*?)</form>', browser.page.text, re.DOTALL
    )
    (where, form), *_ = [one for one in forms if f">{button}</button>" in one[1]]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(unescape(value))
    if found := re.search(rf'<button name="action" value="(\w+)">{button}<', form):
        sent["action"] = [found[1]]
    browser.page = browser.client.post(unescape(where), data={**sent, **typed})
    return browser.page


def follow(browser: Browser, answer: TestResponse) -> str:
    assert answer.status_code == 303, browser.words()
    browser.get(answer.headers["Location"])
    return browser.words()


def made(world: World, login: str = ADA, **changed: object) -> Browser:
    browser = world.browser(login)
    answer = review(browser, **changed)
    assert answer.status_code == 200, browser.words()
    follow(browser, press(browser, "Save"))
    return browser


def kept(world: World, address: str = CONTACT) -> RedirectAddress | None:
    return world.addresses.get(EmailAddress.parse(address))
