"""What a document is made of, whatever its format: paragraphs, headings, items, rows of tables, pictures.

In: the text of a paragraph in its styles. Out: ``DocumentPiece`` values, and ``Properties``, what a document says of
itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

import msgspec

from broadsheet.errors import Place, Problem, warning
from broadsheet.ingest.extract import machine_dates
from broadsheet.ingest.extract.blocks import Around, Block, Cell, Kind, Span, clean
from broadsheet.ingest.extract.draft import Role

PICTURE = 16 * 1024 * 1024  # bytes of a picture in a document
PICTURES = 48 * 1024 * 1024  # bytes of all of them
NOTE = "a note"  # why a paragraph stands below the text: it is a footnote or an endnote
_WEB = re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|.{4}ftypavi[fs]", re.DOTALL)
_BULLET = re.compile(r"([•·▪◦‣●■►▶\uf0b7])\s+(?=\S)")


class DocumentPiece(msgspec.Struct, frozen=True, eq=False):
    """A paragraph, heading, item, row of a table or picture of a document, or what is left out of it, and why.

    ``blocks`` is empty for what is left out; a row has a block for each cell. ``title`` is whether the document calls
    it its title, ``strong`` whether all of it stands out. ``line`` is where it stands in a source that has lines, else
    0: then pieces are counted.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    why: str = ""
    title: bool = False
    strong: bool = False
    line: int = 0
    role: Role = "dropped"

    @property
    def kind(self) -> str:
        """What kind of block it is; "" for what is left out."""
        return self.blocks[0].kind if self.blocks else ""


class Properties(msgspec.Struct, frozen=True):
    """What a document says of itself. ``aside`` are the texts of its running heads, in which a day may stand."""

    title: str = ""
    author: str = ""
    created: dt.datetime | None = None
    modified: dt.datetime | None = None
    language: str = ""
    aside: tuple[str, ...] = ()


class DocumentPictures:
    """The pictures that a document brings, within limits of size. ``held`` are those that were taken along."""

    def __init__(self, source: str) -> None:
        self.held: dict[str, bytes] = {}
        self._place, self._left = Place(source), PICTURES
        self._cut = 0

    def add(self, name: str, data: bytes) -> str:
        """Take a picture along; why not, where it cannot be."""
        if not data:
            return "a picture that cannot be read"
        if not _WEB.match(data):
            return "a picture of a kind that browsers do not show"
        if len(data) > min(PICTURE, self._left):
            self._cut += 1
            return "a picture that is too large"
        self._left -= len(data)
        self.held[name] = data
        return ""

    def problems(self) -> list[Problem]:
        """What was cut for its size."""
        if not self._cut:
            return []
        message = f"{self._cut} of its pictures were left out: they are too large, or too many together"
        return [warning("too-large", message, self._place, "Add smaller versions to the story by hand.")]


_NOTHING = Around(None, "", "")


def piece(
    kind: Kind,
    spans: Iterable[Span],
    *,
    level: int = 0,
    ordered: int = 0,
    quoted: bool = False,
    title: bool = False,
    line: int = 0,
) -> DocumentPiece | None:
    """A piece of running text; None where there are only blanks."""
    runs = tuple(spans)
    text = clean("".join(span.text for span in runs))
    if not text:
        return None
    strong = all(span.strong for span in runs if span.text.strip())
    if kind == "p" and not title and (mark := _BULLET.match(text)):  # a list that somebody made by hand
        kind, level, text, runs = "li", 1, text[mark.end() :], _without(runs, mark[1])
    block = Block(kind, text, runs, _NOTHING, level, ordered, quoted)
    return DocumentPiece(text, (block,), title=title, strong=strong, line=line)


def _without(spans: Sequence[Span], mark: str) -> tuple[Span, ...]:
    """The text of an item without its mark."""
    n, first = next((n, span) for n, span in enumerate(spans) if mark in span.text)
    return (msgspec.structs.replace(first, text=first.text.partition(mark)[2].lstrip()), *spans[n + 1 :])


def row(cells: Sequence[Sequence[Span]], line: int = 0) -> DocumentPiece | None:
    """A row of a table; None where all its cells are empty."""
    texts = [clean("".join(span.text for span in spans)) for spans in cells]
    if not any(texts):
        return None
    text = " | ".join(texts)
    made = tuple(Cell(tuple(spans)) for spans in cells)
    return DocumentPiece(text, (Block("table", text, (), _NOTHING, rows=(made,)),), line=line)


def joined(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, with the rows of one table made one block; short rows are filled with empty cells."""
    found: list[Block] = []
    for block in blocks:
        if block.kind == "table" and found and found[-1].kind == "table" and not block.spans:
            rows = (*found[-1].rows, *block.rows)
            width = max(map(len, rows))
            filled = tuple((*row, *[Cell()] * (width - len(row))) for row in rows)
            found[-1] = msgspec.structs.replace(found[-1], text=f"{found[-1].text}\n{block.text}", rows=filled)
        else:
            found.append(block)
    return [_headed(block) if block.kind == "table" else block for block in found]


def _headed(block: Block) -> Block:
    """A table whose first row names its columns, as nearly all tables of documents have one."""
    first, *others = block.rows
    texts = ["".join(span.text for span in cell.spans).strip() for cell in first]
    named = all(texts) and not any(any(map(str.isdigit, text)) for text in texts)
    if not others or not named or any(cell.heads for row in block.rows for cell in row):
        return block
    heads = tuple(msgspec.structs.replace(cell, heads=True) for cell in first)
    return msgspec.structs.replace(block, rows=(heads, *others))


def picture(src: str, alt: str, line: int = 0) -> DocumentPiece:
    """A picture that the story shows."""
    words = clean(alt)
    return DocumentPiece(words or src, (Block("img", words, (), _NOTHING, src=src),), line=line)


def dropped(text: str, why: str, line: int = 0) -> DocumentPiece:
    """What is left out of a document, and why."""
    return DocumentPiece(clean(text)[:300], why=why, line=line)


def moment(text: str) -> dt.datetime | None:
    """A date that a document says of itself; noon in UTC where it says only the day."""
    found = machine_dates.parse(text)
    if isinstance(found, dt.datetime):
        return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return dt.datetime.combine(found, dt.time(12), dt.UTC) if found else None


def tongue(code: str) -> str:
    """A language's tag as a document has it ("en-US", "de_DE"), or nothing where it is none."""
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*", code.strip())
    return found[1].lower() if found and found[1].lower() not in ("und", "zxx", "none") else ""
