"""Which blocks of a page are the article: trafilatura's choice, then repaired by the structure of the page.

In: the page's blocks, the texts that were taken for the article, the headline and the texts that describe the page.
Out: the part that every block plays, and why. What stands in the same places of the same template joins the article;
what the page marks as something else, holds twice, or has after the article's own element leaves it. So do the labels,
links to other pages, sign-ups and notes that have come into it: structure and addresses tell in any language, words
only by the table of phrases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Literal

import msgspec
from msgspec.structs import replace

from broadsheet.ingest.extract import boilerplate
from broadsheet.ingest.extract.blocks import Around, Block, is_break, linked, squeeze

Role = Literal["body", "subhead", "title", "status", "dropped"]

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
# What has come into an article and is none of it.
_MOST = 0.7  # of the paragraphs' text: what holds as much is the article's own element
_KINDS = frozenset({"share", "counter", "advert", "related", "popular", "signup", "cookies", "comments", "account"})
_LABEL = 60  # characters of a label at most
_HEADING = 80  # characters of a heading at most
_LINK = 160  # characters of a paragraph that may be nothing but a link
_LINE = 200  # characters of a line of the table of phrases at most
_NOTE = 300  # characters of a note or a promotion at most
_FEW = 4  # labels, or notes, above or below a text; more are a list that belongs to it
_STOPS = re.compile(r"[.!?。！？؟।:…♦■][\"'”’»)\]]*$")
_OPEN = re.compile(r"[.,;:…]$")
_PROMOTION = re.compile(
    r"newsletter|subscri|abonn|(?<![a-z])abo(?![a-z])|sign-?up|(?<![a-z])app(?:s|store)?(?![a-z])|onelink|donat|spende|"
    r"/login|/register|free-?trial|podcast|(?:twitter|facebook|instagram|youtube|linkedin)\.com/[^/]+/?$",
    re.IGNORECASE,
)


class BlockPart(msgspec.Struct, frozen=True):
    """What a block is in the story, and why."""

    role: Role
    why: str = ""


OUTSIDE = BlockPart("dropped", "outside the article")


class PageBlocks:
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
        self.parts[n] = BlockPart("dropped", why)

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
) -> list[BlockPart]:
    """The part that each block plays, given the ``texts`` that were taken for the article."""
    page = PageBlocks(blocks, texts, title)
    begun = page.beginning()
    for n, block in enumerate(blocks):
        if page.is_title(n):
            page.parts[n] = BlockPart("title", "the headline" if block.kind == "h" else "repeats the headline")
        elif n >= begun and page.squeezed[n] and block.kind not in ("img", "caption"):
            why = "" if page.chosen[n] else "stands where the article's paragraphs do" if page.in_place(block) else None
            if why is not None:
                strange = page.strange(block)
                role: Role = "subhead" if block.kind == "h" else "body"
                page.parts[n] = (
                    BlockPart("dropped", f"in an element called {strange}") if strange else BlockPart(role, why)
                )
    _other_stories(page)
    _standfirst(page, begun, [squeeze(text) for text in summaries])
    _clear(page, lang)
    _subheads(page)
    return page.parts


def chosen(blocks: Sequence[Block], parts: Sequence[BlockPart]) -> list[Block]:
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


def _standfirst(page: PageBlocks, begun: int, summaries: Sequence[str]) -> None:
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
            page.parts[n] = BlockPart("body", "the standfirst")
            page.standfirst = n
            break
    for n in range(first):
        if page.parts[n].role == "subhead":
            page.drop(n, "heads the whole story")


def _subheads(page: PageBlocks) -> None:
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
                page.parts[n] = BlockPart("subhead", "a heading between the article's paragraphs")
        elif role == "body" and before and follows.get(n) in prose and _heads(block, plain):
            page.parts[n] = BlockPart("subhead", "set off like a heading")
        before = before or role == "body"
    for n in range(len(page.blocks) - 1, -1, -1):
        if page.parts[n].role == "body":
            break
        if page.parts[n].role == "subhead":
            page.drop(n, "heads nothing")


def _other_stories(page: PageBlocks) -> None:
    """Drop what an article's page holds twice, and what follows the article: other stories, in short."""
    _copies(page)
    _strays(page)


def _clear(page: PageBlocks, lang: str) -> None:
    """Drop page furniture from an article."""
    _lists(page)
    phrases = boilerplate.table(lang.partition("-")[0].lower())
    prose = page.prose()
    first, last = (prose[0], prose[-1]) if prose else (0, len(page.blocks))
    times = Counter(s for s, part in zip(page.squeezed, page.parts, strict=True) if part.role in ("body", "subhead"))
    outer = _outer(page, first, last)
    for n, block in enumerate(page.blocks):
        if page.parts[n].role not in ("body", "subhead"):
            continue
        if n in outer:
            page.drop(n, outer[n])
        elif len(block.text) < _LABEL and times[page.squeezed[n]] > 1 and not _listed(page, n):
            page.drop(n, "a label that repeats")
        elif block.kind == "p" and len(block.text) < _LINK and linked(block) > 0.85:
            page.drop(n, "nothing but a link")
        elif block.kind != "quote" and len(block.text) < _NOTE and _promotes(block, 0.2 if n > last - 2 else 0.5):
            page.drop(n, "leads to a sign-up or a social page")
        elif kind := _known(block, phrases):
            page.drop(n, f"page furniture: {kind}")


def _copies(page: PageBlocks) -> None:
    """Of a paragraph that the page holds twice, keeps the copy that stands where most of the text does."""
    kept: dict[str, int] = {}
    for n in page.prose():
        other = kept.setdefault(page.squeezed[n], n)
        if other != n:
            held = page.within[page.blocks[n].around.shape] > page.within[page.blocks[other].around.shape]
            page.drop(other if held else n, "stands in the page twice")
            kept[page.squeezed[n]] = n if held else other


def _strays(page: PageBlocks) -> None:
    """Drops what stands after the element that holds most of the paragraphs."""
    prose = [n for n in page.prose() if page.blocks[n].kind != "li"]
    held: Counter[Around] = Counter()
    for n in prose:
        for around in page.blocks[n].around.chain():
            held[around] += len(page.blocks[n].text)
    most = sum(len(page.blocks[n].text) for n in prose) * _MOST
    holders = [around for around, length in held.items() if length >= most]
    if not holders:
        return
    own = max(holders, key=lambda around: sum(1 for _ in around.chain()))
    outside = [n for n in range(len(page.blocks)) if own not in page.blocks[n].around.chain()]
    last = max(n for n in prose if own in page.blocks[n].around.chain())
    for n in outside:
        if n > last and page.parts[n].role in ("body", "subhead"):
            page.drop(n, "after the article")


def _heads(block: Block, plain: int) -> bool:
    """Whether a paragraph is set off like a heading: short, open at its end, and wholly bold or in a style of its own.

    ``plain`` is the shape of the article's usual paragraphs.
    """
    if block.kind != "p" or not 2 < len(block.text) <= _HEADING or _OPEN.search(block.text) or linked(block):
        return False
    if any(is_break(span) for span in block.spans):
        return False
    bold = all(span.strong for span in block.spans if span.text.strip())
    return bold or (block.around.shape != plain and bool(block.around.names.strip()) and block.around.tag == "p")


def _known(block: Block, phrases: boilerplate.PhraseTable) -> str:
    """The kind of furniture that the table of phrases knows a block as."""
    if len(block.text) > _LINE or block.kind in ("cell", "li"):
        return ""
    kind = boilerplate.kind(boilerplate.key(block.text), phrases)
    return kind if kind in _KINDS else ""


def _outer(page: PageBlocks, first: int, last: int) -> dict[int, str]:
    """The few labels above and below the text, and the few notes in italics that close it."""
    above = [n for n in range(first) if _is_label(page, n)]
    below = [n for n in range(last + 1, len(page.blocks)) if _is_label(page, n)]
    kept = [n for n, part in enumerate(page.parts) if part.role == "body"]
    notes = [n for n in kept[1:][-_FEW:] if n >= last - 2 and _italic(page.blocks[n])]
    found = {n: "a label beside the text" for group in (above, below) if len(group) <= _FEW for n in group}
    return found | dict.fromkeys(notes if len(notes) <= _FEW // 2 else (), "a note below the text")


def _is_label(page: PageBlocks, n: int) -> bool:
    """Whether a block is a short paragraph that ends open, such as a date, a place, a credit."""
    block = page.blocks[n]
    kept = page.parts[n].role == "body" and block.kind == "p" and n != page.standfirst
    return kept and len(block.text) < _LABEL and not _STOPS.search(block.text)


def _italic(block: Block) -> bool:
    emphasised = all(span.emphasis for span in block.spans if span.text.strip(" .\n"))
    return block.kind == "p" and len(block.text) < _NOTE and emphasised


def _listed(page: PageBlocks, n: int) -> bool:
    """Whether a block stands among others as short, as the names of a list do."""
    near = [m for m in range(max(n - 2, 0), min(n + 3, len(page.blocks))) if m != n and page.parts[m].role == "body"]
    return sum(len(page.blocks[m].text) < _LABEL for m in near) > 1


def _promotes(block: Block, share: float) -> bool:
    """Whether a block's links lead to newsletters, apps, social pages: judged by their addresses, in any language."""
    promoting = sum(len(s.text) for s in block.spans if s.href and not is_break(s) and _PROMOTION.search(s.href))
    return promoting > share * len(block.text)


def _lists(page: PageBlocks) -> None:
    """Drops lists most of whose items are links to other pages."""
    run: list[int] = []
    for n, block in enumerate((*page.blocks, None)):
        if block is not None and block.kind == "li" and page.parts[n].role == "body":
            run.append(n)
        elif run and (block is None or block.kind != "img"):
            if sum(linked(page.blocks[m]) > 0.4 for m in run) > 0.6 * len(run):
                for m in run:
                    page.drop(m, "a list of links")
            run = []
