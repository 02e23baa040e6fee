"""The facts of a Markdown body: what it shows and links to, its headings, its text, its lead.

In: Markdown. Out: ``Facts``, read from the events of the parser that renders it: they are written out as the HTML that
they become, and read as a browser would read that, so that raw HTML counts for what it is. Nothing else reads Markdown
for what is in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from html import unescape
from itertools import islice
from operator import itemgetter
from typing import Literal

import msgspec

from broadsheet.content import dialect, parser
from broadsheet.content.parser import RawHtml, Reference, Writer
from broadsheet.errors import Place, Problem, warning
from broadsheet.text import clip, count

LEAD_LENGTH = 300  # characters of the first paragraph that stand for a summary
ADDRESS = 200  # characters of an address that a message shows: a whole picture can be written into one
_LINK = "Link to what it shows: [what it is](its address)."
WORDS = "Say what it shows, for readers who cannot see it"
LEAD_WITHIN = 5_000  # events in which a first paragraph is looked for


class Heading(msgspec.Struct, frozen=True, gc=False):
    """A heading: its rank, its text, the bytes that it takes."""

    level: int
    text: str
    start: int
    end: int


class DroppedElement(msgspec.Struct, frozen=True, gc=False):
    """An element of raw HTML that no page prints, the address of what it would show, its line counted from 1."""

    name: str
    address: str
    line: int


class Markup(msgspec.Struct, frozen=True, gc=False):
    """A tag of raw HTML, named as ``parser`` names it: whether it ends an element, stands in a block; its bytes."""

    name: str
    ends: bool
    block: bool
    start: int
    end: int


def _lead(said: Facts | Brief) -> str:
    """The first paragraph, at most 300 characters."""
    return clip(said.prose[0], LEAD_LENGTH) if said.prose else ""


class Facts(msgspec.Struct, frozen=True):
    """All facts of a body, in its order.

    ``paragraphs`` are its text, block by block, as a reader reads it, and ``prose`` those that are paragraphs and no
    heading, list, table, quotation or footnote. ``code`` are the bytes of its listings.
    """

    references: tuple[Reference, ...]
    headings: tuple[Heading, ...]
    dropped: tuple[DroppedElement, ...]
    code: tuple[tuple[int, int], ...]
    markup: tuple[Markup, ...]
    paragraphs: tuple[str, ...]
    prose: tuple[str, ...]
    lead = property(_lead)

    @property
    def pictures(self) -> tuple[Reference, ...]:
        """The pictures that the body shows."""
        return tuple(one for one in self.references if one.kind == "picture")

    @property
    def text(self) -> str:
        """What a reader reads of the body."""
        return "\n\n".join(self.paragraphs)


class Brief(msgspec.Struct, frozen=True):
    """What a story keeps of its body: its length, its first paragraphs; pictures, what is dropped, faults of blocks."""

    words: int
    prose: tuple[str, ...]
    pictures: tuple[Reference, ...] = ()
    dropped: tuple[DroppedElement, ...] = ()
    faults: tuple[Problem, ...] = ()
    lead = property(_lead)

    @property
    def named(self) -> tuple[str, ...]:
        """The addresses of the pictures, each once."""
        return tuple(dict.fromkeys([one.address for one in self.pictures])) if self.pictures else ()


def brief(text: str, data: bytes, paragraphs: int = 1) -> Brief:
    """What a story keeps of its body, with so many ``paragraphs``; ``data`` is the same in UTF-8.

    Of nearly all bodies the parser's events to the end of these say it all: reading all facts takes ten times as long.
    """
    made = dialect.written(text, data)
    if made.text is not text:
        text, data = made.text, made.text.encode()
    html = b"<" in data and _HTML.search(data)
    if html or b"[^" in data or _OTHER_SCHEME.search(data):
        facts = read(text)
        size = count(facts.text.encode() if html else data)
        return Brief(size, facts.prose[:paragraphs], facts.pictures, facts.dropped, made.faults)
    prose, pictures = _plain(text, paragraphs, whole=b"![" in data)
    found = tuple(msgspec.structs.replace(one, line=data.count(b"\n", 0, one.start) + 1) for one in pictures)
    return Brief(count(data), prose, found, (), made.faults)


SCHEMES = frozenset({"http", "https", "mailto", "tel"})  # of links that pages print
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_OTHER_SCHEME = re.compile(
    rb"(?i)\]\(\s*<?(?!https?:|mailto:|tel:)[a-z][a-z0-9+.-]*:|\]:\s*<?(?!https?:|mailto:|tel:)[a-z][a-z0-9+.-]*:"
)
_HTML = re.compile(rb"<(?!https?:)[a-zA-Z/!?]")  # what may be raw HTML; an address in angle brackets is none


def remote(address: str) -> bool:
    """Whether an address in content is another host's."""
    return address[:9].strip().lower().startswith(("http:", "https:", "//"))


def problems(said: Brief, file: str, first: int) -> Iterator[Problem]:
    """What is to be said of a body's pictures, blocks and HTML; it begins in the line ``first`` of its file.

    A picture needs a text alternative (WCAG 2.2, 1.1.1). In HTML an empty one says that there is nothing to tell.
    """
    for picture in said.pictures:
        empty = picture.words is None if picture.way == "html" else not (picture.words or "").strip()
        if empty and not remote(picture.address):
            address = picture.address[:ADDRESS]
            hint = f'{WORDS}: <img … alt="…">.' if picture.way == "html" else f"{WORDS}: ![…]({address})."
            place = Place(file, first - 1 + picture.line)
            yield warning("picture-alt", f"picture {address!r} has no alt text", place, hint)
    for fault in said.faults:
        yield msgspec.structs.replace(fault, place=Place(file, first - 1 + fault.place.line))
    for one in said.dropped:
        what = f"<{one.name}> of {one.address[:ADDRESS]!r}" if one.address else f"<{one.name}>"
        if one.name == "a":
            message = f"the link to {one.address[:ADDRESS]!r} is not allowed: only its words are shown"
            hint = f"Links may begin with {', '.join(f'{scheme}:' for scheme in sorted(SCHEMES))} or be paths."
            yield warning("html-dropped", message, Place(file, first - 1 + one.line), hint)
            continue
        shown = one.name in ("img", "noscript")
        hint = "Name the picture in its text: ![what it shows](pictures/…)." if shown else _LINK
        yield warning("html-dropped", f"{what} is not shown", Place(file, first - 1 + one.line), hint)


def _plain(text: str, most: int, *, whole: bool) -> tuple[tuple[str, ...], list[Reference]]:
    """The first paragraphs of a body without HTML and footnotes; the ``whole`` is read for pictures, without lines."""
    pictures: list[Reference] = []
    prose, words, alone = list[str](), list[str](), False  # the words of a block, and whether that is a paragraph
    before, within = words, 0  # the words before those of a picture, and how deep that stands: 0 outside of one
    depth = 0
    events = parser.markdown().events_with_range(text)
    for event, span in events if whole else islice(events, LEAD_WITHIN):
        if event.__class__ is str or "TaskListMarker" in event:
            words.append(" ")
            continue
        ((kind, said),) = event.items()
        if kind == "Start":
            depth += 1
            if depth == 1:
                words, alone = [], said == "Paragraph"
            elif whole and not within and "Image" in said:
                alone = alone and bool("".join(words).strip())  # what begins with a picture is no lead
                shown, before, words, within = (said["Image"], span), words, [], depth
        elif kind == "End":
            if depth == within:
                pictures.append(parser.reference("picture", *shown, words="".join(words)))
                words, within = before, 0
            depth -= 1
            if not depth and alone and len(prose) < most and (paragraph := "".join(words).strip()):
                prose.append(paragraph)
                if len(prose) == most and not whole:
                    break
        else:
            words.append(said)
    return tuple(prose), pictures


def printed(text: str) -> Facts:
    """All facts of a body as it is printed. Lines are those of the text; bytes are not."""
    return read(dialect.written(text, text.encode()).text)


def read(text: str, extensions: tuple[str, ...] = parser.EXTENSIONS) -> Facts:
    """All facts of a body as the parser alone reads it, whose bytes can be edited."""
    writer = Writer(_notes(text))
    for event, span in parser.markdown(extensions).events_with_range(text):
        writer.take(event, span)
    return _Seen(writer, text.encode()).read()


_NOTE = re.compile(r"\[(\^[^\s\[\]]+)\]")


def _notes(text: str) -> frozenset[str]:
    """The labels of footnotes that the text defines, whether or not the parser knows footnotes."""
    return frozenset(_DEFINED.findall(text)) if "[^" in text else frozenset()


_DEFINED = re.compile(r"\[(\^[^\s\[\]]+)\]:")
_RANKS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Blocks whose first paragraph is no lead, and all others.
_ENCLOSING = _RANKS | {"aside", "blockquote", "dl", "figure", "footer", "nav", "ol", "pre", "table", "ul"}
BLOCKS = _ENCLOSING | {
    "address", "article", "caption", "center", "dd", "details", "div", "dt", "fieldset", "figcaption", "form", "header",
    "hr", "li", "main", "p", "section", "summary", "tbody", "td", "tfoot", "th", "thead", "tr",
}  # fmt: skip
# What pages print nothing of, though it shows something.
_ALONE = frozenset({"embed", "input"})  # elements that have no end
_DROPPED = _ALONE | {"audio", "button", "canvas", "iframe", "math", "noscript", "object", "script", "select", "style"}
_DROPPED |= {"svg", "template", "textarea", "video"}
_NO_PROSE = frozenset({"embed", "title"})  # paragraphs of ``dialect`` that are no lead
_ADDRESSES = ("src", "data", "data-src", "poster", "srcset")


class _Seen:
    """Reads what was written, tag by tag."""

    def __init__(self, written: Writer, data: bytes) -> None:
        self.written = written
        self.html = written.html
        self.references: list[Reference] = []
        self.headings: list[Heading] = []
        self.dropped: list[DroppedElement] = []
        self.markup: list[Markup] = []
        self.paragraphs: list[str] = []
        self.prose: list[str] = []
        self._data = data
        self._lines: list[int] | None = None
        self._words: list[str] = []  # of the block that has not ended
        self._pictured = False  # it begins with a picture
        self._depth = 0
        self._heading: tuple[int, int] | None = None  # the rank of the one that has not ended, and where it begins
        self._dropping = ""
        self._code = list(written.code)
        self._listed: int | None = None

    def read(self) -> Facts:
        """All facts."""
        at, hidden = 0, False
        for tag in parser.tags(self.html):
            if not hidden and tag.start > at:
                self._words.append(self.html[at : tag.start])
            hidden = tag.name in parser.TEXT_ELEMENTS and not tag.ends
            at = tag.end
            self._tag(tag)
        self._words.append(self.html[at:])
        self._flush()
        return Facts(
            references=tuple(self.references),
            headings=tuple(self.headings),
            dropped=tuple(self.dropped),
            code=tuple(self._code),
            markup=tuple(self.markup),
            paragraphs=tuple(self.paragraphs),
            prose=tuple(self.prose),
        )

    def _tag(self, tag: parser.Tag) -> None:
        name = tag.name
        if name in BLOCKS:
            self._flush(tag)
            if name in _ENCLOSING:
                self._depth = max(0, self._depth + (-1 if tag.ends else 1))
            if name in _RANKS and not tag.ends:
                self._heading = int(name[1]), tag.start
            self._pictured = name == "p" and tag.get("class") in _NO_PROSE
        elif name == "br":
            self._words.append("\n")
        elif name in ("img", "image") and not tag.ends:
            self._picture(tag)
        elif name == "a" and not tag.ends:
            self._link(tag)
        elif name in _DROPPED:
            self._drop(tag)
        piece = self._piece(tag.start)
        if piece and tag.start < piece.end:
            start, end = self._at(tag.start), self._at(tag.end - 1) + len(self.html[tag.end - 1].encode())
            self.markup.append(Markup(name, tag.ends, piece.block, start, end))
            if name == "pre":
                self._listing(tag)

    def _flush(self, tag: parser.Tag | None = None) -> None:
        """End the block whose words were gathered."""
        text = "".join(self._words)
        text = unescape(text).strip() if "&" in text else text.strip()
        self._words.clear()
        pictured, self._pictured = self._pictured, False
        heading, self._heading = self._heading, None
        note = False
        if text and self.written.notes:
            note = bool(_DEFINED.match(text))
            text = _NOTE.sub(lambda found: "" if found[1] in self.written.notes else found[0], text).strip()
        if heading:
            rank, start = heading
            end = tag.end if tag else len(self.html)
            places = self.written.headings.get(start) or (self._at(start), self._at(end))
            self.headings.append(Heading(rank, " ".join(text.split()), *places))
        if text:
            self.paragraphs.append(text)
            if not (self._depth or pictured or note):
                self.prose.append(text)

    def _picture(self, tag: parser.Tag) -> None:
        if not self._pictured:
            self._pictured = not "".join(self._words).strip()
        made = self.written.made.get(tag.start)
        address = tag.get("src") or ""
        if made is None and not address.strip():
            self._dropped("img", tag)
        elif made is None:
            self.references.append(self._raw("picture", address, tag, tag.attributes["src"], words=tag.get("alt")))
        else:
            self.references.append(msgspec.structs.replace(made, line=self._line(made.start)))

    def _link(self, tag: parser.Tag) -> None:
        made = self.written.made.get(tag.start)
        address = tag.get("href")
        leads = made.address if made is not None else address or ""
        if (scheme := _SCHEME.match(leads)) and scheme[1].lower() not in SCHEMES:
            line = self._line(made.start if made is not None else self._at(tag.start))
            self.dropped.append(DroppedElement("a", leads, line))
        if made is not None:
            self.references.append(msgspec.structs.replace(made, line=self._line(made.start)))
        elif address is not None:
            self.references.append(self._raw("link", address, tag, tag.attributes["href"]))

    def _raw(
        self,
        kind: Literal["link", "picture"],
        address: str,
        tag: parser.Tag,
        value: parser.Value,
        words: str | None = "",
    ) -> Reference:
        start = self._at(tag.start)
        return Reference(
            kind,
            address,
            line=self._line(start),
            words=words,
            title=tag.get("title") or "",
            way="html",
            start=start,
            end=self._at(tag.end),
            value=(self._at(value.start), self._at(value.end)),
        )

    def _listing(self, tag: parser.Tag) -> None:
        """A listing in raw HTML."""
        if not tag.ends:
            self._listed = self._at(tag.start)
        elif self._listed is not None:
            self._code.append((self._listed, self._at(tag.end)))
            self._listed = None

    def _drop(self, tag: parser.Tag) -> None:
        """What an element shows is dropped once, whatever stands in it."""
        if tag.ends:
            self._dropping = "" if self._dropping == tag.name else self._dropping
        elif not self._dropping:
            self._dropping = "" if tag.name in _ALONE else tag.name
            self._dropped(tag.name, tag)

    def _dropped(self, name: str, tag: parser.Tag) -> None:
        address = next((said for key in _ADDRESSES if (said := tag.get(key))), "")
        self.dropped.append(DroppedElement(name, address, self._line(self._at(tag.start))))

    def _at(self, place: int) -> int:
        """The byte of the body from which a place in raw HTML came."""
        piece = self._piece(place)
        return piece.source + len(self.html[piece.start : place].encode()) if piece else 0

    def _piece(self, place: int) -> RawHtml | None:
        """The piece of raw HTML in which a place is, or the one before it."""
        number = bisect_right(self.written.raw, place, key=itemgetter(0)) - 1
        return self.written.raw[number] if number >= 0 else None

    def _line(self, start: int) -> int:
        if self._lines is None:
            self._lines = [found.start() for found in re.finditer(b"\n", self._data)]
        return bisect_left(self._lines, start) + 1
