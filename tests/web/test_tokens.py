"""Tokens on a page: the secret is shown once, and only administrators come so far."""

import re

import pytest

from tests.web.world import ADA, MASTER, STAFF, Browser, World

GOOD = {"name": "offboarding", "scope": ["read", "cases"], "role": "operator", "days": "30"}


@pytest.fixture
def world() -> World:
    return World(master=MASTER, staff=STAFF)


@pytest.fixture
def ada(world: World) -> Browser:
    browser = world.browser(ADA)
    browser.get("/staff/tokens")
    return browser


def test_a_secret_is_shown_once_and_is_kept_nowhere(world: World, ada: Browser) -> None:
    made = ada.post("/staff/tokens", **GOOD)
    assert made.headers["Cache-Control"] == "no-store"
    (secret,) = re.findall(r"sm_[\w-]{40,}", made.text)
    token = world.tokens.accept(secret)
    assert token is not None
    assert (token.created_by, token.role.value) == (ADA, "operator")
    assert {one.value for one in token.scopes} == {"read", "cases"}
    assert "never used" in ada.get("/staff/tokens").text
    assert secret not in ada.get("/staff/tokens").text
    assert secret not in str(made.headers)
    assert all(secret not in str(one) for one in world.audit.entries())


def test_a_token_is_revoked_and_stays_in_the_list(world: World, ada: Browser) -> None:
    (secret,) = re.findall(r"sm_[\w-]{40,}", ada.post("/staff/tokens", **GOOD).text)
    ada.get("/staff/tokens")
    assert ada.post("/staff/tokens/1/revoke").status_code == 303
    assert world.tokens.accept(secret) is None
    ada.get("/staff/tokens")
    assert "Revoked" in ada.words()
    assert "Revoke it now" not in ada.words()
    assert ada.post("/staff/tokens/1/revoke").status_code == 400


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "Off boarding"}, "small letters"),
        ({"scope": []}, "Choose what the token may be used for."),
        ({"scope": ["all"]}, "Choose what the token may be used for."),
        ({"role": "owner"}, "A token acts as an operator or as an administrator."),
        ({"days": "0"}, "from 1 to 3660 days"),
        ({"days": "\u0663"}, "from 1 to 3660 days"),
        ({"days": "x"}, "from 1 to 3660 days"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    world: World, ada: Browser, wrong: dict[str, object], words: str
) -> None:
    answer = ada.post("/staff/tokens", **{**GOOD, **wrong})
    assert answer.status_code == 422
    assert words in ada.words()
    assert f'value="{ {**GOOD, **wrong}["name"] }"' in answer.text
    assert world.tokens.store.tokens() == ()
