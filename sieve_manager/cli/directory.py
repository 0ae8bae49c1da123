"""``sieve-manager directory``: fill the table of people, and look somebody up."""

from pathlib import Path

import click

from sieve_manager.application.csv_table import Problem
from sieve_manager.application.forms import people_form
from sieve_manager.application.people_table import DirectoryChange, read_people
from sieve_manager.cli import options, output
from sieve_manager.cli.door import Door, pass_door
from sieve_manager.cli.exit_codes import ExitCode
from sieve_manager.cli.saving import agree
from sieve_manager.domain.people import Person
from sieve_manager.errors import InvalidInputError

_MOST_SHOWN = 200


@click.group()
def directory() -> None:
    """Who has a mailbox here."""


@directory.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.yes
@pass_door
def import_(door: Door, file: Path, yes: bool) -> None:
    """Let the people in FILE (CSV) be the whole directory; asks before anything is written."""
    wired = door.wired()
    table = wired.people_table
    if table is None:
        raise click.UsageError('An import fills the table of [directory] kind = "table".')
    read = read_people(_octets(file), master_separator=wired.settings.master_separator)
    if read.problems:
        _show_problems(read.problems)
        click.get_current_context().exit(ExitCode.WRONG_INPUT)
    plan = table.plan(read.people)
    output.say(_summary(plan.change))
    if not plan.change.any:
        output.say("There is nothing to change.")
        return
    agree(door, "Import these?", yes=yes)
    table.apply(plan)
    output.say("Imported.")


@directory.command()
@click.argument("text", nargs=-1, required=True)
@options.as_json
@pass_door
def search(door: Door, text: tuple[str, ...], as_json: bool) -> None:
    """List who is meant by TEXT: beginnings of words of name, login or address."""
    found = door.wired().directory.search(" ".join(text))
    if as_json:
        output.show_json(people_form(found))
    elif found:
        output.show_table(("Login", "Name", "Address", "Groups"), map(_row, found))
    else:
        output.say("Nobody was found.")


def _octets(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            "The file {file} cannot be read: {reason}.", file=str(file), reason=str(error.strerror)
        ) from error


def _show_problems(problems: tuple[Problem, ...]) -> None:
    for problem in problems[:_MOST_SHOWN]:
        # A cell may hold line breaks, and would then look like a message of ours.
        output.say(output.visible(str(problem)), aside=True)
    if len(problems) > _MOST_SHOWN:
        output.say(f"... and {len(problems) - _MOST_SHOWN} more.", aside=True)
    output.complain(f"Nothing was imported: {len(problems)} things in the file cannot be used.")


def _summary(change: DirectoryChange) -> str:
    return (
        f"{change.new} new, {change.changed} changed, {change.gone} gone, {change.same} as before."
    )


def _row(person: Person) -> tuple[str, str, str, str]:
    address = person.address.readable if person.address else ""
    return person.login.text, person.name, address, ", ".join(sorted(person.groups))
