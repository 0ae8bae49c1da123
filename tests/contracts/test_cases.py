"""The CaseStore port, in memory and on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sieve_manager.adapters.database.cases import DatabaseCases
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.memory_cases import MemoryCases
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.case import CaseState, NewCase
from sieve_manager.application.case_ports import CaseStore
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.handover import Reply
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period, midnight
from sieve_manager.errors import CaseNotFoundError

ACTOR = Actor(name="helen@example.com", channel=Channel.WEB, role=Role.OPERATOR)
AT = midnight(date(2026, 11, 22), "Europe/Zurich")
ACTIVE = [CaseState.ACTIVE]


@pytest.fixture
def store(records: Database | None) -> CaseStore:
    return DatabaseCases(records) if records else MemoryCases()


def terms(last: date | None = None, ticket: str = "T-1") -> CaseTerms:
    return CaseTerms(
        forward=Forward(
            destinations=(EmailAddress.parse("b@bücher.example.net"),),
            copy=Copy.parse('folder:Für später/"x"'),
            period=Period(first_day=date(2027, 1, 1), last_day=last, timezone="Europe/Zurich"),
            hold_spam=False,
        ),
        reply=Reply(
            text="Ich bin weg.\n.\n✉ ${x}",
            subject="Weg",
            interval_days=3,
            addresses=(EmailAddress.parse("a@example.com"),),
        ),
        own_forward=OwnForward.KEEP,
        ticket=ticket,
        reason="left\non Friday",
    )


def new(login: Login, wanted: CaseTerms | None = None) -> NewCase:
    return NewCase(login=login, at=AT, actor=ACTOR, terms=wanted or terms(), state=CaseState.ACTIVE)


def test_of_two_that_move_a_case_one_does(store: CaseStore, login: Login) -> None:
    case = store.begin(replace(new(login), state=CaseState.WAITING))
    assert case.writing_since is None
    begins = replace(case, state=CaseState.BEGINNING, writing_since=AT + timedelta(hours=1))
    assert store.move(begins, CaseState.WAITING)
    assert not store.move(replace(case, state=CaseState.UNDONE), CaseState.WAITING)
    assert store.case(case.id) == begins
    assert begins.had_waited
    direct = store.begin(replace(new(login), state=CaseState.BEGINNING))
    assert (direct.writing_since, direct.had_waited) == (AT, False)
    store.drop(direct)
    assert not store.move(direct, CaseState.BEGINNING)


def test_cases_are_found_by_when_they_ended(store: CaseStore, login: Login) -> None:
    early, late = store.begin(new(login)), store.begin(new(login))
    ticket = replace(terms(), ticket=f"ended-{login}")
    for case, hours in ((early, 1), (late, 3)):
        ended = AT + timedelta(hours=hours)
        store.keep(replace(case, terms=ticket, state=CaseState.ENDED, ended_at=ended))
    still = store.begin(new(login, ticket))
    store.keep(replace(still, state=CaseState.ENDED))
    found = store.found([CaseState.ENDED], ended_from=AT + timedelta(hours=2), text=ticket.ticket)
    assert [case.id for case in found] == [late.id]


def test_a_case_is_kept_as_it_was(store: CaseStore, login: Login) -> None:
    begun = store.begin(new(login))
    assert (begun.number, begun.terms, begun.begun_by) == (1, terms(), ACTOR)
    assert store.case(begun.id) == begun
    changed = replace(
        begun,
        state=CaseState.ENDED,
        version=7,
        problem="the mailbox is closed",
        ended_at=AT,
        terms=replace(terms(), reply=None, ticket=""),
    )
    store.keep(changed)
    assert store.case(begun.id) == changed


def test_numbers_count_up_within_a_mailbox(store: CaseStore, login: Login) -> None:
    other = Login("other-" + login.text)
    assert store.next_number(login) == 1
    first, second = store.begin(new(login)), store.begin(new(login))
    assert (first.number, second.number, store.begin(new(other)).number) == (1, 2, 1)
    assert store.next_number(login) == 3
    assert store.of_mailbox(login) == (second, first)


def test_one_that_never_came_about_is_forgotten(store: CaseStore, login: Login) -> None:
    begun = store.begin(new(login))
    store.drop(begun)
    assert store.of_mailbox(login) == ()
    with pytest.raises(CaseNotFoundError):
        store.case(begun.id)


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**30])
def test_a_number_that_nothing_has_is_not_found(store: CaseStore, number: int) -> None:
    with pytest.raises(CaseNotFoundError):
        store.case(number)


def test_what_is_over_comes_in_the_order_in_which_it_ended(store: CaseStore, login: Login) -> None:
    ends = (date(2027, 2, 1), None, date(2027, 3, 1))
    first, second, third = (
        replace(store.begin(new(login, terms(day))), state=CaseState.ENDED, ended_at=at)
        for day, at in zip(ends, (AT, AT + timedelta(days=1), AT + timedelta(days=2)), strict=True)
    )
    for case in (first, second, third):
        store.keep(case)
    mine = {"text": login.text, "last_over_first": True}
    assert store.found([CaseState.ENDED], **mine) == (third, second, first)
    assert store.found([CaseState.ENDED], **mine, offset=1, limit=1) == (second,)


def test_cases_are_found_by_state_end_and_words(store: CaseStore, login: Login) -> None:
    late = store.begin(new(login, terms(date(2027, 3, 1), "INC-100%")))
    soon = store.begin(new(login, terms(date(2027, 2, 1), "inc_2")))
    endless = store.begin(new(login, terms(None)))
    store.keep(replace(store.begin(new(login, terms(date(2027, 1, 5)))), state=CaseState.ENDED))
    mine = {"text": login.text}
    assert store.found(ACTIVE, **mine) == (soon, late, endless)
    assert store.found(ACTIVE, **mine, limit=1) == (soon,)
    assert store.found(ACTIVE, **mine, offset=1, limit=1) == (late,)
    assert store.found(ACTIVE, **mine, offset=3) == ()
    ends = soon.terms.forward.period.ends
    assert ends is not None
    assert store.found(ACTIVE, **mine, ends_before=ends) == ()
    assert store.found(ACTIVE, **mine, ends_before=ends + timedelta(seconds=1)) == (soon,)
    assert store.found(ACTIVE, **mine, ends_from=ends + timedelta(seconds=1)) == (late,)
    assert store.found(ACTIVE, text="C-100%") == (late,)
    assert store.found(ACTIVE, text="c_2") == (soon,)
    assert store.found([]) == ()


@pytest.mark.parametrize("state", CaseState)
def test_a_batch_is_open_until_its_last_case_is_over(
    store: CaseStore, login: Login, state: CaseState
) -> None:
    number = 1_000_000 + store.begin(new(login)).id  # that no other test has
    first, last = (store.begin(replace(new(login), batch=number)) for _ in range(2))
    assert number in store.open_batches()
    store.keep(replace(first, state=CaseState.ENDED))
    assert number in store.open_batches()
    store.keep(replace(last, state=state))
    over = state in (CaseState.ENDED, CaseState.UNDONE)
    assert (number in store.open_batches()) is not over
    assert None not in store.open_batches()
