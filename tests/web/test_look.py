"""The organisation's colour is readable whatever it is, and its logo is only a picture."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.world import World
from web.look import _DARK_GROUND, _LIGHT_GROUND, _parse, _stylesheet, contrast


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@given(st.integers(0, 0xFFFFFF))
def test_any_accent_becomes_readable_in_both_schemes(number: int) -> None:
    light, dark = (
        _parse(line.partition("--accent:")[2][:7])
        for line in _stylesheet(f"#{number:06x}").splitlines()
    )
    assert contrast(light, _LIGHT_GROUND) >= 4.5
    assert contrast(light, (255, 255, 255)) >= 4.5
    assert contrast(dark, _DARK_GROUND) >= 4.5


def test_the_accent_is_served_as_a_stylesheet() -> None:
    answer = World(web={"accent": "#7a1f2b"}).browser(None).get("/accent.css")
    assert answer.mimetype == "text/css"
    assert "--accent:#7a1f2b" in answer.text
    assert "no-store" not in answer.headers["Cache-Control"]


def test_the_logo_is_shown_where_one_is_configured(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    browser = World(web={"logo": str(logo)}).browser(None)
    assert '<img src="/logo" alt="">' in browser.get("/sign-in").text
    answer = browser.get("/logo")
    assert answer.mimetype == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    answer.close()
    assert World().browser(None).get("/logo").status_code == 404


def test_the_title_is_that_of_the_organisation() -> None:
    assert (
        "<title>Sign in – Example University</title>" in World().browser(None).get("/sign-in").text
    )
