"""Texts of others as cells of a table that a spreadsheet opens, that run no formula, and back."""

import csv
import io
import re
from collections.abc import Iterable

# What begins a formula, also behind blanks; full-width signs count as well in some languages.
_FORMULA = "=+\\-@|%\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
_FORMULA += "\N{FULLWIDTH COMMERCIAL AT}"
# A spreadsheet set to another language splits at semicolons or tabs, wherever a quote stands.
_BEGINS = re.compile(rf'(^|[;,\t])(["\'\s]*)(?=[{_FORMULA}])')
_MARKED = re.compile(rf'(^|[;,\t])\'(["\'\s]*)(?=[{_FORMULA}])')
# What spreadsheets in some languages make of 2027-01-31 when they save the file.
_DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


def plain_cell(text: str) -> str:
    """*text* as one line, with an apostrophe before whatever could be taken for a formula."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return _BEGINS.sub(r"\1'\2", shown)


def meant_cell(cell: str) -> str:
    """The text of which :func:`plain_cell` made *cell*, but for characters that nobody sees."""
    return _MARKED.sub(r"\1\2", cell)


def meant_day(cell: str) -> str:
    """*cell*, with a day as spreadsheets in some languages write it as ``2027-01-31``."""
    day = _DOTTED_DAY.fullmatch(cell)
    return f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}" if day else cell


def csv_line(cells: Iterable[object]) -> str:
    """A line of a file, with CRLF; each cell is made plain."""
    out = io.StringIO()
    csv.writer(out).writerow([plain_cell(str(cell)) for cell in cells])
    return out.getvalue()
