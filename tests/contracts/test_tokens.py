"""Tokens and kept answers, in memory and in each database."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.replays import DatabaseReplays
from sieve_manager.adapters.database.tokens import DatabaseTokens
from sieve_manager.adapters.memory_tokens import MemoryReplays, MemoryTokens
from sieve_manager.application.replays import KeptAnswer, Replay, Replays
from sieve_manager.application.tokens import Scope, Token, TokenStore, digest_of
from sieve_manager.domain.roles import Role

NOW = datetime(2027, 2, 10, 12, 3, 7, tzinfo=UTC)
ANSWER = KeptAnswer(status=201, body='{"case": 1}', headers=(("ETag", '"abc"'),))
_numbers = count(1)


@dataclass
class Watch:
    """A clock that is set by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def tokens(records: Database | None) -> TokenStore:
    return MemoryTokens() if records is None else DatabaseTokens(records)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def replays(records: Database | None, watch: Watch) -> Replays:
    return MemoryReplays(watch) if records is None else DatabaseReplays(records, watch)


@pytest.fixture
def number() -> int:
    """A token that no other test has."""
    return next(_numbers)


def new() -> Token:
    return Token(
        name="offboarding",
        scopes=frozenset({Scope.READ, Scope.CASES}),
        role=Role.OPERATOR,
        created_by="ada@example.com",
        created=NOW,
        expires=NOW + timedelta(days=90),
        listed=True,
    )


def secret() -> str:
    return digest_of(f"sm_{next(_numbers)}")


def test_a_token_is_found_by_its_digest_as_it_was_kept(tokens: TokenStore) -> None:
    digest = secret()
    kept = tokens.keep(new(), digest)
    assert kept.id > 0
    assert replace(kept, id=0) == new()
    assert tokens.find(digest) == kept
    assert tokens.find(secret()) is None


def test_the_newest_token_is_listed_first(tokens: TokenStore) -> None:
    first, second = tokens.keep(new(), secret()), tokens.keep(new(), secret())
    assert tokens.tokens()[:2] == (second, first)


def test_a_token_is_revoked_once(tokens: TokenStore) -> None:
    digest = secret()
    kept = tokens.keep(new(), digest)
    assert tokens.revoke(kept.id, NOW)
    assert not tokens.revoke(kept.id, NOW + timedelta(days=1))
    assert not tokens.revoke(10**6, NOW)
    found = tokens.find(digest)
    assert found is not None
    assert found.revoked == NOW
    assert not found.is_good(NOW)


def test_calls_are_counted_by_the_minute_and_note_the_last_use(tokens: TokenStore) -> None:
    digest = secret()
    kept = tokens.keep(new(), digest)
    counted = [tokens.count(kept, NOW + timedelta(seconds=step)) for step in (0, 1, 2)]
    assert counted == [1, 2, 3]
    found = tokens.find(digest)
    assert found is not None
    assert found.used == NOW, "written at most once a minute"
    later = NOW + timedelta(minutes=1)
    assert tokens.count(kept, later) == 1
    found = tokens.find(digest)
    assert found is not None
    assert found.used == later


def test_an_answer_is_given_again_for_a_day(replays: Replays, watch: Watch, number: int) -> None:
    assert replays.claim(number, "key", "one") is None
    assert replays.claim(number, "key", "two") == Replay(digest="one", answer=None)
    replays.keep(number, "key", ANSWER)
    watch.now += timedelta(hours=23)
    assert replays.claim(number, "key", "one") == Replay(digest="one", answer=ANSWER)
    watch.now += timedelta(hours=2)
    assert replays.claim(number, "key", "one") is None


def test_keys_of_two_tokens_are_apart(replays: Replays, number: int) -> None:
    assert replays.claim(number, "key", "one") is None
    assert replays.claim(next(_numbers), "key", "one") is None


def test_a_key_that_was_given_back_is_free(replays: Replays, number: int) -> None:
    replays.claim(number, "key", "one")
    replays.release(number, "key")
    assert replays.claim(number, "key", "two") is None


def test_a_call_that_was_cut_off_can_be_made_again(
    replays: Replays, watch: Watch, number: int
) -> None:
    replays.claim(number, "key", "one")
    watch.now += timedelta(minutes=6)
    assert replays.claim(number, "key", "one") is None
