"""Which blocks of a page are the article: trafilatura's choice, then repaired by the structure of the page.

In: the page's blocks, the texts that trafilatura took, and what the metadata says. Out: a part for every block.
What stands in the same places of the same template joins the article, and what the page marks as something else,
repeats, or only links to other pages leaves it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from broadsheet.ingest.blocks import Around, Block

Part = Literal["body", "subhead", "title", "summary", "caption", "dropped"]

_LONG = 30  # letters from which a text is its own: a shorter one may stand in a page twice
_PROSE = 80  # characters from which a block is a paragraph rather than a label
_SHARE = 0.2  # of the article's text: what holds as much is the article, whatever it is called

_WORDS = (
    "caption|credits?|byline|authors?|bio|contributors?|related|recommend\\w*|newsletters?|promos?|promotion|share|sharing|"
    "social|comments?|disqus|tags?|taglist|breadcrumbs?|teasers?|adverts?|advertisement|ads?|advertorial|sponsor\\w*|"
    "outbrain|taboola|sign-?up|subscri\\w*|paywall|toolbar|timestamp|pubdate|popular|trending|read-?more|read-?next|"
    "see-?also|also-?read|more-?on|more-?from|more-?stories|copyright|cookies?|consent|gdpr|modal|popup|overlay|sidebar|"
    "player|videos?|gallery|slideshow|carousel|slider|footer|nav|navigation|menu|keywords|poll|quiz|"
    "donat\\w*|banner|login|register|rating|hidden|sr-only|screen-?reader|skip|toc|disclaimer|affiliate|meta|kicker|"
    "opener|topper|eyebrow|dateline|legal|marginalia|linklist|linkbox|readmore|readon|hide"
)
_CHROME = re.compile(rf"(?:(?<![a-z])(?:{_WORDS})(?![a-z])|(?<=[a-z])(?:{_WORDS.title()})(?![a-z]))")
_CHROME_TAGS = frozenset(("nav", "footer", "aside", "form", "header", "figcaption", "address", "figure"))
_LETTERS = re.compile(r"[\W_]+")


def squeeze(text: str) -> str:
    """``text`` without spaces and punctuation, in lower case: equal where two tools disagree about those only."""
    return _LETTERS.sub("", text).lower()


class _Page:
    """The blocks of one page with what is counted about them once."""

    def __init__(self, blocks: Sequence[Block], texts: Sequence[str], title: str, summaries: Sequence[str]) -> None:
        self.blocks = blocks
        self.squeezed = [squeeze(block.text) for block in blocks]
        self.title = squeeze(title)
        self.summaries = [squeeze(text) for text in summaries]
        self.chosen = self._chosen(texts)
        self.held: Counter[int] = Counter()  # characters of chosen text below elements of one shape
        self.shapes: Counter[int] = Counter()  # the same, directly in them
        self.total = 1
        for block, taken in zip(blocks, self.chosen, strict=True):
            if taken:
                self.total += len(block.text)
                for around in block.around.chain():
                    self.held[around.shape] += len(block.text)
                if block.kind in ("p", "quote"):
                    self.shapes[block.around.shape] += len(block.text)
        self.parts: list[Part] = ["dropped"] * len(blocks)

    def _chosen(self, texts: Sequence[str]) -> list[bool]:
        pieces = [squeeze(text) for text in texts]
        whole, joined = set(pieces), "\n".join(pieces)
        return [bool(s) and (s in whole or (len(s) >= _LONG and s in joined)) for s in self.squeezed]

    def strange(self, around: Around) -> bool:
        """Whether an element around a block, inside the article, says that it is something else."""
        for here in around.chain():
            if self.held[here.shape] > self.total * _SHARE:
                return False
            if here.tag in _CHROME_TAGS or _CHROME.search(here.names):
                return True
        return False

    def template(self, block: Block) -> bool:
        """Whether a block is prose in the same place of the template as much of the chosen text."""
        prose = block.kind in ("p", "quote") and len(block.text) > _PROSE
        return prose and self.shapes[block.around.shape] > self.total * 0.15

    def beginning(self) -> int:
        """The block of the headline, unless much of the text stands before it."""
        before = 0
        for n, block in enumerate(self.blocks):
            if block.kind == "h" and block.level <= 2 and self.is_title(n):
                return n if before < self.total * 0.1 else 0
            if self.chosen[n]:
                before += len(block.text)
        return 0

    def is_title(self, n: int) -> bool:
        """Whether a block repeats the headline."""
        text = self.squeezed[n]
        return bool(text) and text == self.title


def parts(blocks: Sequence[Block], texts: Sequence[str], title: str, summaries: Sequence[str] = ()) -> list[Part]:
    """The part that each block plays, given the ``texts`` that trafilatura took for the article."""
    page = _Page(blocks, texts, title, summaries)
    begun = page.beginning()
    for n, block in enumerate(blocks):
        if page.is_title(n):
            page.parts[n] = "title"
        elif n >= begun and page.squeezed[n] and block.kind not in ("img", "caption"):
            wanted = page.chosen[n] or page.template(block)
            if wanted and not page.strange(block.around):
                page.parts[n] = "subhead" if block.kind == "h" else "body"
    _standfirst(page, begun)
    _labels(page)
    _hollow(page)
    return page.parts


def _standfirst(page: _Page, begun: int) -> None:
    """The sentence below the headline, where the page shows the one that its metadata gives."""
    first = next((n for n, part in enumerate(page.parts) if part == "body"), 0)
    for n in range(begun, first + 1):
        text = page.squeezed[n]
        if len(text) >= _LONG and any(text.startswith(s[:80]) or s.startswith(text) for s in page.summaries):
            page.parts[n] = "body"
            return


def _labels(page: _Page) -> None:
    """Drops short blocks that repeat, and paragraphs that are nothing but a link."""
    times = Counter(s for s, part in zip(page.squeezed, page.parts, strict=True) if part != "dropped" and len(s) < _PROSE)
    for n, block in enumerate(page.blocks):
        if page.parts[n] == "body" and block.kind == "p":
            repeated = len(block.text) < 60 and times[page.squeezed[n]] > 1
            linked = sum(len(span.text) for span in block.spans if span.href and span.href != "\n")
            if repeated or (linked > 0.85 * len(block.text) and len(block.text) < 160):
                page.parts[n] = "dropped"


def _hollow(page: _Page) -> None:
    """Drops headings that nothing follows."""
    followed = False
    for n in range(len(page.blocks) - 1, -1, -1):
        part = page.parts[n]
        if part == "body":
            followed = True
        elif part == "subhead":
            if not followed:
                page.parts[n] = "dropped"
