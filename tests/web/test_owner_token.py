"""An owner's access token is renewed in time, once, and written down at once."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import request

from sieve_manager.application.single_sign_on import Answer, Identity, Question, Tokens
from sieve_manager.errors import SignInRefusedError, SingleSignOnError, WhyNot
from tests.web.world import ANNA, NOW, World
from web.context import web_session
from web.owner_token import keep, owner_token


@dataclass
class Provider:
    """IdentityProvider port that renews each refresh token once."""

    why: WhyNot | None = None
    spent: list[str] = field(default_factory=list)

    def ask(self, back: str) -> Question:
        raise AssertionError(back)

    def identify(self, answer: Answer, question: Question, back: str) -> Identity:
        raise AssertionError(back)

    def refresh(self, tokens: Tokens) -> Tokens:
        if self.why is not None or tokens.refresh in self.spent:
            raise SingleSignOnError("no", self.why or WhyNot.BROKEN)
        self.spent.append(tokens.refresh)
        number = len(self.spent) + 1
        return Tokens(
            access=f"access {number}", refresh=f"refresh {number}", expires=NOW + timedelta(hours=1)
        )

    def leaving(self, id_token: str, back: str) -> str:
        return ""


def token_of(world: World, provider: Provider, *lasts: timedelta) -> list[str | None]:
    """What requests of one session get, each of which read its row before any of them wrote."""
    app = world.app
    with app.test_request_context():
        web_session().begin(ANNA, None, NOW + timedelta(hours=1))
        keep(web_session(), Tokens(access="access 1", refresh="refresh 1", expires=NOW + lasts[0]))
        app.session_interface.write(web_session())  # type: ignore[attr-defined]  # ours
        ticket = web_session().ticket
    with app.test_request_context(headers={"Cookie": f"session={ticket}"}):
        sessions = [app.session_interface.open_session(app, request) for _ in lasts]
        return [owner_token(one, provider, world.clock) for one in sessions]  # type: ignore[arg-type]  # ours


def test_a_token_that_is_good_for_a_while_is_used() -> None:
    provider = Provider()
    assert token_of(World(), provider, timedelta(seconds=31)) == ["access 1"]
    assert provider.spent == []


@pytest.mark.parametrize("seconds", [30, 0, -9])
def test_a_token_that_is_soon_over_is_renewed_and_written_down(seconds: int) -> None:
    world, provider = World(), Provider()
    before = world.rows.writes
    assert token_of(world, provider, timedelta(seconds=seconds)) == ["access 2"]
    assert world.rows.writes == before + 2, "the sign-in, and the new token"
    assert all(b"access 2" not in row for row in world.rows.rows.values()), "encrypted"


def test_two_requests_at_once_renew_it_once() -> None:
    world, provider = World(), Provider()
    assert token_of(world, provider, timedelta(0), timedelta(0)) == ["access 2", "access 2"]
    assert provider.spent == ["refresh 1"]


def test_who_gets_no_new_token_signs_in_again() -> None:
    with pytest.raises(SignInRefusedError):
        token_of(World(), Provider(why=WhyNot.BROKEN), timedelta(0))


def test_a_provider_that_is_away_is_not_a_refusal() -> None:
    with pytest.raises(SingleSignOnError):
        token_of(World(), Provider(why=WhyNot.UNREACHABLE), timedelta(0))


def test_a_session_without_tokens_has_none() -> None:
    world = World()
    with world.app.test_request_context():
        web_session().begin(ANNA, "secret", NOW + timedelta(hours=1))
        assert owner_token(web_session(), Provider(), world.clock) is None
        keep(web_session(), None)
        assert "tokens" not in web_session()


def test_what_is_kept_is_what_was_given() -> None:
    world = World()
    with world.app.test_request_context():
        expires = datetime.fromisoformat("2027-02-10T12:30:00+00:00")
        keep(web_session(), Tokens(access="a", refresh="r", expires=expires))
        assert json.loads(web_session()["tokens"]) == {
            "access": "a",
            "refresh": "r",
            "expires": expires.isoformat(),
        }
