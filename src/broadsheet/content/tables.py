"""Tables of numbers: a CSV file → what a chart is drawn from.

In: the bytes of a file. Out: a ``Table``, or a ``TableError`` that says in which line what is wrong.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

import msgspec

from broadsheet.content.fields import FORBIDDEN
from broadsheet.text import counted

LARGEST = 200_000  # bytes of a file, rows and series of it: more is no chart that a reader takes in
ROWS = 400
SERIES = 6
CELL = 200  # characters

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?")
_SPACES = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
_FEWER = f"Keep what a reader takes in: at most {ROWS}"
_NONE = frozenset({"", "-", "–", "—"})


class Table(msgspec.Struct, frozen=True):
    """A table: the names of its columns, and each row's name with its numbers, None where there is none.

    ``places`` are the most decimal places that each column of numbers has.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    places: tuple[int, ...]


class TableError(ValueError):
    """What is wrong with a file, in which line, counted from 1, and what to do."""

    def __init__(self, message: str, line: int = 1, hint: str = "") -> None:
        super().__init__(message, line, hint)
        self.message = message
        self.line = line
        self.hint = hint or "The first row names the columns; each other one has a name, and numbers such as 1234.5."


def read(data: bytes) -> Table:
    """The table of a CSV file: a row of names, then rows of a name and numbers. Raises TableError."""
    if len(data) > LARGEST:
        raise TableError(
            f"is larger than {LARGEST // 1000} KB", hint=f"{_FEWER} rows, of at most {CELL} characters a cell."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        hint = "Save it again as UTF-8: programs call it CSV UTF-8."
        raise TableError("is not in UTF-8", data.count(b"\n", 0, cause.start) + 1, hint) from cause
    if odd := FORBIDDEN.search(text):
        message = "holds a control character, which no feed may hold"
        hint = "Was the file damaged on its way? Save it again without it."
        raise TableError(message, text.count("\n", 0, odd.start()) + 1, hint)
    mark = _mark(text)
    found = _rows(text, mark)
    if not found:
        raise TableError("is empty")
    (first, names), *rows = found
    if not 2 <= len(names) <= SERIES + 1:
        message = f"has {counted(len(names), 'column')}: a chart has one of names, and of numbers one to {SERIES}"
        raise TableError(message, first, "Make several charts of it." if len(names) > SERIES else "")
    if not 2 <= len(rows) <= ROWS:
        message = f"has {counted(len(rows), 'row')} of numbers: a chart has 2 to {ROWS}"
        raise TableError(message, first, f"{_FEWER} rows, such as one a month." if len(rows) > ROWS else "")
    made = tuple((cells[0], _numbers(cells, len(names), mark, line)) for line, cells in rows)
    if not any(numbers.count(None) < len(numbers) for _, numbers in made):
        raise TableError("has no number", first)
    places = [
        max(len((one or "").partition(".")[2]) for one in column) for column in zip(*(n for _, n in made), strict=True)
    ]
    read = tuple((name, tuple(float(one) if one else None for one in numbers)) for name, numbers in made)
    return Table(tuple(names), read, tuple(places))


def _numbers(cells: list[str], width: int, mark: str, line: int) -> tuple[str | None, ...]:
    """The numbers of a row, as the machine writes them."""
    if len(cells) != width:
        raise TableError(f"a row of {counted(len(cells), 'cell')} below {counted(width, 'name')}", line)
    found = tuple(_number(cell, mark) for cell in cells[1:])
    for cell, number in zip(cells[1:], found, strict=True):
        if number is None and cell not in _NONE:
            raise TableError(f"{cell[:40]!r} is no number", line)
    return found


def _mark(text: str) -> str:
    """What stands between the cells, by the first line."""
    counted = Counter(text.lstrip().partition("\n")[0])
    return max(",;\t", key=lambda mark: counted[mark])


def _rows(text: str, mark: str) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, each with its line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    found, line = [], 1
    try:
        for row in reader:
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                if max(map(len, cells)) > CELL:
                    raise TableError(f"a cell of more than {CELL} characters", line)
                found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as cause:
        raise TableError(f"cannot be read: {cause}", line) from cause
    return found


def _number(cell: str, mark: str) -> str | None:
    """A number as the machine writes it; beside semicolons and tabs a comma is a decimal point."""
    plain = _SPACES.sub("", cell).replace("−", "-")
    if mark != ",":
        plain = plain.replace(",", ".")
    return plain if _NUMBER.fullmatch(plain) else None
