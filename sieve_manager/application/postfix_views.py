"""What Postfix asks of the redirect addresses, as views that both databases understand.

They stand over the tables *redirect_addresses*, *redirect_targets* and *redirect_revision*. The
first and the last day are compared when Postfix asks, so nothing need be written on these days.
"""

from collections.abc import Mapping
from datetime import datetime

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import CATCH_ALL, RedirectAddress

TARGETS, REFUSALS = "postfix_targets", "postfix_refusals"
PROBE = "revision@sieve-manager.invalid"
"""An address in both views whose answer holds the number of the last change.

Nobody has it (RFC 2606 §2), and mail for it is refused.
"""

MARKER = "changed"
"""The name of the table of Postfix's, beside the map file, that shows when that is another one."""

NEVER = 1e12
"""When an address without a last day ends, in seconds since 1970."""

NOT_IN_USE = "550 5.1.1 This address is not in use"
PAUSED = "550 5.2.1 This address is not in use at present"
MOVED = "550 5.1.6 This address has moved to "
GOES_ON = "DUNNO"
"""For a sub-address of its own: Postfix does not ask what senders to the plain one are told."""


def key_of(address: EmailAddress) -> str:
    """What Postfix asks for: all in lower case, and ``@domain`` for what nobody has."""
    return address.key.removeprefix(CATCH_ALL) if address.local == CATCH_ALL else address.key


def lookup(view: str, query: str) -> str:
    """What Postfix asks of *view*, whose query this is, for the address ``:key``; in order."""
    column = "target" if view == TARGETS else "reply"
    asked = f"SELECT {column} FROM ({query}) AS found WHERE address = :key"  # noqa: S608 - as below
    return f"{asked} AND {column} <> '{GOES_ON}' ORDER BY {column}"


def moments_of(kept: RedirectAddress) -> tuple[float, float]:
    """The first and the last second (since 1970) at which it leads anywhere, but for a pause."""
    period = kept.forward.period
    return _seconds(period.starts, 0.0), _seconds(period.ends, NEVER)


def views(now: str) -> Mapping[str, str]:
    """The queries by the names of the views; *now* is SQL for the seconds since 1970.

    Both give pairs: an address, and where it leads or what senders are told (access(5)).
    """
    # All that is put into these texts stands in this file, or is a caller's constant.
    in_force = f"NOT a.gone AND NOT a.paused AND a.starts <= {now} AND a.ends >= {now}"
    return {
        TARGETS: f"""
SELECT t.address AS address, t.target AS target
FROM redirect_targets t JOIN redirect_addresses a ON a.address = t.address
WHERE {in_force}
UNION ALL
SELECT '{PROBE}', 'revision-' || revision || '@sieve-manager.invalid' FROM redirect_revision
""",  # noqa: S608 - as above
        # A catch-all that leads nowhere needs no reply: Postfix knows no such address then.
        REFUSALS: f"""
SELECT address, CASE
  WHEN moved_to <> '' AND (paused OR ends < {now}) THEN '{MOVED}' || moved_to
  WHEN paused AND ends >= {now} THEN '{PAUSED}'
  ELSE '{NOT_IN_USE}' END AS reply
FROM redirect_addresses
WHERE NOT gone AND (paused OR starts > {now} OR ends < {now}) AND substr(address, 1, 1) <> '@'
UNION ALL
SELECT a.address, '{GOES_ON}' FROM redirect_addresses a WHERE a.address LIKE '%+%' AND {in_force}
UNION ALL
SELECT '{PROBE}', '{NOT_IN_USE} (' || revision || ')' FROM redirect_revision
""",  # noqa: S608 - as above
    }


def _seconds(moment: datetime | None, otherwise: float) -> float:
    return moment.timestamp() if moment else otherwise
