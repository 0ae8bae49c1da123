"""WCAG 2.2 AA on every page in every state: axe finds nothing, nothing is cut off."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser import states
from tests.browser.states import STATES, State, Visit

# All of axe's rules; the size of targets (WCAG 2.2 §2.5.8) is off unless asked for.
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
ASPECTS: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 390)]

# What readers may set (WCAG 2.2 §1.4.12), by a way that the content security policy allows.
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
# Words that are not wholly seen; "hidden" ones are for those who listen. A map is scrolled in two
# directions, which WCAG 2.2 §1.4.10 allows; the list after it has the same words. Fields scroll.
CUT_OFF = """() => {
  const root = document.documentElement;
  const cut = [...document.querySelectorAll("main *, header *")].filter(one =>
    !one.closest(".hidden, .map-figure") && getComputedStyle(one).overflow !== "visible" &&
    !["INPUT", "SELECT", "TEXTAREA"].includes(one.tagName) &&
    (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1));
  return [...(root.scrollWidth > root.clientWidth ? ["the page"] : []),
    ...cut.map(one => one.outerHTML.slice(0, 200))];
}"""
# Fields that are wrong without a word on why, and errors that lead nowhere.
UNTIED = """() => {
  const said = one => (one.getAttribute("aria-describedby") || "").split(" ")
    .map(id => document.getElementById(id)).filter(hint => hint && hint.textContent.trim());
  const mute = [...document.querySelectorAll("[aria-invalid=true]")]
    .filter(one => !said(one).length);
  const lost = [...document.querySelectorAll("#summary a")]
    .filter(one => !document.getElementById(one.hash.slice(1)));
  return [...mute, ...lost].map(one => one.outerHTML);
}"""
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 &&
    box.top < innerHeight && box.bottom > 0;
  return {body: one === document.body, seen, html: one.outerHTML.slice(0, 200)};
}"""


def shown(visit: Visit, state: State) -> Page:
    """The page in that state, all of it: a click returns as soon as the answer begins."""
    state(visit)
    visit.page.wait_for_load_state()
    return visit.page


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds: the rule in words, and where."""
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", AXE)
    return [(one["help"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_page_is_accessible(visit: Visit, state: State) -> None:
    page = shown(visit, state)
    page.evaluate(AXE_SCRIPT)
    for scheme, width in ASPECTS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], f"{scheme}, {width} pixels wide"
    page.set_viewport_size({"width": 320, "height": 800})  # WCAG 2.2 §1.4.10, reflow
    assert page.evaluate(CUT_OFF) == []
    page.evaluate(SPACING)
    assert page.evaluate(CUT_OFF) == [], "with much space between letters"
    assert page.evaluate(UNTIED) == []


@pytest.mark.parametrize("state", [states.sign_in_refused, states.form_errors, states.too_many])
def test_errors_take_the_focus_and_lead_to_their_fields(visit: Visit, state: State) -> None:
    page = shown(visit, state)
    expect(page.locator("#summary")).to_be_focused()
    assert page.locator("#summary").get_attribute("role") == "alert"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[aria-invalid=true]:focus")).to_have_count(1)


@pytest.mark.parametrize(
    "state", [states.sign_in, states.form_rows, states.review, states.superseded, states.demo]
)
def test_the_focus_is_always_seen(visit: Visit, state: Callable[[Visit], None]) -> None:
    page = shown(visit, state)
    page.evaluate("document.activeElement.blur()")
    stops = 0
    while not (now := press_tab(page))["body"]:
        stops += 1
        assert now["seen"], now["html"]
        assert stops < 80, "the focus never leaves the page"
    assert stops > 4


def press_tab(page: Page) -> dict[str, Any]:
    """Go on by keyboard; say where the focus is, and whether it is seen."""
    page.keyboard.press("Tab")
    found: dict[str, Any] = page.evaluate(FOCUS)
    return found
