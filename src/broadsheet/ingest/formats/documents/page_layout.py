"""The lines of printed pages, by their places → paragraphs in reading order: what a PDF leaves to the eye.

In: ``PrintedLine`` values of each page, with their sizes and places in points, counted from the lower left corner. Out:
``PrintedBlock`` values: groups of lines that are a paragraph, heading or row each, and the lines that are running
heads, page numbers and what browsers print around a page. Columns are read one after the other, as far down as nothing
lies across them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from statistics import median
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


def _rows(boxes: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """Lines that stand side by side, from the top down."""
    rows: list[list[PrintedLine]] = []
    for line in sorted(boxes, key=lambda line: -line.box[3]):
        if rows and abs(rows[-1][0].box[1] - line.box[1]) < line.size * 0.35:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in rows]


def _table(boxes: Sequence[PrintedLine]) -> list[PrintedBlock]:
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


def ordered(boxes: Sequence[PrintedLine]) -> Iterator[PrintedBlock]:
    """The boxes of a page in reading order."""
    for band in _bands(boxes):
        cut = _cut(band)
        if cut is None:
            for box in sorted(band, key=lambda box: (-box.box[3], box.box[0])):
                yield PrintedBlock("picture" if box.picture else "text", [[box]])
        elif rows := _table(band):
            yield from rows
        else:
            yield from ordered([box for box in band if box.box[2] <= cut])
            yield from ordered([box for box in band if box.box[2] > cut])


def _bands(boxes: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """Boxes from the top down, in bands that no box crosses; bands that have the same columns are one."""
    bands: list[list[PrintedLine]] = []
    floor = 0.0
    for box in sorted(boxes, key=lambda box: -box.box[3]):
        if bands and box.box[3] > floor + 1:
            bands[-1].append(box)
            floor = min(floor, box.box[1])
        else:
            bands.append([box])
            floor = box.box[1]
    merged: list[list[PrintedLine]] = []
    run: list[list[PrintedLine]] = []
    for band in bands:
        together = [box for one in run for box in one] + band
        cut = _cut(together) if run else _cut(band)
        if cut is not None:
            run.append(band)
            continue
        merged += _closed(run)
        run = [band]
    return merged + _closed(run)


def _closed(run: list[list[PrintedLine]]) -> list[list[PrintedLine]]:
    """Bands that may be read as columns together: those before the first one with columns stand by themselves."""
    first = next((n for n, band in enumerate(run) if _cut(band) is not None), None)
    if first is None:
        return run
    while first and run[first - 1] and _side_by_side(run[first - 1], run[first]):
        first -= 1
    return [*run[:first], [box for band in run[first:] for box in band]]


def _cut(boxes: Sequence[PrintedLine]) -> float | None:
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


def _side_by_side(left: Sequence[PrintedLine], right: Sequence[PrintedLine]) -> bool:
    """Whether boxes stand at one height, or nearly: columns may begin a line apart."""
    apart = max(
        min(b.box[1] for b in right) - max(b.box[3] for b in left),
        min(b.box[1] for b in left) - max(b.box[3] for b in right),
    )
    return apart < _GUTTER


_MARGIN = 0.09  # of a page's height, at its head and foot, in which running heads stand
_LARGER = 1.16  # times the size of running text from which a line is a heading
_NEAR = 5  # lines before and after a line that show how wide its column is
_INDENT = 40.0  # points by which the lines of one column may be indented
_ASIDE = 3  # pages at least on which the same line stands, unless there are fewer
_SLACK = 1.3  # times the width of a line's first word that must be free above for the line to begin a paragraph

_PAGE_NUMBER = re.compile(
    r"(?:[-–—|·]\s*)?(?:(?:page|seite|page n°|p\.|pág(?:ina)?\.?|pagina|sida|side|strona|s\.)\s*)?"
    r"\d{1,4}\s*(?:(?:/|of|von|de|sur|av|z)\s*\d{1,4})?(?:\s*[-–—|·])?",
    re.IGNORECASE,
)
_PRINTED = re.compile(
    r"(?:file|https?|about|blob):\S*|\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}[:.]\d\d(?:\s*[AP]M)?", re.IGNORECASE
)
_BULLET = re.compile(r"([•·▪◦‣●■►▶–*-]|\d{1,2}[.)])\s+(?=\S)")
_ENDS = re.compile(r"[.!?…:。！？।؟][\"'”’»)\]]*$")


def read(pages: Sequence[PrintedPage]) -> list[PrintedBlock]:
    """What is printed on the pages, in reading order; running heads stand at the end."""
    for number, page in enumerate(pages):
        for line in page.lines:
            line.page = number
    body = _usual_size(pages)
    aside = _asides(pages, body)
    found: list[PrintedBlock] = []
    for page in pages:
        left = [line for line in page.lines if id(line) not in aside]
        found += ordered(_marked(left))
    sizes = sorted(
        {_rounded(line.size) for one in found for line in one.lines if line.size > body * _LARGER}, reverse=True
    )
    joined = _joined(found, body, sizes)
    return [*joined, *(PrintedBlock("aside", [[line]]) for page in pages for line in page.lines if id(line) in aside)]


def joined(lines: Sequence[PrintedLine], words: Counter[str]) -> list[Span]:
    """The text of a paragraph's lines: words that were broken at a line's end are whole again.

    ``words`` counts the words of the document: "co-" above "operate" keeps its hyphen where the text has the word with
    one.
    """
    spans: list[Span] = []
    for line in lines:
        if spans:
            last = spans[-1].text.rstrip()
            first = line.text[:1]
            if HYPHEN.search(last) and first.islower():
                kept = HYPHEN.search(last)
                stem, rest = (
                    re.findall(r"[^\W_]*$", last[: kept.start()] if kept else last),
                    re.match(r"[^\W_]*", line.text),
                )
                whole = f"{stem[0]}{rest[0] if rest else ''}".lower()
                parted = f"{stem[0]}-{rest[0] if rest else ''}".lower()
                hyphen = "-" if words[parted] > words[whole] and last.endswith("-") else ""
                spans[-1] = msgspec.structs.replace(spans[-1], text=HYPHEN.sub(hyphen, last))
            elif not _tight(last, first):
                spans.append(Span(" "))
        spans += line.spans
    return spans


def _tight(last: str, first: str) -> bool:
    """Whether no blank stands between two lines: in scripts without any, and behind a hyphen or slash."""
    if last[-1:] > "\u2e7f" and first > "\u2e7f":
        return True
    return last.endswith(("-", "–", "/")) and not last.endswith((" -", " –")) and first.isalnum()


def vocabulary(pages: Sequence[PrintedPage]) -> Counter[str]:
    """How often each word stands inside the lines of a document, with and without hyphens."""
    return Counter(
        word for page in pages for line in page.lines for word in re.findall(r"[^\W_]+(?:-[^\W_]+)*", line.text.lower())
    )


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _usual_size(pages: Sequence[PrintedPage]) -> float:
    """The size in which most of the text is printed."""
    counts: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            counts[_rounded(line.size)] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 10.0


def _asides(pages: Sequence[PrintedPage], body: float) -> set[int]:
    """The lines, by their ids, that are page numbers, running heads, and what a browser prints around a page."""
    found: set[int] = set()
    margins: list[list[PrintedLine]] = []
    for page in pages:
        edge = page.height * _MARGIN
        at = [line for line in page.lines if line.spans and (line.box[1] < edge or line.box[3] > page.height - edge)]
        ends = sorted((line for line in page.lines if line.spans), key=lambda line: line.box[1])
        outer = ends[:2] + ends[-2:]
        margins.append([line for line in at if line in outer or line.size < body * 1.3])
        for line in at:
            if _PAGE_NUMBER.fullmatch(line.text) or (_PRINTED.match(line.text) and line.size < body):
                level = line.box[1]
                found |= {id(one) for one in at if abs(one.box[1] - level) < 3 and one.size <= body * 1.05}
    counts = Counter(key for lines in margins for key in {_key(line) for line in lines})
    least = min(_ASIDE, max(2, len(pages)))
    for lines in margins:
        found |= {id(line) for line in lines if counts[_key(line)] >= least}
    return found


def _key(line: PrintedLine) -> tuple[str, int]:
    """What is equal for the same running head on two pages: its words without numbers, and its height on the page."""
    return re.sub(r"\d+", "#", line.text).strip(" |·#-–—"), round(line.box[1] / 4)


def _joined(found: Sequence[PrintedBlock], body: float, sizes: Sequence[float]) -> list[PrintedBlock]:
    """Lines as paragraphs, headings and items."""
    texts = [one.lines[0] for one in found if one.kind == "text"]
    pitches = [
        a.box[3] - b.box[3] for a, b in pairwise(texts) if a.page == b.page and 0 < a.box[3] - b.box[3] < 3 * body
    ]
    pitch = median(pitches) if pitches else body * 1.3
    out: list[PrintedBlock] = []
    margins = _margins(texts)
    for is_text, group in groupby(found, key=lambda one: one.kind == "text"):
        if not is_text:
            out += group
            continue
        for one in group:
            line = one.lines[0]
            rank = _rank(line, body, sizes)
            before = out[-1] if out and out[-1].kind in ("text", "item", "heading") else None
            if before and _goes_on(before, line, rank, pitch, margins):
                before.cells[0].append(line)
            elif rank:
                out.append(PrintedBlock("heading", [[line]], rank))
            else:
                out.append(PrintedBlock("item" if _BULLET.match(line.text) else "text", [[line]]))
    return [_settled(one) for one in out]


def _settled(one: PrintedBlock) -> PrintedBlock:
    """A bold paragraph that was taken for a heading is a paragraph after all, where it is long or a sentence."""
    text = " ".join(line.text for line in one.lines)
    if one.kind == "heading" and one.rank == _BOLD and (len(text) > 120 or text.endswith((".", ","))):
        return PrintedBlock("text", one.cells)
    return one


_BOLD = 9  # the rank of a heading that is bold and no larger than the text


def _rank(line: PrintedLine, body: float, sizes: Sequence[float]) -> int:
    if line.size > body * _LARGER:
        return min(1 + sizes.index(_rounded(line.size)), 8) if _rounded(line.size) in sizes else 8
    return _BOLD if line.bold and len(line.text) < 100 else 0


def _margins(texts: Sequence[PrintedLine]) -> dict[int, tuple[float, float]]:
    """For each line, by its id, how far left and right the lines around it reach in its column."""
    found: dict[int, tuple[float, float]] = {}
    for n, line in enumerate(texts):
        near = [
            one
            for one in texts[max(0, n - _NEAR) : n + _NEAR + 1]
            if one.page == line.page and abs(one.size - line.size) < 1 and abs(one.box[0] - line.box[0]) < _INDENT
        ]
        found[id(line)] = min(one.box[0] for one in near), max(one.box[2] for one in near)
    return found


def _fits(line: PrintedLine, last: PrintedLine, right: float) -> bool:
    """Whether the first word of a line had found room at the end of the one before: then a paragraph ended there."""
    if HYPHEN.search(last.text):
        return False
    text = line.text
    letter = (line.box[2] - line.box[0]) / max(len(text), 1)
    return (1 + len(text.split(" ", 1)[0])) * letter * _SLACK < right - last.box[2]


def _goes_on(
    before: PrintedBlock, line: PrintedLine, rank: int, pitch: float, margins: dict[int, tuple[float, float]]
) -> bool:
    """Whether a line goes on with the paragraph before it."""
    last = before.lines[-1]
    if (before.rank if before.kind == "heading" else 0) != rank:
        return False
    if _BULLET.match(line.text):
        return False
    full = not _fits(line, last, margins[id(last)][1])
    gap = last.box[3] - line.box[3]
    same = last.page == line.page and gap > 0
    if rank:
        return same and gap < 1.7 * max(line.size, pitch) and abs(last.size - line.size) < 1
    if same:
        if gap > 1.45 * max(pitch, last.size):
            return False
        if abs(line.box[0] - last.box[0]) > _INDENT:
            return False
        mine, _ = margins[id(line)]
        indented = line.box[0] > mine + 0.6 * line.size and last.box[0] < line.box[0] - 0.6 * line.size
        if indented and before.kind == "text":
            return False
        return full
    # The next column or page: a sentence that has not ended goes on there.
    if not _ENDS.search(last.text):
        return True
    return full and line.text[:1].islower()
