"""Which blocks of a page are the article: trafilatura's choice, then repaired by the structure of the page.

In: the page's blocks, the texts that trafilatura took, and what the metadata says. Out: a part for every block.
What stands in the same places of the same template joins the article, and what the page marks as something else,
repeats, or only links to other pages leaves it.
"""

from __future__ import annotations

import re
from itertools import islice
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from broadsheet.ingest import chrome
from broadsheet.ingest.blocks import Around, Block, is_break

Part = Literal["body", "subhead", "title", "summary", "caption", "dropped"]

_LONG = 30  # letters from which a text is its own: a shorter one may stand in a page twice
_PROSE = 80  # characters from which a block is a paragraph rather than a label
_FURNITURE = 200  # characters; a longer block is a paragraph, whatever it begins with
_KINDS = frozenset({"share", "counter", "advert", "related", "popular", "signup", "cookies", "comments", "account"})
_MOST = 0.7  # of the paragraphs' text: what holds as much is the article's own element
_FEW = 4  # labels, or notes, above or below a text; more are a list that belongs to it
_SHARE = 0.2  # of the article's text: what holds as much is the article, whatever it is called

_WORDS = (
    "caption|credits?|byline|authors?|bio|contributors?|related|recommend\\w*|newsletters?|promos?|promotion|share|sharing|"
    "social|comments?|disqus|tags?|taglist|breadcrumbs?|teasers?|adverts?|advertisement|ads?|advertorial|sponsor\\w*|"
    "outbrain|taboola|sign-?up|subscri\\w*|paywall|toolbar|timestamp|pubdate|popular|trending|read-?more|read-?next|"
    "see-?also|also-?read|more-?on|more-?from|more-?stories|copyright|cookies?|consent|gdpr|modal|popup|overlay|sidebar|"
    "player|videos?|gallery|slideshow|carousel|slider|footer|nav|navigation|menu|keywords|poll|quiz|"
    "donat\\w*|banner|login|register|rating|hidden|sr-only|screen-?reader|skip|toc|disclaimer|affiliate|meta|kicker|"
    "opener|topper|eyebrow|dateline|legal|marginalia|linklist|linkbox|readmore|readon"
)
_CHROME = re.compile(rf"(?:(?<![a-z])(?:{_WORDS})(?![a-z])|(?<=[a-z])(?:{_WORDS.title()})(?![a-z]))")
_CHROME_TAGS = frozenset(("nav", "footer", "aside", "form", "header", "figcaption", "address", "figure"))
_LETTERS = re.compile(r"[\W_]+")


def squeeze(text: str) -> str:
    """``text`` without spaces and punctuation, in lower case: equal where two tools disagree about those only."""
    return _LETTERS.sub("", text).lower()


DEBUG = []


class _Page:
    """The blocks of one page with what is counted about them once."""

    def __init__(self, blocks: Sequence[Block], texts: Sequence[str], title: str, summaries: Sequence[str], lang: str) -> None:
        self.phrases = chrome.table(lang.partition("-")[0])
        self.blocks = blocks
        self.squeezed = [squeeze(block.text) for block in blocks]
        self.title = squeeze(title)
        self.summaries = [squeeze(text) for text in summaries]
        self.chosen = self._chosen(texts)
        self.held: Counter[int] = Counter()  # characters of chosen text below elements of one shape
        self.shapes: Counter[int] = Counter()  # the same, directly in them
        self.outers: Counter[int] = Counter()  # the same, in what holds those
        self.total = 1
        for block, taken in zip(blocks, self.chosen, strict=True):
            if taken:
                self.total += len(block.text)
                for around in block.around.chain():
                    self.held[around.shape] += len(block.text)
                if block.kind in ("p", "quote"):
                    self.shapes[block.around.shape] += len(block.text)
                    if block.around.outer and block.around.tag == "p":
                        self.outers[block.around.outer.shape] += len(block.text)
        self.parts: list[Part] = ["dropped"] * len(blocks)
        self.standfirst = -1

    def _chosen(self, texts: Sequence[str]) -> list[bool]:
        pieces = [squeeze(text) for text in texts]
        whole, joined = set(pieces), "\n".join(pieces)
        return [bool(s) and (s in whole or (len(s) >= _LONG and s in joined)) for s in self.squeezed]

    def strange(self, block: Block) -> bool:
        """Whether an element around a block, inside the article, says that it is something else.

        A heading's own names tell where a table of contents leads, or how it is folded, and are not asked.
        """
        around = block.around.outer if block.kind == "h" else block.around
        for here in around.chain() if around else ():
            if self.held[here.shape] > self.total * _SHARE:
                return False
            if here.tag in _CHROME_TAGS or _CHROME.search(here.names):
                return True
        return False

    def template(self, block: Block) -> bool:
        """Whether a block is prose in the same place of the template as much of the chosen text."""
        prose = block.kind in ("p", "quote") and len(block.text) > _PROSE
        if not prose:
            return False
        beside = block.around.tag == "p" and block.around.outer and self.outers[block.around.outer.shape] > self.total * 0.15
        return bool(beside) or self.shapes[block.around.shape] > self.total * 0.15

    def beginning(self) -> int:
        """The block of the headline, unless much of the text stands before it."""
        before = 0
        for n, block in enumerate(self.blocks):
            if block.kind == "h" and block.level <= 2 and self.is_title(n):
                return n if before < self.total * 0.1 else 0
            if self.chosen[n]:
                before += len(block.text)
        return 0

    def first_prose(self) -> int:
        """The first paragraph of the text."""
        return next((n for n, b in enumerate(self.blocks) if self.parts[n] == "body" and len(b.text) > _PROSE), 0)

    def last_prose(self) -> int:
        """The last paragraph of the text."""
        found = (n for n in range(len(self.blocks) - 1, -1, -1) if self.parts[n] == "body" and len(self.blocks[n].text) > _PROSE)
        return next(found, len(self.blocks))

    def furniture(self, block: Block) -> bool:
        """Whether the table of phrases knows a block as page furniture."""
        if len(block.text) > _FURNITURE or block.kind in ("cell", "li"):
            return False
        return chrome.kind(chrome.key(block.text), self.phrases) in _KINDS

    def label(self, n: int) -> bool:
        """Whether a block is a short paragraph that ends open, such as a date, a place, a credit."""
        block = self.blocks[n]
        kept = self.parts[n] == "body" and block.kind == "p" and n != self.standfirst
        return kept and len(block.text) < 60 and not _STOPS.search(block.text)

    def tail(self, last: int) -> list[int]:
        """The last blocks of the article, from the last paragraph but one."""
        kept = [n for n, part in enumerate(self.parts) if part == "body"]
        return [n for n in kept[-_FEW:] if n >= last - 2 and n != kept[0]]

    def in_list(self, n: int) -> bool:
        """Whether a block stands among others as short, as the names of a list do."""
        near = [m for m in range(max(n - 2, 0), min(n + 3, len(self.blocks))) if m != n and self.parts[m] == "body"]
        return sum(len(self.blocks[m].text) < 60 for m in near) > 1

    def prose_follows(self, n: int) -> bool:
        """Whether the next block of the article is a paragraph."""
        following = (m for m in range(n + 1, len(self.blocks)) if self.parts[m] != "dropped")
        m = next(following, None)
        return m is not None and self.parts[m] == "body" and len(self.blocks[m].text) > _PROSE

    def is_title(self, n: int) -> bool:
        """Whether a block repeats the headline."""
        text = self.squeezed[n]
        if not text or not self.title:
            return False
        if text == self.title:
            return True
        near = self.blocks[n].kind == "h" and min(len(text), len(self.title)) > 15
        return near and 0.5 < len(text) / len(self.title) < 2 and (text in self.title or self.title in text)


def parts(blocks: Sequence[Block], texts: Sequence[str], title: str, summaries: Sequence[str] = (), lang: str = "") -> list[Part]:
    """The part that each block plays, given the ``texts`` that trafilatura took for the article."""
    page = _Page(blocks, texts, title, summaries, lang)
    begun = page.beginning()
    for n, block in enumerate(blocks):
        if page.is_title(n):
            page.parts[n] = "title"
        elif n >= begun and page.squeezed[n] and block.kind not in ("img", "caption"):
            wanted = page.chosen[n] or page.template(block)
            if wanted and not page.strange(block):
                page.parts[n] = "subhead" if block.kind == "h" else "body"
    _copies(page)
    _strays(page)
    _standfirst(page, begun)
    _lists(page)
    _labels(page)
    _subheads(page)
    _hollow(page)
    return page.parts


def chosen(blocks: Sequence[Block], parts: Sequence[Part]) -> list[Block]:
    """The blocks of the article as they are to be printed: what heads is a heading, and the highest rank is the second."""
    kept = [(block, part) for block, part in zip(blocks, parts, strict=True) if part in ("body", "subhead")]
    ranks = sorted({block.level for block, part in kept if part == "subhead" and block.kind == "h"})
    out = []
    for block, part in kept:
        if part == "subhead":
            rank = ranks.index(block.level) if block.kind == "h" else 0
            out.append(replace(block, kind="h", level=2 + min(rank, 2)))
        else:
            out.append(replace(block, kind="p") if block.kind == "h" else block)
    return out


_STANDFIRST = re.compile(
    r"(?<![a-z])(?:lead|lede|leadin|intro|introduction|standfirst|dek|deck|subtitle|sub-?head(?:line)?|sub-?heading|summary|"
    r"excerpt|teaser|abstract|vorspann|unterzeile|description|chapo|entradilla|bajada|sumario|anriss|ingress|manchet|lid)(?![a-z])",
    re.IGNORECASE,
)


def _standfirst(page: _Page, begun: int) -> None:
    """The sentence below the headline, where the page marks one or shows the one that its metadata gives."""
    first = page.first_prose()
    for n in range(begun, first + 1):
        block, text = page.blocks[n], page.squeezed[n]
        if len(text) < _LONG or block.kind in ("img", "caption", "cell") or block.level == 1 or page.parts[n] == "title":
            continue
        told = any(text.startswith(s[:60]) or s.startswith(text) for s in page.summaries)
        named = len(block.text) > 60 and any(_STANDFIRST.search(here.names) for here in islice(block.around.chain(), 2))
        if told or (named and linked(block) < 0.3):
            page.parts[n] = "body"
            page.standfirst = n
            break
    for n in range(first):  # what stands above the first words heads the whole story, no part of it
        if page.parts[n] == "subhead":
            page.parts[n] = "dropped"


def _labels(page: _Page) -> None:
    """Drops page furniture: what the table of phrases knows, what repeats, what only leads to other pages."""
    times = Counter(s for s, part in zip(page.squeezed, page.parts, strict=True) if part != "dropped" and len(s) < _PROSE)
    first, last = page.first_prose(), page.last_prose()
    above = [n for n in range(first) if page.label(n)]
    below = [n for n in range(last + 1, len(page.blocks)) if page.label(n)]
    outer = {n for group in (above, below) if len(group) <= _FEW for n in group}
    notes = [n for n in page.tail(last) if _italic(page.blocks[n])]
    outer.update(notes if len(notes) <= _FEW // 2 else ())
    for n, block in enumerate(page.blocks):
        if page.parts[n] not in ("body", "subhead"):
            continue
        repeated = len(block.text) < 60 and times[page.squeezed[n]] > 1 and not page.in_list(n)
        leading = block.kind == "p" and linked(block) > 0.85 and len(block.text) < 160
        promoting = block.kind != "quote" and len(block.text) < 300 and _promotes(block, 0.2 if n > last - 2 else 0.5)
        if n in outer or repeated or leading or promoting or page.furniture(block):
            page.parts[n] = "dropped"
            DEBUG.append((n,"outer" if n in outer else "repeated" if repeated else "leading" if leading else "promoting" if promoting else "furniture:"+chrome.kind(chrome.key(block.text), page.phrases)))


_STOPS = re.compile(r"[.!?。！？؟।:…♦■][\"'”’»)\]]*$")
_PROMOTION = re.compile(
    r"newsletter|subscri|abonn|(?<![a-z])abo(?![a-z])|sign-?up|(?<![a-z])app(?:s|store)?(?![a-z])|onelink|donat|spende|"
    r"/login|/register|free-?trial|podcast|(?:twitter|facebook|instagram|youtube|linkedin)\.com/[^/]+/?$",
    re.IGNORECASE,
)


def _promotes(block: Block, share: float) -> bool:
    """Whether a block's links lead to newsletters, apps, social pages: judged by their addresses, in any language."""
    promoting = sum(len(s.text) for s in block.spans if s.href and not is_break(s) and _PROMOTION.search(s.href))
    return promoting > share * len(block.text)


def _italic(block: Block) -> bool:
    return block.kind == "p" and len(block.text) < 300 and all(s.emphasis for s in block.spans if s.text.strip(" .\n"))


def _copies(page: _Page) -> None:
    """Of a paragraph that the page holds twice, keeps the copy that stands where most of the text does."""
    kept: dict[str, int] = {}
    for n, block in enumerate(page.blocks):
        if page.parts[n] == "body" and len(block.text) > _PROSE:
            other = kept.setdefault(page.squeezed[n], n)
            if other != n:
                better = page.shapes[block.around.shape] > page.shapes[page.blocks[other].around.shape]
                page.parts[other if better else n] = "dropped"
                kept[page.squeezed[n]] = n if better else other


def _strays(page: _Page) -> None:
    """Drops what stands after the element that holds most of the paragraphs: other stories, in short."""
    held: Counter[Around] = Counter()
    prose = [n for n, b in enumerate(page.blocks) if page.parts[n] == "body" and len(b.text) > _PROSE and b.kind != "li"]
    total = sum(len(page.blocks[n].text) for n in prose)
    for n in prose:
        for around in page.blocks[n].around.chain():
            held[around] += len(page.blocks[n].text)
    core = {around for around, length in held.items() if length >= total * _MOST}
    inside = [n for n in prose if _deepest(core) in page.blocks[n].around.chain()] if core else []
    for n in range(inside[-1] + 1 if inside else len(page.blocks), len(page.blocks)):
        if page.parts[n] in ("body", "subhead") and _deepest(core) not in page.blocks[n].around.chain():
            page.parts[n] = "dropped"
            DEBUG.append((n, "stray"))


def _deepest(core: set[Around]) -> Around:
    return max(core, key=lambda around: sum(1 for _ in around.chain()))


def _lists(page: _Page) -> None:
    """Drops lists whose items are links to other pages."""
    run: list[int] = []
    for n, block in enumerate((*page.blocks, None)):
        if block is not None and block.kind == "li" and page.parts[n] == "body":
            run.append(n)
        elif run and (block is None or block.kind != "img"):
            if sum(linked(page.blocks[m]) > 0.4 for m in run) > 0.6 * len(run):
                for m in run:
                    page.parts[m] = "dropped"
            run = []


def linked(block: Block) -> float:
    """The share of a block's text that is links."""
    return sum(len(s.text) for s in block.spans if s.href and not is_break(s)) / max(len(block.text), 1)


def _subheads(page: _Page) -> None:
    """Headings between the paragraphs that were chosen, and short paragraphs that are set off like headings."""
    parents = Counter(b.around.outer for b, part in zip(page.blocks, page.parts, strict=True) if part == "body")
    plain = page.shapes.most_common(1)[0][0] if page.shapes else 0
    before = False
    for n, block in enumerate(page.blocks):
        part = page.parts[n]
        if part == "dropped" and block.kind == "h" and before and parents[block.around.outer] and not page.strange(block):
            if page.squeezed[n] and linked(block) < 0.5:
                page.parts[n] = "subhead"
        elif part == "body" and before and block.kind == "p" and _heads(block, plain) and page.prose_follows(n):
            page.parts[n] = "subhead"
        before = before or page.parts[n] == "body"


def _heads(block: Block, plain: int) -> bool:
    """Whether a paragraph is set off like a heading: short, open at its end, and wholly bold or in a style of its own."""
    text = block.text
    if not 2 < len(text) <= _PROSE or text[-1] in ".,;:…" or linked(block) or "\n" in {s.text for s in block.spans}:
        return False
    bold = all(span.strong for span in block.spans if span.text.strip())
    return bold or (block.around.shape != plain and bool(block.around.names.strip()) and block.around.tag == "p")


def _hollow(page: _Page) -> None:
    """Drops headings that nothing follows."""
    followed = False
    for n in range(len(page.blocks) - 1, -1, -1):
        part = page.parts[n]
        if part == "body":
            followed = True
        elif part == "subhead" and not followed:
            page.parts[n] = "dropped"
