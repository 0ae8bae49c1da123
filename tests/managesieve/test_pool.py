"""The pool: checked before each use, dropped after any error, never shared, never left open."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sieve_manager.errors import RefusedError, ScriptNotFoundError, UnreachableError
from sieve_manager.managesieve import Connection, Deadlines, Pool
from tests.managesieve.conftest import HASTY, connect
from tests.servers.scripted_managesieve import Peer, ScriptedServer

WAIT_SECONDS = 5.0


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def obedient(peer: Peer) -> None:
    """Sign in, say OK to everything, end after LOGOUT."""
    peer.sign_in()
    while peer.answer(b"OK\r\n") != b"LOGOUT":
        pass


class World:
    """A pool, its clock, and a server whose connections it holds."""

    def __init__(self, pool: Pool, server: ScriptedServer, clock: Clock) -> None:
        self.pool = pool
        self.server = server
        self.clock = clock

    def open(self) -> Connection:
        return connect(self.server, Deadlines(connect=2))

    def use(self, key: str) -> Connection:
        with self.pool.lease(key, self.open) as connection:
            return connection


@contextmanager
def world(*conversations: Callable[[Peer], object], size: int = 8) -> Iterator[World]:
    clock = Clock()
    with ScriptedServer(*(conversations or (obedient,))) as server:
        pool = Pool(idle_seconds=60, size=size, clock=clock)
        try:
            yield World(pool, server, clock)
        finally:
            pool.close()


def closed(connection: Connection) -> bool:
    """Wait until the reaper has closed it."""
    pause = threading.Event()
    for _ in range(500):
        if not connection.usable:
            return True
        pause.wait(0.01)
    return False


def test_the_same_key_gets_its_connection_again_after_a_check() -> None:
    with world() as it:
        first = it.use("anna")
        it.clock.now += 5
        assert it.use("anna") is first
        assert it.server.commands[2:] == [b'NOOP "sieve-manager-1"']


def test_a_connection_that_was_just_used_is_not_asked_again() -> None:
    with world() as it:
        first = it.use("anna")
        it.clock.now += 4.9
        assert it.use("anna") is first
        assert it.server.commands[2:] == []


def test_another_key_gets_another_connection() -> None:
    with world() as it:
        assert it.use("anna") is not it.use("ben")


def test_two_leases_of_one_key_at_once_never_share() -> None:
    with world() as it:
        with it.pool.lease("anna", it.open) as one, it.pool.lease("anna", it.open) as other:
            assert one is not other
        assert it.use("anna") is one  # came back last
        assert closed(other)


def test_threads_never_share() -> None:
    with world(size=2) as it:
        together = threading.Barrier(4, timeout=WAIT_SECONDS)
        lent: list[Connection] = []

        def work() -> None:
            for _ in range(5):
                with it.pool.lease("anna", it.open) as connection:
                    together.wait()
                    lent.append(connection)
                    connection.noop()
                    together.wait()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_SECONDS)
        assert len(lent) == 20
        rounds = [set(map(id, lent[start : start + 4])) for start in range(0, 20, 4)]
        assert [len(at_once) for at_once in rounds] == [4] * 5


@pytest.mark.parametrize("error", [ScriptNotFoundError("x"), UnreachableError("x"), KeyError("x")])
def test_after_any_error_the_connection_is_dropped(error: Exception) -> None:
    with world() as it:
        with pytest.raises(type(error)), it.pool.lease("anna", it.open) as failed:
            raise error
        assert it.use("anna") is not failed
        assert closed(failed)


def test_a_connection_that_became_unusable_is_dropped_and_takes_nobodys_place() -> None:
    with world(size=1) as it:
        kept = it.use("ben")
        with it.pool.lease("anna", it.open) as broken:
            broken.close()
        assert it.use("ben") is kept
        assert it.use("anna") is not broken


def test_a_session_that_the_server_ended_is_replaced() -> None:
    ended = threading.Event()

    def leaving(peer: Peer) -> None:
        peer.sign_in()
        peer.send(b'BYE "idle"\r\n')
        peer.close()
        ended.set()

    with world(leaving, obedient) as it:
        with it.pool.lease("anna", it.open) as old:
            assert ended.wait(WAIT_SECONDS)
        assert it.use("anna") is not old


def test_a_session_that_does_not_answer_is_replaced() -> None:
    def silent(peer: Peer) -> None:
        peer.sign_in()
        peer.until_closed()

    with world(silent, obedient) as it:
        with it.pool.lease("anna", lambda: connect(it.server, HASTY)) as old:
            pass
        it.clock.now += 5
        assert it.use("anna") is not old


def test_a_session_that_refuses_the_check_is_replaced() -> None:
    def refusing(peer: Peer) -> None:
        peer.sign_in()
        peer.answer(b"NO\r\n")
        peer.until_closed()

    with world(refusing, obedient) as it:
        old = it.use("anna")
        it.clock.now += 5
        assert it.use("anna") is not old


def test_a_failed_sign_in_leaves_nothing_behind() -> None:
    def refuse() -> Connection:
        raise RefusedError("no")

    with world() as it:
        with pytest.raises(RefusedError), it.pool.lease("anna", refuse):
            pass
        assert it.use("anna").usable


def test_what_was_idle_too_long_is_logged_out() -> None:
    with world() as it:
        old, young = it.use("old"), None
        it.clock.now += 30
        young = it.use("young")
        it.clock.now += 30
        it.pool.reap()
        assert not old.usable
        assert young.usable
        assert it.server.peers[0].commands[-1] == b"LOGOUT"


def test_what_was_idle_too_long_is_not_lent_even_before_it_is_reaped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with world() as it:
        with monkeypatch.context() as patch:
            patch.setattr(it.pool, "reap", lambda: None)  # as when the reaper is late
            old = it.use("anna")
            it.clock.now += 60
            assert it.use("anna") is not old
        assert not old.usable


def test_idle_connections_end_without_anybody_asking() -> None:
    with ScriptedServer(obedient) as server:
        pool = Pool(idle_seconds=0.05)
        with pool.lease("anna", lambda: connect(server)) as connection:
            pass
        assert closed(connection)
        pool.close()


def test_no_more_than_the_size_are_kept() -> None:
    with world(size=2) as it:
        first, second, third = it.use("1"), it.use("2"), it.use("3")
        assert closed(first)
        assert it.use("3") is third
        assert it.use("2") is second


def test_while_one_logout_hangs_the_pool_does_not_grow() -> None:
    asked, answered = threading.Event(), threading.Event()

    def slow(peer: Peer) -> None:
        peer.sign_in()
        peer.command()
        asked.set()
        answered.wait(WAIT_SECONDS)
        peer.send(b"OK\r\n")

    with world(slow, obedient, size=1) as it:
        hanging = it.use("1")
        it.pool.drop("1")
        assert asked.wait(WAIT_SECONDS)
        waiting, surplus = it.use("2"), it.use("3")
        last = it.use("4")
        assert [one.usable for one in (waiting, surplus, last)] == [True, False, True]
        answered.set()
        assert closed(hanging)
        assert closed(waiting)
        assert it.use("4") is last


def test_signing_out_ends_the_idle_connection() -> None:
    with world() as it:
        old = it.use("anna")
        it.pool.drop("anna")
        it.pool.drop("nobody")
        assert closed(old)
        assert it.use("anna") is not old


def test_signing_out_ends_a_lent_connection_when_it_comes_back() -> None:
    with world() as it:
        with it.pool.lease("anna", it.open) as old, it.pool.lease("ben", it.open) as other:
            it.pool.drop("anna")
            assert old.usable
        assert closed(old)
        assert it.use("ben") is other


def test_signing_out_while_a_connection_is_being_opened_ends_it_afterwards() -> None:
    with world() as it:

        def open_late() -> Connection:
            it.pool.drop("anna")
            return it.open()

        with it.pool.lease("anna", open_late) as connection:
            pass
        assert closed(connection)


def test_closing_logs_out_what_is_idle_and_closes_what_comes_back() -> None:
    with world() as it:
        idle = it.use("ben")
        with it.pool.lease("anna", it.open) as lent:
            it.pool.close()
            assert not idle.usable
            assert lent.usable
        assert not lent.usable
        assert b"LOGOUT" in it.server.commands
        with it.pool.lease("anna", it.open) as later:
            assert later.usable
        assert not later.usable


def test_closing_an_unused_pool_is_nothing() -> None:
    pool = Pool()
    pool.reap()
    pool.close()
    pool.close()
