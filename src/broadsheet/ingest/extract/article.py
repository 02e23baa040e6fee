"""Which blocks of a page are the article: trafilatura's choice, then repaired by the structure of the page.

In: the page's blocks, the texts that were taken for the article, the headline and the texts that describe the page.
Out: the part that every block plays, why, and how sure that is. What stands in the same places of the same template,
or between the article's own paragraphs, joins the article; what the page marks as something else, holds twice, or has
after the article's own element leaves it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise

from msgspec.structs import replace

from broadsheet.ingest.extract import boilerplate, dates, page_metadata, reader_notes
from broadsheet.ingest.extract.blocks import (
    LONG,
    OUTSIDE,
    PROSE,
    SENTENCE,
    STOPS,
    Around,
    Block,
    BlockPart,
    PageBlocks,
    Span,
    is_break,
    is_strange,
    linked,
    size,
    squeeze,
)

_STANDFIRST = re.compile(
    r"(?<![a-z])(?:lead|lede|leadin|intro|introduction|standfirst|dek|deck|subtitle|sub-?head(?:line)?|sub-?heading|"
    r"summary|excerpt|teaser|abstract|vorspann|unterzeile|description|chapo|entradilla|bajada|sumario|anriss|ingress|"
    r"manchet|lid)(?![a-z])|(?<=[a-z])(?-i:Lead|Lede|Intro|Standfirst|Subtitle|Summary|Excerpt|Teaser)(?![a-z])",
    re.IGNORECASE,
)
_HEADING = 80  # characters of a heading at most
_OPEN = re.compile(r"[.,;:…]$")
_SLIDES = re.compile(r"(?<![a-z])(?:gallery|slide-?show|slides?|carousel|slider|photo-?essay)(?![a-z])", re.IGNORECASE)
_SLIDE_NAMES = frozenset(("gallery", "slideshow", "carousel", "slider", "caption"))
_FEWEST_SLIDES = 3
_MOST_QUOTES = 100
_TIME_NAMES = frozenset(("timestamp", "pubdate", "meta", "dateline"))
_CLOCK = 40  # characters of a line that is a time of day
_AT = re.compile(r"(?:at|um|kl|à|a las|alle|ore|om|uhr)\b\.?", re.IGNORECASE)
_END = re.compile(r"[.!?。！？؟।][\"'”’»)]*$")  # of a sentence
_NEAR = 8  # blocks before and after the paragraphs among which a correction stands
_NOTE = 600  # characters of a correction that stands outside the article's element
_CORRECTION = re.compile(
    r"(?<![a-z])(?:corrections?|corrected|clarifications?|amend(?:ed|ments?)|errat(?:um|a)|(?:editors?|editorial)-?_?notes?|"
    r"korrekturen|korrektur|berichtigung|rectificatif|correctif|rectificaci[oó]n|correcci[oó]n|rettifica|rectificatie|"
    r"correctie|r[aä]ttelse|rettelse)(?![a-z])",
    re.IGNORECASE,
)
_NO_TEXT = ("img", "caption", "embed")


def parts(
    blocks: Sequence[Block], texts: Sequence[str], title: str, summaries: Sequence[str] = (), lang: str = ""
) -> list[BlockPart]:
    """The part that each block plays, given the ``texts`` that were taken for the article."""
    page = PageBlocks(blocks, texts, title)
    begun = page.beginning()
    for n, block in enumerate(blocks):
        if page.is_title(n):
            page.give(n, "title", "the headline" if block.kind == "h" else "repeats the headline")
        elif n >= begun and page.squeezed[n] and block.kind not in _NO_TEXT:
            why = "" if page.chosen[n] else "stands where the article's paragraphs do" if page.in_place(block) else None
            if why is not None:
                if strange := page.strange(block):
                    page.drop(n, f"in an element called {strange}", 0.75)
                else:
                    page.give(n, "subhead" if block.kind == "h" else "body", why, 0.85 if why else 0.95)
    if not any(part.role == "body" for part in page.parts):
        _few_words(page, begun)
    for _ in range(2):  # what stands below the last paragraph may stand above one that is taken for its own sake
        _between(page, begun)
    _labels_of_tables(page)
    _corrected(page)
    _times(page)
    _slides(page)
    _copies(page)
    _strays(page)
    _standfirst(page, begun, [squeeze(text) for text in summaries])
    boilerplate.clear(page, lang)
    _subheads(page)
    return page.parts


def chosen(blocks: Sequence[Block], parts: Sequence[BlockPart]) -> list[Block]:
    """The blocks of the article with the levels of its headings. A heading that heads nothing becomes text."""
    kept = [(b, part) for b, part in zip(blocks, parts, strict=True) if part.role in ("body", "subhead")]
    highest = min((b.level for b, part in kept if part.role == "subhead" and b.kind == "h"), default=2)
    out = []
    for block, part in kept:
        if part.role == "subhead":
            out.append(block if block.kind == "h" else replace(block, kind="h", level=highest))
        elif part.why == boilerplate.TIME:
            out.append(replace(block, kind="p", spans=(Span(block.text, strong=True),)))
        else:
            out.append(replace(block, kind="p") if block.kind in ("h", "caption") else block)
    return out


def _between(page: PageBlocks, begun: int) -> None:
    """Take what stands in the article's own element, among its paragraphs or right below: nobody sees a lost line."""
    own, taken = page.own(), [n for n, part in enumerate(page.parts) if part.role == "body"]
    if own is None or not taken:
        return
    first, last = taken[0], taken[-1]
    shapes = {page.blocks[n].around.shape for n in taken if page.blocks[n].kind == "p"}
    for n in range(begun, len(page.blocks)):
        block = page.blocks[n]
        if (
            page.parts[n] is not OUTSIDE
            or (n < first and not _opens(page, n, shapes))
            or block.kind in (*_NO_TEXT, "h")
            or not page.squeezed[n]
        ):
            continue
        chain = tuple(islice(block.around.chain(), 4)) if n > last else tuple(block.around.chain())
        if own not in chain or page.strange(block) or _leads_away(block):
            continue
        if block.kind != "p" or block.quoted:
            page.give(n, "body", "stands between the article's paragraphs", 0.85)
            last = max(n, last) if block.kind != "li" else last
        elif _is_paragraph(block, own, shapes, after=n > last):
            page.give(n, "body", "stands between the article's paragraphs", 0.85)
            last = max(n, last)


def _labels_of_tables(page: PageBlocks) -> None:
    """Take the captions of figures whose tables were taken."""
    figures = {page.blocks[n].around for n, part in enumerate(page.parts) if part.role == "body"
               and page.blocks[n].kind in ("table", "pre")}  # fmt: skip
    figures = {around for block in figures for around in block.chain() if around.tag == "figure"}
    for n, block in enumerate(page.blocks):
        if figures and block.kind == "caption" and figures.intersection(block.around.chain()):
            page.give(n, "body", "the caption of a table", 0.85)


def _corrected(page: PageBlocks) -> None:
    """Take what says that the article was corrected, wherever it stands in it or beside it."""
    own = page.own()
    article = next((a for a in reversed(tuple(own.chain())) if a.tag in ("article", "main")), own) if own else None
    taken = [n for n, part in enumerate(page.parts) if part.role == "body"]
    for n in range(max(taken[0] - _NEAR, 0), min(taken[-1] + _NEAR, len(page.blocks))) if taken else ():
        block = page.blocks[n]
        if page.parts[n].role != "dropped" or block.kind in _NO_TEXT or not page.squeezed[n]:
            continue
        chain = tuple(block.around.chain())
        inside = article in chain
        called = any(_CORRECTION.search(a.names) for a in chain[: chain.index(article) if inside else 2])
        elsewhere = any(a.tag == "nav" or page_metadata.is_aside_by_name(a.names) for a in chain[:4])
        labelled = reader_notes.CORRECTS.match(block.text) or (inside and reader_notes.is_correction(block.text))
        says = bool(labelled) and (inside or size(block.text) < _NOTE)
        if (says or (called and inside)) and not elsewhere and linked(block) < 0.5:
            page.give(n, "body", "a correction", 0.85)


def _few_words(page: PageBlocks, begun: int) -> None:
    """Take the sentences that stand with the headline, on a page so short that nothing else tells what is its story."""
    titles = [n for n, part in enumerate(page.parts) if part.role == "title" and page.blocks[n].kind == "h"]
    if not titles:
        return
    holder = page.blocks[titles[0]].around.outer
    holder = holder.outer if holder and holder.outer and holder.tag in ("header", "hgroup") else holder
    for n in range(begun, len(page.blocks)):
        block = page.blocks[n]
        sentence = block.kind in ("p", "quote") and _is_sentence(block.text) and linked(block) < 0.5
        if sentence and holder in set(block.around.chain()) and not _is_strange(block):
            page.give(n, "body", "a sentence below the headline", 0.7)


def _is_strange(block: Block) -> bool:
    """Whether an element around a block says that it is no story, on a page where no other text can outweigh that."""
    return any(is_strange(around) for around in block.around.chain() if around.tag not in ("body", "html", ""))


def _opens(page: PageBlocks, n: int, shapes: set[int]) -> bool:
    """Whether a block above the first paragraph that was taken is a short sentence set as the paragraphs are."""
    block = page.blocks[n]
    return block.kind == "p" and block.around.shape in shapes and _is_sentence(block.text)


def _is_sentence(text: str) -> bool:
    return len(text.split(maxsplit=3)) > 2 and bool(STOPS.search(text))


def _leads_away(block: Block) -> bool:
    """Whether a block is a link rather than a text; the name and the day below a post of another site are links too."""
    return linked(block) > 0.5 and not STOPS.search(block.text) and not block.quoted


def _is_paragraph(block: Block, own: Around, shapes: set[int], *, after: bool) -> bool:
    """Whether a block that was missed is a paragraph: a sentence, or a text set as the article's paragraphs are."""
    if block.around.shape in shapes and (not after or STOPS.search(block.text)):
        return True
    if not after and block.around.tag == "p" and block.around.outer is own:
        return True
    if not after and len(block.text.split(maxsplit=2)) > 1 and _END.search(block.text):
        return True
    beside = block.around is own or block.around.outer is own or not after
    return beside and size(block.text) > SENTENCE and bool(STOPS.search(block.text))


def _times(page: PageBlocks) -> None:
    """Take the times of day that a live blog prints above its entries."""
    taken = [n for n, part in enumerate(page.parts) if part.role == "body"]
    own = page.own()
    found: dict[int, list[int]] = {}
    for n in range(max(taken[0] - 3, 0), taken[-1]) if taken and own else ():
        block = page.blocks[n]
        short = block.kind in ("p", "li", "h") and size(block.text) <= _CLOCK and page.parts[n].role == "dropped"
        within = short and own in set(block.around.chain()) and not page.strange(block, _TIME_NAMES)
        if within and _is_clock(block.text):
            found.setdefault(block.around.shape, []).append(n)
    for same in found.values():
        entries = [n for n in same if any(page.taken(m) for m in range(n + 1, min(n + 4, len(page.blocks))))]
        if len(same) > 1:
            for n in entries:
                page.give(n, "body", boilerplate.TIME, 0.85)


def _is_clock(text: str) -> bool:
    return bool(dates.CLOCK.search(text)) and not any(map(str.isalnum, _AT.sub("", dates.CLOCK.sub("", text))))


def _show(around: Around, known: dict[Around, Around | None]) -> Around | None:
    """The outermost of the elements around a block that says that it is a slide show, which ``known`` remembers."""
    show = None
    for here in reversed(tuple(around.chain())):
        if here not in known:
            known[here] = show or (here if _SLIDES.search(here.names) else None)
        show = known[here]
    return show


def _slides(page: PageBlocks) -> None:
    """Take the captions of a slide show, where they are a good part of what there is to read."""
    shows: dict[Around, list[int]] = {}
    named: dict[Around, Around | None] = {}
    headings = [block for block in page.blocks if block.kind == "h"]
    headed = {a: a.outer for block in headings for a in block.around.chain() if a.tag == "figure"}
    for n, block in enumerate(page.blocks):
        show = _show(block.around, named) or next((headed[a] for a in block.around.chain() if a in headed), None)
        usable = not page.taken(n) and block.kind in ("caption", "p", "h") and page.squeezed[n]
        if show and usable and page.strange(block, _SLIDE_NAMES) in ("", "figcaption", "figure", "header"):
            shows.setdefault(show, []).append(n)
    whole = sum(size(page.blocks[n].text) for n, part in enumerate(page.parts) if part.role == "body")
    for slides in shows.values():
        texts = [n for n in slides if size(page.blocks[n].text) > SENTENCE and linked(page.blocks[n]) < 0.5]
        sentences = [n for n in texts if STOPS.search(page.blocks[n].text)]
        if len(sentences) < _FEWEST_SLIDES or sum(size(page.blocks[n].text) for n in sentences) < whole / 2:
            continue
        for n in slides:
            if n in sentences or page.blocks[n].kind == "h":
                page.give(n, "subhead" if page.blocks[n].kind == "h" else "body", "the text of a slide", 0.8)


def _standfirst(page: PageBlocks, begun: int, summaries: Sequence[str]) -> None:
    """The paragraphs below the headline that the page marks as its standfirst, or the one that its metadata gives.

    Where neither says so, it is the first paragraph as long as one of the text that stands between both.
    """
    first = next(iter(page.prose()), 0)
    by_place = -1
    for n in range(begun, min(first + 1, len(page.blocks))):
        block, text = page.blocks[n], page.squeezed[n]
        heading = block.kind in (*_NO_TEXT, "table") or block.level == 1 or page.parts[n].role == "title"
        if size(text) < LONG or heading:
            continue
        repeats = any(text.startswith(s[:60]) or s.startswith(text) for s in summaries)
        named = any(_STANDFIRST.search(here.names) for here in islice(block.around.chain(), 2))
        if repeats or (named and size(block.text) > PROSE * 3 // 4 and linked(block) < 0.3):
            by_place = n
            break
        if by_place < 0 and n < first and _sums_up(page, n):
            by_place = n
    if by_place >= 0:
        page.standfirst = by_place
        for n in (by_place, *_set_alike(page, by_place, first)):
            page.give(n, "body", "the standfirst")
    timed = next((n for n in range(first) if page.parts[n].why == boilerplate.TIME), first)
    for n in range(timed):
        if page.parts[n].role == "subhead":
            page.drop(n, "heads the whole story")


def _sums_up(page: PageBlocks, n: int) -> bool:
    """Whether a block below a headline of the first two ranks is a paragraph with nothing strange about it."""
    block = page.blocks[n]
    if block.kind != "p" or len(block.text) <= PROSE or linked(block) >= 0.3 or page.strange(block):
        return False
    above = (m for m in range(n - 1, -1, -1) if page.squeezed[m] and page.blocks[m].kind not in _NO_TEXT)
    at = next(above, -1)
    return at >= 0 and page.blocks[at].kind == "h" and page.blocks[at].level <= 2


def _set_alike(page: PageBlocks, standfirst: int, first: int) -> list[int]:
    """The further paragraphs of a standfirst: those right below it that are set as it is, above the text."""
    block = page.blocks[standfirst]
    found = []
    for n in range(standfirst + 1, first):
        other = page.blocks[n]
        alike = other.around.shape == block.around.shape and other.around.outer is block.around.outer
        if block.kind != "p" or other.kind != "p" or not alike or not page.squeezed[n] or linked(other) >= 0.3:
            break
        found.append(n)
    return found


def _subheads(page: PageBlocks) -> None:
    """Headings between the paragraphs, and short paragraphs set off like headings; none that heads nothing."""
    parents = {b.around.outer for b, part in zip(page.blocks, page.parts, strict=True) if part.role == "body"}
    plain = page.within.most_common(1)[0][0] if page.within else 0
    prose = set(page.prose())
    kept = [n for n in range(len(page.parts)) if page.taken(n)]
    follows = dict(pairwise(kept))
    own = page.own()
    before = False
    for n, block in enumerate(page.blocks):
        role = page.parts[n].role
        if role == "dropped" and block.kind == "h" and before and page.squeezed[n] and page.parts[n] is OUTSIDE:
            heads = block.around.outer in parents or _heads_paragraph(page, n, own)
            if heads and linked(block) < 0.5 and not page.strange(block):
                page.give(n, "subhead", "a heading between the article's paragraphs", 0.85)
        elif role == "body" and before and follows.get(n) in prose and _heads(block, plain):
            page.give(n, "subhead", "set off like a heading", 0.8)
        before = before or role == "body"
    for n in range(len(page.blocks) - 1, -1, -1):
        if page.parts[n].role == "body":
            break
        if page.parts[n].role == "subhead":
            page.drop(n, "heads nothing")


def _heads_paragraph(page: PageBlocks, n: int, own: Around | None) -> bool:
    """Whether a heading in an element of its own, inside the article's, stands right above one of its paragraphs."""
    below = next((m for m in range(n + 1, len(page.blocks)) if page.squeezed[m]), -1)
    inside = own is not None and own in page.blocks[n].around.chain()
    return inside and below >= 0 and page.parts[below].role == "body" and page.blocks[below].kind == "p"


def _copies(page: PageBlocks) -> None:
    """Of a paragraph that the page holds twice, keeps the copy that stands where most of the text does.

    A quotation that was pulled out of the text is a copy too.
    """
    kept: dict[str, int] = {}
    for n in page.prose():
        other = kept.setdefault(page.squeezed[n], n)
        if other != n:
            held = page.within[page.blocks[n].around.shape] > page.within[page.blocks[other].around.shape]
            page.drop(other if held else n, "stands in the page twice")
            kept[page.squeezed[n]] = n if held else other
    quotes = [n for n, b in enumerate(page.blocks) if b.quoted and page.taken(n) and size(page.squeezed[n]) >= LONG]
    if len(quotes) > _MOST_QUOTES:  # no story pulls so many out of its text
        return
    text = "\n".join(page.squeezed[n] for n, b in enumerate(page.blocks) if page.taken(n) and not b.quoted)
    for n in quotes:
        if page.squeezed[n] in text:
            page.drop(n, "a quotation that repeats words of the text")


def _strays(page: PageBlocks) -> None:
    """Drops what stands after the element that holds most of the paragraphs."""
    own = page.own()
    inside = [own is not None and own in block.around.chain() for block in page.blocks]
    last = max((n for n in page.prose() if inside[n]), default=len(page.blocks))
    for n in range(last + 1, len(page.blocks)):
        if not inside[n] and page.taken(n):
            page.drop(n, "after the article", 0.8)


def _heads(block: Block, plain: int) -> bool:
    """Whether a paragraph is set off like a heading: short, open at its end, and wholly bold or in a style of its own.

    ``plain`` is the shape of the article's usual paragraphs.
    """
    if block.kind != "p" or not 2 < size(block.text) <= _HEADING or _OPEN.search(block.text) or linked(block):
        return False
    if any(is_break(span) for span in block.spans):
        return False
    bold = all(span.strong for span in block.spans if span.text.strip())
    return bold or (block.around.shape != plain and bool(block.around.names.strip()) and block.around.tag == "p")
