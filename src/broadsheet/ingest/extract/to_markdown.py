"""Blocks → Markdown in which every character that Markdown or HTML would act on is escaped.

In: ``Block`` values that were chosen. Out: Markdown text; the only markup is what this module writes. Links keep
http, https and mailto addresses; a picture shows only under the name that the caller gives it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from urllib.parse import quote, urljoin, urlsplit

from broadsheet.ingest.extract.blocks import Around, Block, Span, is_break

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
    for cells, group in groupby(blocks, key=lambda block: block.kind == "cell"):
        run = list(group)
        for block, text in _table(run, base) if cells else ((block, _block(block, base, picture)) for block in run):
            if text:
                out += ["\n" if before and _tight(before, block) else "\n\n", text] if out else [text]
                before = block
    return "".join(out) + "\n" if out else ""


def _tight(*blocks: Block) -> bool:
    return all(block.kind == "li" and len(block.text) < TIGHT for block in blocks)


def _block(block: Block, base: str, picture: Callable[[str], str]) -> str:
    if block.kind == "img":
        src = picture(block.src)
        return f"![{escape(block.text)}]({quote(src, safe='/%:?=&,.-_~')})" if src else ""
    if block.kind == "pre":
        return code(block.text)
    text = inline(block.spans, base, plain=block.kind == "h")
    if block.kind == "h":
        return f"{'#' * min(max(block.level, 2), 6)} {' '.join(text.split())}"
    if block.kind == "li":
        mark = f"{block.ordered}. " if block.ordered else "- "
        text = mark + text.replace("\n", "\n" + " " * len(mark))
    return "\n".join(f"> {line}" for line in text.split("\n")) if block.quoted else text


def _table(cells: Sequence[Block], base: str) -> Iterator[tuple[Block, str]]:
    """A table of the cells where its rows are alike, else a line for each row."""
    rows = [list(group) for _, group in groupby(cells, key=_row)]
    texts = [[inline(cell.spans, base).replace("\n", " ") for cell in row] for row in rows]
    width = len(texts[0])
    if width > 1 and len(rows) > 1 and all(len(row) == width for row in texts):
        lines = [f"| {' | '.join(row)} |" for row in texts]
        yield cells[0], "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])
    else:
        yield from ((row[0], " · ".join(text)) for row, text in zip(rows, texts, strict=True))


def _row(cell: Block) -> Around | None:
    return next((around for around in cell.around.chain() if around.tag == "tr"), None)


def inline(spans: Sequence[Span], base: str = "", *, plain: bool = False) -> str:
    """The inline Markdown of spans: text, links, emphasis, line breaks; ``plain`` leaves emphasis out."""
    parts: list[str] = []
    for href, strong, emphasis, text in _merged(spans, base, plain=plain):
        words = text.strip()
        if not words:
            parts.append(text if "\n" in text else text and " ")
            continue
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        shown = _inline(words)
        if strong or emphasis:
            mark = "**" * strong + "*" * emphasis
            shown = f"{mark}{shown}{mark}"
        if href:
            shown = f"[{shown}]({href})"
        parts.append(f"{before}{shown}{after}")
    text = re.sub(r" *\n *", "\n", re.sub(r"[ \t]+", " ", "".join(parts))).strip()
    return "  \n".join(_START.sub(_start, line) for line in text.split("\n"))


def _merged(spans: Sequence[Span], base: str, *, plain: bool) -> list[tuple[str, bool, bool, str]]:
    """Spans with their safe addresses, neighbours of one style joined."""
    out: list[tuple[str, bool, bool, str]] = []
    for span in spans:
        if is_break(span):
            key, text = ("", False, False), "\n"
        else:
            strong, emphasis = (False, False) if plain else (span.strong, span.emphasis)
            key = (link(span.href, base) if span.href else "", strong, emphasis)
            text = re.sub(r"\s+", " ", span.text)
        if out and out[-1][:3] == key:
            out[-1] = (*key, out[-1][3] + text)
        else:
            out.append((*key, text))
    return out
