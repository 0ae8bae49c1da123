"""The proof with two test mailboxes, on a server in memory that can be made to lie."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from sieve_manager.adapters.memory import MemoryScriptStore, MemoryServer
from sieve_manager.application import acting
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.checking import Observation
from sieve_manager.application.ports import ScriptSession
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import SignInRefusedError, UnreachableError

ONE, TWO = Login("one@example.com"), Login("two@example.com")
BOTH = {ONE.text: "", TWO.text: ""}
ACTOR = Actor(name="root", channel=Channel.CLI)


@dataclass(slots=True)
class LyingStore:
    """Acts for *instead* where it is set; breaks at the *breaks_at*-th session."""

    server: MemoryServer = field(default_factory=lambda: MemoryServer(passwords=BOTH))
    instead: Login | None = None
    breaks_at: int = 0
    count: int = 0

    @contextmanager
    def session(self, access: Access) -> Iterator[ScriptSession]:
        self.count += 1
        if self.breaks_at and self.count >= self.breaks_at:
            raise UnreachableError("cut off")
        as_whom = replace(access, login=self.instead or access.login)
        with MemoryScriptStore(server=self.server).session(as_whom) as inner:
            yield inner

    def forget(self, session_key: str) -> None:
        raise AssertionError(session_key)

    def left(self) -> set[str]:
        """The scripts that are on the server."""
        return {name.text for login in (ONE, TWO) for name in self.server.mailbox(login).scripts}


def codes(observations: Sequence[Observation]) -> list[str]:
    return [observation.finding.code for observation in observations]


def prove(store: LyingStore) -> list[Observation]:
    return list(acting.prove(store, ACTOR, (ONE, TWO), "abc"))


def test_a_server_that_acts_for_the_right_mailbox_is_proven_and_left_clean() -> None:
    store = LyingStore()
    own = ScriptName("sieve-manager-check-of-somebody")
    store.server.mailbox(ONE).scripts[own] = b"keep;"
    assert codes(prove(store)) == ["acting-proven"]
    assert store.left() == {own.text}


def test_a_server_that_ignores_whom_to_act_for_is_found_out_and_left_clean() -> None:
    store = LyingStore(instead=TWO)
    (found,) = prove(store)
    assert found.finding.code == "acting-wrong"
    assert found.fails
    assert store.left() == set()


@pytest.mark.parametrize("at", [4, 5, 6])
def test_a_connection_that_breaks_fails_and_says_what_may_be_left(at: int) -> None:
    store = LyingStore(breaks_at=at)
    found = prove(store)
    assert codes(found) == ["failed", "test-script-left", "test-script-left"]
    assert "sieve-manager-check-abc" in found[1].finding.message


def test_a_connection_that_breaks_before_anything_was_put_leaves_nothing() -> None:
    assert codes(prove(LyingStore(breaks_at=3))) == ["failed"]


def test_a_missing_test_mailbox_fails() -> None:
    store = LyingStore(server=MemoryServer(passwords={ONE.text: ""}))
    found = prove(store)
    assert codes(found)[0] == "failed"
    assert isinstance(found[0].error, SignInRefusedError)
    assert store.left() == set()


def test_the_servers_default_script_is_looked_for() -> None:
    store = LyingStore()
    for login in (ONE, TWO):
        mailbox = store.server.mailbox(login)
        mailbox.scripts[ScriptName("default")] = b"keep;"
        mailbox.active = ScriptName("default")
    assert codes(prove(store)) == ["default-script", "acting-proven"]


def test_without_mailboxes_the_password_is_tried_and_nothing_is_written() -> None:
    store = LyingStore()
    assert codes(list(acting.probe(store, ACTOR))) == ["master-accepted", "acting-not-proven"]
    assert store.left() == set()


def test_a_server_that_says_for_whom_it_acts_needs_no_proof() -> None:
    server = MemoryServer()
    server.capabilities = replace(server.capabilities, owner="nobody")
    assert codes(list(acting.probe(LyingStore(server=server), ACTOR))) == ["acting-owner"]


def test_a_server_that_acts_for_nobody_is_warned_of() -> None:
    found = codes(list(acting.probe(LyingStore(server=MemoryServer()), ACTOR)))
    assert found == ["acting-for-nobody", "acting-not-proven"]


@dataclass(slots=True)
class RefusingStore(LyingStore):
    """Signs nobody in."""

    @contextmanager
    def session(self, access: Access) -> Iterator[ScriptSession]:
        raise SignInRefusedError("no")
        yield


def test_a_wrong_master_password_fails() -> None:
    (found,) = acting.probe(RefusingStore(), ACTOR)
    assert found.finding.code == "master-refused"
    assert isinstance(found.error, SignInRefusedError)


def test_a_server_that_breaks_off_fails() -> None:
    (found,) = acting.probe(LyingStore(breaks_at=1), ACTOR)
    assert found.finding.code == "failed"
    assert isinstance(found.error, UnreachableError)
