"""CSV files as spreadsheets write them, and what is said of those that cannot be used."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.application.csv_table import Row, RowReader, Table, read_table
from sieve_manager.domain.mailboxes import Login

COLUMNS = ("login", "name", "note")


def read(octets: bytes) -> Table:
    return read_table(octets, columns=COLUMNS, required=("login",))


def places(table: Table) -> list[tuple[int, int]]:
    return [(problem.line, problem.column) for problem in table.problems]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_spreadsheet_s_dialect_is_read(mark: bytes, separator: bytes, end: bytes) -> None:
    lines = [b"Name,LOGIN, note", b'" M\xc3\xbcller ", anna ,"a, ""b"""', b"", b",bob,"]
    text = end.join(lines).replace(b",", separator).replace(b"a" + separator + b" ", b"a, ")
    table = read(mark + text)
    assert table.problems == ()
    assert [dict(row.cells) for row in table.rows] == [
        {"name": "Müller", "login": "anna", "note": 'a, "b"'},
        {"name": "", "login": "bob", "note": ""},
    ]
    assert [row.line for row in table.rows] == [2, 4]


def test_line_breaks_in_a_cell_do_not_shift_the_numbers_of_lines() -> None:
    table = read(b'login,name\nanna,"first\nsecond"\r\nbob,x,too many\n,empty\n')
    assert table.rows[0].cells["name"] == "first\nsecond"
    assert places(table) == [(4, 3), (5, 1)]


def test_short_rows_and_missing_columns_are_empty() -> None:
    (row,) = read(b"login,name\nanna\n").rows
    assert (row.cells, row.line) == ({"login": "anna", "name": ""}, 2)


@pytest.mark.parametrize(
    ("octets", "where", "said"),
    [
        (b"", (1, 0), "must name the columns, at least: login"),
        (b"\n \n", (1, 0), "must name the columns"),
        (b"name\nx\n", (1, 0), "must name the columns"),
        (b"login,surname\nanna,x\n", (1, 2), "“surname” is no column here"),
        (b"login,login\nanna,x\n", (1, 2), "stands there twice"),
        (b"login\nanna\n\xff\n", (3, 0), "not UTF-8"),
        (b"login\na\0\n", (2, 0), "NUL"),
        (b'login\n"anna\nbob\n', (2, 0), "not closed"),
        (b'login\n"anna" x\n', (2, 0), "within a cell"),
        (b"login\n" + b"x" * 10_001, (2, 1), "more than 10000"),
        (b"login\n" + b"x" * 200_000, (2, 1), "more than 10000"),
        (b'login\n"anna\n' + b"x" * 200_000, (2, 0), "not closed"),
        (b"login,name\n,x\n", (2, 1), "must not be empty"),
        (b"login,name\nanna,x,,y,\n", (2, 4), "more cells"),
        (b"login,,name\nanna,,x\n", (1, 2), "“” is no column here"),
    ],
)
def test_what_cannot_be_used_is_named_by_line_and_column(
    octets: bytes, where: tuple[int, int], said: str
) -> None:
    table = read(octets)
    assert places(table)[0] == where
    assert said in str(table.problems[0])
    assert table.rows == ()


def test_empty_cells_and_rows_at_the_end_are_left_out() -> None:
    table = read(b"login;name;;; \r\nanna;x;;;\r\n;;;;\r\nbob;;;;;;;\r\n;;;;\r\n")
    assert table.problems == ()
    assert [dict(row.cells) for row in table.rows] == [
        {"login": "anna", "name": "x"},
        {"login": "bob", "name": ""},
    ]


def test_every_problem_is_found_not_only_the_first() -> None:
    table = read(b"login,name\n,x\nanna,y\n,z\n1,2,3\n")
    assert places(table) == [(2, 1), (4, 1), (5, 3)]
    assert [row.line for row in table.rows] == [3]


def test_a_problem_reads_as_a_sentence() -> None:
    (problem,) = read(b"name,login\nx,\n").problems
    assert str(problem) == "line 2, column 2 (login): This cell must not be empty."


def test_a_cell_that_a_parser_refuses_becomes_a_problem() -> None:
    row = Row(line=7, cells={"login": "a b", "name": "", "note": ""}, places={"login": 1})
    reader = RowReader(row)
    assert reader.read("login", Login.parse, None) is None
    assert reader.read("manager", Login.parse, Login("nobody")) == Login("nobody")
    assert [str(one) for one in reader.problems] == [
        "line 7, column 1 (login): Enter your user name, as for your mail program."
    ]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5),
    separator=st.sampled_from([",", ";", "\t"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_a_program_wrote_is_read(
    rows: list[tuple[str, str, str]], separator: str, quoting: int
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    table = read_table(written.getvalue().encode(), columns=COLUMNS, required=())
    expected = [[cell.strip() for cell in row] for row in rows]
    assert [list(row.cells.values()) for row in table.rows] == [one for one in expected if any(one)]
    assert table.problems == ()


@given(st.binary(max_size=60))
def test_no_octets_are_a_failure(octets: bytes) -> None:
    read(octets)
    read(b"login,name\n" + octets)
