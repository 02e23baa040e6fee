"""What has come into an article and is none of it: labels, links to other pages, sign-ups, lists of links.

In: ``PageBlocks`` whose parts were given out, the page's language. Out: the same, with the furniture dropped and why.
Structure and addresses tell in any language; words only by the table of phrases. A sentence is never dropped because it
is short, linked or in italics: an editor sees a line too many, and not one that is missing.
"""

from __future__ import annotations

import re
from collections import Counter

from broadsheet.ingest.extract import boilerplate, bylines
from broadsheet.ingest.extract.blocks import Block, is_break, linked
from broadsheet.ingest.extract.page_parts import PROSE, STOPS, PageBlocks

_LABEL = 60  # characters of a label at most
_LINK = 160  # characters of a paragraph that may be nothing but a link
_LINE = 200  # characters of a line of the table of phrases at most
_NOTE = 300  # characters of a note or a promotion at most
_FEW = 4  # labels, or notes, above or below a text; more are a list that belongs to it
_SPEAKS = re.compile(r"[:.?!…。！？؟।][\"'”’»)\]]*$")
# What somebody says, or a word that is a whole sentence: no furniture, whatever its words.
SPEECH = re.compile(r"[\"“”„«»‘‚「『–—]|(?!\W)[^\W\d_]{1,12}(?: [^\W\d_]{1,12})?[.?]$")
_BIO = re.compile(
    r"(?:[A-ZÀ-Þ][\w.’'-]+ ){0,4}(?:is|are|ist|sind|est|è|é|es) (?:an?|the|one of|eine?|une?|uno|um|uma)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"[(\[][^.!?()\[\]]{1,50}[)\]](?:\s*\w{1,20}\W{0,3})?")  # "(No votes yet)": no sentence
_PROMOTION = re.compile(
    r"newsletter|subscri|abonn|(?<![a-z])abo(?![a-z])|sign-?up|(?<![a-z])app(?:s|store)?(?![a-z])|onelink|donat|spende|"
    r"/login|/register|free-?trial|podcast|(?:twitter|facebook|instagram|youtube|linkedin)\.com/[^/]+/?$",
    re.IGNORECASE,
)


def clear(page: PageBlocks, lang: str) -> None:
    """Drop page furniture from an article."""
    _lists(page)
    phrases = boilerplate.table(lang.partition("-")[0].lower())
    prose = page.prose()
    first, last = (prose[0], prose[-1]) if prose else (0, len(page.blocks))
    times = Counter(s for n, s in enumerate(page.squeezed) if page.taken(n))
    outer = _outer(page, first, last)
    for n, block in enumerate(page.blocks):
        if not page.taken(n):
            continue
        if n in outer:
            page.drop(n, outer[n])
        elif kind := _known(block, phrases):
            page.drop(n, f"page furniture: {kind}")
        elif _ASIDE.fullmatch(block.text) and not page.chosen[n] and len(block.text) < _LABEL:
            page.drop(n, "a label in brackets", 0.7)
        elif len(block.text) < _LABEL and times[page.squeezed[n]] > 1 and _is_repeated_label(page, n):
            page.drop(n, "a label that repeats")
        elif block.kind == "p" and linked(block) > 0.85 and _leads_away(block):
            page.drop(n, "nothing but a link to another page", 0.85)
        elif block.kind != "quote" and len(block.text) < _NOTE and _promotes(block, 0.2 if n > last - 2 else 0.5):
            page.drop(n, "leads to a sign-up or a social page", 0.85)


def _leads_away(block: Block) -> bool:
    """Whether a paragraph that is all link is the headline of another story rather than a sentence of this one."""
    return len(block.text) < PROSE or (len(block.text) < _LINK and not STOPS.search(block.text))


def _is_repeated_label(page: PageBlocks, n: int) -> bool:
    """Whether a short text that stands in the page more than once is a label: no answer, no time, no speaker's name."""
    block = page.blocks[n]
    said = block.kind in ("quote", "li", "h") or _SPEAKS.search(block.text) or page.parts[n].why == TIME
    bold = all(span.strong for span in block.spans if span.text.strip())
    return not said and not bold and not _listed(page, n)


TIME = "the time of an entry"  # of a live blog


def _known(block: Block, phrases: boilerplate.PhraseTable) -> str:
    """The kind of furniture that the table of phrases knows a block as."""
    if len(block.text) > _LINE or block.kind in ("table", "li", "quote") or SPEECH.match(block.text):
        return ""
    kind = boilerplate.kind(boilerplate.key(block.text), phrases)
    return kind if kind in boilerplate.FURNITURE else ""


def _outer(page: PageBlocks, first: int, last: int) -> dict[int, str]:
    """The few labels above and below the text, and what closes it about its author."""
    above = [n for n in range(first) if _is_label(page, n)]
    below = [n for n in range(last + 1, len(page.blocks)) if _is_label(page, n)]
    kept = [n for n, part in enumerate(page.parts) if part.role == "body"]
    notes = [n for n in kept[1:][-_FEW:] if n >= last - 2 and _is_about_author(page.blocks[n])]
    found = {n: "a label beside the text" for group in (above, below) if len(group) <= _FEW for n in group}
    return found | dict.fromkeys(notes if len(notes) <= _FEW // 2 else (), "a note about the author")


def _is_label(page: PageBlocks, n: int) -> bool:
    """Whether a block is a short paragraph that ends open, such as a date, a place, a credit."""
    block = page.blocks[n]
    kept = page.parts[n].role == "body" and block.kind == "p" and n != page.standfirst
    return kept and len(block.text) < _LABEL and not STOPS.search(block.text) and page.parts[n].why != TIME


def _is_about_author(block: Block) -> bool:
    emphasised = all(span.emphasis for span in block.spans if span.text.strip(" .\n"))
    about = bylines.bio(block.text) is not None or _BIO.match(block.text)
    return block.kind == "p" and len(block.text) < _NOTE and emphasised and bool(about)


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
        elif run and (block is None or block.kind not in ("img", "embed")):
            if sum(linked(page.blocks[m]) > 0.4 for m in run) > 0.6 * len(run):
                for m in run:
                    page.drop(m, "a list of links", 0.85)
            run = []
