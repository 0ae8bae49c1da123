"""Work out how to put an earlier state back, byte for byte; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from sieve_manager.application.history import Version
from sieve_manager.domain.scripts import Script, ScriptName, ScriptSet
from sieve_manager.sieve.compose import Desired


@dataclass(frozen=True, slots=True)
class WayBack:
    """What to write to go back; *stale*: it would go over what somebody else changed since."""

    desired: Desired
    stale: bool


def way_back(version: Version, later: Sequence[Version], now: ScriptSet) -> WayBack:
    """How to get from *now* to the state before *version*, over what was saved *later*.

    *later* are the newer versions, newest first. Each must have left what the next one found,
    and the newest what is there *now*; else somebody else has changed something in between.
    """
    state = now
    for one in later:
        if not one.settled or is_changed_since(one, state):
            break
        state = state_before(one, state).applied_to(state)
    else:
        if not is_changed_since(version, state):
            return WayBack(_step(now, state_before(version, state).applied_to(state)), stale=False)
    return WayBack(state_before(version, now), stale=is_changed_since(version, now))


def _step(now: ScriptSet, wanted: ScriptSet) -> Desired:
    """What to write onto *now* so that it is as *wanted*."""
    return Desired(
        puts=tuple(script for script in wanted.scripts if now.get(script.name) != script),
        deletes=tuple(
            script.name for script in now.scripts if script.name not in wanted.listing.names
        ),
        active=wanted.listing.active,
        layout=None,
    )


def scripts_of(version: Version) -> tuple[ScriptName, ...]:
    """The scripts that are needed to go back over it."""
    found = (*version.new.before.scripts, *version.new.after.scripts)
    return tuple(dict.fromkeys(script.name for script in found))


def state_before(version: Version, now: ScriptSet) -> Desired:
    """What to write onto *now* so that it is again as before *version*."""
    before = version.new.before
    wanted = {script.name: script for script in before.scripts}
    touched = _touched(version)
    puts = tuple(
        script
        for name, script in wanted.items()
        if now.get(name) != script and (name in touched or name == before.listing.active)
    )
    deletes = tuple(name for name in touched if name not in wanted and now.get(name))
    return Desired(puts=puts, deletes=deletes, active=before.listing.active, layout=None)


def is_changed_since(version: Version, now: ScriptSet) -> bool:
    """Whether somebody changed, since *version*, what putting it back would write over."""
    return not _is(version.new.after, version, now)


def is_as_before(version: Version, now: ScriptSet) -> bool:
    """Whether what *version* was to change is still as before it."""
    return _is(version.new.before, version, now)


def is_half_done(version: Version, now: ScriptSet) -> bool:
    """Whether a part of *version* was done, another was not, and nobody else did anything."""
    before, after = version.new.before, version.new.after
    ours = all(now.get(one) in (before.get(one), after.get(one)) for one in _touched(version))
    known = now.listing.active in (before.listing.active, after.listing.active)
    done = is_as_before(version, now) or not is_changed_since(version, now)
    return ours and known and not done


def _is(state: ScriptSet, version: Version, now: ScriptSet) -> bool:
    return now.listing.active == state.listing.active and all(
        now.get(name) == state.get(name) for name in _touched(version)
    )


def _touched(version: Version) -> tuple[ScriptName, ...]:
    before, after = version.new.before, version.new.after
    scripts: tuple[Script, ...] = (*before.scripts, *after.scripts)
    names = dict.fromkeys(script.name for script in scripts)
    return tuple(name for name in names if before.get(name) != after.get(name))
