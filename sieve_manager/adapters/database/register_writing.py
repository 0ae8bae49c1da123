"""What a sweep found, written down: all within the caller's transaction."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.register_rows import FAILED_AT, entry_of, entry_values
from sieve_manager.adapters.database.tables_register import entries, mailboxes, news
from sieve_manager.application.register import RegisterEntry
from sieve_manager.application.register_store import Reading, Sweep

_FORGET_FAILURE = delete(entries).where(
    entries.c.login == bindparam("of_login"), entries.c.position == FAILED_AT
)
_STAYS = (
    update(mailboxes)
    .where(mailboxes.c.login == bindparam("of_login"))
    .values(stays=bindparam("if_stays"))
)
_FORGET_ENTRIES = delete(entries).where(entries.c.login == bindparam("of_login"))


class RegisterWriting:
    """The statements in this database's dialect."""

    def __init__(self, database: Database) -> None:
        seen = database.insert(mailboxes)
        self._see = seen.on_conflict_do_update(
            index_elements=[mailboxes.c.login],
            set_={
                "fingerprint": seen.excluded.fingerprint,
                "scripts": seen.excluded.scripts,
                "sweep": seen.excluded.sweep,
            },
        )
        # What was known of one that could not be read is as good as before.
        self._see_only = seen.on_conflict_do_update(
            index_elements=[mailboxes.c.login], set_={"sweep": seen.excluded.sweep}
        )

    def keep(self, connection: Connection, sweep: Sweep, readings: Sequence[Reading]) -> None:
        """Keep *readings*, and note what is new in them."""
        met = [one for one in readings if not one.problem]
        failed = [one for one in readings if one.problem]
        changed = [one for one in met if one.entries is not None]
        _many(connection, self._see, [_seen(one, sweep) for one in met])
        _many(connection, self._see_only, [_seen(one, sweep) for one in failed])
        _many(
            connection,
            _STAYS,
            [{"of_login": one.login.text, "if_stays": one.stays} for one in changed],
        )
        if sweep.expected:  # otherwise this is the first round: everything would be new
            _many(connection, insert(news), list(_news(connection, sweep, changed)))
        _many(connection, _FORGET_FAILURE, [{"of_login": one.login.text} for one in readings])
        _many(connection, _FORGET_ENTRIES, [{"of_login": one.login.text} for one in changed])
        rows = [
            entry_values(entry, position, one)
            for one in changed
            for position, entry in enumerate(one.entries or ())
        ]
        rows += [
            entry_values(RegisterEntry(login=one.login, problem=one.problem), FAILED_AT, one)
            for one in failed
        ]
        _many(connection, insert(entries), rows)


def _many(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _seen(one: Reading, sweep: Sweep) -> dict[str, Any]:
    names = json.dumps([name.text for name in one.scripts])
    return {
        "login": one.login.text,
        "fingerprint": one.fingerprint,
        "scripts": names,
        "sweep": sweep.number,
        "stays": True,  # what is known of it is written after that
    }


def _news(
    connection: Connection, sweep: Sweep, changed: Iterable[Reading]
) -> Iterator[dict[str, Any]]:
    """What is watched in the readings and was not in the entries before."""
    logins = [one.login.text for one in changed]
    before: defaultdict[str, set[tuple[str, bool]]] = defaultdict(set)
    for row in connection.execute(select(entries).where(entries.c.login.in_(logins))):
        entry = entry_of(row)
        if entry.watched:
            before[row.login].add((entry.target, entry.unreadable))
    for one in changed:
        fresh = {
            key: entry
            for entry in one.entries or ()
            if entry.watched
            and (key := (entry.target, entry.unreadable)) not in before[one.login.text]
        }
        for position, entry in enumerate(fresh.values()):
            yield {
                "sweep": sweep.number,
                "login": one.login.text,
                "position": position,
                "target": entry.target,
                "set_by": entry.set_by.value,
                "program": entry.program,
                "unreadable": entry.unreadable,
            }
