"""No text of others becomes a formula, however the spreadsheet splits the line."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.application.csv_cells import meant_cell, meant_day, plain_cell

FORMULA = re.compile(r'[\s"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with; both", "plain, with; both"),
        ("a-b@example.com", "a-b@example.com"),
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("x;=1+1", "x;'=1+1"),
        ('x; "=1+1"', 'x;\' "=1+1"'),
        ("x,@SUM(A1)", "x,'@SUM(A1)"),
        ("\uff0b1", "'\uff0b1"),
        ("a\r\n=1\u202e", "a  =1 "),
        ("", ""),
    ],
)
def test_what_could_be_a_formula_is_marked_as_text(text: str, shown: str) -> None:
    assert plain_cell(text) == shown


@given(st.text(alphabet="=+-@;, \t'\"ab\uff1d"), st.sampled_from(",;\t"))
def test_no_separator_makes_a_formula_of_a_text(text: str, separator: str) -> None:
    line = io.StringIO()
    csv.writer(line).writerow(["x", plain_cell(text)])
    for cell in next(csv.reader([line.getvalue()], delimiter=separator)):
        assert not FORMULA.match(cell), cell


@given(st.text(alphabet="=+-@; ,'\"ab\uff1d"))
def test_a_marked_cell_means_the_text_it_was_made_of(text: str) -> None:
    assert meant_cell(plain_cell(text)) == text


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31.1.2027", "2027-01-31"),
        ("01.12.2027", "2027-12-01"),
        ("2027-01-31", "2027-01-31"),
        ("1.2.27", "1.2.27"),
        ("", ""),
    ],
)
def test_a_day_with_dots_is_the_same_day(cell: str, day: str) -> None:
    assert meant_day(cell) == day
