"""A table that somebody made in a spreadsheet: from the octets of a CSV file to its rows; pure.

UTF-8 with or without a byte order mark; commas, semicolons or, as pasted, tabs, whichever the
heading has; cells in quotation marks may hold line breaks (RFC 4180). The first line names the
columns, in any order; empty cells behind the last column, as spreadsheets write them, are none.
All that is wrong is found, not only the first.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sieve_manager.errors import InvalidInputError

_MARK = b"\xef\xbb\xbf"
_LONGEST_CELL = 10_000
_SEPARATORS = (",", ";", "\t")
# The module's own limit would be told like a quotation mark that is not closed; ours comes after.
csv.field_size_limit(2**31 - 1)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What cannot be used: *line* as an editor counts it, *column* from 1; 0 is all of it.

    *heading* is the column's name, or "". A row that has line breaks is named by its first line.
    """

    line: int
    column: int
    heading: str
    error: InvalidInputError

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        heading = f" ({self.heading})" if self.heading else ""
        return f"line {self.line}{column}{heading}: {self.error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its first *line*, its trimmed cells by column, and where each column stands."""

    line: int
    cells: Mapping[str, str]
    places: Mapping[str, int]

    def problem(self, heading: str, error: InvalidInputError) -> Problem:
        """That the cell in this column cannot be used."""
        place = self.places.get(heading, 0)
        return Problem(line=self.line, column=place, heading=heading, error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows that have the right shape, and the problems of the others, in order of lines."""

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


class RowReader:
    """Reads the cells of one row and gathers what cannot be used in it."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []

    def read(self, heading: str, parse: Callable[[str], _T], default: _T) -> _T:
        """What *parse* makes of the cell; *default* for an empty cell or a refused one."""
        text = self.row.cells.get(heading, "")
        try:
            return parse(text) if text else default
        except InvalidInputError as error:
            self.refuse(heading, error)
            return default

    def refuse(self, heading: str, error: InvalidInputError) -> None:
        """Note that the cell in this column cannot be used."""
        self.problems.append(self.row.problem(heading, error))


def read_table(octets: bytes, *, columns: Sequence[str], required: Sequence[str]) -> Table:
    """Return the rows under a heading that names some of *columns* and all *required* ones.

    Empty lines are left out. After a quotation mark that is not where it may be, nothing more
    is read, since every line after it might be taken for another.
    """
    try:
        text = octets.removeprefix(_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        return _unreadable(octets[: error.start].count(b"\n") + 1, _NOT_UTF_8)
    if "\0" in text:
        return _unreadable(text[: text.index("\0")].count("\n") + 1, _HAS_NUL)
    reading = _Reading(columns=columns, required=required)
    for line, cells in _lines(text, reading.problems):
        if cells := _trimmed(cells):
            reading.take(line, cells)
    if not reading.places and not reading.problems:
        reading.note(1, _no_heading(required))
    return Table(rows=tuple(reading.rows), problems=tuple(reading.problems))


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The columns' places once the heading was read, and what was read so far."""

    columns: Sequence[str]
    required: Sequence[str]
    places: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    heading_failed: bool = False

    def note(self, line: int, error: InvalidInputError, column: int = 0, heading: str = "") -> None:
        self.problems.append(Problem(line=line, column=column, heading=heading, error=error))

    def take(self, line: int, cells: list[str]) -> None:
        """Read the first line as the heading, each other as a row."""
        if self.heading_failed:
            return
        if not self.places:
            self._take_heading(line, cells)
        elif len(cells) > len(self.places):
            error = InvalidInputError(
                "There are more cells than the first line names columns. Put a cell that holds a "
                "comma or semicolon into quotation marks.",
                code="csv-cells",
            )
            beyond = enumerate(cells[len(self.places) :], start=len(self.places) + 1)
            self.note(line, error, column=next(column for column, cell in beyond if cell))
        else:
            self._take_row(line, cells)

    def _take_heading(self, line: int, cells: list[str]) -> None:
        for column, cell in enumerate(cells, start=1):
            name = cell.lower()
            if name not in self.columns or name in self.places:
                error = InvalidInputError(
                    "“{name}” is no column here, or stands there twice. There are: {columns}.",
                    code="csv-heading",
                    name=cell,
                    columns=", ".join(self.columns),
                )
                self.note(line, error, column=column)
            self.places.setdefault(name, column)
        if any(name not in self.places for name in self.required):
            self.note(line, _no_heading(self.required))
        self.heading_failed = bool(self.problems)

    def _take_row(self, line: int, cells: list[str]) -> None:
        padded = cells + [""] * (len(self.places) - len(cells))
        named = {name: padded[column - 1] for name, column in self.places.items()}
        row = Row(line=line, cells=named, places=self.places)
        before = len(self.problems)
        for name, cell in named.items():
            if not cell and name in self.required:
                self.problems.append(row.problem(name, _EMPTY))
            elif len(cell) > _LONGEST_CELL:
                self.problems.append(row.problem(name, _TOO_LONG))
        if len(self.problems) == before:
            self.rows.append(row)


def _trimmed(cells: list[str]) -> list[str]:
    """Without the blanks around each, and without the empty ones at the end."""
    trimmed = [cell.strip() for cell in cells]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed


def _lines(text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The number of each row's first line, and its cells."""
    heading = io.StringIO(text.lstrip(), newline="").readline()
    separator = max(_SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            problems.append(Problem(line=line, column=0, heading="", error=_BAD_QUOTE))
            return
        yield line, cells


_EMPTY = InvalidInputError("This cell must not be empty.", code="csv-empty")
_TOO_LONG = InvalidInputError(
    "This cell has more than {limit} characters.", code="csv-long", limit=str(_LONGEST_CELL)
)
_BAD_QUOTE = InvalidInputError(
    "A quotation mark is not closed, or stands within a cell. Put the whole cell into quotation "
    "marks, and write each one inside it twice.",
    code="csv-quote",
)
_NOT_UTF_8 = InvalidInputError(
    "This is not UTF-8. Save the file as “CSV UTF-8” in your spreadsheet.", code="csv-encoding"
)
_HAS_NUL = InvalidInputError("This is no text: it holds the character NUL.", code="csv-encoding")


def _no_heading(required: Sequence[str]) -> InvalidInputError:
    return InvalidInputError(
        "The first line must name the columns, at least: {columns}.",
        code="csv-heading",
        columns=", ".join(required),
    )


def _unreadable(line: int, error: InvalidInputError) -> Table:
    return Table(problems=(Problem(line=line, column=0, heading="", error=error),))
