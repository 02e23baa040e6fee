"""An entry of a feed, whatever the feed is written in → a draft: its fields, its marks, and the fate of each piece.

In: an ``Entry``, as ``feed_xml`` or ``reader`` read it. Out: a draft, and what an editor should know of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import msgspec

from broadsheet.errors import Place, Problem, warning
from broadsheet.ingest.extract import author_fields, machine_dates, subjects
from broadsheet.ingest.extract.blocks import clean, squeeze
from broadsheet.ingest.extract.draft import EVEN, Draft, Found, Hints, Piece, Role
from broadsheet.ingest.formats import embedded
from broadsheet.ingest.formats.feed import entry_body, entry_media
from broadsheet.ingest.formats.feed.entry_body import EntryBody
from broadsheet.ingest.formats.feed.entry_media import Media
from broadsheet.ingest.formats.status_fields import PublisherMarks
from broadsheet.model import Picture
from broadsheet.text import clip

_TOPICS = 8  # of one story
_NO_TOPICS = frozenset((
    "uncategorized", "uncategorised", "allgemein", "unkategorisiert", "sin categoría", "sin categoria", "non classé",
    "sem categoria", "senza categoria", "geen categorie", "okategoriserade", "ikke kategoriseret", "ukategorisert",
    "bez kategorii", "без рубрики", "без категории", "未分类", "未分類", "미분류", "genel",
    "top stories", "featured", "general",
))  # fmt: skip
_LANG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,2}")


class FeedText(msgspec.Struct, frozen=True):
    """A text as a feed has it: the line that it begins on, and whether it is markup, plain, or not said ("")."""

    value: str
    line: int = 0
    kind: str = ""
    base: str = ""
    rule: str = ""


class Entry(msgspec.Struct):
    """What an entry of a feed says, before any of it is judged."""

    line: int
    id: str = ""
    url: str = ""
    base: str = ""
    lang: str = ""
    title: FeedText | None = None
    bodies: list[FeedText] = []
    summaries: list[FeedText] = []
    published: list[FeedText] = []
    updated: list[FeedText] = []
    people: list[list[FeedText]] = []  # in the order in which they count
    tags: list[FeedText] = []
    sections: list[FeedText] = []
    media: list[Media] = []
    source: str = ""
    source_url: str = ""
    licence: str = ""
    marks: PublisherMarks = PublisherMarks()
    pieces: list[Piece] = []
    damaged: str = ""  # why it is not whole
    guessed: bool = False  # whether its charset is a guess
    skip: str = ""  # why it is no story
    deleted: bool = False  # whether it only says that an entry was taken back


class FeedFacts(msgspec.Struct, frozen=True):
    """What a feed says of itself: its name, the address of its site, language and rights, and who writes in it."""

    name: str = ""
    home: str = ""
    lang: str = ""
    licence: str = ""
    people: tuple[FeedText, ...] = ()


class Made(msgspec.Struct, frozen=True):
    """What an entry came to: a draft without its fates, or why it is no story; its pieces; what to say of it."""

    draft: Draft | None
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...] = ()
    why: str = ""
    name: str = ""


def make(entry: Entry, feed: FeedFacts, hints: Hints, file: str) -> Made:
    """The draft of an entry."""
    return _Entry(entry, feed, hints, file).made()


class _Entry:
    """One entry on its way to a draft."""

    def __init__(self, entry: Entry, feed: FeedFacts, hints: Hints, file: str) -> None:
        self.entry, self.feed, self.hints, self.file = entry, feed, hints, file
        self.problems: list[Problem] = []
        tag = entry.lang or feed.lang
        self.lang = tag.replace("_", "-") if _LANG.fullmatch(tag) else ""
        self.headline = self._headline()
        self.place = entry_body.BodyContext(
            entry.url, self.headline, feed.home, feed.name, entry.base or entry.url or feed.home, self.lang, hints
        )
        self.name = clip(self.headline or entry.url or entry.id or "without a title", 80)
        self.pieces = list(entry.pieces)

    def made(self) -> Made:
        entry = self.entry
        if entry.skip:
            return self._none(entry.skip)
        chosen, body = self._body()
        if not body.paragraphs and not body.markdown.strip():
            if entry.marks.held:  # a notice that a story is taken back need not repeat its text
                notice = entry.marks.notice(self.headline or entry.url or entry.id)
                body = entry_body.from_text(notice, self.place)
            else:
                files = [one.named() for one in (*entry.media, *body.media)]
                files += [f"picture {body.picture.src}"] if body.picture else []
                seen = "".join(f"; it brings: {named}" for named in [", ".join(dict.fromkeys(files))[:300]] if named)
                seen += f"; its address is {entry.url}" if entry.url else ""
                return self._none(f"it has no text{' besides its title' if self.headline else ' and no title'}{seen}")
        self._account(chosen, body)
        title = self._title(body)
        lang = Found(self.lang, "language of the feed", 0.85) if self.lang else None
        about = embedded.about(title.value, body.paragraphs, lang, self.hints)
        date, updated = self._dates()
        authors, agency = self._authors()
        topics, section = self._labels()
        summary = self._summary(chosen, body)
        image, keys = self._media(body)
        licence = entry.licence or self.feed.licence
        agency = entry.source or agency or self.feed.name
        url = entry.url or entry.source_url
        draft = Draft(
            title=title,
            body=body.markdown,
            fates=(),
            date=date,
            updated=entry.marks.after(updated),
            authors=authors,
            section=section,
            summary=Found(summary, "summary of the entry", 0.9) if summary else about.summary,
            topics=Found(topics, "categories", 0.85) if topics else about.topics,
            lang=about.lang,
            image=image,
            agency=Found(agency, "source of the entry" if entry.source else "title of the feed", 0.9)
            if agency
            else None,
            licence=Found(licence, "rights", 0.85) if licence else None,
            url=url if url.lower().startswith(("http://", "https://")) else "",
            guid=entry.id,
            body_confidence=0.3 if entry.damaged else 0.6 if body.cut or entry.guessed else 0.95,
            held=entry.marks.held,
            embargo=entry.marks.embargo,
            expires=entry.marks.expires,
            keys=keys,
            deleted=entry.deleted,
        )
        return Made(draft, tuple(self.pieces), tuple(self.problems), name=self.name)

    def _none(self, why: str) -> Made:
        line = self.entry.line
        pieces = [msgspec.structs.replace(p, role="dropped", why=f"the entry is no story: {why}") for p in self.pieces]
        return Made(None, tuple(pieces) or (Piece(line, line, self.name, "dropped", why),), (), why, self.name)

    def _headline(self) -> str:
        title = self.entry.title
        if title is None:
            return ""
        if title.kind == "text":
            return clean(title.value)
        text = unescape(unescape(re.sub(r"</?[a-zA-Z][^<>]{0,300}>", "", title.value)))
        return clean(re.sub(r"</?[a-zA-Z][^<>]{0,300}>", "", text))

    def _title(self, body: EntryBody) -> Found[str]:
        if self.headline:
            sure = 0.7 if self.entry.guessed else 0.97
            return Found(self.headline, "title of the entry", sure, self.entry.title.line if self.entry.title else 0)
        return embedded.headline("", "title of the entry", body.paragraphs)

    def _read(self, text: FeedText) -> EntryBody:
        place = msgspec.structs.replace(self.place, base=text.base) if text.base else self.place
        markup = entry_body.is_html(entry_body.unfolded(text.value)) if not text.kind else text.kind == "html"
        return (entry_body.from_html if markup else entry_body.from_text)(text.value, place)

    def _body(self) -> tuple[FeedText | None, EntryBody]:
        """The longest of the texts that an entry has, those that are meant to be its body first."""
        best: tuple[int, FeedText | None, EntryBody] = (0, None, EntryBody())
        for texts in (self.entry.bodies, self.entry.summaries):
            for text in texts:
                body = self._read(text)
                length = len(clean(body.markdown))  # lists, quotations and tables are text as well
                if length > best[0]:
                    best = (length, text, body)
                elif not best[0] and (body.picture or body.media) and not best[2].picture:
                    best = (0, text, body)
        return best[1], best[2]

    def _account(self, chosen: FeedText | None, body: EntryBody) -> None:
        """Name what was taken from the body, and the texts that were not chosen."""
        for n, piece in enumerate(self.pieces):
            if piece.role != "body" or (
                chosen and piece.first <= chosen.line <= piece.last and piece.text == chosen.value
            ):
                continue
            if chosen and squeeze(clean(re.sub(r"<[^>]*>", " ", piece.text)))[:60] in squeeze(
                " ".join(body.paragraphs)
            ):
                why = "a shorter form of the text"
            else:
                why = "another text of the entry: the longest one is the body"
            self.pieces[n] = msgspec.structs.replace(piece, role="dropped", why=why, confidence=0.9)
        at = chosen.line if chosen else self.entry.line
        for left in body.left:
            self.pieces.append(Piece(at + left.line, at + left.line, left.text, "dropped", left.why, left.confidence))
        if body.cut:
            self.pieces.append(
                Piece(
                    at, at, body.paragraphs[-1][-60:], "body", "the text ends here: the feed gives its beginning", 0.6
                )
            )

    def _dates(self) -> tuple[Found[dt.date] | None, Found[dt.date] | None]:
        first = self._date(self.entry.published, "published")
        last = self._date(self.entry.updated, "updated")
        if first is None and last is not None:
            sure = min(last.confidence, 0.7 if self.entry.published else 0.85)
            return msgspec.structs.replace(last, confidence=sure), None
        if first is None or last is None or last.confidence < EVEN:
            return first, None
        return first, last if machine_dates.is_later(last.value, first.value) else None

    def _date(self, texts: Sequence[FeedText], rule: str) -> Found[dt.date] | None:
        """The first date that can be read; a problem for each that cannot, or is doubted."""
        found: Found[dt.date] | None = None
        for text in texts:
            read = machine_dates.read(text.value, self.hints, self.lang)
            if read is None:
                message = (
                    f"{self.name!r}: the date {clip(clean(text.value), 60)!r} ({text.rule or rule}) cannot be read"
                )
                hint = "Broadsheet never makes up a date. Write the right one into the story."
                self.problems.append(warning("date-unread", message, Place(self.file, text.line), hint))
                self._doubt(text, "a date that cannot be read")
            elif found is None:
                name = f"{text.rule or rule}, {read.doubt}" if read.doubt else text.rule or rule
                found = Found(read.value, name, read.confidence, text.line)
                if read.doubt and read.confidence < EVEN:
                    message = f"{self.name!r}: the date {clip(clean(text.value), 60)!r} is {read.doubt}"
                    self.problems.append(warning("date-unread", message, Place(self.file, text.line)))
        return found

    def _doubt(self, text: FeedText, why: str) -> None:
        for n, piece in enumerate(self.pieces):
            if (
                piece.first == text.line
                and clean(piece.text) == clean(text.value)
                and piece.role in ("date", "updated")
            ):
                self.pieces[n] = msgspec.structs.replace(piece, role="dropped", why=why)

    def _authors(self) -> tuple[Found[tuple[str, ...]] | None, str]:
        agency, doubted = "", None
        for rule, texts in (
            *(("author of the entry", t) for t in self.entry.people),
            ("author of the feed", self.feed.people),
        ):
            read = author_fields.read((text.value for text in texts), self.feed.name)
            agency = agency or (read.agency if squeeze(read.agency) != squeeze(self.feed.name) else "")
            line = texts[0].line if texts else 0
            if read.names:
                return read.found(rule, line), agency
            doubted = doubted or read.found(rule, line)
        return doubted, agency

    def _labels(self) -> tuple[tuple[str, ...], Found[str] | None]:
        """The topics and the section: a category is one only where the site has it, or the feed calls it one."""
        tags = list(dict.fromkeys(clean(tag.value) for tag in self.entry.tags))
        tags = [tag for tag in tags if tag and tag.casefold() not in _NO_TOPICS]
        given = [clean(text.value) for text in self.entry.sections]
        own = embedded.one_of([*given, *tags], self.hints)
        label = own or next(iter(given), "")
        kept = [tag for tag in tags if tag.casefold() != label.casefold()]
        if own and own not in tags:
            own_names = [tag for tag in kept if embedded.one_of([tag], self.hints) == own]
            kept = [tag for tag in kept if tag not in own_names[:1]]
        for n, piece in enumerate(self.pieces):
            if piece.role != "topics":
                continue
            text = clean(piece.text)
            if text.casefold() in _NO_TOPICS:
                self.pieces[n] = msgspec.structs.replace(piece, role="dropped", why="says that it has no category")
            elif label and (text.casefold() == label.casefold() or embedded.one_of([text], self.hints) == label):
                self.pieces[n] = msgspec.structs.replace(piece, role="section")
            elif text in kept[_TOPICS:]:
                why = f"a story has {_TOPICS} topics at most"
                self.pieces[n] = msgspec.structs.replace(piece, role="dropped", why=why)
        section = subjects.settle(label, self.hints, "category", 0, 0.9) if label else None
        return tuple(kept[:_TOPICS]), section

    def _summary(self, chosen: FeedText | None, body: EntryBody) -> str:
        """The summary that the entry has beside its body; one that is the cut beginning of the body is none."""
        for text in self.entry.summaries:
            if text is chosen:
                continue
            read = self._read(text)
            summary = " ".join(read.paragraphs)
            if not 40 <= len(summary) <= 600:
                continue
            begins = squeeze(summary)[:80] == squeeze(" ".join(body.paragraphs))[: min(80, len(squeeze(summary)))]
            if not (read.cut and begins):
                for n, piece in enumerate(self.pieces):
                    if piece.first == text.line and piece.text == text.value:
                        self.pieces[n] = msgspec.structs.replace(piece, role="summary", why="", confidence=1.0)
                return summary
        return ""

    def _media(self, body: EntryBody) -> tuple[Found[Picture] | None, dict[str, Any]]:
        """The main picture, the sound as a key of the front matter; all else is named to the editor."""
        found = [*self.entry.media, *body.media]
        pictures = [one for one in found if one.kind == "picture"]
        image = self._picture(pictures, body)
        used = image.value.src if image else ""
        sounds = [one for one in found if one.kind == "sound"]
        seen = {used, *(one.src for one in sounds[:1])}
        known = {_stem(src) for src in seen if src}
        rest = list({one.src: one for one in found if _new(one, seen, known, body.markdown)}.values())
        self.problems += entry_media.left(self.name, rest, Place(self.file, self.entry.line))
        for one in body.media:
            at = self.entry.line
            self.pieces.append(Piece(at, at, one.named(), *_fate(one, used=one.src in seen)))
        for n, piece in enumerate(self.pieces):
            for one in self.entry.media:
                if piece.role == "credit" and piece.text == one.src:
                    self.pieces[n] = Piece(piece.first, piece.last, one.named(), *_fate(one, used=one.src in seen))
        return image, ({"audio": sounds[0].audio()} if sounds else {})

    def _picture(self, given: Sequence[Media], body: EntryBody) -> Found[Picture] | None:
        if body.picture:
            same = next((one for one in given if _stem(one.src) == _stem(body.picture.src)), None)
            caption = body.picture.caption or (same.caption if same else "")
            credit = same.credit if same else ""
            picture = Picture(body.picture.src, body.picture.alt or (same.alt if same else ""), caption, credit)
            return Found(picture, "picture above the text", 0.85)
        for one in given:
            if not _shown(one.src, body.markdown):
                return Found(Picture(one.src, one.alt, one.caption, one.credit), "picture of the entry", 0.85)
        return None


def _fate(one: Media, *, used: bool) -> tuple[Role, str]:
    if used:
        return "credit", "the story's picture" if one.kind == "picture" else "the story's sound: key audio"
    return "dropped", "a file that stays where it is; named to the editor"


def _new(one: Media, seen: set[str], known: set[str], markdown: str) -> bool:
    """Whether a file is none that the story has already, in this size or another."""
    return (
        one.src not in seen
        and not (one.kind == "picture" and _stem(one.src) in known)
        and not _shown(one.src, markdown)
    )


def _stem(src: str) -> str:
    """A picture's name without its size: a-1024x683.jpg and a.jpg are one."""
    name = src.partition("?")[0].rpartition("/")[2].rpartition(".")[0]
    return re.sub(r"-\d{2,5}x\d{2,5}$|-scaled$", "", name) or src


def _shown(src: str, markdown: str) -> bool:
    return src in markdown or f"/{_stem(src)}" in markdown
