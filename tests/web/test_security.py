"""The headers of every answer, whose address counts, and where a redirect may lead."""

import ipaddress

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.web.world import World
from web.security import client_address, safe_path

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("127.0.0.1/32")]


@pytest.mark.parametrize("path", ["/sign-in", "/help", "/nowhere", "/static/style.css", "/logo"])
def test_every_answer_is_private_unframed_and_free_of_others_code(path: str) -> None:
    answer = World().browser(None).get(path)
    answer.close()
    headers = answer.headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] or path == "/logo"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers, "loopback without TLS"


def test_nothing_is_inline_on_any_page() -> None:
    browser = World().browser()
    browser.save()
    for path in ("/", "/forward", "/history", "/history/1", "/scripts", "/help", "/nowhere"):
        text = browser.get(path).text
        assert "style=" not in text
        assert "onclick=" not in text
        assert "javascript:" not in text
        assert "<style" not in text
        assert "<script>" not in text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text


@pytest.mark.parametrize(
    ("remote", "forwarded", "counts"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1, 10.1.1.1", "198.51.100.1"),
        ("127.0.0.1", "10.1.1.1", "10.1.1.1"),
        ("127.0.0.1", "rubbish", "rubbish"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_may_say_whose_address_it_is(
    remote: str, forwarded: str, counts: str
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    app = Flask("test")
    with app.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": remote}):
        assert client_address(PROXIES) == counts


@given(st.text())
def test_a_way_back_never_leaves_this_site(text: str) -> None:
    path = safe_path(text)
    assert path.startswith("/")
    assert not path.startswith("//")
    assert "\\" not in path
    assert "\r" not in path
    assert "\n" not in path


def test_a_prefix_of_the_configured_address_is_part_of_every_link() -> None:
    world = World(web={"base_url": "http://127.0.0.1:8080/mail"})
    text = world.browser(None).get("/mail/sign-in").text
    assert 'action="/mail/sign-in"' in text
    assert 'href="/mail/static/style.css"' in text
