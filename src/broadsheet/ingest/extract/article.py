"""Which blocks of a page are the article: trafilatura's choice, then repaired by the structure of the page.

In: the page's blocks, the texts that were taken for the article, the headline and the texts that describe the page.
Out: the part that every block plays, and why. What stands in the same places of the same template joins the article;
what the page marks as something else, holds twice, or has after the article's own element leaves it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Literal

import msgspec
from msgspec.structs import replace

from broadsheet.ingest.extract import page_boilerplate
from broadsheet.ingest.extract.blocks import Around, Block, linked, squeeze

Role = Literal["body", "subhead", "title", "dropped"]

LONG = 30  # letters from which a text is its own: a shorter one may stand in a page twice
PROSE = 80  # characters from which a block is a paragraph rather than a label
_SHARE = 0.2  # of the article's text: what holds as much is the article, whatever it is called
_PLACE = 0.15  # of the article's text: where as much of it stands, other paragraphs in the like places belong to it
_RIVAL = 1.5  # times the prose that was taken: an element that holds as much is the article, or its greater part
_LITTLE = 400  # characters of prose that are too few for a story
_BEFORE = 0.1  # of the article's text that may stand above its headline

# What the elements around a block are called when they hold something else than the story, on the web of any country.
_NAMES = (
    "caption|credits?|byline|authors?|bio|contributors?|related|recommend\\w*|newsletters?|promos?|promotion|share|"
    "sharing|social|comments?|disqus|tags?|taglist|breadcrumbs?|teasers?|adverts?|advertisement|ads?|advertorial|"
    "sponsor\\w*|outbrain|taboola|sign-?up|subscri\\w*|paywall|toolbar|timestamp|pubdate|popular|trending|read-?more|"
    "read-?next|read-?on|see-?also|also-?read|more-?on|more-?from|more-?stories|copyright|cookies?|consent|gdpr|modal|"
    "popup|overlay|sidebar|player|videos?|gallery|slideshow|carousel|slider|footer|nav|navigation|menu|keywords|poll|"
    "quiz|donat\\w*|banner|login|register|rating|hidden|sr-only|screen-?reader|skip|toc|disclaimer|affiliate|meta|"
    "kicker|opener|topper|eyebrow|dateline|legal|marginalia|linklist|linkbox"
)
_STRANGE = re.compile(rf"(?:(?<![a-z])(?:{_NAMES})(?![a-z])|(?<=[a-z])(?:{_NAMES.title()})(?![a-z]))")
_STRANGE_TAGS = frozenset(("nav", "footer", "aside", "form", "header", "figcaption", "address", "figure"))
_STANDFIRST = re.compile(
    r"(?<![a-z])(?:lead|lede|leadin|intro|introduction|standfirst|dek|deck|subtitle|sub-?head(?:line)?|sub-?heading|"
    r"summary|excerpt|teaser|abstract|vorspann|unterzeile|description|chapo|entradilla|bajada|sumario|anriss|ingress|"
    r"manchet|lid)(?![a-z])",
    re.IGNORECASE,
)


class Part(msgspec.Struct, frozen=True):
    """What a block is in the story, and why."""

    role: Role
    why: str = ""


OUTSIDE = Part("dropped", "outside the article")


class Page:
    """The blocks of one page, what is counted about them once, and the parts as they are given out."""

    def __init__(self, blocks: Sequence[Block], texts: Sequence[str], title: str) -> None:
        self.blocks = blocks
        self.squeezed = [squeeze(block.text) for block in blocks]
        self.title = squeeze(title)
        self.parts = [OUTSIDE] * len(blocks)
        self.standfirst = -1
        pieces = [squeeze(text) for text in texts]
        whole, joined = set(pieces), "\n".join(pieces)
        self.chosen = [bool(s) and (s in whole or (len(s) >= LONG and s in joined)) for s in self.squeezed]
        self._rival()
        self.total = 1
        self.below: Counter[int] = Counter()  # characters of chosen text below elements of one shape
        self.within: Counter[int] = Counter()  # the same, of paragraphs directly in them
        self.beside: Counter[int] = Counter()  # the same, in the elements that hold those
        for block in (b for b, taken in zip(blocks, self.chosen, strict=True) if taken):
            self.total += len(block.text)
            for around in block.around.chain():
                self.below[around.shape] += len(block.text)
            if block.kind in ("p", "quote"):
                self.within[block.around.shape] += len(block.text)
                if block.around.outer and block.around.tag == "p":
                    self.beside[block.around.outer.shape] += len(block.text)

    def _rival(self) -> None:
        """Choose the element with the most prose as well, where it holds far more than what was taken."""
        prose: dict[Around, list[int]] = {}
        taken = 0
        for n, block in enumerate(self.blocks):
            if block.kind in ("p", "quote") and len(block.text) > PROSE and linked(block) < 0.5 and block.around.outer:
                taken += len(block.text) * self.chosen[n]
                if not any(_STRANGE.search(here.names) for here in islice(block.around.chain(), 3)):
                    prose.setdefault(block.around.outer, []).append(n)
        best = max(prose.values(), key=lambda group: sum(len(self.blocks[n].text) for n in group), default=[])
        last = max((n for n, taken_here in enumerate(self.chosen) if taken_here), default=0)
        if sum(len(self.blocks[n].text) for n in best) > _RIVAL * taken and (taken < _LITTLE or best[0] <= last):
            for n in best:
                self.chosen[n] = True

    def drop(self, n: int, why: str) -> None:
        """Take a block out of the article."""
        self.parts[n] = Part("dropped", why)

    def strange(self, block: Block) -> str:
        """The name or tag by which an element around a block, inside the article, says that it is something else.

        A heading's own names tell where a table of contents leads, or how it is folded, and are not asked.
        """
        around = block.around.outer if block.kind == "h" else block.around
        for here in around.chain() if around else ():
            if self.below[here.shape] > self.total * _SHARE:
                return ""
            if here.tag in _STRANGE_TAGS:
                return here.tag
            if named := _STRANGE.search(here.names):
                return named[0]
        return ""

    def in_place(self, block: Block) -> bool:
        """Whether a block is prose in the same place of the template as much of the chosen text."""
        if block.kind not in ("p", "quote") or len(block.text) <= PROSE:
            return False
        outer = block.around.outer if block.around.tag == "p" else None
        beside = self.beside[outer.shape] if outer else 0
        return max(beside, self.within[block.around.shape]) > self.total * _PLACE

    def is_title(self, n: int) -> bool:
        """Whether a block repeats the headline, or is a heading that holds most of it or a little more."""
        text = self.squeezed[n]
        if not text or not self.title or text == self.title:
            return bool(text) and text == self.title
        near = self.blocks[n].kind == "h" and min(len(text), len(self.title)) > PROSE // 5
        return near and 0.5 < len(text) / len(self.title) < 2 and (text in self.title or self.title in text)

    def beginning(self) -> int:
        """The block of the headline, unless much of the text stands before it."""
        before = 0
        for n, block in enumerate(self.blocks):
            if block.kind == "h" and block.level <= 2 and self.is_title(n):
                return n if before < self.total * _BEFORE else 0
            before += len(block.text) if self.chosen[n] else 0
        return 0

    def prose(self) -> list[int]:
        """The paragraphs of the article as it is so far."""
        parts = zip(self.blocks, self.parts, strict=True)
        return [n for n, (block, part) in enumerate(parts) if part.role == "body" and len(block.text) > PROSE]


def parts(
    blocks: Sequence[Block], texts: Sequence[str], title: str, summaries: Sequence[str] = (), lang: str = ""
) -> list[Part]:
    """The part that each block plays, given the ``texts`` that were taken for the article."""
    page = Page(blocks, texts, title)
    begun = page.beginning()
    for n, block in enumerate(blocks):
        if page.is_title(n):
            page.parts[n] = Part("title", "the headline" if block.kind == "h" else "repeats the headline")
        elif n >= begun and page.squeezed[n] and block.kind not in ("img", "caption"):
            why = "" if page.chosen[n] else "stands where the article's paragraphs do" if page.in_place(block) else None
            if why is not None:
                strange = page.strange(block)
                role: Role = "subhead" if block.kind == "h" else "body"
                page.parts[n] = Part("dropped", f"in an element called {strange}") if strange else Part(role, why)
    page_boilerplate.other_stories(page)
    _standfirst(page, begun, [squeeze(text) for text in summaries])
    page_boilerplate.clear(page, lang)
    _subheads(page)
    return page.parts


def chosen(blocks: Sequence[Block], parts: Sequence[Part]) -> list[Block]:
    """The blocks of the article as they are to be printed: what heads is a heading, what does not is none."""
    kept = [(b, part.role) for b, part in zip(blocks, parts, strict=True) if part.role in ("body", "subhead")]
    highest = min((block.level for block, role in kept if role == "subhead" and block.kind == "h"), default=2)
    out = []
    for block, role in kept:
        if role == "subhead":
            out.append(block if block.kind == "h" else replace(block, kind="h", level=highest))
        else:
            out.append(replace(block, kind="p") if block.kind == "h" else block)
    return out


def _standfirst(page: Page, begun: int, summaries: Sequence[str]) -> None:
    """The sentence below the headline, where the page marks one or shows the one that its metadata gives."""
    first = next(iter(page.prose()), 0)
    for n in range(begun, min(first + 1, len(page.blocks))):
        block, text = page.blocks[n], page.squeezed[n]
        heading = block.kind in ("img", "caption", "cell") or block.level == 1 or page.parts[n].role == "title"
        if len(text) < LONG or heading:
            continue
        told = any(text.startswith(s[:60]) or s.startswith(text) for s in summaries)
        named = any(_STANDFIRST.search(here.names) for here in islice(block.around.chain(), 2))
        if told or (named and len(block.text) > PROSE * 3 // 4 and linked(block) < 0.3):
            page.parts[n] = Part("body", "the standfirst")
            page.standfirst = n
            break
    for n in range(first):
        if page.parts[n].role == "subhead":
            page.drop(n, "heads the whole story")


def _subheads(page: Page) -> None:
    """Headings between the paragraphs, and short paragraphs set off like headings; none that heads nothing."""
    parents = {b.around.outer for b, part in zip(page.blocks, page.parts, strict=True) if part.role == "body"}
    plain = page.within.most_common(1)[0][0] if page.within else 0
    prose = set(page.prose())
    kept = [n for n, part in enumerate(page.parts) if part.role in ("body", "subhead")]
    follows = dict(pairwise(kept))
    before = False
    for n, block in enumerate(page.blocks):
        role = page.parts[n].role
        if role == "dropped" and block.kind == "h" and before and block.around.outer in parents and page.squeezed[n]:
            if page.parts[n] is OUTSIDE and linked(block) < 0.5 and not page.strange(block):
                page.parts[n] = Part("subhead", "a heading between the article's paragraphs")
        elif role == "body" and before and follows.get(n) in prose and page_boilerplate.heads(block, plain):
            page.parts[n] = Part("subhead", "set off like a heading")
        before = before or role == "body"
    for n in range(len(page.blocks) - 1, -1, -1):
        if page.parts[n].role == "body":
            break
        if page.parts[n].role == "subhead":
            page.drop(n, "heads nothing")
