"""Everything that is printed: for people as text and tables, for programs as JSON."""

import json
import re
import sys
from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sieve_manager.application.plan import Difference
from sieve_manager.policy.findings import Finding, Severity

# Control characters would steer the terminal; marks of direction would show a false order.
_STEERING = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_WIDE = 200
_STYLES = {Severity.INFO: "", Severity.WARN: "yellow", Severity.REFUSE: "bold red"}
_LABELS = {Severity.INFO: "", Severity.WARN: "Warning: ", Severity.REFUSE: "Not possible: "}
_DIFFERENCE = {"+": "green", "-": "red", "@": "cyan"}

Row = Sequence[str]


def visible(text: str) -> str:
    """*text* with everything that a terminal would obey, or could not show, written out."""
    shown = _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return _SURROGATES.sub(lambda found: f"\\x{ord(found.group()) & 0xFF:02x}", shown)


def say(text: str = "", *, style: str = "", aside: bool = False) -> None:
    """Print one line or more; *aside* on standard error."""
    shown = "\n".join(map(visible, text.splitlines()))
    _console(aside=aside).print(Text(shown, style=style), soft_wrap=True)


def complain(text: str) -> None:
    """Print what went wrong on standard error."""
    say(text, style="bold red", aside=True)


def show_json(value: object) -> None:
    """Print *value* as one JSON document."""
    click.echo(json.dumps(value, indent=2))


def show_table(heads: Row, rows: Iterable[Row]) -> None:
    """Print *rows* under *heads*."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    _console().print(table)


def show_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Print names with their values, those that have one."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in pairs:
        if value:
            table.add_row(name, Text(visible(value)))
    if table.row_count:
        _console().print(table)


def show_findings(findings: Iterable[Finding], *, aside: bool = False) -> None:
    """Print findings, each on a line of its own."""
    for finding in findings:
        say(
            f"{_LABELS[finding.severity]}{finding.message}",
            style=_STYLES[finding.severity],
            aside=aside,
        )


def show_differences(differences: Iterable[Difference], *, aside: bool = False) -> None:
    """Print what changes in each script."""
    console = _console(aside=aside)
    for difference in differences:
        console.print(Text(visible(f"Script “{difference.script}”:"), style="bold"), soft_wrap=True)
        for line in difference.lines:
            style = _DIFFERENCE.get(line[:1], "")
            console.print(Text(visible(line), style=style), soft_wrap=True)


def _console(*, aside: bool = False) -> Console:
    stream = sys.stderr if aside else sys.stdout
    # Into a file or a pipe, rows must not be folded at 80 columns.
    width = None if stream.isatty() else _WIDE
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
