"""The first and last pieces of a document → headline, dates, byline and labels, each with its evidence.

In: the pieces of one story, and what the document says of itself. Out: a ``DocumentHead``. What is looked for are the
same words as in a text; what a document says of itself (title, author, day of making) is evidence for what its text
does not say, and never sure.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Sequence

from broadsheet.ingest.extract import bylines, dates, headlines, lines, subjects
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.bylines import Byline
from broadsheet.ingest.extract.draft import EVEN, Found, Hints, Role
from broadsheet.ingest.extract.person_names import is_name
from broadsheet.ingest.formats import embedded
from broadsheet.ingest.formats.documents.pieces import Piece, Properties
from broadsheet.text import letters

_HEAD = 8  # pieces below the headline among which date line and byline stand
_TAIL = 3  # pieces at the end that may name who wrote, and when
_LINE = 160  # characters of a line that bears a day or names
_REST = 40  # characters that a date line has beside its days
_DATELINE = 90  # characters in which a lead's dateline ends
_TITLE = (250, 35)  # characters and words of a headline at most
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

    def __init__(self, pieces: Sequence[Piece], hints: Hints, today: dt.date, about: Properties) -> None:
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

    def take(self, n: int, role: Role, why: str) -> None:
        """Say what a piece is."""
        self.taken[n] = (role, why)

    # ---- headline

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
                self.take(n, "title", why)
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
        self.take(n, "title", why)
        return True

    # ---- lines

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
            self.take(n, "status", "says that it is not for readers yet")
        elif _LABELS.fullmatch(one.text):
            self.take(n, "dropped", "a label of the document")
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
            day = stamp.moment.astimezone(_zone(self._hints)) if stamp.moment else stamp.day
            odds = EVEN if stamp.doubt else (0.97 if stamp.label else 0.93) * sure
            if stamp.label == "updated":
                if not self.updated:
                    self.updated = Found(day, "a day that is labelled updated", odds)
                    self.take(n, "updated", "says when it was changed")
            elif not self.date:
                self.date = Found(day, stamp.doubt or "a date line", odds)
                self.take(n, "date", "says when it was published")

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
        self.take(n, "section", "a label above the headline")
        return True

    # ---- what else tells

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
            day = made.astimezone(_zone(self._hints)).date()
            self.date = Found(day, "the day when the document was made", EVEN if near else 0.4)
        if not self.authors:
            names = [clean(name) for name in re.split(r"[;,]", about.author)]
            names = [name for name in names if " " in name and is_name(name) and not _NO_NAME.search(name)]
            self.authors = Found(tuple(names[:10]), "the document's properties", 0.6) if names else None


def signs(one: Piece, hints: Hints) -> bool:
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
    longest, most = _TITLE
    return len(text) <= longest and lines.count(text) <= most and not (is_prose(text) and lines.count(text) > 18)


def _zone(hints: Hints) -> dt.tzinfo:
    return zoneinfo.ZoneInfo(hints.timezone)
