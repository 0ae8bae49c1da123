"""My filters: every script by name, in words, and coloured; nothing of it is believed."""

import re
from html import unescape

import pytest

from tests.web.world import World
from web.scripts import coloured

SCRIPT = (
    b'require ["fileinto", "vacation"];\r\n# rule:[Lists]\r\n'
    b'if header :contains "subject" "list"\r\n{\r\n\tfileinto "Lists";\r\n\tstop;\r\n}\r\n'
    b'# rule:[Away]\r\nif true\r\n{\r\n\tvacation "Gone fishing";\r\n}\r\n'
)


def test_all_scripts_are_listed_and_the_active_one_is_marked() -> None:
    world = World()
    browser = world.browser()
    browser.get("/scripts")
    assert "There are none." in browser.words()
    world.give(b"keep;", "old", active=False)
    browser.get("/scripts")
    assert "None of them is active" in browser.words()
    world.give(SCRIPT)
    browser.get("/scripts")
    assert "roundcube active" in browser.words()


def test_a_script_is_shown_in_words_and_as_it_is() -> None:
    world = World()
    world.give(SCRIPT)
    browser = world.browser()
    page = browser.get("/script?name=roundcube")
    words = browser.words()
    assert "“Lists”, for some messages: file into the folder Lists" in words
    assert "answer automatically" in words
    assert "Gone fishing" in page.text
    assert '<span class="' in page.text.partition('class="source"')[2], "coloured"


@pytest.mark.parametrize("name", ['a"b', "<b>x</b>", "../etc", "ü 😀", "a&name=b", "?"])
def test_any_name_that_the_server_holds_can_be_opened(name: str) -> None:
    world = World()
    world.give(b"# only here\r\nkeep;\r\n", name)
    browser = world.browser()
    page = browser.get("/scripts").text
    (link,) = re.findall(r'href="(/script\?[^"]*)"', page)
    assert "only here" in browser.get(unescape(link)).text
    assert "<b>x</b>" not in page


def test_a_script_that_is_not_there_is_explained() -> None:
    browser = World().browser()
    assert browser.get("/script?name=nothing").status_code == 404
    assert "There is no such script" in browser.words()
    assert browser.get("/script").status_code == 404
    assert browser.get("/script?name=a%00b%0d%0a").status_code == 404


@pytest.mark.parametrize("octets", [b"\xff\xfe not utf-8 \x00", b"if {{{{", b""])
def test_what_cannot_be_read_is_still_shown(octets: bytes) -> None:
    world = World()
    world.give(octets, "odd", active=False)
    browser = world.browser()
    assert browser.get("/script?name=odd").status_code == 200


def test_script_text_is_never_markup() -> None:
    evil = '# <script>alert(1)</script>\nredirect "<img src=x onerror=y>";'
    assert "<script>" not in coloured(evil)
    assert "<img" not in coloured(evil)
    long = evil * 5000
    assert "<script>" not in coloured(long)
    assert "<span" not in coloured(long), "long texts stay plain"
