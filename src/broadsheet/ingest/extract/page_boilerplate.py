"""What has come into an article and is none of it: labels, links to other pages, sign-ups, notes below the text.

In: a page's blocks with the parts that they play so far. Out: the same page, cleared of other stories and of page
furniture. Structure and addresses tell in any language; words only by the room's table of phrases.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from broadsheet.ingest.extract import boilerplate
from broadsheet.ingest.extract.blocks import Around, Block, is_break, linked

if TYPE_CHECKING:
    from broadsheet.ingest.extract.article import Page

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


def other_stories(page: Page) -> None:
    """Drop what an article's page holds twice, and what follows the article: other stories, in short."""
    _copies(page)
    _strays(page)


def clear(page: Page, lang: str) -> None:
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


def _copies(page: Page) -> None:
    """Of a paragraph that the page holds twice, keeps the copy that stands where most of the text does."""
    kept: dict[str, int] = {}
    for n in page.prose():
        other = kept.setdefault(page.squeezed[n], n)
        if other != n:
            held = page.within[page.blocks[n].around.shape] > page.within[page.blocks[other].around.shape]
            page.drop(other if held else n, "stands in the page twice")
            kept[page.squeezed[n]] = n if held else other


def _strays(page: Page) -> None:
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


def heads(block: Block, plain: int) -> bool:
    """Whether a paragraph is set off like a heading: short, open at its end, and wholly bold or in a style of its own.

    ``plain`` is the shape of the article's usual paragraphs.
    """
    if block.kind != "p" or not 2 < len(block.text) <= _HEADING or _OPEN.search(block.text) or linked(block):
        return False
    if any(is_break(span) for span in block.spans):
        return False
    bold = all(span.strong for span in block.spans if span.text.strip())
    return bold or (block.around.shape != plain and bool(block.around.names.strip()) and block.around.tag == "p")


def _known(block: Block, phrases: boilerplate.Table) -> str:
    """The kind of furniture that the table of phrases knows a block as."""
    if len(block.text) > _LINE or block.kind in ("cell", "li"):
        return ""
    kind = boilerplate.kind(boilerplate.key(block.text), phrases)
    return kind if kind in _KINDS else ""


def _outer(page: Page, first: int, last: int) -> dict[int, str]:
    """The few labels above and below the text, and the few notes in italics that close it."""
    above = [n for n in range(first) if _is_label(page, n)]
    below = [n for n in range(last + 1, len(page.blocks)) if _is_label(page, n)]
    kept = [n for n, part in enumerate(page.parts) if part.role == "body"]
    notes = [n for n in kept[1:][-_FEW:] if n >= last - 2 and _italic(page.blocks[n])]
    found = {n: "a label beside the text" for group in (above, below) if len(group) <= _FEW for n in group}
    return found | dict.fromkeys(notes if len(notes) <= _FEW // 2 else (), "a note below the text")


def _is_label(page: Page, n: int) -> bool:
    """Whether a block is a short paragraph that ends open, such as a date, a place, a credit."""
    block = page.blocks[n]
    kept = page.parts[n].role == "body" and block.kind == "p" and n != page.standfirst
    return kept and len(block.text) < _LABEL and not _STOPS.search(block.text)


def _italic(block: Block) -> bool:
    emphasised = all(span.emphasis for span in block.spans if span.text.strip(" .\n"))
    return block.kind == "p" and len(block.text) < _NOTE and emphasised


def _listed(page: Page, n: int) -> bool:
    """Whether a block stands among others as short, as the names of a list do."""
    near = [m for m in range(max(n - 2, 0), min(n + 3, len(page.blocks))) if m != n and page.parts[m].role == "body"]
    return sum(len(page.blocks[m].text) < _LABEL for m in near) > 1


def _promotes(block: Block, share: float) -> bool:
    """Whether a block's links lead to newsletters, apps, social pages: judged by their addresses, in any language."""
    promoting = sum(len(s.text) for s in block.spans if s.href and not is_break(s) and _PROMOTION.search(s.href))
    return promoting > share * len(block.text)


def _lists(page: Page) -> None:
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
