"""The blocks of a page: paragraphs, headings, list items, quotations, tables, pictures, with what stands around them.

In: nothing; these are values, and what is asked of a text that may be printed twice. Out: ``Block``, which
``page_blocks`` makes of a tree, ``article`` chooses and ``to_markdown`` prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Kind = Literal["p", "h", "li", "quote", "pre", "table", "caption", "img", "embed"]

_MARKS = re.compile(r"[\W_]+")
_SIGNS = "".join(sign for sign in map(chr, range(128)) if _MARKS.match(sign)).encode()  # those of ASCII
_SMALL = bytes(range(256)).lower()
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SYLLABLES = re.compile("[\uac00-\ud7a3]")
_UNSEEN = re.compile(r"[\u00ad\u200b\u2060\ufeff\x7f-\x9f]")


class Span(msgspec.Struct, frozen=True):
    """A run of text in one style; ``href`` where it is a link, ``text`` is a line feed where the page breaks a line."""

    text: str
    href: str = ""
    strong: bool = False
    emphasis: bool = False
    struck: bool = False


class Cell(msgspec.Struct, frozen=True):
    """A cell of a table: its spans, whether it heads a row or a column, ``align`` as in CSS ("" where nothing says)."""

    spans: tuple[Span, ...] = ()
    heads: bool = False
    align: str = ""


class Block(msgspec.Struct, frozen=True, eq=False):
    """One block of a page.

    ``level`` is a heading's rank or a list item's depth; ``ordered`` counts items of a numbered list from 1, ``more``
    is a further paragraph of the item before; ``around`` is the element that holds the text, with all that hold it;
    ``lines`` are the source lines that its text stands on, counted from 1; ``src`` is the address of a picture or of
    what is embedded. ``rows`` are those of a table, whose spans are its caption.
    """

    kind: Kind
    text: str
    spans: tuple[Span, ...]
    around: Around
    level: int = 0
    ordered: int = 0
    quoted: bool = False
    lines: tuple[int, ...] = ()
    src: str = ""
    more: bool = False
    rows: tuple[tuple[Cell, ...], ...] = ()


class Around(msgspec.Struct, frozen=True, eq=False):
    """An element around a block: its tag, its classes and id, and the element around it.

    ``shape`` is equal for elements that the same template made, ``quotes`` tells that what it holds is a quotation.
    """

    element: Any
    tag: str
    names: str
    outer: Around | None = None
    shape: int = 0
    quotes: bool = False

    def chain(self) -> Iterator[Around]:
        """This element and all that hold it, innermost first."""
        here: Around | None = self
        while here is not None:
            yield here
            here = here.outer


def size(text: str) -> int:
    """How long a text is, in characters of an alphabet: an ideograph or a kana says as much as three of these.

    So two of them are a word, as in ``lines.count``; a syllable of Korean counts as two.
    """
    if text.isascii():
        return len(text)
    return len(text) + 2 * len(_IDEOGRAPHS.findall(text)) + len(_SYLLABLES.findall(text))


def clean(text: str) -> str:
    """``text`` with its white space collapsed and without characters of no width."""
    return " ".join((text if text.isascii() else unseen(text)).split())


def unseen(text: str) -> str:
    """``text`` without soft hyphens, joints of no width and control characters."""
    return _UNSEEN.sub("", text)


def squeeze(text: str) -> str:
    """``text`` without spaces and punctuation, in lower case: for comparing what was printed twice."""
    if text.isascii():
        return text.encode("ascii").translate(_SMALL, _SIGNS).decode("ascii")
    return _MARKS.sub("", text).lower()


BREAK = Span("\n", "\n")  # the mark of <br>; no address is a line feed


def is_break(span: Span) -> bool:
    """Whether a span stands for a line break of the page."""
    return span.text == "\n" and span.href == "\n"


def linked(block: Block) -> float:
    """The share of a block's text that is links."""
    return sum(len(s.text) for s in block.spans if s.href and not is_break(s)) / max(len(block.text), 1)


def paragraphs(run: list[Span]) -> Iterator[list[Span]]:
    """A run of spans, parted where two line breaks follow one another."""
    part: list[Span] = []
    breaks = 0
    for span in run:
        if is_break(span):
            breaks += 1
            continue
        if breaks and not span.text.isspace():
            if breaks > 1 and part:
                yield part
                part = []
            elif part:
                part.append(BREAK)
            breaks = 0
        if part or not span.text.isspace():
            part.append(span)
    if part:
        yield part


def picture_source(element: Any) -> str:
    """The address of a picture; of one that is loaded later the one that it gets then."""
    found = [value.strip() for name in _SOURCES if (value := element.get(name))]
    for name in _SOURCE_SETS:
        found += [
            value.split(",")[0].split(" ")[0] for value in (element.get(name) or "").strip().split("\n")[:1] if value
        ]
    usable = [src for src in found if src and not src.startswith("data:")]
    return next((src for src in usable if not _EMPTY_PICTURE.search(src)), "")


def is_pixel(element: Any) -> bool:
    """Whether an element is too small to be seen: it counts readers."""
    sizes = [(element.get(name) or "").removesuffix("px").strip() for name in ("width", "height")]
    return any(size in ("0", "1", "2") for size in sizes)


_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-hi-res-src")
_SOURCE_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_EMPTY_PICTURE = re.compile(
    r"(?:blank|spacer|placeholder|pixel|transparent|lazy[-_]?load|grey|1x1)[\w-]*\.(?:gif|png|svg|jpg|webp)",
    re.IGNORECASE,
)
