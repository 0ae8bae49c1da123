"""Every error of ours as a problem: its code, its status, and no words that are not for all."""

from collections.abc import Iterator

import pytest

from sieve_manager import errors
from sieve_manager.errors import (
    Outcome,
    SaveFailedError,
    ScriptRefusedError,
    ServerError,
    SieveManagerError,
    StorageError,
    TemporaryError,
)
from tests.web.api.calling import Caller, caller, code_of, made
from tests.web.world import ANNA, BRUNO
from web.api.problems import problem_of

WORDS = "words of the server"
SENT = {"mailbox": ANNA, "destinations": [BRUNO]}


def kinds(kind: type[SieveManagerError]) -> Iterator[type[SieveManagerError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from kinds(one)


def example(kind: type[SieveManagerError]) -> SieveManagerError:
    match kind:
        case errors.InvalidInputError:
            return errors.InvalidInputError("{x}", where="to", code="copy", x="y")
        case errors.SettingsError:
            return errors.SettingsError("key", "wrong")
        case errors.PolicyRefusedError:
            return errors.PolicyRefusedError(["one", "two"])
        case errors.NotAllowedError:
            return errors.NotAllowedError("no {why}", code="act-outside", facts={"why": "right"})
        case errors.QuotaError:
            return errors.QuotaError("no room", quota=errors.Quota.MAXSIZE)
        case errors.SaveFailedError:
            return refused_save()
    return kind("something happened")


def refused_save() -> SaveFailedError:
    cause = ScriptRefusedError("refused", server_text=WORDS)
    return SaveFailedError(step="upload", outcome=Outcome.UNCHANGED, cause=cause)


@pytest.mark.parametrize("kind", list(kinds(SieveManagerError)), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_and_a_code(kind: type[SieveManagerError]) -> None:
    error = example(kind)
    problem = problem_of(error)
    assert 400 <= problem.status < 600
    assert problem.detail
    assert not (error.retryable and problem.status < 500 and problem.code != "mailbox-busy")
    if isinstance(error, ServerError):
        assert problem.code != "error"


def test_a_failed_step_is_named_with_what_is_there_now() -> None:
    problem = problem_of(refused_save())
    assert (problem.status, problem.code) == (502, "script-refused")
    assert "upload" in problem.detail
    assert "unchanged" in problem.detail
    assert WORDS not in problem.detail


def test_what_may_pass_says_when_to_come_back() -> None:
    assert problem_of(TemporaryError("later")).headers["Retry-After"]
    assert "Retry-After" not in problem_of(refused_save()).headers


def test_what_was_done_is_told_where_the_answer_cannot_be_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = made()
    api = caller(world)

    def broken(*_: object) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr(world.replays, "keep", broken)
    assert api.call("POST", "/cases", SENT, Idempotency_Key="k").status_code == 201


def test_a_database_that_is_away_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    world = made()
    api: Caller = caller(world)

    def broken(*_: object) -> None:
        raise StorageError("postgresql://user:password@host is away")

    monkeypatch.setattr(world.tokens.store, "find", broken)
    answer = api.get("/cases")
    assert code_of(answer) == (503, "storage")
    assert "password" not in answer.text
