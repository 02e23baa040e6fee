"""Page furniture: shares, views, captions, sign-ups, related links and the like, by boilerplate.toml and by structure.

In: a line's key (its words in lower case, numbers as #). Out: the kind of furniture that it is, or "".

In: ``PageBlocks`` whose parts were given out, the page's language. Out: the same, with what has come into the article
and is none of it dropped, and why. Structure and addresses tell in any language; words only by the table of phrases. A
sentence is never dropped because it is short, linked or in italics: an editor sees a line too many, and not one that
is missing.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections import Counter
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract import bylines, language, reader_notes
from broadsheet.ingest.extract.blocks import PROSE, STOPS, Block, PageBlocks, is_break, linked

# The kinds that are no part of a text that is all story.
FURNITURE = frozenset({"share", "counter", "advert", "related", "popular", "signup", "cookies", "comments", "account"})
LONGEST = 320  # characters; a longer line is a paragraph, whatever its words

_WORDS = re.compile(r"[^\W_]+|[©ⓒ]")
_NUMBERS = re.compile(r"[\d#]+(?: [\d#]+)*")
# The characters of Latin-1 as keys have them: digits as "#", what is in no word as a space.
_LATIN = bytes(ord("#" if c.isdecimal() else c if c.isalnum() else " ") for c in map(chr, range(256)))
_ASCII = bytes(_LATIN[ord(chr(code).lower())] for code in range(128)) + bytes(128)  # the same, and in small letters
_TEASER = re.compile(
    r"(?:(?:read|see|watch|listen)(?: also| more| next| now)?|also read|more(?: on this)?"
    r"|related(?: (?:story|stories|articles?|reading))?|don.t miss|recommended"
    r"|(?:lesen sie|lies) (?:auch|hier|dazu)[^:]{0,12}|mehr zum thema|lire aussi|à lire(?: aussi)?|voir aussi"
    r"|lea también|leer también|lee también|te puede interesar|leggi anche|leia (?:também|mais)|lees ook"
    r"|läs (?:också|mer)|les også|læs også|lue myös|czytaj (?:też|także|również)|читайте (?:также|ещё)|čtěte také"
    r"|ayrıca oku|baca juga)\s*:\s*\S",
    re.IGNORECASE,
)
_SHORT = 4  # characters of a word that too many lines have
_WIDEST = 6  # words of the longest phrase that is looked up by its beginning or end
# The longer a phrase, the longer the line that it may claim: "comments" says little of a line of ten words.
_REACH = (0, 5, 14, 40, 80, 80, 80, 80)


@functools.lru_cache(maxsize=2048)  # furniture comes again, on a page and from page to page
def key(text: str) -> str:
    """A line's words in lower case, its numbers as ``#``: what the phrases of the table are compared with."""
    if text.isascii():
        words = " ".join(text.encode("ascii").translate(_ASCII).decode("ascii").split())
        return _NUMBERS.sub("#", words) if "#" in words else words
    text = text.casefold()
    if "©" not in text and (plain := language.latin(text, _LATIN)):
        words = " ".join(plain.split())
        return _NUMBERS.sub("#", words) if "#" in words else words
    return _NUMBERS.sub("#", " ".join(_WORDS.findall(text)))


def kind(words: str, table: PhraseTable) -> str:
    """The kind of furniture that a line is by its key, or ""."""
    if found := table.whole.get(words):
        return found
    begins = words.partition(" ")[0] in table.first
    ends = words.rpartition(" ")[2] in table.last
    if not (begins or ends):
        return ""
    parts = words.split(" ")
    head = tail = ""
    for n, part in enumerate(parts[:_WIDEST] if begins else (), 1):
        head = f"{head} {part}" if head else part
        found = table.begin.get(head)
        if found and len(parts) <= _REACH[n]:
            return found
        for end, name in table.around.get(head, ()):
            if words.endswith(end):
                return name
    for n, part in enumerate(parts[: -_WIDEST - 1 : -1] if ends else (), 1):
        tail = f"{part} {tail}" if tail else part
        found = table.end.get(tail)
        if found and len(parts) <= _REACH[n + 1]:
            return found
    return ""


def teases(text: str) -> bool:
    """Whether a line is a link to another story, by the label that it begins with."""
    return _TEASER.match(text) is not None


def words_of(*names: str) -> frozenset[str]:
    """The longer words that phrases of some kinds are made of, but for the small words of any language."""
    texts = (_plain(phrase) for name in names for phrases in _PHRASES[name].values() for phrase in phrases)
    return frozenset(word for text in texts for word in text.split() if len(word) > _SHORT) - language.SMALL_WORDS


class PhraseTable(msgspec.Struct, frozen=True):
    """Phrases by how they stand in a line: the whole, its beginning, its end, or both ends around something.

    ``first`` and ``last`` are the words with which a line must begin or end to hold a phrase that is not the whole.
    """

    whole: dict[str, str]
    begin: dict[str, str]
    end: dict[str, str]
    around: dict[str, list[tuple[str, str]]]
    first: set[str]
    last: set[str]


@functools.cache
def table(tag: str) -> PhraseTable:
    """The phrases of a language and of English, which all pages borrow; those of every language for an unknown one."""
    spoken = {tag, "en"} if any(tag in kinds for kinds in _PHRASES.values()) else None
    made = PhraseTable({}, {}, {}, {}, set(), set())
    for name, languages in _PHRASES.items():
        for other, phrases in languages.items():
            if spoken is None or other in spoken:
                for phrase in phrases:
                    _add(made, phrase, name)
    made.first.update(phrase.split(" ", 1)[0] for phrase in (*made.begin, *made.around))
    made.last.update(phrase.rsplit(" ", 1)[-1] for phrase in made.end)
    return made


def _add(made: PhraseTable, phrase: str, name: str) -> None:
    head, star, tail = phrase.partition("*")
    if not star:
        made.whole.setdefault(_plain(phrase), name)
    elif not tail:
        made.begin.setdefault(_plain(head), name)
        made.whole.setdefault(_plain(head), name)
    elif not head:
        made.end.setdefault(_plain(tail), name)
    else:
        made.around.setdefault(_plain(head), []).append((" " + _plain(tail), name))


@functools.cache
def _plain(phrase: str) -> str:
    """A phrase of the table as a key; ``#`` stands for a number there as here."""
    return key(phrase.replace("#", "0"))


_PHRASES: dict[str, dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("boilerplate.toml").read_text(encoding="utf-8")
)


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
    phrases = table(lang.partition("-")[0].lower())
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
    kept = [n for n in range(len(page.blocks)) if page.taken(n)]
    for place in reader_notes.find([page.blocks[n].text for n in kept]):
        page.drop(kept[place], reader_notes.WHY, reader_notes.SURE)


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


def _known(block: Block, phrases: PhraseTable) -> str:
    """The kind of furniture that the table of phrases knows a block as."""
    if len(block.text) > _LINE or block.kind in ("table", "li", "quote") or SPEECH.match(block.text):
        return ""
    found = kind(key(block.text), phrases)
    return found if found in FURNITURE else ""


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
