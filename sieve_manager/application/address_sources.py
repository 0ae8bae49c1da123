"""Which addresses would lead nowhere when the one that they lead to is gone or rests; pure."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sieve_manager.domain.forward import Phase
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.policy.findings import Finding, warn

_MOST_NAMED = 5


def left_behind(
    wanted: RedirectAddress | None,
    sources: Iterable[RedirectAddress],
    is_seen: Callable[[RedirectAddress], bool],
    now: datetime,
) -> tuple[Finding, ...]:
    """That *sources*, which lead to this address, would do so in vain when it is *wanted*.

    Those that somebody may not see stand there as "…".
    """
    over = (Phase.PAUSED, Phase.ENDED)
    if wanted is not None and wanted.phase(now) not in over:
        return ()
    leading = [one for one in sources if one.phase(now) not in over]
    if not leading:
        return ()
    seen = [one.address.readable for one in leading if is_seen(one)][:_MOST_NAMED]
    more = ["…"] if len(seen) < len(leading) else []
    return (
        warn(
            "address-leads-here",
            "Mail for other addresses comes along here, and would no longer arrive this way: "
            "{addresses}.",
            addresses=", ".join((*seen, *more)),
        ),
    )
