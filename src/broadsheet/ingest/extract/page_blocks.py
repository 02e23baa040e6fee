"""A page's tree → its blocks, in reading order.

In: a tree that lxml made of HTML. Out: ``Block`` values, each with its spans, its lines and what stands around it.
Nothing is chosen here. Script, style and form controls have no text. An element that HTML does not know is part of the
line that it stands in, as in a browser, unless it holds blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from broadsheet.ingest.extract import tables
from broadsheet.ingest.extract.blocks import (
    BREAK,
    Around,
    Block,
    Cell,
    Kind,
    Span,
    clean,
    is_pixel,
    paragraphs,
    picture_source,
    unseen,
)  # fmt: skip

# What a browser does not show as text of the page, or shows as a control, in words for an editor.
_UNHEARD = {
    **dict.fromkeys(
        ("button", "select", "option", "textarea", "datalist", "progress", "meter"), "a control of the page"
    ),
    "noscript": "shown only where a browser runs no scripts",
    "template": "a template, which only scripts show",
    "dialog": "a window that opens over the page",
    **dict.fromkeys(("svg", "map", "canvas"), "words in a drawing"),
    "applet": "shown in place of a program",
}
_SILENT = frozenset((
    *_UNHEARD, "script", "style", "head", "title", "meta", "link", "input", "annotation", "annotation-xml",
))  # fmt: skip
# What shows something that is not on the page itself: it has an address and no text.
_EMBEDS = frozenset((
    "iframe", "object", "embed", "video", "audio", "amp-iframe", "amp-youtube", "amp-video", "amp-audio",
    "amp-twitter", "amp-instagram", "amp-facebook",
))  # fmt: skip
# Elements that begin a line of their own (HTML Living Standard, 15.3.3 "Flow content"), and those of old pages.
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "html", "legend", "li", "listing", "main", "nav", "ol", "optgroup", "p", "plaintext", "pre",
    "menu", "search", "section", "slot", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp",
    "frame", "colgroup", "col", "noframes", "picture", "source", "amp-carousel",
))  # fmt: skip
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr", "nobr", "label",
))  # fmt: skip
# Elements that set a state for everything in them.
_STATES = {
    "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "cite": "emphasis", "dfn": "emphasis",
    "pre": "pre", "listing": "pre", "xmp": "pre", "li": "item", "figcaption": "caption",
    "caption": "caption", "s": "struck", "strike": "struck", "del": "struck", "summary": "strong", "dt": "strong",
    "dd": "item", "dl": "defined", "sup": "raised", "sub": "lowered",
}  # fmt: skip
_LISTS = ("ul", "ol", "dl", "menu")
_HEADED = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "legend"))  # whose button is their text
_UP = 3  # elements above a button among which one of these is
_PICTURES = ("img", "amp-img")
_EMOJI = 8  # code points of a picture's text alternative that may be a sign within a line
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_NUMBERED = re.compile(r"[\w-]*\d[\w-]*")  # names with numbers are one element's own
_PULL_QUOTE = re.compile(
    r"(?<![a-z])(?:pull-?_?quote|block-?_?quote|quote-?_?box)(?![a-z])|Pull[Qq]uote", re.IGNORECASE
)
_DEPTH = 40  # descendants of an element that are looked at, to see whether it holds blocks
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
# Quotation marks that a browser prints around <q>, by the language of the page.
_QUOTES = {
    "de": "„“", "cs": "„“", "sk": "„“", "pl": "„”", "hu": "„”", "ro": "„”", "fr": "«»", "it": "«»", "es": "«»",
    "ru": "«»", "uk": "«»", "el": "«»", "sv": "””", "fi": "””", "da": "»«", "no": "«»", "nb": "«»",
}  # fmt: skip


def read_blocks(root: Any) -> list[Block]:
    """Every block of text below ``root``, in reading order."""
    walk = _Walk(root)
    walk.read()
    return walk.blocks


def unheard(root: Any) -> Iterator[tuple[int, str, str]]:
    """What stands in elements of which nothing is read: the line of each, why it is not read, and its text."""
    taken: set[Any] = set()
    for element in root.iter(*_UNHEARD, *_EMBEDS):
        tag = element.tag
        inside = any(above in taken for above in element.iterancestors())
        if inside or _heads(element, tag):
            continue
        taken.add(element)
        words = element.xpath("descendant::text()[not(ancestor::script or ancestor::style)]")
        if any(map(str.isalnum, text := clean(" ".join(words)))):
            yield element.sourceline or 0, _UNHEARD.get(tag, "shown in place of what a browser cannot play"), text


def _heads(element: Any, tag: str) -> bool:
    """Whether an element is a button that is text: a heading that opens what stands below it, a word with a gloss."""
    headed = tag == "button" and any(above.tag in _HEADED for above in islice(element.iterancestors(), _UP))
    return headed or (tag == "button" and _in_sentence(element))


def _in_sentence(element: Any) -> bool:
    """Whether a paragraph has words on both sides of an element, so that what it says is one of them."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None or parent.tag != "p":
        return False
    left, right = (parent.text if before is None else before.tail) or "", (element.tail or "").strip()
    return len(right) > 1 and left.strip()[-1:].isalnum() and (right[0].isalnum() or right[0] in ",.;:!?")


class _Walk:
    """The state of one pass through a tree."""

    def __init__(self, root: Any, line: int = 0) -> None:
        self.blocks: list[Block] = []
        self.line = line
        self._root = root
        self._around = [Around(root, "", "")]
        self._run: list[Span] = []
        self._lines: set[int] = set()
        self._links = [""]
        self._common: dict[str, str] = {}  # names → the same without those that are one element's own
        self._states: Counter[str] = Counter()
        self._heading = 0
        self._counts: list[int] = []  # of each open list: -1 where it has no numbers, else the last number
        self._begun = 0  # blocks of the open list item
        self._quoting: list[bool] = [False]  # of each open element: whether it makes a quotation of what it holds
        self._blocky: set[Any] = set()  # elements that HTML does not know and that hold blocks
        self._term = False  # whether the run is a term of which the definition follows
        self._marks = _QUOTES.get((_language(root)).partition("-")[0].lower(), "“”")

    def read(self) -> None:
        """Walk through the tree."""
        from lxml import etree  # a run over plain text alone need not load it

        root = self._root
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            heard = isinstance(tag, str) and (tag not in _SILENT or _heads(element, tag))
            if event == "start":
                if not heard:
                    walker.skip_subtree()
                    continue
                self.line = element.sourceline or self.line
                if tag in _EMBEDS:
                    self._embed(element)
                    walker.skip_subtree()
                    continue
                self.enter(element, tag)
                if tag == "table" and tables.is_data(element):
                    self._table(element)
                    walker.skip_subtree()
                else:
                    self.say(element.text)
            else:
                if heard and tag not in _EMBEDS:
                    self.leave(element, tag)
                if element is not root:
                    self.say(element.tail)
        self._term = False
        self.flush()

    def _is_inline(self, element: Any, tag: str) -> bool:
        """Whether an element is part of a line: a known one is or is not, an unknown one where it holds no block."""
        if tag in _INLINE or tag in _BLOCKS:
            return tag in _INLINE
        if element in self._blocky:
            return False
        if any(inner.tag in _BLOCKS for inner in islice(element.iterdescendants(), _DEPTH)):
            self._blocky.add(element)
            return False
        return True

    def enter(self, element: Any, tag: str) -> None:
        """Begin an element."""
        if tag == "br":
            self._run.append(BREAK)
        elif tag in _PICTURES:
            self._picture(element)
        else:
            if tag == "a":
                self._links.append(element.get("href") or self._links[-1])
            elif tag == "q":
                self.say(self._marks[0])
            elif not self._is_inline(element, tag):
                self._open(element, tag)
            if state := _STATES.get(tag):
                self._states[state] += 1

    def leave(self, element: Any, tag: str) -> None:
        """End an element."""
        if tag == "br" or tag in _PICTURES:
            return
        if tag == "a":
            self._links.pop()
        elif tag == "q":
            self.say(self._marks[1])
        elif not self._is_inline(element, tag):
            self._close(tag)
        if state := _STATES.get(tag):
            self._states[state] -= 1

    def _open(self, element: Any, tag: str) -> None:
        if tag == "dt":
            self._term = False
        self.flush()
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.get("hidden") is not None or "display:none" in (element.get("style") or "").replace(" ", ""):
            names += " hidden"
        outer = self._around[-1]
        if names not in self._common:
            self._common[names] = _NUMBERED.sub("", names)
        shape = hash((outer.shape, tag, self._common[names]))
        quoting = bool(_PULL_QUOTE.search(names)) and tag != "body"
        quoting = quoting or tag == "blockquote" or (tag == "figure" and _holds_quotation(element))
        self._around.append(Around(element, tag, names, outer, shape, quoting))
        self._quoting.append(quoting)
        self._states["quoted"] += quoting
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in _LISTS:
            self._counts.append(_first_number(element) if tag == "ol" else -1)
        elif tag in ("li", "dt", "dd"):
            self._begun = len(self.blocks)
            if tag == "li" and self._counts and self._counts[-1] >= 0:
                self._counts[-1] += 1

    def _close(self, tag: str) -> None:
        if tag == "dl":
            self._term = False
        if tag == "dt" and self._run and self._states["defined"] and not self._states["pre"]:
            self._term = True
        else:
            self.flush()
        self._around.pop()
        self._states["quoted"] -= self._quoting.pop()
        if tag in _HEADINGS:
            self._heading = 0
        elif tag in _LISTS and self._counts:
            self._counts.pop()

    def say(self, text: str | None) -> None:
        """Add text at the place that the walk has reached."""
        if not text:
            return
        breaks = text.count("\n")
        if not text.isspace():
            text = text if text.isascii() else unseen(text)
            if breaks:
                self._lines.update(
                    n for n, part in enumerate(text.split("\n"), self.line) if part and not part.isspace()
                )
            else:
                self._lines.add(self.line)
            if self._term:
                self._define()
            self._run.append(self._span(text))
        elif self._run:
            self._run.append(Span(text))
        self.line += breaks

    def _span(self, text: str) -> Span:
        states = self._states
        if states["raised"] or states["lowered"]:
            text = self._shifted(text)
        return Span(text, self._links[-1], states["strong"] > 0, states["emphasis"] > 0, states["struck"] > 0)

    def _shifted(self, text: str) -> str:
        """Text above or below the line: a note's number in brackets, a figure by its own character."""
        bare = text.strip()
        if self._states["raised"] and self._links[-1].startswith("#") and bare.strip("[]").isalnum():
            return f"[{bare.strip('[]')}]"
        table = _RAISED if self._states["raised"] else _LOWERED
        return bare.translate(table) if bare and all(ord(c) in table for c in bare) else text

    def _define(self) -> None:
        """Set off the term that has been read from its definition."""
        self._term = False
        said = "".join(span.text for span in self._run).rstrip()
        self._run = [*self._run, Span(" " if said.endswith((":", "?", ".")) else ": ")]

    def flush(self) -> None:
        """End the block that is being read."""
        if not self._run or self._term:
            return
        run, lines = self._run, tuple(sorted(self._lines))
        self._run, self._lines = [], set()
        if self._states["pre"] > 0:
            text = "".join(span.text for span in run).strip("\n")
            if text.strip():
                self._add("pre", text, (Span(text),), lines)
            return
        for part in paragraphs(run):
            if text := clean("".join(span.text for span in part)):
                self._add(self._kind(), text, tuple(part), lines)

    def _kind(self) -> Kind:
        if self._heading:
            return "h"
        quoted = self._states["quoted"] > 0
        if self._states["caption"] > 0 and not quoted:
            return "caption"
        if self._states["item"] > 0:
            return "li"
        return "quote" if quoted else "p"

    def _add(self, kind: Kind, text: str, spans: tuple[Span, ...], lines: tuple[int, ...]) -> None:
        number = max(self._counts[-1], 0) if kind == "li" and self._counts else 0
        level = self._heading if kind == "h" else len(self._counts)
        quoted = self._states["quoted"] > 0
        more = kind == "li" and any(b.kind == "li" and b.level == level for b in self.blocks[self._begun :])
        block = Block(kind, text, spans, self._around[-1], level, number, quoted, lines, more=more)
        self.blocks.append(block)

    def _table(self, element: Any) -> None:
        """Add a table as one block, and the pictures in it."""
        captions: list[Span] = []
        lines: set[int] = set()
        texts: list[str] = []
        aside: list[Block] = []

        def spans(cell: Any) -> tuple[Span, ...]:
            walk = _Walk(cell, self.line)
            walk.read()
            found: list[Span] = []
            for block in walk.blocks:
                if block.kind in ("img", "embed"):
                    aside.append(msgspec.structs.replace(block, around=self._around[-1]))
                    continue
                found += [BREAK, *block.spans] if found else block.spans
                lines.update(block.lines)
                texts.append(block.text)
            self.line = max(self.line, walk.line)
            return tuple(found)

        rows = tuple(
            tuple(Cell(spans(cell.element) if cell.element is not None else (), cell.heads, cell.align) for cell in row)
            for row in tables.grid(element)
        )
        for caption in element.iterchildren("caption"):
            captions += spans(caption)
        quoted = self._states["quoted"] > 0
        self.blocks.append(
            Block("table", " ".join(texts), tuple(captions), self._around[-1], 0, 0, quoted,
                  tuple(sorted(lines)) or (element.sourceline or 0,), rows=rows)
        )  # fmt: skip
        self.blocks += aside

    def _picture(self, element: Any) -> None:
        """Add a picture, before the block that is being read; one that is a sign within a line is read as that sign."""
        alt = clean(element.get("alt") or "")
        signs = 0 < len(alt) <= _EMOJI and not any(c.isalnum() and c.isascii() for c in alt) and not alt.isalpha()
        if signs and ("emoji" in (element.get("class") or "").lower() or self._run):
            self.say(alt)
            return
        src = picture_source(element)
        if src and not is_pixel(element):
            self.blocks.append(Block("img", alt, (), self._around[-1], lines=(element.sourceline or 0,), src=src))

    def _embed(self, element: Any) -> None:
        """Add what is embedded: a film, a map, a post of another site."""
        here = next((e for e in (element, *element.iterchildren("source")) if e.get("src") or e.get("data-src")), None)
        src = (here.get("src") or here.get("data-src")) if here is not None else element.get("data")
        src = src or (f"youtube:{element.get('data-videoid')}" if element.get("data-videoid") else "")
        src = "" if src.strip().startswith(("about:", "javascript:", "data:")) else clean(src)
        if src and not is_pixel(element):
            title = clean(element.get("title") or element.get("aria-label") or "")
            self.blocks.append(Block("embed", title, (), self._around[-1], lines=(element.sourceline or 0,), src=src))


def _language(root: Any) -> str:
    return next((lang for e in (root, *root.iterancestors()) if (lang := e.get("lang"))), "")


def _first_number(element: Any) -> int:
    """The number before that of a list's first item."""
    start = element.get("start") or ""
    return int(start) - 1 if start.isascii() and start.isdigit() and 0 < int(start[:6]) < 100_000 else 0


def _holds_quotation(element: Any) -> bool:
    return any(inner.tag == "blockquote" for inner in islice(element.iterdescendants(), _DEPTH))
