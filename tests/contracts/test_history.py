"""The History port, in memory and on both databases."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.history import DatabaseHistory, dump_scripts, load_scripts
from sieve_manager.adapters.memory_records import MemoryHistory
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.history import Change, NewVersion, Version
from sieve_manager.application.ports import History
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.schedule import midnight
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import VersionNotFoundError

ACTOR = Actor(name="anna@example.com", channel=Channel.WEB)
AT = midnight(date(2026, 11, 22), "Europe/Zurich")


@pytest.fixture
def history(records: Database | None) -> History:
    return DatabaseHistory(records) if records else MemoryHistory()


def scripts(octets: bytes, name: str = "sieve-manager") -> ScriptSet:
    named = ScriptName(name)
    return ScriptSet(
        listing=ScriptListing(names=(named, ScriptName("other")), active=named),
        scripts=(Script(name=named, octets=octets),),
    )


def write(login: Login, text: str = "keep;", undoes: int | None = None) -> NewVersion:
    return NewVersion(
        login=login,
        at=AT,
        actor=ACTOR,
        change=Change.UNDO if undoes else Change.SET,
        before=ScriptSet(listing=ScriptListing()),
        after=scripts(text.encode()),
        note="Ticket 4711: “für Anna”",
        undoes=undoes,
    )


def done(history: History, new: NewVersion) -> Version:
    begun = history.begin(new)
    history.settle(new.login, begun.number, happened=True)
    return begun


def test_mailbox_without_writes_has_no_history(history: History, login: Login) -> None:
    assert history.last(login) is None
    assert history.versions(login) == ()


def test_begun_write_is_there_unsettled(history: History, login: Login) -> None:
    begun = history.begin(write(login))
    assert (begun.number, begun.settled, begun.new) == (1, False, write(login))
    assert history.last(login) == begun
    assert history.version(login, 1) == begun


def test_write_that_happened_is_settled(history: History, login: Login) -> None:
    begun = history.begin(write(login))
    history.settle(login, begun.number, happened=True)
    last = history.last(login)
    assert last is not None
    assert last.settled
    assert last.new == begun.new


def test_write_that_did_not_happen_leaves_the_history(history: History, login: Login) -> None:
    history.settle(login, history.begin(write(login, "1")).number, happened=True)
    history.settle(login, history.begin(write(login, "2")).number, happened=False)
    assert [version.number for version in history.versions(login)] == [1]


def test_a_write_that_nobody_has_seen_end_is_found_when_it_is_old(
    history: History, login: Login
) -> None:
    begun = history.begin(write(login))
    assert login not in history.unsettled(AT)
    assert login in history.unsettled(AT + timedelta(seconds=1))
    history.settle(login, begun.number, happened=True)
    assert login not in history.unsettled(AT + timedelta(seconds=1))


def test_versions_come_newest_first(history: History, login: Login) -> None:
    for text in "abc":
        history.begin(write(login, text))
    assert [version.number for version in history.versions(login)] == [3, 2, 1]
    last = history.last(login)
    assert last is not None
    assert last.number == 3


def test_ten_versions_are_kept_and_numbers_go_on(history: History, login: Login) -> None:
    for _ in range(14):
        history.settle(login, history.begin(write(login)).number, happened=True)
    assert [version.number for version in history.versions(login)] == list(range(14, 4, -1))


def test_version_that_a_kept_one_undoes_is_kept(history: History, login: Login) -> None:
    first = done(history, write(login, "first"))
    for _ in range(9):
        done(history, write(login))
    done(history, write(login, undoes=first.number))
    for _ in range(9):
        done(history, write(login))
    assert [version.number for version in history.versions(login)] == [*range(20, 10, -1), 1]
    done(history, write(login))
    assert [version.number for version in history.versions(login)] == list(range(21, 11, -1))


def test_a_write_that_did_not_happen_costs_no_version(history: History, login: Login) -> None:
    for _ in range(12):
        done(history, write(login))
    history.settle(login, history.begin(write(login)).number, happened=False)
    assert [version.number for version in history.versions(login)] == list(range(12, 2, -1))


@pytest.mark.parametrize("number", [-1, 0, 10**30])
def test_number_that_no_version_can_have_is_an_error(
    history: History, login: Login, number: int
) -> None:
    with pytest.raises(VersionNotFoundError):
        history.version(login, number)


def test_version_that_is_not_there_is_an_error(history: History, login: Login) -> None:
    history.begin(write(login))
    with pytest.raises(VersionNotFoundError):
        history.version(login, 2)


def test_mailboxes_have_histories_of_their_own(history: History, login: Login) -> None:
    other = Login("x" + login.text)
    history.begin(write(login))
    history.begin(write(other, "other"))
    history.settle(other, 1, happened=False)
    assert len(history.versions(login)) == 1
    assert history.versions(other) == ()
    with pytest.raises(VersionNotFoundError):
        history.version(other, 1)


def test_octets_and_names_come_back_exactly(history: History, login: Login) -> None:
    octets = bytes(range(256)) * 3 + b"\r\n.\r\n\xff"
    strange = scripts(octets, 'na"me \\ \u202e \U0001f600 \x07')
    new = NewVersion(
        login=login, at=AT, actor=ACTOR, change=Change.CLEAR, before=strange, after=strange
    )
    history.begin(new)
    last = history.last(login)
    assert last is not None
    assert last.new == new


NAMES = st.builds(ScriptName, st.text())
SETS = st.builds(
    ScriptSet,
    listing=st.builds(ScriptListing, names=st.lists(NAMES).map(tuple), active=st.none() | NAMES),
    scripts=st.lists(st.builds(Script, name=NAMES, octets=st.binary())).map(tuple),
)


@given(SETS)
@settings(max_examples=200, deadline=None)
def test_any_scripts_come_back_from_their_text(found: ScriptSet) -> None:
    text = dump_scripts(found)
    assert text.isascii()
    assert "\x00" not in text
    assert load_scripts(text) == found
