"""The paragraphs of a document → its stories: what Word, OpenOffice, RTF, PDF and e-books have in common.

In: ``DocumentPiece`` values in reading order, as the reader of a format found them, and what the document says of
itself. Out: drafts whose fates cover every piece once. A document is all story but for its head: headline, dates,
byline and labels in its first and last pieces, found by the same words as in a text. What it says of itself (title,
author, day of making) is evidence for what its text does not say, and never sure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.errors import Place, Problem, error, fail, note
from broadsheet.ingest.extract import bylines, dates, headlines, lines, subjects
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.bylines import Byline
from broadsheet.ingest.extract.draft import EVEN, Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.extract.person_names import is_name
from broadsheet.ingest.formats import embedded
from broadsheet.ingest.formats.documents.pieces import NOTE, DocumentPiece, Properties, joined
from broadsheet.model import Picture
from broadsheet.text import letters

_HEAD = 8  # pieces below the headline among which date line and byline stand
_TAIL = 3  # pieces at the end that may name who wrote, and when
_LINE = 160  # characters of a line that bears a day or names
_REST = 40  # characters that a date line has beside its days
_DATELINE = 90  # characters in which a lead's dateline ends
_LONGEST, _MOST_WORDS = 250, 35  # characters and words of a headline at most
_RECENT = 62  # days between the making of a document and the last change of its file
_SAME_DAYS = 4  # days between making and changing a document that was made for its news

_LABELS = re.compile(
    r"(?:for immediate release|(?:press|news|media) (?:release|statement|notice)|press statement|pressemitteilung|"
    r"medieninformation|presseinformation|communiqu[ée](?: de presse)?|comunicado(?: de prensa)?|nota de prensa|"
    r"comunicato stampa|persbericht|pressmeddelande|pressemelding|pressemeddelelse|lehdistötiedote|komunikat prasowy|"
    r"tisková zpráva|nota de imprensa)\W*",
    re.IGNORECASE,
)
_EMBARGO = re.compile(
    r"\b(?:embargo(?:ed)?|sperrfrist|not for (?:release|publication)|do not publish|hold for release)\b", re.IGNORECASE
)
# What programs write where a person gave no title.
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|office)\b.*|.*\.(?:docx?|odt|rtf|pdf|html?|txt|indd|pages)|untitled.*|document ?\d*|"
    r"dokument ?\d*|(?:title|titel|titre|presentation|unknown|none)\W*\d*|\W*)$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:user|admin\w*|microsoft|owner|office|unknown|default|python-docx|calibre|libreoffice|openoffice|windows|root|"
    r"author|adobe|acrobat|word|scanner|pc|computer|staff|apple|macbook|dell|hp|lenovo)\b|\d|@",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s[—–-]{1,2}\s|[—–]")


class DocumentHead:
    """What the first and last pieces of a story say of it; ``taken`` are those that are no body, with their fates."""

    def __init__(self, pieces: Sequence[DocumentPiece], hints: Hints, today: dt.date, about: Properties) -> None:
        self.taken: dict[int, tuple[Role, str]] = {}
        self.title: Found[str] | None = None
        self.date: Found[dt.date] | None = None
        self.updated: Found[dt.date] | None = None
        self.authors: Found[tuple[str, ...]] | None = None
        self.agency: Found[str] | None = None
        self.section: Found[str] | None = None
        self.held: list[str] = []
        self._pieces, self._hints, self._today, self._about = pieces, hints, today, about
        self._texts = [n for n, one in enumerate(pieces) if one.kind in ("p", "h", "quote", "li", "caption")]
        at = self._headline()
        last = self._first_lines(at)
        for n in self._texts[-_TAIL:]:
            if n not in self.taken and n > max(last, at) and len(self._texts) > _TAIL:
                self._line(n, sure=0.85)
        self._dateline()
        self._aside()
        self._properties()

    def _headline(self) -> int:
        """Find the headline; the number of its piece, or -1."""
        titled = [n for n in self._texts[: 2 * _HEAD] if self._pieces[n].title]
        if titled:
            last = titled[0]
            while last + 1 in titled:  # a title on two lines
                last += 1
            run, why = range(titled[0], last + 1), "the document's title line"
            self.title = Found(clean(" ".join(self._pieces[n].text for n in run)), why, 0.97)
            for n in run:
                self.taken[n] = ("title", why)
            return last
        at = next((n for n in self._texts[:_HEAD] if not self._stands_above(n)), -1)
        if at < 0 or not self._heads(at):
            name = clean(self._about.title)
            if name and not _NO_TITLE.match(name):
                self.title = Found(headlines.tidy(name), "the document's properties", 0.6)
            return -1
        return at

    def _stands_above(self, n: int) -> bool:
        """Whether a line may stand above the headline: a label, a day, names, or whatever comes before a heading."""
        one = self._pieces[n]
        said = _LABELS.fullmatch(one.text) or _EMBARGO.search(one.text) or bylines.read(one.text)
        if said or self._stamped(one.text):
            return True
        if one.kind == "h":
            return False
        below = [m for m in self._texts[: 2 * _HEAD] if m > n]
        heading = next((m for m in below if self._pieces[m].kind == "h" and self._pieces[m].blocks[0].level == 1), -1)
        return heading > n and not any(is_prose(self._pieces[m].text) for m in self._texts if n <= m < heading)

    def _heads(self, n: int) -> bool:
        """Whether a line is the headline, by what it looks like."""
        one = self._pieces[n]
        why, sure = "the first line", 0.6 if one.text.endswith(".") else 0.82
        if one.kind == "h":
            why, sure = "the first heading", 0.95
        elif len(self._texts) < 2 or one.kind not in ("p", "quote") or not _could_head(one.text):
            return False
        elif one.strong:
            why, sure = "the first line, which stands out", 0.9
        if letters(self._about.title) == letters(one.text):
            why, sure = f"{why}, as in the document's properties", 0.97
        self.title = Found(headlines.tidy(one.text), why, sure)
        self.taken[n] = ("title", why)
        return True

    def _first_lines(self, at: int) -> int:
        """Read the lines around the headline; the last one that was looked at."""
        zone = self._texts[: self._texts.index(at) + 1 + _HEAD] if at >= 0 else self._texts[:_HEAD]
        prose, last = 0, -1
        for n in zone:
            if n in self.taken:
                continue
            last = n
            if self._line(n, sure=1.0) or (n < at and self._label(n)):
                continue
            prose += n > at and is_prose(self._pieces[n].text)
            if prose > 1:
                break
        return last

    def _line(self, n: int, sure: float) -> bool:
        """Read a line that may say when, or who; whether it says nothing else."""
        one = self._pieces[n]
        if one.kind == "li" or len(one.text) > _LINE:
            return False
        if _EMBARGO.search(one.text):
            self.held.append(f"it says: {one.text[:100]}")
            self.taken[n] = ("status", "says that it is not for readers yet")
        elif _LABELS.fullmatch(one.text):
            self.taken[n] = ("dropped", "a label of the document")
        else:
            self._dated_or_signed(n, sure)
        return n in self.taken

    def _dated_or_signed(self, n: int, sure: float) -> None:
        text, one = self._pieces[n].text, self._pieces[n]
        stamps = self._stamped(text)
        rest = dates.rest(text, stamps) if stamps else text
        byline = bylines.read(rest) if rest else None
        if stamps and (byline or len(rest) <= _REST):
            self._day(n, stamps, sure)
            byline = byline or (bylines.bare(rest) if " " in rest else None)
        elif not byline and one.kind != "h":
            byline = bylines.bare(text)
            byline = byline if byline and (byline.agency or (byline.names and n > 0)) else None
        if byline and not self.authors:
            self._signed(n, byline, sure)

    def _day(self, n: int, stamps: Sequence[dates.Stamp], sure: float) -> None:
        for stamp in stamps:
            day = stamp.moment.astimezone(ZoneInfo(self._hints.timezone)) if stamp.moment else stamp.day
            odds = EVEN if stamp.doubt else (0.97 if stamp.label else 0.93) * sure
            if stamp.label == "updated":
                if not self.updated:
                    self.updated = Found(day, "a day that is labelled updated", odds)
                    self.taken[n] = ("updated", "says when it was changed")
            elif not self.date:
                self.date = Found(day, stamp.doubt or "a date line", odds)
                self.taken[n] = ("date", "says when it was published")

    def _signed(self, n: int, byline: Byline, sure: float) -> None:
        odds = (0.9 if byline.labelled else 0.75) * sure
        if byline.names:
            why = "a byline" if byline.labelled else "a name where bylines stand"
            self.authors = Found(byline.names, why, odds)
        if byline.agency and not self.agency:
            self.agency = Found(byline.agency, "a byline", odds)
        self.taken.setdefault(n, ("byline", "names who wrote it"))

    def _stamped(self, text: str) -> tuple[dates.Stamp, ...]:
        """The days of a line that says little else."""
        if len(text) > _LINE or is_prose(text):
            return ()
        stamps = dates.find(text, self._hints, self._today)
        return stamps if stamps and len(dates.rest(text, stamps)) <= _LINE // 2 else ()

    def _label(self, n: int) -> bool:
        """Whether a line above the headline is the name of one of the site's sections."""
        text = self._pieces[n].text.strip(" :|·•–—-")
        if self.section or not embedded.one_of([text], self._hints):
            return False
        self.section = subjects.settle(text, self._hints, "a label above the headline", 0, 0.85)
        self.taken[n] = ("section", "a label above the headline")
        return True

    def _dateline(self) -> None:
        """The day of "SUND, 18 November 2026 — ", which stays where it is."""
        for n in [n for n in self._texts if n not in self.taken][:2]:
            text = self._pieces[n].text[:_DATELINE]
            dash = _DASH.search(text)
            stamps = dates.find(text[: dash.start()], self._hints) if dash else ()
            if stamps and not self.date:
                sure = EVEN if stamps[0].doubt else 0.88
                self.date = Found(stamps[0].day, stamps[0].doubt or "the lead's dateline", sure)

    def _aside(self) -> None:
        """The day of a running head, where the text names none."""
        for text in self._about.aside:
            if not self.date and (stamps := self._stamped(text)):
                self.date = Found(stamps[0].day, "the head of the page", EVEN if stamps[0].doubt else 0.7)

    def _properties(self) -> None:
        """The day when a document was made, likely that of its news where it was not changed much later; its author."""
        about = self._about
        made = about.created
        if made and not self.date and made.date() <= self._hints.today and made.year >= 1990:
            near = about.modified and abs(about.modified - made) <= dt.timedelta(_SAME_DAYS)
            near = near and abs(self._today - made.date()) <= dt.timedelta(_RECENT)  # a template's day is an old one
            day = made.astimezone(ZoneInfo(self._hints.timezone)).date()
            self.date = Found(day, "the day when the document was made", EVEN if near else 0.4)
        if not self.authors:
            names = [clean(name) for name in re.split(r"[;,]", about.author)]
            names = [name for name in names if " " in name and is_name(name) and not _NO_NAME.search(name)]
            self.authors = Found(tuple(names[:10]), "the document's properties", 0.6) if names else None


def signs(one: DocumentPiece, hints: Hints) -> bool:
    """Whether a line says when a story was published, or who wrote it, and nothing else."""
    if not one.blocks or len(one.text) > _LINE or is_prose(one.text):
        return False
    stamps = dates.find(one.text, hints)
    if stamps and len(dates.rest(one.text, stamps)) <= _REST:
        return True
    byline = bylines.read(one.text)
    return byline is not None and bool(byline.names)


def is_prose(text: str) -> bool:
    """Whether a paragraph is running text: long, or a sentence."""
    words = lines.count(text)
    return words >= 30 or (words >= 8 and text.rstrip("\"'”’»)]")[-1:] in tuple(".!?…。！？؟।"))


def _could_head(text: str) -> bool:
    return (
        len(text) <= _LONGEST and lines.count(text) <= _MOST_WORDS and not (is_prose(text) and lines.count(text) > 18)
    )


MOST = 20_000  # pieces of a document that are read
_STORIES = 300  # stories in one document; more are none
_STORY = 25  # words of the paragraphs that make a story of a part
_NOTED = re.compile(r"^\\\[(\d{1,3})\\\] (?=\S)", re.MULTILINE)  # the paragraph of a note
_BLOCK = re.compile(r"[-+*] |\d{1,9}[.)] |[>#=|:]|```|~~~")  # what would be no text at the beginning of a footnote
_NOTE = re.compile(r"(?<=\S)\[\d{1,3}\]")  # the mark of a note, which no summary needs
_SIGNS = 4  # pieces below a headline among which a day or byline says that a story begins


def drafts(
    source: Source,
    hints: Hints,
    pieces: Sequence[DocumentPiece],
    about: Properties,
    pictures: Mapping[str, bytes] | None = None,
    problems: Sequence[Problem] = (),
) -> tuple[Draft, ...]:
    """The stories of a document. Raises BroadsheetError (``no-story``) where it has no text."""
    reported = list(problems)
    if len(pieces) > MOST:
        message = f"the last {len(pieces) - MOST:,} of its paragraphs are not read: a document is read up to {MOST:,}"
        reported.append(error("too-large", message, Place(source.name), "Split the document."))
        pieces = pieces[:MOST]
    if not any(one.kind not in ("", "img") for one in pieces):
        raise fail("no-story", "the document holds no text", Place(source.name), "Save its text as .txt or .html.")
    begins = _begins(pieces, hints)
    if len(begins) > 1:
        reported.append(
            note("several-stories", f"{len(begins)} stories were found in it: each is filed", Place(source.name))
        )
    if begins[0]:  # what stands above several stories is the name of the paper, and no part of the first
        above = "stands above the first story"
        pieces = [*(DocumentPiece(one.text, why=above) for one in pieces[: begins[0]]), *pieces[begins[0] :]]
        begins = [0, *begins[1:]]
    made = []
    for n, (first, last) in enumerate(pairwise([*begins, len(pieces)])):
        mine = about if len(begins) == 1 else msgspec.structs.replace(about, title="")
        made.append(story(source, hints, pieces[first:last], mine, pictures, above=first, whole=len(begins) == 1))
        if n == 0 and reported:
            made[0] = msgspec.structs.replace(made[0], problems=tuple(reported))
    return tuple(made)


def story(
    source: Source,
    hints: Hints,
    pieces: Sequence[DocumentPiece],
    about: Properties,
    pictures: Mapping[str, bytes] | None = None,
    *,
    above: int = 0,
    whole: bool = True,
) -> Draft:
    """The story that some pieces are; ``above`` counts the pieces of the document before them.

    Where they are the ``whole`` document, several headings of the first rank leave in doubt whether it is one story.
    """
    head = DocumentHead(pieces, hints, source.modified.date(), about)
    kept = [one for n, one in enumerate(pieces) if one.blocks and n not in head.taken]
    image = None
    if kept and kept[0].kind == "img" and pictures:
        image = Found(Picture(kept[0].blocks[0].src, kept[0].blocks[0].text), "the picture above the text", 0.6)
        head.taken[pieces.index(kept.pop(0))] = ("caption", "the story's picture")
    held = pictures or {}
    prose = embedded.of_blocks(
        joined(block for one in kept for block in one.blocks), "", lambda src: src if src in held else ""
    )
    lang = Found(about.language, "the document's language", 0.8) if about.language else None
    notes = {one.text for one in kept if one.why == NOTE}
    paragraphs = [_NOTE.sub("", text) for text in prose.paragraphs if text not in notes]
    made = embedded.about(head.title.value if head.title else "", paragraphs, lang, hints)
    title = head.title or embedded.headline("", "", paragraphs)
    names = {one.blocks[0].src for one in kept if one.kind == "img"} | ({image.value.src} if image else set())
    titled = any(one.title for one in pieces)
    several = whole and not titled and sum(one.kind == "h" and one.blocks[0].level == 1 for one in kept) > 1
    return Draft(
        title=title,
        body=_footnotes(prose.markdown, len(notes)),
        fates=_fates(pieces, head.taken, above),
        date=head.date,
        updated=head.updated,
        authors=head.authors,
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


def _footnotes(markdown: str, count: int) -> str:
    """The body with its notes and their marks as Markdown has them; as they were where a mark is not there once."""
    for number in [found[1] for found in _NOTED.finditer(markdown)][-count:] if count else ():
        mark = f"\\[{number}\\]"
        above, _, below = markdown.rpartition(f"\n{mark} ")
        if above.count(mark) == 1 and not _BLOCK.match(below):
            markdown = f"{above.replace(mark, f'[^{number}]')}\n[^{number}]: {below}"
    return markdown


def _fates(pieces: Sequence[DocumentPiece], taken: Mapping[int, tuple[Role, str]], above: int) -> tuple[Fate, ...]:
    fates = []
    for n, one in enumerate(pieces):
        known: Role = "subhead" if one.kind == "h" else "caption" if one.kind == "caption" else "body"
        role, why = taken.get(n) or (known if one.blocks else one.role, one.why)
        fates.append(Fate(one.line or above + n + 1, role, why, one.text[:200] or one.kind))
    return tuple(fates)


def _begins(pieces: Sequence[DocumentPiece], hints: Hints) -> list[int]:
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


def _is_story(pieces: Sequence[DocumentPiece], hints: Hints) -> bool:
    words = sum(lines.count(one.text) for one in pieces[1:] if one.kind in ("p", "li", "quote"))
    return words >= _STORY and any(signs(one, hints) for one in pieces[1 : 1 + _SIGNS])
