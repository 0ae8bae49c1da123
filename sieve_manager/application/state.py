"""Read what a mailbox has on the server, as far as it matters to us."""

from collections.abc import Iterable

from sieve_manager.application.ports import ScriptSession
from sieve_manager.domain.scripts import ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import ScriptRefusedError
from sieve_manager.sieve.compose import OUR_SCRIPT
from sieve_manager.sieve.outline import outline

# A chain of includes longer than this is cut by Pigeonhole too (sieve_max_includes... 10).
_MAX_DEPTH = 10


def read_scripts(session: ScriptSession, also: Iterable[ScriptName] = ()) -> ScriptSet:
    """Read the active script, all that it includes, our own script, and *also* where present.

    Raises:
        ServerError: whatever the session raises.
    """
    # Asked for at once: the active script is nearly always one of these.
    listing, found = session.read(tuple(dict.fromkeys([OUR_SCRIPT, *also])))
    scripts = list(found)
    if listing.active and listing.active not in {script.name for script in scripts}:
        scripts += session.get_scripts([listing.active])
    newest = scripts
    for _ in range(_MAX_DEPTH):
        included = [
            ScriptName(include.name)
            for script in newest
            for include in outline(script.octets).includes
            if include.personal
        ]
        missing = _present(included, listing, known={script.name for script in scripts})
        if not missing:
            break
        newest = list(session.get_scripts(missing))
        scripts += newest
    return ScriptSet(listing=listing, scripts=tuple(scripts))


def compile_error(session: ScriptSession, scripts: ScriptSet) -> str:
    """What the server's compiler says against the active script now, or "" (RFC 5804 §2.12).

    A script that was accepted once may not compile any more: an extension or an included
    script has gone since.

    Raises:
        ServerError: whatever the session raises, but for the refusal itself.
    """
    if scripts.active is None or not session.capabilities.can_check:
        return ""
    try:
        session.check_script(scripts.active.octets)
    except ScriptRefusedError as error:
        return error.server_text or str(error)
    return ""


def _present(
    names: Iterable[ScriptName], listing: ScriptListing, known: set[ScriptName]
) -> list[ScriptName]:
    listed = set(listing.names)
    return [name for name in dict.fromkeys(names) if name in listed and name not in known]
