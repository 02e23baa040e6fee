"""A page's tree → its blocks: paragraphs, headings, list items, quotations, pictures, in reading order.

In: a tree that lxml made of HTML. Out: ``Block`` values. Nothing is chosen here; script, style and form controls have
no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from broadsheet.ingest.blocks import BREAK, Around, Block, Kind, Span, clean, is_break

# What a browser does not show as text of the page, or shows as a control.
_SILENT = frozenset(
    ["script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "applet", "video", "audio", "canvas", "map", "head", "title", "meta", "link", "button", "input", "select", "option", "textarea", "datalist", "progress", "meter", "dialog", "menu"]
)
_INLINE = frozenset(
    ["a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "nobr", "label", "amp-fit-text"]
)
_STRONG = frozenset(("b", "strong"))
_EMPHASIS = frozenset(("i", "em", "cite", "dfn", "var"))
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_DIGITS = re.compile(r"[\w-]*\d[\w-]*")  # names with numbers are one element's own


class _Walk:
    """The state of one pass through a tree."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.around: list[Around] = []
        self.run: list[Span] = []
        self.lines: set[int] = set()
        self.line = 0
        self.links: list[str] = [""]
        self.strong = self.emphasis = self.pre = 0
        self.heading = 0
        self.items: list[list[int]] = []  # of each open list: 0 where it has no numbers, else the last number
        self.in_item = self.quoted = self.caption = self.cell = 0

    def say(self, text: str | None) -> None:
        """Add text at the place that the walk has reached."""
        if not text:
            return
        breaks = text.count("\n")
        if not text.isspace():
            if breaks:
                self.lines.update(n for n, part in enumerate(text.split("\n"), self.line) if part and not part.isspace())
            else:
                self.lines.add(self.line)
            self.run.append(Span(text, self.links[-1], self.strong > 0, self.emphasis > 0))
        elif self.run:
            self.run.append(Span(text))
        self.line += breaks

    def flush(self) -> None:
        """End the block that is being read."""
        run, lines = self.run, self.lines
        if not run:
            return
        self.run, self.lines = [], set()
        if self.pre:
            text = "".join(s.text for s in run).strip("\n")
            if text.strip():
                self._add("pre", text, (Span(text),), lines)
            return
        for part in _paragraphs(run):
            text = clean("".join(s.text for s in part))
            if text:
                self._add(self._kind(), text, tuple(part), lines)

    def _kind(self) -> Kind:
        if self.heading:
            return "h"
        if self.caption:
            return "caption"
        if self.in_item:
            return "li"
        if self.cell:
            return "cell"
        return "quote" if self.quoted else "p"

    def _add(self, kind: Kind, text: str, spans: tuple[Span, ...], lines: set[int]) -> None:
        number = self.items[-1][0] if kind == "li" and self.items else 0
        level = self.heading if kind == "h" else len(self.items)
        around = self.around[-1]
        self.blocks.append(
            Block(kind, text, spans, around.element, around, level, number, self.quoted > 0, tuple(sorted(lines)))
        )

    def picture(self, element: Any) -> None:
        """Add a picture between the blocks, or after the one that is being read."""
        src = element.get("src") or element.get("data-src") or ""
        if src and not src.startswith("data:"):
            lines = (element.sourceline or 0,)
            around = self.around[-1]
            alt = clean(element.get("alt") or "")
            self.blocks.append(Block("img", alt, (), around.element, around, lines=lines, src=src.strip()))


def _paragraphs(run: list[Span]) -> Iterator[list[Span]]:
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


def read(root: Any) -> list[Block]:
    """Every block of text below ``root``, in reading order."""
    walk = _Walk()
    walk.around.append(Around(root, "", ""))
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if not isinstance(tag, str) or tag in _SILENT:
                walker.skip_subtree()
                continue
            if element.sourceline:
                walk.line = element.sourceline
            _enter(walk, element, tag)
            walk.say(element.text)
        else:
            if isinstance(tag, str) and tag not in _SILENT:
                _leave(walk, element, tag)
            if element is not root:
                walk.say(element.tail)
    walk.flush()
    return walk.blocks


def _enter(walk: _Walk, element: Any, tag: str) -> None:  # noqa: C901, PLR0912 - one branch a kind of element, flat
    if tag in _INLINE:
        if tag == "a":
            walk.links.append(element.get("href") or walk.links[-1])
        elif tag in _STRONG:
            walk.strong += 1
        elif tag in _EMPHASIS:
            walk.emphasis += 1
        return
    if tag == "br":
        walk.run.append(BREAK)
        return
    if tag in ("img", "amp-img"):
        walk.picture(element)
        return
    walk.flush()
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.get("hidden") is not None or "display:none" in (element.get("style") or "").replace(" ", ""):
        names += " hidden"
    outer = walk.around[-1]
    shape = hash((outer.shape, tag, _DIGITS.sub("", names)))
    walk.around.append(Around(element, tag, names, outer, shape))
    if tag in _HEADINGS:
        walk.heading = _HEADINGS[tag]
    elif tag in ("ul", "ol"):
        walk.items.append([0 if tag == "ul" else 0, tag == "ol"])
    elif tag == "li":
        walk.in_item += 1
        if walk.items and walk.items[-1][1]:
            walk.items[-1][0] += 1
    elif tag in ("blockquote",):
        walk.quoted += 1
    elif tag in ("pre", "listing", "xmp"):
        walk.pre += 1
    elif tag in ("figcaption", "caption"):
        walk.caption += 1
    elif tag in ("td", "th"):
        walk.cell += 1


def _leave(walk: _Walk, element: Any, tag: str) -> None:  # noqa: C901 - as _enter
    if tag in _INLINE:
        if tag == "a":
            walk.links.pop()
        elif tag in _STRONG:
            walk.strong -= 1
        elif tag in _EMPHASIS:
            walk.emphasis -= 1
        return
    if tag in ("br", "img", "amp-img"):
        return
    walk.flush()
    walk.around.pop()
    if tag in _HEADINGS:
        walk.heading = 0
    elif tag in ("ul", "ol"):
        walk.items.pop()
    elif tag == "li":
        walk.in_item -= 1
    elif tag in ("blockquote",):
        walk.quoted -= 1
    elif tag in ("pre", "listing", "xmp"):
        walk.pre -= 1
    elif tag in ("figcaption", "caption"):
        walk.caption -= 1
    elif tag in ("td", "th"):
        walk.cell -= 1
