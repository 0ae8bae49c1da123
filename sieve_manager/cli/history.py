"""``sieve-manager history`` and ``undo``: what was done to a mailbox, and putting it back."""

from collections.abc import Iterable

import click

from sieve_manager.application.forms import history_form
from sieve_manager.application.history import Version
from sieve_manager.application.plan import Plan
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, pass_door
from sieve_manager.cli.saving import agree, carry_out
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import ChangedMeanwhileError, VersionNotFoundError


@click.command()
@options.mailbox
@options.as_json
@pass_door
def history(door: Door, mailbox: str, as_json: bool) -> None:
    """List what was done to MAILBOX from here, newest first; asks no server."""
    login = door.login(mailbox)
    versions = door.wired().history.versions(login)
    if as_json:
        output.show_json(history_form(login.text, versions))
        return
    zone = door.wired().policy.default_timezone
    rows = [_row(version, zone) for version in versions]
    output.show_table(("Version", "When", "Who", "Change", "Note"), rows)


@click.command()
@options.mailbox
@click.argument("version", type=click.IntRange(min=1), required=False)
@click.option("--force", is_flag=True, help="Also where somebody else changed the scripts since.")
@options.yes
@options.password_prompt
@pass_door
def undo(
    door: Door, mailbox: str, version: int | None, force: bool, yes: bool, password_prompt: bool
) -> None:
    """Put MAILBOX back, byte for byte, to before VERSION (the newest if not given)."""
    access = door.access(mailbox, password_prompt=password_prompt)
    forwards = door.wired().forwards
    number = version or _newest_standing(forwards.history(access), access.login)
    plan = forwards.plan_undo(access, number)
    chosen = plan.conflict and not plan.empty and not force and _choose(door, plan, yes=yes)
    carry_out(
        door,
        access,
        plan,
        lambda loaded: forwards.undo(access, number, loaded, force=force or chosen),
        yes=yes or chosen,
    )


def _newest_standing(versions: Iterable[Version], login: Login) -> int:
    """The newest version that has not been taken back, so that undo steps back further each time.

    Raises:
        VersionNotFoundError: there is none.
    """
    taken_back: set[int] = set()
    for one in versions:  # newest first
        if one.new.undoes is not None:
            taken_back.add(one.new.undoes)
        elif not any(number <= one.number for number in taken_back):
            return one.number
    raise VersionNotFoundError(f"Nothing is left to take back in the history of {login}.")


def _choose(door: Door, plan: Plan, *, yes: bool) -> bool:
    """Ask whether what others changed since may be lost; only a person may say so.

    Raises:
        ChangedMeanwhileError: nobody is there to choose; *yes* is no answer to this.
    """
    output.say("Somebody else changed the scripts since. Going back would change:", aside=True)
    output.show_differences(plan.differences, aside=True)
    if yes or not door.has_terminal():
        raise ChangedMeanwhileError(
            "Nothing was changed: the scripts are not as that version left them. To put back "
            "the state before it all the same, give --force."
        )
    agree(door, "Go back all the same?", yes=False)
    return True


def _row(version: Version, timezone: str) -> tuple[str, str, str, str, str]:
    new = version.new
    undone = f" of {new.undoes}" if new.undoes is not None else ""
    settled = "" if version.settled else " (outcome not known)"
    return (
        str(version.number),
        words.moment(new.at, timezone),
        f"{new.actor.name} ({new.actor.channel})",
        f"{new.change}{undone}{settled}",
        new.note,
    )
