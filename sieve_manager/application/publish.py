"""Write a plan to the server so that the mailbox is as before or as planned, never between.

The steps are: check, with room and reading again; put, activate, delete, verify. A failed
step leaves the old script active. What was sent and not answered is settled by reading again
over a fresh session, once the broken one is closed; what was half done is taken back.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sieve_manager.application.ports import ScriptSession
from sieve_manager.application.state import read_scripts
from sieve_manager.domain.scripts import (
    Activation,
    Deletion,
    Script,
    ScriptChange,
    ScriptName,
    ScriptSet,
)
from sieve_manager.errors import (
    ChangedMeanwhileError,
    Outcome,
    ProtocolBrokenError,
    SaveFailedError,
    ScriptNotFoundError,
    ServerError,
)
from sieve_manager.sieve.compose import Desired

OpenSession = Callable[[], AbstractContextManager[ScriptSession]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was read back from the server after the write, and the server's warnings."""

    scripts: ScriptSet
    warnings: str


def publish(session: ScriptSession, before: ScriptSet, desired: Desired) -> Published:
    """Write *desired* onto *before* and read it back.

    Raises:
        ChangedMeanwhileError: the scripts are not *before* any more; nothing was written.
        SaveFailedError: a step failed. Where *outcome* is UNKNOWN, call :func:`settle` once
            this session is closed.
    """
    touched = _touched(before, desired)
    now = _rehearsed(session, desired, touched)
    if now.fingerprint != before.fingerprint:
        raise ChangedMeanwhileError("The scripts were changed by another program meanwhile.")
    warnings, found = _changed(session, _changes(before, desired), touched)
    with _step("verify", Outcome.UNKNOWN):
        if not _same(found, desired.applied_to(before), touched):
            raise ProtocolBrokenError("the server does not hold what was saved")
    return Published(scripts=found, warnings="\n".join(text for text in warnings if text))


def settle(
    reopen: OpenSession,
    before: ScriptSet,
    desired: Desired,
    *,
    pauses: Iterable[float],
    pause: Callable[[float], None],
) -> tuple[Outcome, ScriptSet | None]:
    """Find out over a fresh session what the server has, and take back what is half done.

    The server may still be at what was sent last, in a process of its own: as long as nothing
    has changed, look again after each of *pauses* (seconds).
    """
    touched = _touched(before, desired)
    wanted = desired.applied_to(before)
    try:
        with reopen() as session:
            found = read_scripts(session, also=touched)
            for seconds in pauses:
                if not _same(found, before, touched):
                    break
                pause(seconds)
                found = read_scripts(session, also=touched)
            if _same(found, wanted, touched):
                return Outcome.SAVED, found
            if not _same(found, before, touched):
                take_back(session, found, before, wanted)
                found = read_scripts(session, also=touched)
    except ServerError:
        return Outcome.UNKNOWN, None
    return (Outcome.UNCHANGED if _same(found, before, touched) else Outcome.UNKNOWN), found


def _rehearsed(
    session: ScriptSession, desired: Desired, touched: tuple[ScriptName, ...]
) -> ScriptSet:
    """Let the server judge what will be written, and read once more what is there now."""
    found = None
    with _step("check", Outcome.UNCHANGED):
        for script in desired.puts:
            found = session.rehearse(script.name, script.octets, touched)
    with _step("read", Outcome.UNCHANGED):
        listing, scripts = found or session.read(touched)
    return ScriptSet(listing=listing, scripts=scripts)


def _changed(
    session: ScriptSession, changes: list[ScriptChange], touched: tuple[ScriptName, ...]
) -> tuple[list[str], ScriptSet]:
    """Make one change after the other, read with the last; the warnings, and what is there."""
    if not changes:
        with _step("read", Outcome.UNCHANGED):
            listing, scripts = session.read(touched)
        return [], ScriptSet(listing=listing, scripts=scripts)
    *earlier, last = changes
    warnings = [_make(session, change) for change in earlier]
    with _step(_name(last), Outcome.UNKNOWN):
        warning, listing, scripts = session.finish(last, touched)
    return [*warnings, warning], ScriptSet(listing=listing, scripts=scripts)


def _changes(before: ScriptSet, desired: Desired) -> list[ScriptChange]:
    """In an order in which the mailbox always has a script that is whole."""
    activates = desired.active != before.listing.active
    activations = [Activation(desired.active)] if activates else []
    return [*desired.puts, *activations, *map(Deletion, desired.deletes)]


def _make(session: ScriptSession, change: ScriptChange) -> str:
    """Make one change; the server's warnings, or ""."""
    with _step(_name(change), Outcome.UNKNOWN):
        match change:
            case Script():
                return session.put_script(change.name, change.octets)
            case Activation():
                session.set_active(change.name)
            case Deletion():
                session.delete_script(change.name)
    return ""


def _name(change: ScriptChange) -> str:
    match change:
        case Script():
            return "put"
        case Activation():
            return "activate"
        case Deletion():
            return "delete"


def take_back(
    session: ScriptSession, found: ScriptSet, before: ScriptSet, wanted: ScriptSet
) -> None:
    """Undo our own half-done steps; what is neither before nor wanted is somebody else's.

    Raises:
        ServerError: whatever the session raises.
    """
    names = dict.fromkeys(script.name for script in (*before.scripts, *wanted.scripts))
    ours = [name for name in names if found.get(name) == wanted.get(name)]
    for name in ours:
        old = before.get(name)
        if old is not None and found.get(name) != old:
            session.put_script(name, old.octets)
    if found.listing.active == wanted.listing.active != before.listing.active:
        session.set_active(before.listing.active)
    for name in ours:
        if before.get(name) is None and found.get(name) is not None:
            try:
                session.delete_script(name)
            except ScriptNotFoundError:
                continue


def _touched(before: ScriptSet, desired: Desired) -> tuple[ScriptName, ...]:
    names = [script.name for script in (*before.scripts, *desired.puts)]
    return tuple(dict.fromkeys([*names, *desired.deletes]))


def _same(one: ScriptSet, other: ScriptSet, names: tuple[ScriptName, ...]) -> bool:
    return one.listing.active == other.listing.active and all(
        one.get(name) == other.get(name) for name in names
    )


@contextmanager
def _step(name: str, outcome: Outcome) -> Iterator[None]:
    try:
        yield
    except ServerError as error:
        raise SaveFailedError(step=name, outcome=outcome, cause=error) from error
