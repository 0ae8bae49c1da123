"""Texts of others as cells of a table that a spreadsheet opens, and that run no formula."""

import re

# What begins a formula, also behind blanks; full-width signs count as well in some languages.
_FORMULA = "=+\\-@|%\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
_FORMULA += "\N{FULLWIDTH COMMERCIAL AT}"
# A spreadsheet set to another language splits at semicolons or tabs, wherever a quote stands.
_BEGINS = re.compile(rf'(^|[;,\t])(["\'\s]*)(?=[{_FORMULA}])')


def plain_cell(text: str) -> str:
    """*text* as one line, with an apostrophe before whatever could be taken for a formula."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return _BEGINS.sub(r"\1'\2", shown)
