"""A CSV file is a table of numbers, or its fault is reported with the line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.content.tables import Table, TableError, read


@pytest.mark.parametrize(
    "data",
    [
        "Year,Rent\n2019,14.2\n2020,1234.55\n",
        "\ufeffYear;Rent\r\n2019;14,2\r\n\r\n2020;1 234,55\r\n",
        'Year\tRent\n2019\t14.2\n"2020"\t1\u202f234.55',
    ],
)
def test_the_ways_in_which_programs_write_one_table(data: str):
    assert read(data.encode()) == Table(("Year", "Rent"), (("2019", (14.2,)), ("2020", (1234.55,))), (2,))


def test_a_cell_may_be_empty_and_a_number_below_nought():
    assert read("a,b,c\nx,,−1\ny,-,2".encode()).rows == (("x", (None, -1.0)), ("y", (None, 2.0)))


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        (b"", 1, "empty"),
        (b"a\n1\n2\n", 1, "1 column:"),
        (b"a,b\nx,1\n", 1, "1 row of"),
        (b"a,b\nx,1\n\ny,2,3\nz,1", 4, "3 cells"),
        (b"a,b\nx,1\ny,many\n", 3, "'many'"),
        (b'a,b\nx,"1,234"\ny,1\n', 2, "'1,234'"),
        (b"a,b\nx,nan\ny,inf\n", 2, "'nan'"),
        (b"a,b\nx,1\n\xff,2\n", 3, "UTF-8"),
        (b'a,b\n"x\ny,1\nz,2', 2, "cannot be read"),
        (b"a,b\nx,\ny,\n", 1, "no number"),
        (b"a,b,c,d,e,f,g,h\n", 1, "8 columns"),
        (b"a,b\n" + b"x,1\n" * 401, 1, "401 rows"),
        (b"x" * 200_001, 1, "larger"),
        *(
            (f"Name,A\nx,1\ny{mark},2\n".encode(), 3, "control character")
            for mark in "\x00\x01\x0b\x1b\x7f\ufffe\uffff"
        ),
    ],
)
def test_a_fault_says_its_line(data: bytes, line: int, word: str):
    with pytest.raises(TableError) as caught:
        read(data)
    assert caught.value.line == line
    assert word in caught.value.message


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"x" * 200_001, "at most 400 rows"),
        (b"a,b\n" + b"x,1\n" * 401, "at most 400 rows"),
        (b"a,b\nx,1\n\xff,2\n", "UTF-8"),
        (b"a,b,c,d,e,f,g,h\n", "several charts"),
        (b"a,b\nx,1\ny,many\n", "1234.5"),
        (b"a,b\nx\x01,1\ny,2\n", "without it"),
    ],
)
def test_a_fault_says_what_to_do_about_it(data: bytes, word: str):
    with pytest.raises(TableError) as caught:
        read(data)
    assert word in caught.value.hint


@given(st.binary(max_size=60) | st.text(alphabet='ab,;\t\n"1.-', max_size=60).map(str.encode))
def test_any_bytes_are_a_table_or_a_fault(data: bytes):
    with contextlib.suppress(TableError):
        read(data)
