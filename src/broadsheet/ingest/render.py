"""Blocks → Markdown in which every character that Markdown or HTML would act on is escaped.

In: ``Block`` values that were chosen. Out: Markdown text; the only markup is what this module writes. Links keep
http, https and mailto addresses; a picture shows only where its file lies beside the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote, urljoin, urlsplit

from broadsheet.ingest.blocks import Block, Span, clean, is_break

# CommonMark 0.31: characters that begin an inline construct; a backslash makes each plain.
_INLINE = re.compile(r"([\\`*\[\]<>~|])|(?<=\])(\()|(?<!\w)(_)|(_)(?!\w)|(&)(?=#?\w+;)")
# What begins a block where it stands first in a line.
_START = re.compile(r"^([#+\-=:])|^(\d{1,9})([.)])(?=\s|$)")

_SAFE = frozenset(("http", "https", "mailto"))


def escape(text: str) -> str:
    """``text`` as inline Markdown that renders as the very same characters; line feeds stay."""
    lines = _INLINE.sub(lambda found: "\\" + found[0], text).split("\n")
    return "\n".join(_START.sub(_start, line) for line in lines)


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


def markdown(blocks: Iterable[Block], base: str = "", picture: Callable[[str], str] = lambda _: "") -> str:
    """The Markdown of the blocks in their order.

    ``base`` is the page's address, ``picture`` answers the name of a picture's file beside the page, or nothing.
    """
    out: list[str] = []
    previous: Block | None = None
    for block in blocks:
        text = _block(block, base, picture)
        if not text:
            continue
        tight = previous is not None and previous.kind == block.kind == "li" and _short(previous, block)
        if out:
            out.append("\n" if tight else "\n\n")
        out.append(text)
        previous = block
    return "".join(out) + "\n" if out else ""


def _short(*items: Block) -> bool:
    return all(len(item.text) < 70 for item in items)


def _block(block: Block, base: str, picture: Callable[[str], str]) -> str:
    if block.kind == "img":
        src = picture(block.src)
        return f"![{escape(block.text)}]({src})" if src else ""
    if block.kind == "pre":
        fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", block.text)), default=0))
        return f"{fence}\n{block.text}\n{fence}"
    text = inline(block.spans, base, plain=block.kind == "h")
    if block.kind == "h":
        return f"{'#' * min(max(block.level, 2), 6)} {text.replace(chr(10), ' ')}"
    if block.kind == "li":
        mark = f"{block.ordered}. " if block.ordered else "- "
        indent = " " * len(mark)
        text = mark + text.replace("\n", f"\n{indent}")
    return "\n".join(f"> {line}" for line in text.split("\n")) if block.quoted else text


def inline(spans: Sequence[Span], base: str = "", *, plain: bool = False) -> str:
    """The inline Markdown of spans: text, links, emphasis, line breaks; ``plain`` leaves emphasis out."""
    parts: list[str] = []
    for href, strong, emphasis, text in _merged(spans, base, plain=plain):
        words = text.strip()
        if not words:
            parts.append(text and " ")
            continue
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        shown = _INLINE.sub(lambda found: "\\" + found[0], words)
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


__all__ = ["clean", "escape", "inline", "link", "markdown"]
