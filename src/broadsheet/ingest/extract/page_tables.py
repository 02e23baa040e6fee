"""The tables of a page: which hold figures and which only arrange the page, and the grid of one that holds figures.

In: a table's element. Out: whether it is to be read as a table, and its rows, all of one width: what spans several
columns or rows stands in the first of them, and the others are empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

CELL = 200  # characters of a cell at most; a longer one is a paragraph in a table that arranges the page
_LABELLED = 600  # characters of a cell at most, in a table with headings
_MOST = 20_000  # elements of a table that are looked at
_WIDEST = 40  # columns; what is wider is no table that anybody reads
_LONGEST = 2_000  # rows
_ARRANGED = frozenset(("table", "h1", "h2", "form", "article", "section", "iframe", "video"))  # what no figure is in
_ALIGN = re.compile(
    r"text-align\s*:\s*(left|right|center)|(?<![a-z])(?:text|align|has-text-align)-?(left|right|center)"
)


class GridCell(msgspec.Struct, frozen=True):
    """A place of a table's grid: its element (None where another cell covers it), whether it heads, its alignment."""

    element: Any = None
    heads: bool = False
    align: str = ""


def is_data(table: Any) -> bool:
    """Whether a table holds figures, names, hours: two rows and two columns at least, and no paragraphs in them."""
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return False
    rows, widest, labelled, longest, paragraphs = 0, 0, table.find("caption") is not None, 0, 0
    for element in islice(table.iterdescendants(), _MOST):
        tag = element.tag
        if tag in _ARRANGED:
            return False
        if tag == "tr":
            cells = [cell for cell in element if cell.tag in ("td", "th")]
            rows += bool(cells)
            widest = max(widest, len(cells))
        elif tag in ("td", "th"):
            labelled = labelled or tag == "th"
            longest = max(longest, _length(element))
        elif tag == "p":
            paragraphs += 1
    if rows < 2 or not 2 <= widest <= _WIDEST or rows > _LONGEST:
        return False
    return longest <= (_LABELLED if labelled else CELL) and paragraphs <= rows * widest


def _length(element: Any) -> int:
    """The characters of a cell, counted no further than they matter."""
    total = 0
    for text in element.itertext():
        total += len(text.strip())
        if total > _LABELLED:
            break
    return total


def grid(table: Any) -> list[tuple[GridCell, ...]]:
    """The rows of a table, each as wide as the widest."""
    rows: list[list[GridCell]] = []
    covered: dict[int, int] = {}  # columns that a cell above still covers, and for how many rows
    for row in islice(table.iter("tr"), _LONGEST):
        cells: list[GridCell] = []
        cover = iter(_cells(row, in_head=row.getparent().tag == "thead"))
        while len(cells) < _WIDEST:
            at = len(cells)
            if covered.get(at, 0) > 0:
                covered[at] -= 1
                cells.append(GridCell())
                continue
            following = next(cover, None)
            if following is None:
                break
            cell, columns, down = following
            for n in range(min(columns, _WIDEST - at)):
                cells.append(cell if n == 0 else GridCell(heads=cell.heads))
                if down > 1:
                    covered[at + n] = down - 1
        if any(cell.element is not None for cell in cells):
            rows.append(cells)
    width = max(map(len, rows), default=0)
    return [(*row, *[GridCell()] * (width - len(row))) for row in rows]


def _cells(row: Any, *, in_head: bool) -> Iterator[tuple[GridCell, int, int]]:
    """The cells of a row, with the columns and rows that each spans."""
    for cell in row:
        if cell.tag in ("td", "th"):
            found = _ALIGN.search(f"{cell.get('style') or ''} {cell.get('class') or ''}".lower())
            align = (cell.get("align") or "").lower()
            align = align if align in ("left", "right", "center") else (found[1] or found[2]) if found else ""
            heads = cell.tag == "th" or in_head
            yield GridCell(cell, heads, align), _span(cell, "colspan"), _span(cell, "rowspan")


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return max(1, min(int(value), _WIDEST)) if value.isascii() and value.isdigit() and len(value) < 5 else 1
