"""A page's tree → its blocks: paragraphs, headings, list items, quotations, cells, pictures, in reading order.

In: a tree that lxml made of HTML. Out: ``Block`` values, each with its spans, its lines and what stands around it.
Nothing is chosen here: ``article`` does that, and ``to_markdown`` prints them. Script, style and form controls have no
text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Kind = Literal["p", "h", "li", "quote", "pre", "cell", "caption", "img"]

_MARKS = re.compile(r"[\W_]+")
_UNSEEN = re.compile(r"[\u00ad\u200b\u2060\ufeff\x7f-\x9f]")
CELL = 200  # characters of a table's cell at most; a longer one is a paragraph in a table that arranges the page

# What a browser does not show as text of the page, or shows as a control.
_SILENT = frozenset((
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "applet", "video", "audio",
    "canvas", "map", "head", "title", "meta", "link", "button", "input", "select", "option", "textarea", "datalist",
    "progress", "meter", "dialog", "menu",
))  # fmt: skip
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr", "nobr", "label",
))  # fmt: skip
# Elements that set a state for everything in them.
_STATES = {
    "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "cite": "emphasis", "dfn": "emphasis",
    "blockquote": "quoted", "pre": "pre", "listing": "pre", "xmp": "pre", "li": "item", "figcaption": "caption",
    "caption": "caption",
}  # fmt: skip
_PICTURES = ("img", "amp-img")
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_NUMBERED = re.compile(r"[\w-]*\d[\w-]*")  # names with numbers are one element's own


class Span(msgspec.Struct, frozen=True):
    """A run of text in one style; ``href`` where it is a link, ``text`` is a line feed where the page breaks a line."""

    text: str
    href: str = ""
    strong: bool = False
    emphasis: bool = False


class Block(msgspec.Struct, frozen=True, eq=False):
    """One block of a page.

    ``level`` is a heading's rank or a list item's depth; ``ordered`` counts items of a numbered list from 1;
    ``around`` is the element that holds the text, with all that hold it; ``lines`` are the source lines that its text
    stands on, counted from 1; ``src`` is a picture's address.
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


class Around(msgspec.Struct, frozen=True, eq=False):
    """An element around a block: its tag, its classes and id, and the element around it.

    ``shape`` is equal for elements that the same template made.
    """

    element: Any
    tag: str
    names: str
    outer: Around | None = None
    shape: int = 0

    def chain(self) -> Iterator[Around]:
        """This element and all that hold it, innermost first."""
        here: Around | None = self
        while here is not None:
            yield here
            here = here.outer


def clean(text: str) -> str:
    """``text`` with its white space collapsed and without characters of no width."""
    return " ".join((text if text.isascii() else unseen(text)).split())


def unseen(text: str) -> str:
    """``text`` without soft hyphens, joints of no width and control characters."""
    return _UNSEEN.sub("", text)


def squeeze(text: str) -> str:
    """``text`` without spaces and punctuation, in lower case: for comparing what was printed twice."""
    return _MARKS.sub("", text).lower()


BREAK = Span("\n", "\n")  # the mark of <br>; no address is a line feed


def is_break(span: Span) -> bool:
    """Whether a span stands for a line break of the page."""
    return span.text == "\n" and span.href == "\n"


def linked(block: Block) -> float:
    """The share of a block's text that is links."""
    return sum(len(s.text) for s in block.spans if s.href and not is_break(s)) / max(len(block.text), 1)


def read_blocks(root: Any) -> list[Block]:
    """Every block of text below ``root``, in reading order."""
    from lxml import etree  # a run over plain text alone need not load it

    walk = _Walk(root)
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        heard = isinstance(tag, str) and tag not in _SILENT
        if event == "start":
            if not heard:
                walker.skip_subtree()
                continue
            walk.line = element.sourceline or walk.line
            walk.enter(element, tag)
            walk.say(element.text)
        else:
            if heard:
                walk.leave(tag)
            if element is not root:
                walk.say(element.tail)
    walk.flush()
    return walk.blocks


class _Walk:
    """The state of one pass through a tree."""

    def __init__(self, root: Any) -> None:
        self.blocks: list[Block] = []
        self.line = 0
        self._around = [Around(root, "", "")]
        self._run: list[Span] = []
        self._lines: set[int] = set()
        self._links = [""]
        self._common: dict[str, str] = {}  # names → the same without those that are one element's own
        self._states: Counter[str] = Counter()
        self._heading = 0
        self._counts: list[int] = []  # of each open list: -1 where it has no numbers, else the last number

    def enter(self, element: Any, tag: str) -> None:
        """Begin an element."""
        if tag == "br":
            self._run.append(BREAK)
        elif tag in _PICTURES:
            self._picture(element)
        else:
            if tag == "a":
                self._links.append(element.get("href") or self._links[-1])
            elif tag not in _INLINE:
                self._open(element, tag)
            if state := _STATES.get(tag):
                self._states[state] += 1

    def leave(self, tag: str) -> None:
        """End an element."""
        if tag == "br" or tag in _PICTURES:
            return
        if tag == "a":
            self._links.pop()
        elif tag not in _INLINE:
            self.flush()
            self._around.pop()
            if tag in _HEADINGS:
                self._heading = 0
            elif tag in ("ul", "ol"):
                self._counts.pop()
        if state := _STATES.get(tag):
            self._states[state] -= 1

    def _open(self, element: Any, tag: str) -> None:
        self.flush()
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.get("hidden") is not None or "display:none" in (element.get("style") or "").replace(" ", ""):
            names += " hidden"
        outer = self._around[-1]
        if names not in self._common:
            self._common[names] = _NUMBERED.sub("", names)
        shape = hash((outer.shape, tag, self._common[names]))
        self._around.append(Around(element, tag, names, outer, shape))
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in ("ul", "ol"):
            self._counts.append(0 if tag == "ol" else -1)
        elif tag == "li" and self._counts and self._counts[-1] >= 0:
            self._counts[-1] += 1

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
            self._run.append(Span(text, self._links[-1], self._states["strong"] > 0, self._states["emphasis"] > 0))
        elif self._run:
            self._run.append(Span(text))
        self.line += breaks

    def flush(self) -> None:
        """End the block that is being read."""
        if not self._run:
            return
        run, lines = self._run, tuple(sorted(self._lines))
        self._run, self._lines = [], set()
        if self._states["pre"] > 0:
            text = "".join(span.text for span in run).strip("\n")
            if text.strip():
                self._add("pre", text, (Span(text),), lines)
            return
        for part in _paragraphs(run):
            if text := clean("".join(span.text for span in part)):
                self._add(self._kind(text), text, tuple(part), lines)

    def _kind(self, text: str) -> Kind:
        if self._heading:
            return "h"
        if self._states["caption"] > 0:
            return "caption"
        if self._states["item"] > 0:
            return "li"
        if self._around[-1].tag in ("td", "th") and len(text) <= CELL:
            return "cell"
        return "quote" if self._states["quoted"] > 0 else "p"

    def _add(self, kind: Kind, text: str, spans: tuple[Span, ...], lines: tuple[int, ...]) -> None:
        number = max(self._counts[-1], 0) if kind == "li" and self._counts else 0
        level = self._heading if kind == "h" else len(self._counts)
        quoted = self._states["quoted"] > 0
        self.blocks.append(Block(kind, text, spans, self._around[-1], level, number, quoted, lines))

    def _picture(self, element: Any) -> None:
        """Add a picture, before the block that is being read."""
        src = (element.get("src") or element.get("data-src") or "").strip()
        if src and not src.startswith("data:"):
            alt = clean(element.get("alt") or "")
            self.blocks.append(Block("img", alt, (), self._around[-1], lines=(element.sourceline or 0,), src=src))


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
