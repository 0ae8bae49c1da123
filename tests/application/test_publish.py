"""Writing where another program writes too: nothing of theirs is lost, nothing stays half done."""

from collections.abc import Callable

import pytest

from sieve_manager.adapters.memory import MemoryServer, MemorySession
from sieve_manager.application.publish import publish, take_back
from sieve_manager.application.state import read_scripts
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import ChangedMeanwhileError, Outcome, SaveFailedError
from sieve_manager.sieve.compose import Desired
from tests.application.world import LOGIN

THEIRS, OURS, OLD, OLDER = map(ScriptName, ("theirs", "ours", "old", "older"))
WANTED = Desired(puts=(Script(name=OURS, octets=b"stop;"),), deletes=(), active=OURS, layout=None)


def session_with(
    scripts: dict[ScriptName, bytes], meanwhile: tuple[Callable[[], object], ...] = ()
) -> MemorySession:
    """A session on *scripts*, of which theirs is active.

    The server judges a script before the last look and again as it is stored: *meanwhile* is
    what others do at each of these.
    """
    deeds = iter(meanwhile)

    def judge(_octets: bytes) -> str:
        next(deeds, bool)()
        return ""

    session = MemorySession(server=MemoryServer(judge=judge), login=LOGIN)
    kept = session.server.mailbox(LOGIN)
    kept.scripts.update(scripts)
    kept.active = THEIRS
    return session


def scripts_of(session: MemorySession) -> ScriptSet:
    listing, scripts = session.read([THEIRS, OURS, OLD, OLDER])
    return ScriptSet(listing=listing, scripts=scripts)


def test_what_another_program_saved_since_the_plan_is_not_written_over() -> None:
    session = session_with({THEIRS: b"keep;"}, (lambda: session.put_script(THEIRS, b"discard;"),))
    before = scripts_of(session)
    with pytest.raises(ChangedMeanwhileError):
        publish(session, before, WANTED)
    found = scripts_of(session)
    assert found.listing == ScriptListing(names=(THEIRS,), active=THEIRS)
    assert found.scripts == (Script(name=THEIRS, octets=b"discard;"),)


def test_what_another_program_saved_while_we_wrote_is_no_success() -> None:
    session = session_with(
        {THEIRS: b"keep;"}, (bool, lambda: session.put_script(THEIRS, b"discard;"))
    )
    with pytest.raises(SaveFailedError) as caught:
        publish(session, scripts_of(session), WANTED)
    assert (caught.value.step, caught.value.outcome) == ("verify", Outcome.UNKNOWN)


def test_several_scripts_are_deleted_and_the_rest_is_read_back() -> None:
    session = session_with({THEIRS: b"keep;", OLD: b"stop;", OLDER: b"stop;"})
    desired = Desired(puts=(), deletes=(OLD, OLDER), active=THEIRS, layout=None)
    published = publish(session, scripts_of(session), desired)
    assert published.scripts == read_scripts(session, also=())
    assert published.scripts.listing.names == (THEIRS,)


def test_half_of_a_write_is_taken_back_and_what_is_not_ours_stays() -> None:
    session = session_with({THEIRS: b"keep;", OLD: b"old;"})
    before = scripts_of(session)
    desired = Desired(
        puts=(Script(name=OURS, octets=b"stop;"), Script(name=OLD, octets=b"new;")),
        deletes=(),
        active=OURS,
        layout=None,
    )
    wanted = desired.applied_to(before)
    publish(session, before, desired)
    session.put_script(OLDER, b"somebody's;")
    take_back(session, scripts_of(session), before, wanted)
    found = scripts_of(session)
    assert found.listing == ScriptListing(names=(THEIRS, OLD, OLDER), active=THEIRS)
    assert found.get(OLD) == Script(name=OLD, octets=b"old;")


def test_what_is_gone_already_needs_no_taking_back() -> None:
    session = session_with({THEIRS: b"keep;"})
    before = scripts_of(session)
    publish(session, before, WANTED)
    found = scripts_of(session)
    session.set_active(THEIRS)
    session.delete_script(OURS)
    take_back(session, found, before, WANTED.applied_to(before))
    assert scripts_of(session) == before
