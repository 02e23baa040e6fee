"""Table rows: what the tables of a Markdown body say, row by row.

In: Markdown. Out: rows of cells as plain text, of a table in Markdown as of one in HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from broadsheet.content import dialect, parser


class Row(NamedTuple):
    """A row of a table: the text of each cell; whether it is the first of its table, which names the columns."""

    cells: tuple[str, ...]
    first: bool = False


def read(text: str) -> list[Row]:
    """The rows of all tables of a body, in its order."""
    if "|" not in text and "<t" not in text.lower():
        return []
    writer = parser.Writer(frozenset())
    for event, span in parser.markdown(parser.EXTENSIONS).events_with_range(dialect.written(text, text.encode()).text):
        writer.take(event, span)
    return list(_rows(writer.html))


def _rows(html: str) -> Iterator[Row]:
    cells, first, at = list[list[str]](), True, 0
    for tag in parser.tags(html):
        if cells:
            cells[-1].append(html[at : tag.start])
        at = tag.end
        if tag.name in _ROWS:
            if cells:
                yield Row(tuple(" ".join(unescape("".join(cell)).split()) for cell in cells), first)
            first = tag.name == "table" or (first and not cells)
            cells = []
        elif tag.name in ("td", "th") and not tag.ends:
            cells.append([])
        elif cells and tag.name == "br":
            cells[-1].append(" ")


_ROWS = frozenset({"table", "thead", "tbody", "tfoot", "tr"})  # where a row begins or ends
