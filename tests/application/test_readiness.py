"""Readiness: what answers, what does not, and that nobody waits long for it."""

import threading
from collections.abc import Callable

from sieve_manager.application.readiness import NO_ANSWER, OK, Readiness
from sieve_manager.errors import StorageError, UnreachableError


def fine() -> None:
    return


def test_all_parts_that_answer_make_it_ready() -> None:
    answer = Readiness(checks={"database": fine, "mail_server": fine}).answer()
    assert answer.ready
    assert answer.parts == {"database": OK, "mail_server": OK}


def test_the_part_that_fails_is_named_by_the_kind_of_error_and_no_more() -> None:
    def fail() -> None:
        raise UnreachableError("no", server_text="secret")

    answer = Readiness(checks={"database": fine, "mail_server": fail}).answer()
    assert not answer.ready
    assert answer.parts == {"database": OK, "mail_server": "UnreachableError"}


def test_a_part_that_hangs_is_not_waited_for_and_not_asked_again() -> None:
    asked, release = [], threading.Event()

    def hang() -> None:
        asked.append(1)
        release.wait(30)

    readiness = Readiness(checks={"database": hang}, deadline_seconds=0.05, keep_seconds=0)
    try:
        for _ in range(3):
            assert readiness.answer().parts == {"database": NO_ANSWER}
        assert len(asked) == 1
    finally:
        release.set()


def test_an_answer_is_kept_for_some_seconds() -> None:
    now, broken = [100.0], [True]

    def check() -> None:
        if broken:
            raise StorageError("no")

    readiness = Readiness(checks={"database": check}, clock=lambda: now[0], keep_seconds=5)
    assert not readiness.answer().ready
    broken.clear()
    now[0] += 4.9
    assert not readiness.answer().ready
    now[0] += 0.2
    assert readiness.answer().ready


def test_who_comes_while_somebody_asks_gets_the_answer_of_before() -> None:
    now, entered, release = [100.0], threading.Event(), threading.Event()
    wait: list[Callable[[], object]] = [fine]

    def slow() -> None:
        entered.set()
        release.wait(30)

    readiness = Readiness(checks={"database": lambda: wait[0]()}, clock=lambda: now[0])
    before = readiness.answer()
    now[0] += 60
    wait[0] = slow
    asking = threading.Thread(target=readiness.answer)
    asking.start()
    try:
        assert entered.wait(10)
        assert readiness.answer() is before
    finally:
        release.set()
        asking.join()
