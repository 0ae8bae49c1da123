"""``sieve-manager address import`` and ``export``, and those of ``alias``: a CSV file and back."""

from pathlib import Path

import click

from sieve_manager.application.address_import import AddressImport, Checked, GoodLine, exported
from sieve_manager.application.csv_table import Problem
from sieve_manager.cli import options, output, words
from sieve_manager.cli.case_import import octets_of
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.cli.exit_codes import ExitCode
from sieve_manager.cli.saving import agree
from sieve_manager.domain.redirect_address import AddressKind
from sieve_manager.policy.findings import Severity

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_dry_run = click.option("--dry-run", is_flag=True, help="Only look at every line.")


@click.command("import")
@_file
@_dry_run
@options.yes
@pass_door
def import_addresses(door: Door, file: Path, dry_run: bool, yes: bool) -> None:
    """Make or change the address in each line of FILE (CSV), after a look at all of them."""
    _import(door, file, AddressKind.REDIRECT, dry_run=dry_run, yes=yes)


@click.command("import")
@_file
@_dry_run
@options.yes
@pass_door
def import_aliases(door: Door, file: Path, dry_run: bool, yes: bool) -> None:
    """The same; a new address whose line names no kind is an alias."""
    _import(door, file, AddressKind.ALIAS, dry_run=dry_run, yes=yes)


@click.command("export")
@pass_door
def export_addresses(door: Door) -> None:
    """Print redirect addresses and aliases as CSV, for a spreadsheet and for `import`."""
    _export(door, None)


@click.command("export")
@pass_door
def export_aliases(door: Door) -> None:
    """Print aliases as CSV, for a spreadsheet and for `import`."""
    _export(door, AddressKind.ALIAS)


def _import(door: Door, file: Path, kind: AddressKind, *, dry_run: bool, yes: bool) -> None:
    wired = door.wired()
    separator = wired.settings.master_separator
    importing = AddressImport(use=wired.redirect_addresses, master_separator=separator, kind=kind)
    checked = importing.check(administrator(), octets_of(file))
    _show(checked)
    wrong = bool(checked.problems)
    if checked.good and not dry_run:
        agree(door, f"Make these {len(checked.good)}?", yes=yes)
        made = importing.make(administrator(), checked)
        _complain(made.problems)
        output.say(f"{len(made.done)} saved. The mail server's tables were asked about each.")
        wrong = wrong or bool(made.problems)
    if wrong:
        click.get_current_context().exit(ExitCode.NOT_ALL_LINES)


def _show(checked: Checked) -> None:
    _complain(checked.problems)
    if checked.good:
        rows = (_row(one) for one in checked.in_order)
        output.show_table(("Line", "Address", "", "To", "Until", "Warnings"), rows)
    counts = (len(checked.good), checked.same, len({one.line for one in checked.problems}))
    output.say("{} lines can be carried out, {} change nothing, {} are wrong.".format(*counts))


def _row(line: GoodLine) -> tuple[str, ...]:
    plan, kept = line.plan, line.plan.after
    to = words.joined(kept.forward.destinations) if kept else ""
    last = kept.forward.period.last_day if kept else None
    warnings = (one.message for one in plan.findings if one.severity is Severity.WARN)
    what = "changed" if plan.before else "new"
    address = line.wish.address.readable
    return str(line.row.line), address, what, to, str(last or ""), "; ".join(warnings)


def _complain(problems: tuple[Problem, ...]) -> None:
    for one in problems:
        output.say(str(one), style="red", aside=True)


def _export(door: Door, kind: AddressKind | None) -> None:
    for line in exported(door.wired().redirect_addresses, administrator(), kind=kind):
        click.echo(line, nl=False)
