"""``forward clear --all-mailboxes``: take every forward of ours out, to uninstall.

First a rehearsal over all mailboxes, which writes nothing; then the question; then each
mailbox by itself, so that one that fails keeps no other from being cleared.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import click

from sieve_manager.application.access import Access
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.history import Change
from sieve_manager.application.plan import Plan
from sieve_manager.cli import output
from sieve_manager.cli.door import Door, administrator
from sieve_manager.cli.exit_codes import ExitCode, exit_code
from sieve_manager.cli.saving import agree
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import InvalidInputError, SieveManagerError
from sieve_manager.settings_directory import DirectoryKind


class Result(StrEnum):
    """What became, or would become, of a mailbox."""

    TO_CLEAR = "to-clear"
    CLEARED = "cleared"
    NOTHING = "nothing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    login: Login
    result: Result
    message: str
    plan: Plan | None = None
    error: SieveManagerError | None = None


def clear_all(door: Door, listed: Path | None, *, yes: bool, as_json: bool) -> None:
    """Rehearse, ask, clear, report; the exit status is that of the first failure."""
    logins = _logins(door, listed)
    forwards = door.wired().forwards
    actor = administrator()
    accesses = [Access(login=login, actor=actor) for login in logins]
    rehearsed = [_rehearse(forwards, access) for access in accesses]
    _show(rehearsed, aside=as_json)
    waiting = [line for line in rehearsed if line.result is Result.TO_CLEAR]
    if waiting:
        agree(door, f"Clear {len(waiting)} of {len(rehearsed)} mailboxes?", yes=yes)
    done = [
        _clear(forwards, access, line) for access, line in zip(accesses, rehearsed, strict=True)
    ]
    if as_json:
        output.show_json([_form(line) for line in done])
    elif waiting:
        _show(done, aside=False)
    failed = next((line.error for line in done if line.error), None)
    click.get_current_context().exit(exit_code(failed) if failed else ExitCode.DONE)


def _rehearse(forwards: Forwards, access: Access) -> _Line:
    try:
        plan = forwards.plan_change(access, Change.CLEAR)
    except SieveManagerError as error:
        return _failed(access.login, error)
    if plan.empty:
        return _Line(login=access.login, result=Result.NOTHING, message="nothing of ours")
    return _Line(login=access.login, result=Result.TO_CLEAR, message=_would(plan), plan=plan)


def _would(plan: Plan) -> str:
    forward = plan.before.forward or plan.before.superseded
    to = ", ".join(str(one) for one in forward.destinations) if forward else "changed by hand"
    active = plan.after.active_script
    return f"{plan.before.state}, to {to}; then active: {active.text if active else 'none'}"


def _clear(forwards: Forwards, access: Access, line: _Line) -> _Line:
    if line.plan is None:
        return line
    try:
        forwards.change(access, Change.CLEAR, line.plan.loaded)
    except SieveManagerError as error:
        return _failed(access.login, error)
    return _Line(login=line.login, result=Result.CLEARED, message=line.message)


def _failed(login: Login, error: SieveManagerError) -> _Line:
    return _Line(login=login, result=Result.FAILED, message=str(error), error=error)


def _show(lines: Iterable[_Line], *, aside: bool) -> None:
    rows = [(line.login.text, line.result.value, line.message) for line in lines]
    if not aside:
        output.show_table(("Mailbox", "Result", ""), rows)
        return
    for row in rows:
        output.say("  ".join(row), aside=True)


def _form(line: _Line) -> dict[str, str]:
    return {"mailbox": line.login.text, "result": line.result.value, "message": line.message}


def _logins(door: Door, listed: Path | None) -> list[Login]:
    file = listed or door.wired().settings.mailboxes.file
    if door.wired().settings.master is None:
        raise click.UsageError("--all-mailboxes acts through [master], which is not configured.")
    if file:
        return list(dict.fromkeys(door.login(text) for text in _first_column(file)))
    if door.wired().settings.directory.kind is DirectoryKind.NONE:
        raise click.UsageError(
            "No mailboxes are listed: set [directory], or [mailboxes] file, or give --list."
        )
    return list(door.wired().directory.logins())


def _first_column(file: Path) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for number, cells in enumerate(csv.reader(lines)):
                text = cells[0].strip() if cells else ""
                if text and (number > 0 or text.lower() != "login"):
                    yield text
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(
            "The list {file} cannot be read: {reason}.", file=str(file), reason=str(error)
        ) from error
