"""The paragraphs of a document → its stories: what Word, OpenOffice, RTF, PDF and e-books have in common.

In: ``Piece`` values in reading order, as the reader of a format found them, and what the document says of itself. Out:
drafts whose fates cover every piece once. A document is all story but for its head: headline, date line, byline and
labels are looked for there, by the same words as in a text, and the rest is body. What a document says of itself
(title, author, day of making) is evidence for what its text does not say, and never sure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from broadsheet.errors import Place, Problem, fail, note
from broadsheet.ingest.extract import bylines, dates, headlines, language, lines, sections
from broadsheet.ingest.extract.blocks import Around, Block, Kind, Span, clean
from broadsheet.ingest.extract.draft import EVEN, Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.formats import embedded
from broadsheet.model import Picture

MOST = 20_000  # pieces of a document that are read
_STORIES = 300  # stories in one document; more are none

_HEAD = 8  # pieces below the headline among which date line and byline stand
_TAIL = 3  # pieces at the end that may name who wrote, and when
_LINE = 160  # characters of a line that bears a day or names
_REST = 40  # characters that a date line has beside its days
_DATELINE = 90  # characters in which a lead's dateline ends
_TITLE = (250, 35)  # characters and words of a headline at most
_STORY = 25  # words of the paragraphs that make a story of a part
_SAME_DAYS = 4  # days between making and changing a document that was made for its news

_LABELS = re.compile(
    r"(?:for immediate release|(?:press|news|media) (?:release|statement|notice)|press statement|pressemitteilung|medieninformation|"
    r"presseinformation|communiqu[ée](?: de presse)?|comunicado(?: de prensa)?|nota de prensa|comunicato stampa|persbericht|"
    r"pressmeddelande|pressemelding|pressemeddelelse|lehdistötiedote|komunikat prasowy|tisková zpráva|nota de imprensa)\W*",
    re.IGNORECASE,
)
_EMBARGO = re.compile(
    r"\b(?:embargo(?:ed)?|sperrfrist|not for (?:release|publication)|do not publish|hold for release)\b", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|office)\b.*|.*\.(?:docx?|odt|rtf|pdf|html?|txt|indd|pages)|untitled.*|document ?\d*|dokument ?\d*|"
    r"(?:title|titel|titre|presentation|unknown|none)\W*\d*|\W*)$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:user|admin\w*|microsoft|owner|office|unknown|default|python-docx|calibre|libreoffice|openoffice|windows|root|"
    r"author|adobe|acrobat|word|scanner|pc|computer|staff|apple|macbook|dell|hp|lenovo)\b|\d|@",
    re.IGNORECASE,
)
_BULLET = re.compile(r"([•·▪◦‣●■►▶\uf0b7])\s+(?=\S)")
_DASH = re.compile(r"\s[—–-]{1,2}\s|[—–]")


class Piece(msgspec.Struct, frozen=True, eq=False):
    """A paragraph, heading, item, row of a table or picture of a document, or what is left out of it, and why.

    ``blocks`` is empty for what is left out; a row has a block for each cell. ``title`` is whether the document calls
    it its title, ``strong`` whether all of it stands out. ``line`` is where it stands in a source that has lines, else
    0: then pieces are counted.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    why: str = ""
    title: bool = False
    strong: bool = False
    line: int = 0
    role: Role = "dropped"

    @property
    def kind(self) -> str:
        """What kind of block it is; "" for what is left out."""
        return self.blocks[0].kind if self.blocks else ""


class Properties(msgspec.Struct, frozen=True):
    """What a document says of itself. ``aside`` are the texts of its running heads, in which a day may stand."""

    title: str = ""
    author: str = ""
    created: dt.datetime | None = None
    modified: dt.datetime | None = None
    language: str = ""
    aside: tuple[str, ...] = ()


_NOTHING = Around(None, "", "")


def piece(
    kind: Kind,
    spans: Iterable[Span],
    *,
    level: int = 0,
    ordered: int = 0,
    quoted: bool = False,
    title: bool = False,
    line: int = 0,
) -> Piece | None:
    """A piece of running text; None where there are only blanks."""
    runs = tuple(spans)
    text = clean("".join(span.text for span in runs))
    if not text:
        return None
    strong = all(span.strong for span in runs if span.text.strip())
    if kind == "p" and not title and (mark := _BULLET.match(text)):  # a list that somebody made by hand
        kind, level, text, runs = "li", 1, text[mark.end() :], _without(runs, mark[1])
    block = Block(kind, text, runs, _NOTHING, level, ordered, quoted)
    return Piece(text, (block,), title=title, strong=strong, line=line)


def _without(spans: Sequence[Span], mark: str) -> tuple[Span, ...]:
    """The text of an item without its mark."""
    n, first = next((n, span) for n, span in enumerate(spans) if mark in span.text)
    return (msgspec.structs.replace(first, text=first.text.partition(mark)[2].lstrip()), *spans[n + 1 :])


def row(cells: Sequence[Sequence[Span]], line: int = 0) -> Piece | None:
    """A row of a table; None where all its cells are empty."""
    around = Around(None, "tr", "")
    made = []
    for spans in cells:
        made.append(
            Block("cell", clean("".join(span.text for span in spans)), tuple(spans), Around(None, "td", "", around))
        )
    text = " | ".join(block.text for block in made)
    return Piece(text, tuple(made), line=line) if any(block.text for block in made) else None


def picture(src: str, alt: str, line: int = 0) -> Piece:
    """A picture that the story shows."""
    words = clean(alt)
    return Piece(words or src, (Block("img", words, (), _NOTHING, src=src),), line=line)


def dropped(text: str, why: str, line: int = 0) -> Piece:
    """What is left out of a document, and why."""
    return Piece(clean(text)[:300], why=why, line=line)


def drafts(
    source: Source,
    hints: Hints,
    pieces: Sequence[Piece],
    about: Properties,
    pictures: Mapping[str, bytes] | None = None,
    problems: Sequence[Problem] = (),
) -> tuple[Draft, ...]:
    """The stories of a document. Raises BroadsheetError (``no-story``) where it has no text."""
    told = list(problems)
    if len(pieces) > MOST:
        message = f"the last {len(pieces) - MOST:,} of its paragraphs are not read: a document is read up to {MOST:,}"
        told.append(fail("too-large", message, Place(source.name), "Split the document.").problem)
        pieces = pieces[:MOST]
    if not any(one.kind not in ("", "img") for one in pieces):
        raise fail("no-story", "the document holds no text", Place(source.name), "Save its text as .txt or .html.")
    begins = _begins(pieces, hints)
    if len(begins) > 1:
        told.append(note("several-stories", f"{len(begins)} stories stand in it: each is filed", Place(source.name)))
    if begins[0]:  # what stands above several stories is the name of the paper, and no part of the first
        above = "stands above the first story"
        pieces = [*(Piece(one.text, why=above) for one in pieces[: begins[0]]), *pieces[begins[0] :]]
        begins = [0, *begins[1:]]
    made = []
    for n, (first, last) in enumerate(pairwise([*begins, len(pieces)])):
        mine = about if len(begins) == 1 else msgspec.structs.replace(about, title="")
        made.append(story(source, hints, pieces[first:last], mine, pictures, above=first, whole=len(begins) == 1))
        if n == 0 and told:
            made[0] = msgspec.structs.replace(made[0], problems=tuple(told))
    return tuple(made)


def story(
    source: Source,
    hints: Hints,
    pieces: Sequence[Piece],
    about: Properties,
    pictures: Mapping[str, bytes] | None = None,
    *,
    above: int = 0,
    whole: bool = True,
) -> Draft:
    """The story that some pieces are; ``above`` counts the pieces of the document before them.

    Where they are the ``whole`` document, several headings of the first rank leave in doubt whether it is one story.
    """
    head = _Head(pieces, hints, source.modified.date(), about)
    kept = [one for n, one in enumerate(pieces) if one.blocks and n not in head.taken]
    image = None
    if kept and kept[0].kind == "img" and pictures:
        image = Found(Picture(kept[0].blocks[0].src, kept[0].blocks[0].text), "the picture above the text", 0.6)
        head.take(pieces.index(kept.pop(0)), "caption", "the story's picture")
    held = pictures or {}
    prose = embedded.of_blocks(
        [block for one in kept for block in one.blocks], "", lambda src: src if src in held else ""
    )
    lang = Found(about.language, "the document's language", 0.7) if about.language else None
    made = embedded.about(head.title.value if head.title else "", prose.paragraphs, lang, hints)
    title = head.title or embedded.headline("", "", prose.paragraphs)
    names = {one.blocks[0].src for one in kept if one.kind == "img"} | ({image.value.src} if image else set())
    several = whole and sum(one.kind == "h" and one.blocks[0].level == 1 for one in kept) > 1
    return Draft(
        title=title,
        body=prose.markdown,
        fates=_fates(pieces, head.taken, above),
        date=head.date or _made(about, hints),
        updated=head.updated,
        authors=head.authors or _author(about),
        agency=head.agency,
        section=head.section,
        summary=made.summary,
        topics=made.topics,
        lang=made.lang,
        image=image,
        held=tuple(head.held),
        body_confidence=0.7 if several else 1.0,
        pictures={name: data for name, data in held.items() if name in names},
    )


class _Head:
    """What the first and last pieces of a story say of it, found in one pass; ``taken`` are those that are no body."""

    def __init__(self, pieces: Sequence[Piece], hints: Hints, today: dt.date, about: Properties) -> None:
        self.taken: dict[int, tuple[Role, str]] = {}
        self.title: Found[str] | None = None
        self.date: Found[dt.date] | None = None
        self.updated: Found[dt.date] | None = None
        self.authors: Found[tuple[str, ...]] | None = None
        self.agency: Found[str] | None = None
        self.section: Found[str] | None = None
        self.held: list[str] = []
        self._pieces, self._hints, self._today, self._above = pieces, hints, today, 0
        texts = [n for n, one in enumerate(pieces) if one.kind in ("p", "h", "quote", "li", "caption")]
        at = self._headline(texts, about)
        zone = texts[: texts.index(at) + 1 + _HEAD] if at >= 0 else texts[:_HEAD]
        told = 0
        for n in zone:
            if n == at:
                continue
            self._above = n
            if self._line(n, sure=1.0):
                continue
            if n < at and self._label(n):
                continue
            told += n > at and _is_prose(pieces[n].text)
            if told > 1:
                break
        for n in texts[-_TAIL:]:
            if n not in self.taken and n > max(self._above, at) and len(texts) > _TAIL:
                self._line(n, sure=0.85)
        if not self.date:
            self._dateline([n for n in texts if n not in self.taken][:2])
        self._aside(about)

    def take(self, n: int, role: Role, why: str) -> None:
        """Say what a piece is."""
        self.taken[n] = (role, why)

    def _headline(self, texts: Sequence[int], about: Properties) -> int:
        """Find the headline; the number of its piece, or -1."""
        titled = [n for n in texts[: 2 * _HEAD] if self._pieces[n].title]
        if titled:
            last = titled[0]
            while last + 1 in titled:  # a title on two lines
                last += 1
            run = range(titled[0], last + 1)
            self.title = Found(clean(" ".join(self._pieces[n].text for n in run)), "the document's title line", 0.97, 0)
            for n in run:
                self.take(n, "title", "the document's title line")
            return last
        for n in texts[:_HEAD]:
            one = self._pieces[n]
            if (
                _LABELS.fullmatch(one.text)
                or _EMBARGO.search(one.text)
                or self._stamped(one.text)
                or bylines.read(one.text)
            ):
                continue
            if one.kind == "h":
                return self._titled(n, "the first heading", 0.95, about)
            later = [
                m
                for m in texts[: 2 * _HEAD]
                if m > n and self._pieces[m].kind == "h" and self._pieces[m].blocks[0].level == 1
            ]
            if later and not any(_is_prose(self._pieces[m].text) for m in texts if n <= m < later[0]):
                continue
            if len(texts) < 2 or not _could_head(one.text) or one.kind not in ("p", "quote"):
                break
            if one.strong:
                return self._titled(n, "the first line, which stands out", 0.9, about)
            return self._titled(n, "the first line", 0.82 if not one.text.endswith(".") else 0.6, about)
        name = clean(about.title)
        if name and not _NO_TITLE.match(name):
            self.title = Found(headlines.tidy(name), "the document's properties", 0.6)
        return -1

    def _titled(self, n: int, why: str, sure: float, about: Properties) -> int:
        text = self._pieces[n].text
        if _letters(about.title) == _letters(text):
            sure, why = 0.97, f"{why}, as in the document's properties"
        self.title = Found(headlines.tidy(text), why, sure)
        self.take(n, "title", why)
        return n

    def _stamped(self, text: str) -> tuple[dates.Stamp, ...]:
        """The days of a line that says little else."""
        if len(text) > _LINE or _is_prose(text):
            return ()
        stamps = dates.find(text, self._hints, self._today)
        return stamps if stamps and len(dates.rest(text, stamps)) <= _LINE // 2 else ()

    def _line(self, n: int, sure: float) -> bool:
        """Read a line that may say when, or who; whether it says nothing else."""
        text = self._pieces[n].text
        if self._pieces[n].kind == "li" or len(text) > _LINE:
            return False
        if _EMBARGO.search(text):
            self.held.append(f"it says: {text[:100]}")
            self.take(n, "status", "says that it is not for readers yet")
            return True
        if _LABELS.fullmatch(text):
            self.take(n, "dropped", "a label of the document")
            return True
        stamps = self._stamped(text)
        rest = dates.rest(text, stamps) if stamps else text
        byline = bylines.read(rest) if rest else None
        if stamps and (byline or len(rest) <= _REST):
            self._day(n, stamps, sure)
            if not byline and rest:
                byline = bylines.bare(rest) if len(rest.split()) > 1 else None
        elif not byline and n < len(self._pieces) and self._pieces[n].kind != "h" and not self._pieces[n].title:
            byline = bylines.bare(text)
            if byline and not byline.agency and (len(byline.names) == 0 or n == 0):
                byline = None
        if byline and not self.authors and (byline.names or byline.agency):
            odds = (0.9 if byline.labelled else 0.75) * sure
            if byline.names:
                self.authors = Found(
                    byline.names, "a byline" if byline.labelled else "a name where bylines stand", odds
                )
            if byline.agency and not self.agency:
                self.agency = Found(byline.agency, "a byline", odds)
            self.taken.setdefault(n, ("byline", "names who wrote it"))
        return n in self.taken

    def _day(self, n: int, stamps: Sequence[dates.Stamp], sure: float) -> None:
        zone = lines_zone(self._hints)
        for stamp in stamps:
            day = stamp.moment.astimezone(zone) if stamp.moment else stamp.day
            odds = EVEN if stamp.doubt else (0.97 if stamp.label else 0.93) * sure
            if stamp.label == "updated":
                if not self.updated:
                    self.updated = Found(day, "a day that is labelled updated", odds)
                    self.take(n, "updated", "says when it was changed")
            elif not self.date:
                self.date = Found(day, stamp.doubt or "a date line", odds)
                self.take(n, "date", "says when it was published")

    def _label(self, n: int) -> bool:
        """Whether a line above the headline is the name of one of the site's sections."""
        text = self._pieces[n].text.strip(" :|·•–—-")
        name = embedded.one_of([text], self._hints)
        if name and not self.section:
            self.section = sections.settle(text, self._hints, "a label above the headline", 0, 0.85)
            self.take(n, "section", "a label above the headline")
            return True
        return False

    def _dateline(self, first: Sequence[int]) -> None:
        """The day of "SUND, 18 November 2026 — ", which stays where it is."""
        for n in first:
            text = self._pieces[n].text[:_DATELINE]
            dash = _DASH.search(text)
            stamps = dates.find(text[: dash.start()], self._hints) if dash else ()
            if stamps and not self.date:
                self.date = Found(
                    stamps[0].day, stamps[0].doubt or "the lead's dateline", EVEN if stamps[0].doubt else 0.88
                )

    def _aside(self, about: Properties) -> None:
        """The day of a running head, where the text names none."""
        for text in about.aside:
            if not self.date and (stamps := self._stamped(text)):
                self.date = Found(stamps[0].day, "the head of the page", EVEN if stamps[0].doubt else 0.7)


def lines_zone(hints: Hints) -> dt.tzinfo:
    """The site's time zone."""
    import zoneinfo

    return zoneinfo.ZoneInfo(hints.timezone)


def _is_prose(text: str) -> bool:
    words = lines.count(text)
    return words >= 30 or (words >= 8 and text.rstrip("\"'”’»)]")[-1:] in tuple(".!?…。！？؟।"))


def _could_head(text: str) -> bool:
    longest, most = _TITLE
    return len(text) <= longest and lines.count(text) <= most and not (_is_prose(text) and lines.count(text) > 18)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _made(about: Properties, hints: Hints) -> Found[dt.date] | None:
    """The day on which a document was made: likely that of its news where it was not changed much later."""
    if not about.created or about.created.date() > hints.today or about.created.year < 1990:
        return None
    near = about.modified and abs(about.modified - about.created) <= dt.timedelta(_SAME_DAYS)
    return Found(
        about.created.astimezone(lines_zone(hints)).date(), "the day when the document was made", EVEN if near else 0.4
    )


def _author(about: Properties) -> Found[tuple[str, ...]] | None:
    """Whom a document names as its author, which may be the owner of a computer."""
    names = [clean(name) for name in re.split(r"[;,]", about.author)]
    names = [name for name in names if " " in name and bylines.is_name(name) and not _NO_NAME.search(name)]
    return Found(tuple(names[:10]), "the document's properties", 0.6) if names else None


def _fates(pieces: Sequence[Piece], taken: Mapping[int, tuple[Role, str]], above: int) -> tuple[Fate, ...]:
    fates = []
    for n, one in enumerate(pieces):
        role, why = taken.get(n) or (
            one.role if not one.blocks else "subhead" if one.kind == "h" else _ROLES.get(one.kind, "body"),
            one.why,
        )
        fates.append(Fate(one.line or above + n + 1, role, why, one.text[:200] or one.kind))
    return tuple(fates)


_ROLES: dict[str, Role] = {"caption": "caption"}


def _begins(pieces: Sequence[Piece], hints: Hints) -> list[int]:
    """The first piece of every story: 0 alone, unless all of several titles head a day or byline, and paragraphs."""
    heads = [n for n, one in enumerate(pieces) if one.title]
    if len(heads) < 2:
        top = min((one.blocks[0].level for one in pieces if one.kind == "h"), default=0)
        heads = [n for n, one in enumerate(pieces) if one.kind == "h" and one.blocks[0].level == top]
    heads = [n for n in heads if n - 1 not in heads]  # a title on two lines
    if len(heads) < 2 or len(heads) > _STORIES:
        return [0]
    found = [first for first, last in pairwise([*heads, len(pieces)]) if _is_story(pieces[first:last], hints)]
    if len(found) < 2 or found[0] != heads[0]:
        return [0]
    words = sum(lines.count(one.text) for one in pieces[: found[0]] if one.blocks)
    return found if words < _STORY else [0, *found]


def _is_story(pieces: Sequence[Piece], hints: Hints) -> bool:
    words = sum(lines.count(one.text) for one in pieces[1:] if one.kind in ("p", "li", "quote"))
    return words >= _STORY and any(_signs(one, hints) for one in pieces[1 : 1 + _HEAD // 2])


def _signs(one: Piece, hints: Hints) -> bool:
    """Whether a line says when a story was published, or who wrote it."""
    if not one.blocks or len(one.text) > _LINE or _is_prose(one.text):
        return False
    stamps = dates.find(one.text, hints)
    if stamps and len(dates.rest(one.text, stamps)) <= _REST:
        return True
    byline = bylines.read(one.text)
    return byline is not None and bool(byline.names)


def tongue(code: str) -> str:
    """A language's tag as a document has it ("en-US", "de_DE"), or nothing where it is none."""
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*", code.strip())
    return found[1].lower() if found and found[1].lower() not in ("und", "zxx", "none") else ""
