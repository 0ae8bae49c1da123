"""The register's rows as the words of the application, and back."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from sieve_manager.adapters.database.tables_register import NEVER
from sieve_manager.application.register import (
    Condition,
    ConditionKind,
    Place,
    RegisterEntry,
    SetBy,
)
from sieve_manager.application.register_store import NewForward, Reading, Sweep, SweepState
from sieve_manager.domain.mailboxes import Login

FAILED_AT = 1_000_000
"""The position of the entry that says that a mailbox could not be read; the others stay."""

Values = dict[str, str | float | int | bool | None]


def sweep_of(row: Row[Any]) -> Sweep:
    """A row of the sweeps."""
    return Sweep(
        number=row.number,
        state=SweepState(row.state),
        started=_instant(row.started),
        touched=_instant(row.touched),
        finished=_instant(row.finished) if row.finished is not None else None,
        cursor=row.cursor,
        read=row.read,
        failed=row.failed,
        changed=row.changed,
        expected=row.expected,
        reason=row.reason,
        told=frozenset(json.loads(row.told)),
    )


def entry_values(entry: RegisterEntry, position: int, reading: Reading) -> Values:
    """An entry as a row; *reading* is what it came with."""
    return {
        "login": entry.login.text,
        "position": position,
        "target": entry.target,
        "place": entry.place.value,
        "notice": entry.notice,
        "conditions": json.dumps([_condition_form(one) for one in entry.conditions]),
        "kept": entry.kept,
        "starts": entry.starts.timestamp() if entry.starts else None,
        "ends": entry.ends.timestamp() if entry.ends else NEVER,
        "paused": entry.paused,
        "set_by": entry.set_by.value,
        "actor": entry.actor,
        "program": entry.program,
        "rule": entry.rule,
        "script": entry.script,
        "gone": entry.gone,
        "problem": entry.problem,
        "is_problem": bool(entry.problem),
        "for_operators": reading.for_operators,
        "words": f"{entry.login} {reading.words} {entry.target}".lower(),
    }


def entry_of(row: Row[Any]) -> RegisterEntry:
    """A row of the entries."""
    return RegisterEntry(
        login=Login(row.login),
        target=row.target,
        place=Place(row.place),
        notice=row.notice,
        conditions=tuple(_condition(form) for form in json.loads(row.conditions)),
        kept=row.kept,
        starts=_instant(row.starts) if row.starts is not None else None,
        ends=_instant(row.ends) if row.ends != NEVER else None,
        paused=row.paused,
        set_by=SetBy(row.set_by),
        actor=row.actor,
        program=row.program,
        rule=row.rule,
        script=row.script,
        gone=row.gone,
        problem=row.problem,
    )


def news_of(row: Row[Any]) -> NewForward:
    """A row of the news."""
    return NewForward(
        sweep=row.sweep,
        login=Login(row.login),
        target=row.target,
        set_by=SetBy(row.set_by),
        program=row.program,
        unreadable=row.unreadable,
    )


def _condition_form(one: Condition) -> list[object]:
    parts = [_condition_form(part) for part in one.parts]
    return [one.kind.value, one.fields, one.match, one.values, one.negated, parts]


def _condition(form: list[Any]) -> Condition:
    kind, fields, match, values, negated, parts = form
    return Condition(
        kind=ConditionKind(kind),
        fields=tuple(fields),
        match=match,
        values=tuple(values),
        negated=negated,
        parts=tuple(_condition(part) for part in parts),
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
