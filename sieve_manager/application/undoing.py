"""Work out how to put an earlier state back, byte for byte; pure."""

from sieve_manager.application.history import Version
from sieve_manager.domain.scripts import Script, ScriptName, ScriptSet
from sieve_manager.sieve.compose import Desired


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


def _is(state: ScriptSet, version: Version, now: ScriptSet) -> bool:
    return now.listing.active == state.listing.active and all(
        now.get(name) == state.get(name) for name in _touched(version)
    )


def _touched(version: Version) -> tuple[ScriptName, ...]:
    before, after = version.new.before, version.new.after
    scripts: tuple[Script, ...] = (*before.scripts, *after.scripts)
    names = dict.fromkeys(script.name for script in scripts)
    return tuple(name for name in names if before.get(name) != after.get(name))
