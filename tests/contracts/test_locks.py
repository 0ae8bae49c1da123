"""The Locks port, in memory and on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.locks import DatabaseLocks
from sieve_manager.adapters.memory_records import MemoryLocks
from sieve_manager.application.ports import Locks
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import MailboxBusyError


@pytest.fixture
def locks(records: Database | None) -> Locks:
    """Locks that give up soon."""
    return DatabaseLocks(records, wait_seconds=0.05) if records else MemoryLocks(wait_seconds=0.05)


def test_second_writer_is_told_that_the_mailbox_is_busy(locks: Locks, login: Login) -> None:
    with locks.hold(login), pytest.raises(MailboxBusyError), locks.hold(login):
        pytest.fail("both held it")
    with locks.hold(login):
        pass


def test_other_mailboxes_are_free(locks: Locks, login: Login) -> None:
    with locks.hold(login), locks.hold(Login("x" + login.text)):
        pass


def test_error_of_the_holder_frees_the_lock(locks: Locks, login: Login) -> None:
    with pytest.raises(ValueError, match="its own"), locks.hold(login):
        raise ValueError("its own")
    with locks.hold(login):
        pass


def test_waiting_writer_gets_the_lock_when_it_is_freed(database: Database, login: Login) -> None:
    first, second = DatabaseLocks(database), DatabaseLocks(database, wait_seconds=20)
    got = threading.Event()

    def wait() -> None:
        with second.hold(login):
            got.set()

    with ThreadPoolExecutor() as threads:
        with first.hold(login):
            waiting = threads.submit(wait)
            assert not got.wait(0.1)
        waiting.result(20)
    assert got.is_set()


def test_lock_of_a_killed_process_runs_out(database: Database, login: Login) -> None:
    killed = DatabaseLocks(database, lease_seconds=0.1).hold(login)
    killed.__enter__()
    with DatabaseLocks(database, wait_seconds=20).hold(login):
        # It was not killed after all: what it frees now is not its own any more.
        killed.__exit__(None, None, None)
        with pytest.raises(MailboxBusyError):
            DatabaseLocks(database, wait_seconds=0).hold(login).__enter__()


def test_only_one_of_many_writers_is_inside(database_url: str, login: Login) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        database = Database(database_url)
        locks = DatabaseLocks(database, wait_seconds=30)
        for _ in range(10):
            with locks.hold(login):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)
        database.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    assert most == [1] * 60
