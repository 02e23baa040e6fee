"""The blocks of a page: paragraphs, headings, list items, quotations, tables, pictures, with what stands around them.

In: nothing; these are values, and what is asked of a text that may be printed twice. Out: ``Block``, which
``page_blocks`` makes of a tree, ``article`` chooses and ``to_markdown`` prints. ``PageBlocks`` counts once what is
asked of all blocks of a page, and gives each a ``BlockPart``, what it is to the story and how sure that is, as
``article`` and ``boilerplate`` decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
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


Role = Literal["body", "subhead", "title", "status", "dropped"]

LONG = 30  # letters from which a text is its own: a shorter one may stand in a page twice
PROSE = 80  # characters from which a block is a paragraph rather than a label
SENTENCE = 25  # characters from which a text that ends as a sentence does may be one
_SHARE = 0.2  # of the article's text: what holds as much is the article, whatever it is called
_PLACE = 0.15  # of the article's text: where as much of it stands, other paragraphs in the like places belong to it
_RIVAL = 1.5  # times the prose that was taken: an element that holds as much is the article, or its greater part
_LITTLE = 400  # characters of prose that are too few for a story
_BEFORE = 0.1  # of the article's text that may stand above its headline
_OWN = 0.7  # of the paragraphs' text: what holds as much is the article's own element

# What the elements around a block are called when they hold something else than the story, on the web of any country.
_NAMES = (
    "caption|credits?|byline|authors?|bio|contributors?|related|recommend\\w*|newsletters?|promos?|promotion|share|"
    "sharing|social|comments?|disqus|tags?|taglist|breadcrumbs?|teasers?|adverts?|advertisement|ads?|advertorial|"
    "sponsor\\w*|outbrain|taboola|sign-?up|subscri\\w*|toolbar|timestamp|pubdate|popular|trending|read-?more|"
    "read-?next|read-?on|see-?also|also-?read|more-?on|more-?from|more-?stories|copyright|cookies?|consent|gdpr|modal|"
    "popup|overlay|sidebar|player|videos?|gallery|slideshow|carousel|slider|footer|nav|navigation|menu|keywords|poll|"
    "quiz|donat\\w*|banner|login|register|(?:post-?)?ratings?|hidden|sr-only|screen-?reader|skip|toc|disclaimer|affiliate|meta|"
    "kicker|opener|topper|eyebrow|dateline|legal|marginalia|linklist|linkbox"
)
_STRANGE = re.compile(rf"(?:(?<![a-z])(?:{_NAMES})(?![a-z])|(?<=[a-z])(?:{_NAMES.title()})(?![a-z]))")
_STRANGE_TAGS = frozenset(("nav", "footer", "aside", "form", "header", "figcaption", "address", "figure"))
_POSTED = frozenset(("social", "Social"))  # around a post of another site that is quoted
_NEVER = frozenset(("nav", "footer"))  # which hold no article, however much is in them
STOPS = re.compile(r"[.!?。！？؟।:…♦■][\"'”’»)\]]*$")


def is_strange(around: Around) -> bool:
    """Whether an element says by its name or tag that it holds something else than a story."""
    return around.tag in _STRANGE_TAGS or bool(_STRANGE.search(around.names))


class BlockPart(msgspec.Struct, frozen=True):
    """What a block is in the story, why, and how sure it is (0 to 1) that it was rightly taken or left out.

    This is where the margins of what is kept and dropped are known: those of the body are made of them.
    """

    role: Role
    why: str = ""
    sure: float = 0.95


OUTSIDE = BlockPart("dropped", "outside the article")


class PageBlocks:
    """The blocks of one page, the counts that several rules need, and the part that each block has so far."""

    def __init__(self, blocks: Sequence[Block], texts: Sequence[str], title: str) -> None:
        self.blocks = blocks
        self.squeezed = [squeeze(block.text) for block in blocks]
        self.title = squeeze(title)
        self.parts = [OUTSIDE] * len(blocks)
        self.standfirst = -1
        pieces = [squeeze(text) for text in texts]
        whole, joined = set(pieces), "\n".join(pieces)
        self.chosen = [bool(s) and (s in whole or (size(s) >= LONG and s in joined)) for s in self.squeezed]
        self._rival()
        self.total = 1
        self.below: Counter[int] = Counter()  # characters of chosen text below elements of one shape
        self.within: Counter[int] = Counter()  # the same, of paragraphs directly in them
        self.beside: Counter[int] = Counter()  # the same, in the elements that hold those
        for block in (b for b, taken in zip(blocks, self.chosen, strict=True) if taken):
            self.total += size(block.text)
            for around in block.around.chain():
                self.below[around.shape] += size(block.text)
            if block.kind in ("p", "quote"):
                self.within[block.around.shape] += size(block.text)
                if block.around.outer and block.around.tag == "p":
                    self.beside[block.around.outer.shape] += size(block.text)

    def _rival(self) -> None:
        """Choose the element with the most prose as well, where it holds far more than what was taken.

        On a page of few words a short sentence is prose too.
        """
        small = sum(size(b.text) for b, taken in zip(self.blocks, self.chosen, strict=True) if taken) < _LITTLE
        prose: dict[Around, list[int]] = {}
        taken = 0
        for n, block in enumerate(self.blocks):
            long = size(block.text) > PROSE or (small and size(block.text) > SENTENCE and STOPS.search(block.text))
            if block.kind in ("p", "quote") and long and linked(block) < 0.5 and block.around.outer:
                taken += size(block.text) * self.chosen[n]
                if not any(_STRANGE.search(here.names) for here in islice(block.around.chain(), 3)):
                    holder = block.around.outer if block.around.tag == "p" else block.around
                    prose.setdefault(holder, []).append(n)
        best = max(prose.values(), key=lambda group: sum(size(self.blocks[n].text) for n in group), default=[])
        last = max((n for n, taken_here in enumerate(self.chosen) if taken_here), default=0)
        if sum(size(self.blocks[n].text) for n in best) > _RIVAL * taken and (taken < _LITTLE or best[0] <= last):
            for n in best:
                self.chosen[n] = True

    def give(self, n: int, role: Role, why: str, sure: float = 0.95) -> None:
        """Give a block its part."""
        self.parts[n] = BlockPart(role, why, sure)

    def drop(self, n: int, why: str, sure: float = 0.9) -> None:
        """Take a block out of the article."""
        self.parts[n] = BlockPart("dropped", why, sure)

    def taken(self, n: int) -> bool:
        """Whether a block is part of the article as it is so far."""
        return self.parts[n].role in ("body", "subhead")

    def strange(self, block: Block, but: frozenset[str] = frozenset()) -> str:
        """The name or tag by which an element around a block, inside the article, says that it is something else.

        A heading's own names tell where a table of contents leads, or how it is folded, and are not asked; nor are
        those within a quotation, which has a footer of its own. A figure may hold a table or a listing. Names in
        ``but`` say nothing here.
        """
        around = block.around.outer if block.kind == "h" else block.around
        chain = tuple(around.chain()) if around else ()
        quoted = [n for n, here in enumerate(chain) if here.quotes] if block.quoted else []
        but = but | _POSTED if quoted else but
        chain = chain[quoted[-1] + 1 if quoted else 0 :]
        if never := next((here.tag for here in chain if here.tag in _NEVER), ""):
            return never
        for here in chain:
            if self.below[here.shape] > self.total * _SHARE:
                return ""
            if here.tag in _STRANGE_TAGS and not (here.tag == "figure" and block.kind in ("table", "pre")):
                return here.tag
            for named in _STRANGE.finditer(here.names):
                if named[0] not in but:
                    return named[0]
        return ""

    def in_place(self, block: Block) -> bool:
        """Whether a block is prose in the same place of the template as much of the chosen text."""
        if block.kind not in ("p", "quote") or size(block.text) <= PROSE:
            return False
        outer = block.around.outer if block.around.tag == "p" else None
        beside = self.beside[outer.shape] if outer else 0
        return max(beside, self.within[block.around.shape]) > self.total * _PLACE

    def is_title(self, n: int) -> bool:
        """Whether a block repeats the headline, or is a heading that holds most of it or a little more."""
        text = self.squeezed[n]
        if not text or not self.title or text == self.title:
            return bool(text) and text == self.title
        near = self.blocks[n].kind == "h" and min(size(text), size(self.title)) > PROSE // 5
        return near and 0.5 < len(text) / len(self.title) < 2 and (text in self.title or self.title in text)

    def beginning(self) -> int:
        """The block of the headline, unless much of the text stands before it."""
        before = 0
        for n, block in enumerate(self.blocks):
            if block.kind == "h" and block.level <= 2 and self.is_title(n):
                return n if before < self.total * _BEFORE else 0
            before += size(block.text) if self.chosen[n] else 0
        return 0

    def prose(self) -> list[int]:
        """The paragraphs of the article as it is so far."""
        parts = zip(self.blocks, self.parts, strict=True)
        return [n for n, (block, part) in enumerate(parts) if part.role == "body" and size(block.text) > PROSE]

    def own(self) -> Around | None:
        """The innermost element that holds most of the article's paragraphs, and is none of them itself."""
        paragraphs = [b for n, b in enumerate(self.blocks) if self.parts[n].role == "body" and b.kind in ("p", "quote")]
        held: Counter[Around] = Counter()
        for block in paragraphs:
            for around in block.around.chain():
                held[around] += size(block.text)
        most = sum(size(block.text) for block in paragraphs) * _OWN
        holders = [around for around, length in held.items() if length >= most and around.tag != "p"]
        return max(holders, key=lambda around: sum(1 for _ in around.chain()), default=None)
