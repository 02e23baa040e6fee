"""Blocks → Markdown in which every character that Markdown or HTML would act on is escaped.

In: ``Block`` values that were chosen. Out: Markdown text; the only markup is what this module writes. Links keep
http, https and mailto addresses; a picture shows only under the name that the caller gives it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from urllib.parse import quote, urljoin, urlsplit

from broadsheet.ingest.extract.blocks import Around, Block, Cell, Span, is_break

TIGHT = 70  # characters of a list's item below which no blank line parts it from the next

# CommonMark 0.31: characters that begin an inline construct; a backslash makes each plain.
_INLINE = re.compile(r"[\\`*\[\]<>~|]|(?<=\])\(|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_MARKS = "\\`*[]<>~|_&"  # of which each of those has one; few lines of news do
# What begins a block where it stands first in a line.
_START = re.compile(r"^([#+\-=:])|^(\d{1,9})([.)])(?=\s|$)")
_SAFE = frozenset(("http", "https", "mailto"))


def escape(text: str) -> str:
    """``text`` as inline Markdown that renders as the very same characters; line feeds stay."""
    return "\n".join(map(_line, text.split("\n")))


def cell(text: str) -> str:
    """``text`` as a cell of a table, where nothing that begins a block does so."""
    return _inline(text.replace("\n", " "))


def _line(text: str) -> str:
    text = _inline(text)
    return text if text[:1].isalpha() else _START.sub(_start, text)


def _inline(text: str) -> str:
    for mark in _MARKS:
        if mark in text:
            return _INLINE.sub(lambda found: "\\" + found[0], text)
    return text


def _start(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"


def link(href: str, base: str = "") -> str:
    """An address that is safe to print, absolute where ``base`` is known; empty where it is not."""
    try:
        address = urljoin(base, href.strip()) if base else href.strip()
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme.lower() not in _SAFE or not (parts.netloc or parts.scheme.lower() == "mailto"):
        return ""
    return quote(address, safe="!#$%&'*+,-./:;=?@_~")


def code(text: str) -> str:
    """A block of code that shows ``text`` as it stands."""
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def markdown(blocks: Iterable[Block], base: str = "", picture: Callable[[str], str] = lambda _: "") -> str:
    """The Markdown of the blocks in their order.

    ``base`` is the page's address, ``picture`` answers the name under which a picture is shown, or nothing.
    """
    out: list[str] = []
    before: Block | None = None
    indents: list[str] = []  # of the open list's levels
    for block in blocks:
        text = _block(block, base, picture)
        if not text:
            continue
        if block.kind == "li":
            text = _nested(block, text, indents if before and before.kind == "li" else [], indents)
        else:
            indents = []
        quotation = _quotation(block)
        if quotation:
            text = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        if before:
            same = quotation is not None and quotation is _quotation(before)
            out.append("\n" if _tight(before, block) else "\n>\n" if same else "\n\n")
        out.append(text)
        before = block
    return "".join(out) + "\n" if out else ""


def _tight(*blocks: Block) -> bool:
    return all(block.kind == "li" and len(block.text) < TIGHT and not block.more for block in blocks)


def _quotation(block: Block) -> Around | None:
    """The quotation that a block stands in, None where it is in none."""
    if not block.quoted or block.kind == "h":
        return None
    return next((around for around in reversed(tuple(block.around.chain())) if around.quotes), block.around)


def _nested(block: Block, text: str, before: list[str], indents: list[str]) -> str:
    """A list's item below the item that it belongs to; ``indents`` are the widths of the marks above it."""
    mark = f"{block.ordered}. " if block.ordered else "- "
    depth = min(max(block.level, 1) - 1, len(before))
    del indents[depth:]
    indents.append(" " * len(mark))
    indent = "".join(indents[:depth])
    lines = text.split("\n")
    first = indents[depth] if block.more and before else mark
    return "\n".join([indent + first + lines[0], *(indent + indents[depth] + line for line in lines[1:])])


def _block(block: Block, base: str, picture: Callable[[str], str]) -> str:
    if block.kind == "img":
        src = picture(block.src)
        return f"![{escape(block.text)}]({quote(src, safe='/%:?=&,.-_~')})" if src else ""
    if block.kind == "embed":
        return ""
    if block.kind == "pre":
        return code(block.text)
    if block.kind == "table":
        return _table(block, base)
    text = inline(block.spans, base, plain=block.kind == "h")
    if block.kind == "h":
        return f"{'#' * min(max(block.level, 2), 6)} {' '.join(text.split())}"
    return text


_RULES = {"": "---", "left": ":--", "right": "--:", "center": ":-:"}


def _table(block: Block, base: str) -> str:
    """A table, below its caption. One whose first row heads nothing has an empty heading."""
    texts = [[inline(cell.spans, base).replace("  \n", " ").replace("\n", " ") for cell in row] for row in block.rows]
    if not texts:
        return ""
    rows = [f"| {' | '.join(row)} |" for row in texts]
    width = len(texts[0])
    if not _is_heading(block.rows):
        rows.insert(0, "|" + "  |" * width)
    columns = list(zip(*block.rows, strict=True))
    rows.insert(1, "|" + "".join(f" {_RULES[_alignment(column)]} |" for column in columns))
    caption = inline(block.spans, base)
    return "\n".join([caption, "", *rows] if caption else rows)


def _is_heading(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first row of a table says what its columns are."""
    first, others = rows[0], [cell for row in rows[1:] for cell in row]
    if all(cell.heads or not cell.spans for cell in first):
        return True
    if any(cell.heads for row in rows for cell in row):
        return False
    if all(_says(cell) and span.strong for cell in first for span in cell.spans if span.text.strip()):
        return True
    figures = any(any(map(str.isdigit, _says(cell))) for cell in others)
    return figures and not any(any(map(str.isdigit, _says(cell))) for cell in first) and len(first) > 2


def _says(cell: Cell) -> str:
    return "".join(span.text for span in cell.spans).strip()


def _alignment(column: Sequence[Cell]) -> str:
    """How a column is aligned: as most of its cells below the heading say."""
    said = [cell.align for cell in column[1:] if cell.align] or [cell.align for cell in column if cell.align]
    return max(sorted(set(said)), key=said.count, default="")


def inline(spans: Sequence[Span], base: str = "", *, plain: bool = False) -> str:
    """The inline Markdown of spans: text, links, emphasis, line breaks; ``plain`` leaves emphasis out."""
    parts: list[str] = []
    for href, strong, emphasis, struck, text in _merged(spans, base, plain=plain):
        words = text.strip()
        if not words:
            parts.append(text if "\n" in text else text and " ")
            continue
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        shown = _inline(words)
        if strong or emphasis:
            mark = "**" * strong + "*" * emphasis
            shown = f"{mark}{shown}{mark}"
        if struck:
            shown = f"~~{shown}~~"
        if href:
            shown = f"[{shown}]({href})"
        parts.append(f"{before}{shown}{after}")
    text = re.sub(r" *\n *", "\n", re.sub(r"[ \t]+", " ", "".join(parts))).strip()
    return "  \n".join(_START.sub(_start, line) for line in text.split("\n"))


def _merged(spans: Sequence[Span], base: str, *, plain: bool) -> Iterator[tuple[str, bool, bool, bool, str]]:
    """Spans with their safe addresses, neighbours of one style joined."""
    for key, run in groupby(spans, key=lambda span: _style(span, base, plain=plain)):
        yield *key, "".join("\n" if is_break(span) else _SPACE.sub(" ", span.text) for span in run)


_SPACE = re.compile(r"\s+")


def _style(span: Span, base: str, *, plain: bool) -> tuple[str, bool, bool, bool]:
    if is_break(span):
        return "", False, False, False
    strong, emphasis = (False, False) if plain else (span.strong, span.emphasis)
    return link(span.href, base) if span.href else "", strong, emphasis, span.struck
