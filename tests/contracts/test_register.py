"""The RegisterStore port, in memory and on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete

from sieve_manager.adapters.database import register as database_register
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.register import DatabaseRegister
from sieve_manager.adapters.database.tables_register import entries, mailboxes, news, sweeps
from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.application.register import (
    Condition,
    ConditionKind,
    Forwarded,
    Place,
    RegisterEntry,
    SetBy,
)
from sieve_manager.application.register_store import (
    KnownMailbox,
    Question,
    Reading,
    RegisterStore,
    Sort,
    Sweep,
    SweepState,
)
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from tests.contracts.test_ledger import Clock

ANNA, BRUNO, CARLA = Login("anna"), Login("bruno"), Login("carla")
HOLDER = "a" * 32


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(records: Database | None, clock: Clock) -> Iterator[RegisterStore]:
    if records is None:
        yield MemoryRegister(clock)
        return
    with records.writing() as connection:
        for table in (entries, mailboxes, news, sweeps):
            connection.execute(delete(table))
    yield DatabaseRegister(records, clock)


def entry(login: Login = ANNA, target: str = "x@example.net", **more: object) -> RegisterEntry:
    values: dict[str, object] = {"place": Place.OUTSIDE, "set_by": SetBy.UNKNOWN, **more}
    return RegisterEntry(login=login, target=target, **values)  # type: ignore[arg-type]


def reading(login: Login, *found: RegisterEntry, words: str = "", own: bool = True) -> Reading:
    names = (ScriptName("roundcube"), ScriptName('"Grüße" \udcff'))
    return Reading(
        login=login,
        fingerprint=f"of {login}",
        scripts=names,
        entries=found,
        words=words,
        for_operators=own,
    )


def swept(register: RegisterStore, *readings: Reading) -> Sweep:
    """A whole sweep that finds these."""
    sweep = register.take(HOLDER, 60)
    assert sweep
    sweep = register.write(sweep, HOLDER, readings, 60)
    assert sweep
    sweep = register.finish(sweep, HOLDER)
    assert sweep
    return sweep


def targets(register: RegisterStore, **question: object) -> list[str]:
    return [one.target for one in register.page(Question(**question))]  # type: ignore[arg-type]


def test_an_entry_comes_back_as_it_was(register: RegisterStore, clock: Clock) -> None:
    inner = Condition(kind=ConditionKind.EXISTS, fields=("List-Id",), negated=True)
    conditions = (
        Condition(kind=ConditionKind.ANY, parts=(inner,)),
        Condition(
            kind=ConditionKind.FIELD, fields=("Subject",), match="is", values=('=x"\u202e', "\n")
        ),
    )
    one = entry(
        notice=True,
        conditions=conditions,
        kept=None,
        starts=clock(),
        ends=clock() + timedelta(days=1),
        paused=True,
        set_by=SetBy.HELPDESK,
        actor="otto",
        program="sieve-manager",
        rule="'; DROP TABLE entries; --",
        script="s",
    )
    other = entry(target="", place=Place.UNKNOWN, kept=False)
    swept(register, reading(ANNA, one, other))
    assert register.page(Question()) == (one, other)
    assert register.of(ANNA) == Forwarded(entries=(one, other))
    assert register.of(CARLA) == Forwarded()


def test_what_was_seen_is_known_at_the_next_sweep(register: RegisterStore) -> None:
    swept(register, reading(ANNA), reading(BRUNO))
    found = register.known([ANNA, CARLA])
    names = reading(ANNA).scripts
    assert found == {ANNA: KnownMailbox(fingerprint="of anna", scripts=names)}


def test_a_sweep_has_one_holder_at_a_time(register: RegisterStore, clock: Clock) -> None:
    sweep = register.take(HOLDER, 60)
    assert sweep
    assert sweep.state is SweepState.RUNNING
    assert register.take("b", 60) is None
    clock.pass_seconds(61)  # its process was killed
    again = register.take("b", 60)
    assert again
    assert again.number == sweep.number
    assert register.write(sweep, HOLDER, [reading(ANNA, entry())], 60) is None
    assert register.finish(sweep, HOLDER) is None
    register.pause(sweep, HOLDER, "not mine any more")
    assert register.page(Question()) == ()
    assert register.write(again, "b", [reading(ANNA, entry())], 60)
    last = register.last()
    assert last
    assert (last.state, last.reason) == (SweepState.RUNNING, "")


def test_a_sweep_goes_on_where_it_was(register: RegisterStore, clock: Clock) -> None:
    sweep = register.take(HOLDER, 60)
    assert sweep
    sweep = register.write(sweep, HOLDER, [reading(ANNA, entry()), reading(BRUNO)], 60)
    assert sweep
    assert (sweep.cursor, sweep.read, sweep.changed) == ("bruno", 2, 2)
    register.pause(sweep, HOLDER, "the server is away")
    last = register.last()
    assert last
    assert (last.state, last.reason) == (SweepState.PAUSED, "the server is away")
    again = register.take("b", 60)
    assert again
    assert (again.number, again.cursor, again.reason) == (sweep.number, "bruno", "")
    assert register.last_done() is None
    done = register.finish(again, "b")
    assert done
    assert (done.state, done.finished, done.read) == (SweepState.DONE, clock(), 2)
    assert register.last_done() == done


def test_what_did_not_change_stays_and_what_changed_is_replaced(register: RegisterStore) -> None:
    swept(register, reading(ANNA, entry()), reading(BRUNO, entry(BRUNO, "old@example.net")))
    same = Reading(login=ANNA, fingerprint="of anna", entries=None)
    swept(register, same, reading(BRUNO, entry(BRUNO, "new@example.net")))
    assert targets(register) == ["x@example.net", "new@example.net"]


def test_a_mailbox_that_is_gone_leaves_the_register(register: RegisterStore) -> None:
    swept(register, reading(ANNA, entry()), reading(BRUNO, entry(BRUNO)))
    swept(register, reading(BRUNO, entry(BRUNO)))
    assert [one.login for one in register.page(Question())] == [BRUNO]
    assert register.known([ANNA]) == {}


def test_a_sweep_that_met_nobody_forgets_nobody(register: RegisterStore) -> None:
    swept(register, reading(ANNA, entry()))
    swept(register)
    assert targets(register) == ["x@example.net"]


def test_one_that_cannot_be_read_keeps_what_was_known(register: RegisterStore) -> None:
    swept(register, reading(ANNA, entry()))
    failed = Reading(login=ANNA, problem="closed", for_operators=True)
    sweep = swept(register, failed, Reading(login=BRUNO, problem="gone"))
    assert (sweep.read, sweep.failed) == (0, 2)
    assert targets(register) == ["x@example.net"]
    problems = register.page(Question(problems=True))
    assert [(one.login, one.problem) for one in problems] == [(ANNA, "closed"), (BRUNO, "gone")]
    assert register.count(Question(problems=True, for_operators=True)) == 1
    assert register.known([ANNA])[ANNA].fingerprint == "of anna"
    swept(register, Reading(login=ANNA, fingerprint="of anna"), reading(BRUNO))
    assert register.count(Question(problems=True)) == 0


def test_whether_the_rest_stays_is_known_as_long_as_the_entries(register: RegisterStore) -> None:
    assert register.of(ANNA).stays is True
    for stays in (False, None, True, False):
        swept(register, replace(reading(ANNA, entry()), stays=stays))
        assert register.of(ANNA).stays is stays
        swept(register, Reading(login=ANNA, fingerprint="of anna"))
        swept(register, Reading(login=ANNA, problem="closed"), Reading(login=BRUNO, problem="gone"))
        assert register.of(ANNA).stays is stays
    assert register.of(BRUNO).stays is True


def test_the_first_round_finds_nothing_new(register: RegisterStore) -> None:
    sweep = swept(register, reading(ANNA, entry()))
    assert register.count_news(sweep) == 0


def test_new_ways_out_are_noted(register: RegisterStore) -> None:
    swept(register, reading(ANNA, entry(), entry(target="inside", place=Place.INSIDE)))
    sweep = swept(
        register,
        reading(
            ANNA,
            entry(),
            entry(target="inside2", place=Place.INSIDE),
            entry(target="later", paused=True),
            entry(target="new@example.net", set_by=SetBy.OWNER),
            entry(target="new@example.net", rule="twice"),
        ),
        reading(BRUNO, entry(BRUNO, "", place=Place.UNKNOWN, program="roundcube")),
    )
    found = register.news(sweep, 10)
    assert [(one.login, one.target, one.set_by, one.program) for one in found][1:] == [
        (BRUNO, "", SetBy.UNKNOWN, "roundcube")
    ]
    assert (found[0].login, found[0].target) == (ANNA, "new@example.net")
    assert register.count_news(sweep) == 2
    assert len(register.news(sweep, 1)) == 1


def test_a_script_that_cannot_be_understood_is_noted_once(register: RegisterStore) -> None:
    closed = Reading(login=BRUNO, problem="closed")
    swept(register, reading(ANNA, entry(target="")), closed)
    odd = RegisterEntry(login=ANNA, script="s", problem="cannot be read")
    sweep = swept(register, reading(ANNA, entry(target=""), odd), closed)
    found = register.news(sweep, 10)
    assert [(one.login, one.target, one.unreadable) for one in found] == [(ANNA, "", True)]
    assert register.count_news(swept(register, reading(ANNA, odd), closed)) == 0


def test_a_paused_one_that_goes_on_is_new(register: RegisterStore) -> None:
    swept(register, reading(ANNA, entry(paused=True)))
    sweep = swept(register, reading(ANNA, entry(paused=False)))
    assert [one.target for one in register.news(sweep, 10)] == ["x@example.net"]


def test_what_was_told_is_remembered(register: RegisterStore) -> None:
    sweep = swept(register, reading(ANNA))
    assert sweep.told == frozenset()
    register.told(sweep, "mail:a@example.com")
    register.told(sweep, "webhook")
    last = register.last()
    assert last
    assert last.told == {"mail:a@example.com", "webhook"}


def test_sweeps_that_ended_lately_come_oldest_first(register: RegisterStore, clock: Clock) -> None:
    swept(register, reading(ANNA))
    clock.pass_seconds(60)
    since, last = clock(), [swept(register, reading(ANNA)), swept(register, reading(ANNA))]
    assert register.take(HOLDER, 60)  # one that is not done
    assert list(register.done_since(since)) == last


def test_targets_that_nobody_has_are_marked(register: RegisterStore) -> None:
    inside = [entry(target=f"{name}@example.com", place=Place.INSIDE) for name in "cab"]
    swept(register, reading(ANNA, *inside, entry(target="a@example.com ")))
    assert register.inside_targets("", 2) == ("a@example.com", "b@example.com")
    assert register.inside_targets("b@example.com", 2) == ("c@example.com",)
    register.mark_gone({"a@example.com": True, "b@example.com": False, "c@example.com": True})
    assert targets(register, gone=True) == ["c@example.com", "a@example.com"]
    register.mark_gone({"a@example.com": False, "b@example.com": False, "c@example.com": True})
    assert targets(register, gone=True) == ["c@example.com"]


@pytest.mark.parametrize("sort", list(Sort))
def test_a_sweep_meanwhile_hides_and_repeats_nothing_in_what_is_taken_away(
    register: RegisterStore, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_register, "_EXPORTED_AT_A_TIME", 2)
    mailboxes_ = [Login(f"m{number}") for number in range(7)]
    swept(register, *(reading(one, entry(one, f"{one}@example.net")) for one in mailboxes_))
    taken = register.every(Question(sort=sort))
    found = [next(taken).target for _ in range(3)]
    sweep = register.take(HOLDER, 60)
    assert sweep
    early = [reading(mailboxes_[0]), reading(mailboxes_[1])]  # forward nothing any more
    assert register.write(sweep, HOLDER, early, 60)
    found += [one.target for one in taken]
    assert found == [f"{one}@example.net" for one in mailboxes_]


def test_filters_and_orders(register: RegisterStore, clock: Clock) -> None:
    soon, later = clock() + timedelta(days=1), clock() + timedelta(days=9)
    swept(
        register,
        reading(
            ANNA,
            entry(target="b@example.net", ends=later, set_by=SetBy.HELPDESK),
            entry(target="a@example.com", place=Place.INSIDE, set_by=SetBy.OWNER),
            words="Anna Müller anna@example.com",
        ),
        reading(BRUNO, entry(BRUNO, "", place=Place.UNKNOWN, ends=soon), own=False),
    )
    assert targets(register, outside=True) == ["b@example.net", ""]
    assert targets(register, no_end=True) == ["a@example.com"]
    assert targets(register, set_by=SetBy.HELPDESK) == ["b@example.net"]
    assert targets(register, for_operators=True) == ["b@example.net", "a@example.com"]
    assert targets(register, sort=Sort.TARGET) == ["", "a@example.com", "b@example.net"]
    assert targets(register, sort=Sort.ENDS) == ["", "b@example.net", "a@example.com"]
    assert targets(register, text="MÜLLER b@") == ["b@example.net"]
    assert targets(register, text="bruno") == [""]
    assert targets(register, text="%_") == []
    assert register.count(Question(text="anna", outside=True)) == 1
    assert [one.target for one in register.page(Question(), 1, 1)] == ["a@example.com"]
    assert len(list(register.every(Question()))) == 3
