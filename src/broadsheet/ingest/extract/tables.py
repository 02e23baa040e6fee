"""Rows that stand in columns, parted by tabs, by bars or by blanks → tables; the tables of a page → which hold figures.

In: rows of a text. Out: tables, each with its rows and its Markdown: a table where every row has as many cells, else
the rows as they were typed, in a block of code, so that no figure comes to stand in another column.

In: a table's element of a page. Out: whether it is to be read as a table or only arranges the page, and its rows, all
of one width: what spans several columns or rows stands in the first of them, and the others are empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

import msgspec

from broadsheet.ingest.extract import to_markdown
from broadsheet.ingest.extract.rows import TextRow

_GAP = re.compile(r"[ \u00a0\u3000]{2,}")
_RULE = re.compile(r"[\s|+:=_-]*[-=_]{2,}[\s|+:=_-]*")
_FIGURE = re.compile(
    r"[+−–-]?[\d.,:/ \u00a0\u202f]*\d[\d.,:/ \u00a0\u202f%°]*(?: ?[^\W\d_]{1,3}\d?| ?[€$£%])?|[$€£] ?[\d.,]+|[-–—]"
)
_ITEM = re.compile(r"[•·▪◦‣●■►▶*+–-]\s|\(?[a-z]\)\s")
_NUMBERED = re.compile(r"\d{1,3}[.)]|\W")
_MOST = 24  # columns
_LONG = 50  # rows
_CELL = 45  # characters of a cell on the average, above which rows are prose in columns
_LEAST = 3  # rows of a table that shows by blanks alone, or by bars without a rule
_SHARE = 0.6  # of a column's starts that must stand below one another


class TextTable(msgspec.Struct, frozen=True, gc=False):
    """Rows that are a table: their numbers, and the Markdown that shows them."""

    numbers: tuple[int, ...]
    markdown: str


def find(found: Sequence[TextRow], whole: str) -> tuple[list[TextRow], list[TextTable]]:
    """The rows that stand in no table, and the tables. ``whole`` is the text of the source: columns count there."""
    if not ("\t" in whole or "|" in whole or "  " in whole or "\u3000" in whole):
        return list(found), []
    found = list(found)
    rest: list[TextRow] = []
    tables: list[TextTable] = []
    i = 0
    while i < len(found):
        table, end = _begins(found, i) if _parts(found[i].text) else (None, i + 1)
        if table is None:
            rest += found[i:end]
        else:
            tables.append(table)
            if end < len(found) and not found[end].gap:  # what stands below a table begins anew
                found[end] = msgspec.structs.replace(found[end], gap=True)
        i = end
    return rest, tables


def _begins(found: Sequence[TextRow], i: int) -> tuple[TextTable | None, int]:
    """The table that begins at a row, if one does, and the row to go on with."""
    longest = i + 1
    for cut in (_bars, _tabs, _blanks):
        end = _run(found, i, cut)
        if end > i and (table := _table(found[i:end], cut)):
            return table, end
        longest = max(longest, end)
    # A long run that is no table holds none, and is not looked at from each of its rows.
    return None, longest if longest - i > _LONG else i + 1


def _parts(text: str) -> bool:
    """Whether a row has anything that may part cells, or is a rule above some."""
    return "\t" in text or "|" in text or "  " in text or "\u3000" in text or "\u00a0" in text or text[0] in "+-=_"


Cut = Callable[[str], list[str]]


def _bars(text: str) -> list[str]:
    if "|" not in text:
        return _rule(text) if "+" in text else []
    return [cell.strip() for cell in text.removeprefix("|").removesuffix("|").split("|")]


def _tabs(text: str) -> list[str]:
    return [cell.strip() for cell in text.split("\t")] if "\t" in text else _rule(text)


def _blanks(text: str) -> list[str]:
    cells = _GAP.split(text) if "\t" not in text else []
    return cells if len(cells) > 1 else _rule(text)


def _rule(text: str) -> list[str]:
    return [text] if _RULE.fullmatch(text) else []


def _run(found: Sequence[TextRow], i: int, cut: Cut) -> int:
    """Where the rows end that have cells; the first must be more than a rule."""
    end = i
    spaced = False
    while end < len(found) and (cells := cut(found[end].text)) and len(cells) <= _MOST:
        if end > i and found[end].gap:
            near = found[end].number - found[end - 1].number == 2
            if not near or (not spaced and end > i + 1 and not _ruled(found[end - 1])) or len(cells) < 2:
                break  # a blank row ends a table, but for one whose rows all have one
            spaced = True
        end += 1
    return end


def _ruled(row: TextRow) -> bool:
    return _RULE.fullmatch(row.text) is not None


def _table(run: Sequence[TextRow], cut: Cut) -> TextTable | None:
    """The table that some rows are, if they are one."""
    ruled = any(map(_ruled, run))
    rows = [cut(row.text) for row in run if not _ruled(row)]
    if len(rows) < 2 or any(len(row) < 2 for row in rows) or _prose(rows):
        return None
    rows = _filled(rows)
    if len(rows[0]) < 2 or sum(_ITEM.match(f"{row.text} ") is not None for row in run) > len(run) * _SHARE:
        return None
    if all(len(row) == 2 for row in rows) and _labelled(rows):
        return None
    widths = {len(row) for row in rows}
    least = 2 if ruled or cut is _tabs or _telling(rows) else _LEAST
    if len(rows) < least:
        return None
    if cut is _blanks and not (_aligned(run) or (len(widths) == 1 and _telling(rows))):
        return None
    if cut is _bars and not ruled and not _telling(rows) and len(widths) > 1:
        return None
    numbers = tuple(row.number for row in run)
    if len(widths) == 1 and not any(not any(row) for row in rows):
        return TextTable(numbers, _markdown(rows))
    if cut is not _blanks and max(widths) - min(widths) == 1:
        return TextTable(numbers, _markdown([row + [""] * (max(widths) - len(row)) for row in rows]))
    return TextTable(numbers, to_markdown.code("\n".join(" " * row.indent + row.text.expandtabs() for row in run)))


def _filled(rows: Sequence[list[str]]) -> list[list[str]]:
    """The rows without columns that are empty in all of them."""
    if len({len(row) for row in rows}) > 1:
        return list(rows)
    used = [k for k in range(len(rows[0])) if any(row[k] for row in rows)]
    return [[row[k] for k in used] for row in rows]


def _labelled(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are items with their bullets, or the turns of an interview with their speakers."""
    firsts = [row[0] for row in rows]
    if sum(_NUMBERED.fullmatch(cell) is not None for cell in firsts) > len(firsts) * _SHARE:
        return True
    said = all(cell.endswith((":", "：")) for cell in firsts)
    return said and (len(set(firsts)) < len(firsts) or all(row[1].endswith((".", "?", "!")) for row in rows))


def _telling(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column below the first row is figures, which no menu has."""
    return any(
        len(row) > 1 and len(rows) > 1 and all(_FIGURE.fullmatch(r[k]) for r in rows[1:] if k < len(r) and r[k])
        and any(k < len(r) and r[k] for r in rows[1:])
        for row in rows[:1] for k in range(len(row))
    )  # fmt: skip


def _prose(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are rows of text in two columns, or a text that was set to both margins."""
    cells = [cell for row in rows for cell in row if cell]
    if not cells or sum(map(len, cells)) > _CELL * len(cells):
        return True
    lower = sum(below[0][:1].islower() for _, below in pairwise(rows))
    return lower > (len(rows) - 1) * 0.4 and not _telling(rows)


def _aligned(run: Sequence[TextRow]) -> bool:
    """Whether cells begin or end below one another."""
    rows = [row for row in run if not _ruled(row)]
    begins, ends = [], []
    for row in rows:
        begins.append({row.indent + gap.end() for gap in _GAP.finditer(row.text)})
        ends.append({row.indent + gap.start() for gap in _GAP.finditer(row.text)} | {row.indent + len(row.text)})
    common = max(sum(place in row for row in side) for side in (begins, ends) for one in side[:2] for place in one)
    return common >= max(_LEAST, len(rows) * _SHARE)


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    """The rows as a table; its head is empty where the first row is one like the others."""
    width = len(rows[0])
    figures = [k for k in range(width) if all(_FIGURE.fullmatch(row[k]) for row in rows[1:] if row[k])]
    plain = bool(figures) and all(_FIGURE.fullmatch(rows[0][k]) for k in figures if rows[0][k]) and all(rows[0])
    head, body = ([""] * width, rows) if plain else (rows[0], rows[1:])
    lines = [f"| {' | '.join(to_markdown.cell(cell) for cell in row)} |" for row in (head, *body)]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


CELL = 200  # characters of a cell at most; a longer one is a paragraph in a table that arranges the page
_LABELLED = 600  # characters of a cell at most, in a table with headings
_MOST_ELEMENTS = 20_000  # elements of a table that are looked at
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
    for element in islice(table.iterdescendants(), _MOST_ELEMENTS):
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
