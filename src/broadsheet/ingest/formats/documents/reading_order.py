"""The lines of a printed page, by their places → the order in which a reader takes them: columns, tables, item marks.

In: ``PrintedLine`` values, whose places are counted in points from the lower left corner. Out: ``PrintedBlock`` values
of one line each, or of a row, in reading order. Columns are read one after the other, as far down as nothing lies
across.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from broadsheet.ingest.extract.blocks import Span

_GUTTER = 6.0  # points between two columns at least
_CELL = 26  # characters of a table's cell, on average, at most
_RUNNING = 0.35  # of a table's cells that begin with a small letter at most; lines of text mostly do
_MARK = re.compile(r"[•·▪◦‣●■►▶–*-]|\d{1,2}[.)]")
HYPHEN = re.compile(r"(?<=[^\W\d_])\s?[-\u2010\u00ad]\s*$")

Kind = Literal["text", "heading", "item", "row", "aside", "picture"]


class PrintedLine(msgspec.Struct, eq=False):
    """A line as it is printed: its runs, its box (x0, y0, x1, y1), the size of its letters, whether all are bold.

    One that holds a picture has no runs; ``picture`` is its name.
    """

    spans: list[Span]
    box: tuple[float, float, float, float]
    size: float
    bold: bool = False
    picture: str = ""
    page: int = 0

    @property
    def text(self) -> str:
        """Its text."""
        return " ".join("".join(span.text for span in self.spans).split())


class PrintedPage(msgspec.Struct):
    """The lines of one page, and how high and wide it is."""

    lines: list[PrintedLine]
    width: float
    height: float


class PrintedBlock(msgspec.Struct):
    """A paragraph, heading, list item, row of a table (one group of lines a cell), picture or running head."""

    kind: Kind
    cells: list[list[PrintedLine]]
    rank: int = 0  # of a heading, from 1

    @property
    def lines(self) -> list[PrintedLine]:
        """All its lines."""
        return [line for cell in self.cells for line in cell]


class _Box(msgspec.Struct, eq=False):
    """A line and the place that it takes."""

    line: PrintedLine
    box: tuple[float, float, float, float]


def boxes_of(lines: Sequence[PrintedLine]) -> list[_Box]:
    """Each line of a page as a box."""
    return [_Box(line, line.box) for line in _marked(lines)]


def _marked(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """The lines with the marks of list items, which are often printed by themselves, in front of their items."""
    marks = [line for line in lines if line.spans and _MARK.fullmatch(line.text)]
    taken: set[int] = set()
    for mark in marks:
        middle = (mark.box[1] + mark.box[3]) / 2
        near = [
            line
            for line in lines
            if line.box[1] <= middle <= line.box[3] and 0 <= line.box[0] - mark.box[2] + 2 < 40 and line.spans
        ]
        if near:
            item = min(near, key=lambda line: line.box[0])
            item.spans = [Span(f"{mark.text} "), *item.spans]
            item.box = (mark.box[0], *item.box[1:])
            taken.add(id(mark))
    return [line for line in lines if id(line) not in taken]


def _rows(boxes: Sequence[_Box]) -> list[list[PrintedLine]]:
    """Lines that stand side by side, from the top down."""
    rows: list[list[PrintedLine]] = []
    for line in sorted((box.line for box in boxes), key=lambda line: -line.box[3]):
        if rows and abs(rows[-1][0].box[1] - line.box[1]) < line.size * 0.35:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in rows]


def _table(boxes: Sequence[_Box]) -> list[PrintedBlock]:
    """The rows of a table, and the lines right above it; nothing where boxes are columns of text."""
    rows = _rows(boxes)
    first = next((n for n, row in enumerate(rows) if len(row) > 1), len(rows))
    table = rows[first:]
    if len(table) < 2 or any(len(row) != len(table[0]) or not _lined_up(row, table[0]) for row in table):
        return []
    texts = [line.text for row in table for line in row]
    running = sum(text[:1].islower() for text in texts)
    if sum(map(len, texts)) > _CELL * len(texts) or running > _RUNNING * len(texts) or any(map(HYPHEN.search, texts)):
        return []
    above = [PrintedBlock("text", [[line]]) for row in rows[:first] for line in row]
    return [*above, *(PrintedBlock("row", [[line] for line in row]) for row in table)]


def _lined_up(row: Sequence[PrintedLine], above: Sequence[PrintedLine]) -> bool:
    """Whether each cell stands below the one above it."""
    return all(one.box[0] < up.box[2] + 20 and up.box[0] < one.box[2] + 20 for one, up in zip(row, above, strict=True))


def ordered(boxes: Sequence[_Box]) -> Iterator[PrintedBlock]:
    """The boxes of a page in reading order."""
    for band in _bands(boxes):
        cut = _cut(band)
        if cut is None:
            for box in sorted(band, key=lambda box: (-box.box[3], box.box[0])):
                yield PrintedBlock("picture" if box.line.picture else "text", [[box.line]])
        elif rows := _table(band):
            yield from rows
        else:
            yield from ordered([box for box in band if box.box[2] <= cut])
            yield from ordered([box for box in band if box.box[2] > cut])


def _bands(boxes: Sequence[_Box]) -> list[list[_Box]]:
    """Boxes from the top down, in bands that no box crosses; bands that have the same columns are one."""
    bands: list[list[_Box]] = []
    floor = 0.0
    for box in sorted(boxes, key=lambda box: -box.box[3]):
        if bands and box.box[3] > floor + 1:
            bands[-1].append(box)
            floor = min(floor, box.box[1])
        else:
            bands.append([box])
            floor = box.box[1]
    merged: list[list[_Box]] = []
    run: list[list[_Box]] = []
    for band in bands:
        together = [box for one in run for box in one] + band
        cut = _cut(together) if run else _cut(band)
        if cut is not None:
            run.append(band)
            continue
        merged += _closed(run)
        run = [band]
    return merged + _closed(run)


def _closed(run: list[list[_Box]]) -> list[list[_Box]]:
    """Bands that may be read as columns together: those before the first one with columns stand by themselves."""
    first = next((n for n, band in enumerate(run) if _cut(band) is not None), None)
    if first is None:
        return run
    while first and run[first - 1] and _side_by_side(run[first - 1], run[first]):
        first -= 1
    return [*run[:first], [box for band in run[first:] for box in band]]


def _cut(boxes: Sequence[_Box]) -> float | None:
    """The right edge of the first column, where boxes stand side by side and no box lies across."""
    edge = None
    for box in sorted(boxes, key=lambda box: box.box[0]):
        if edge is not None and box.box[0] - edge >= _GUTTER:
            left = [one for one in boxes if one.box[2] <= edge]
            right = [one for one in boxes if one.box[2] > edge]
            if _side_by_side(left, right):
                return edge
        edge = box.box[2] if edge is None else max(edge, box.box[2])
    return None


def _side_by_side(left: Sequence[_Box], right: Sequence[_Box]) -> bool:
    """Whether boxes stand at one height, or nearly: columns may begin a line apart."""
    apart = max(
        min(b.box[1] for b in right) - max(b.box[3] for b in left),
        min(b.box[1] for b in left) - max(b.box[3] for b in right),
    )
    return apart < _GUTTER
