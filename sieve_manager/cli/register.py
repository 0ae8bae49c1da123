"""``sieve-manager register``: look through all mailboxes, and list what they forward."""

import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from sieve_manager.application.register import RegisterEntry, SetBy
from sieve_manager.application.register_export import csv_of, json_form
from sieve_manager.application.register_store import Question, Sort, Sweep, SweepState
from sieve_manager.application.register_words import all_in_words
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, pass_door
from sieve_manager.cli.exit_codes import ExitCode

_COPY = {True: "kept", False: "no copy", None: "depends"}


@click.group()
def register() -> None:
    """The forwards of all mailboxes, whoever set them."""


@register.command()
@pass_door
def sweep(door: Door) -> None:
    """Look through all mailboxes now; goes on where the last sweep was cut off."""
    if door.wired().settings.master is None:
        raise click.UsageError("No [master] is configured; without it others cannot be read.")
    with _bar() as bar:
        task = bar.add_task("Mailboxes", total=None, said="")

        def show(done: Sweep) -> None:
            count = done.read + done.failed
            total = max(done.expected, count) or None
            bar.update(task, completed=count, total=total, said=_counts(done))

        done = door.wired().register.sweep(show)
    output.say(f"{_counts(done)}.")
    if done.state is not SweepState.DONE:
        output.complain(f"Paused: {done.reason}")
        click.get_current_context().exit(ExitCode.UNREACHABLE)
    new = door.wired().register.store.count_news(done)
    output.say(f"{new} new forwards to the outside.")


@register.command("list")
@click.option("--text", default="", metavar="TEXT", help="A part of login, name or target.")
@click.option("--outside", is_flag=True, help="Only those that may leave the organisation.")
@click.option("--no-end", is_flag=True, help="Only those without a last day.")
@click.option("--gone", is_flag=True, help="Only those whose inside target nobody has.")
@click.option("--set-by", type=click.Choice([one.value for one in SetBy]), help="Only these.")
@click.option("--unread", is_flag=True, help="The mailboxes that could not be read.")
@click.option(
    "--sort",
    type=click.Choice([one.value for one in Sort]),
    default=Sort.MAILBOX.value,
    show_default=True,
)
@options.as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print a table for spreadsheets.")
@pass_door
def list_(
    door: Door,
    text: str,
    outside: bool,
    no_end: bool,
    gone: bool,
    set_by: str | None,
    unread: bool,
    sort: str,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List the forwards that the last sweep found."""
    question = Question(
        text=text,
        outside=outside,
        no_end=no_end,
        gone=gone,
        set_by=SetBy(set_by) if set_by else None,
        problems=unread,
        sort=Sort(sort),
    )
    now = door.wired().clock()
    found = door.wired().register.store.every(question)
    if as_csv:
        for line in csv_of(found, now):
            click.echo(line, nl=False)
    elif as_json:
        output.show_json({"forwards": [json_form(entry, now) for entry in found]})
    elif unread:
        output.show_table(("Mailbox", "Problem"), ((one.login.text, one.problem) for one in found))
    else:
        heads = ("Mailbox", "Target", "When", "Copy", "State", "Until", "Set by")
        output.show_table(heads, _rows(door, found))


@register.command()
@options.as_json
@pass_door
def status(door: Door, as_json: bool) -> None:
    """Say how the last sweep stands."""
    last = door.wired().register.store.last()
    if as_json:
        output.show_json(_form(last))
        return
    if last is None:
        output.say("There was no sweep yet.")
        return
    zone = door.wired().policy.default_timezone
    output.show_pairs(
        (
            ("Sweep", str(last.number)),
            ("State", f"{last.state}: {last.reason}" if last.reason else last.state.value),
            ("Begun", words.moment(last.started, zone)),
            ("Ended", words.moment(last.finished, zone) if last.finished else ""),
            ("Mailboxes", _counts(last)),
        )
    )


def _rows(door: Door, found: Iterator[RegisterEntry]) -> Iterator[tuple[str, ...]]:
    now, zone = door.wired().clock(), door.wired().policy.default_timezone
    for entry in found:
        target = entry.target or "worked out for each message"
        yield (
            entry.login.text,
            f"{target} ({'gone' if entry.gone else entry.place})",
            all_in_words(entry.conditions) or "every message",
            _COPY[entry.kept],
            entry.state(now).value,
            words.moment(entry.ends, zone) if entry.ends else "",
            entry.actor or entry.program or entry.set_by.value,
        )


def _counts(sweep: Sweep) -> str:
    return f"{sweep.read} read, {sweep.changed} new or changed, {sweep.failed} could not be read"


def _form(sweep: Sweep | None) -> dict[str, object]:
    if sweep is None:
        return {"sweep": None}
    return {
        "sweep": sweep.number,
        "state": sweep.state.value,
        "reason": sweep.reason or None,
        "started": sweep.started.isoformat(),
        "finished": sweep.finished.isoformat() if sweep.finished else None,
        "read": sweep.read,
        "changed": sweep.changed,
        "failed": sweep.failed,
    }


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        console=Console(file=sys.stderr),
        disable=not sys.stderr.isatty(),
    )
