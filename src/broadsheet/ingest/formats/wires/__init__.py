"""Items of news agencies → their stories: what the elements of every wire tell of a story, and its days.

In: an item, whose elements are asked for by name. Out: the date and the update of a story with what makes them
doubtful, and a problem that names the text of each date that cannot be read; the part that an element has in a story;
its text with the names of HTML. An element that HTML does not know is a part of its line where it stands in one, and a
block of its own elsewhere; the words of files go with the files.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec

from broadsheet.errors import Place, Problem, warning
from broadsheet.ingest.extract import machine_dates
from broadsheet.ingest.extract.blocks import clean, squeeze
from broadsheet.ingest.extract.draft import EVEN, Found, Hints, Piece, Role
from broadsheet.ingest.formats.feed import entry_media
from broadsheet.ingest.formats.xml_text import local
from broadsheet.text import clip

MADE = r"firstcreated|contentcreated|date\.issue|date\.created|datecreated|creationdate|storydate|pubdata"
_FIRST_MADE = ("firstcreated", "contentcreated", "date.issue", "pubdata")
_LAST_MADE = ("versioncreated", "thisrevisioncreated", "story.date", "contentmodified")


class WireItem(Protocol):
    """What is asked of an item."""

    def all(self, *names: str) -> Iterator[Any]:
        """Its elements by their names."""


Dates = tuple[Found[dt.date] | None, Found[dt.date] | None, list[Problem]]


def read_dates(item: WireItem, hints: Hints, lang: str, name: str, file: str) -> Dates:
    """The date of an item and its update, where that is later; a problem for each date that is none."""
    first = [(_value(e), e.tag.rpartition("}")[2], e.sourceline or 0) for e in item.all(*_FIRST_MADE)]
    last = [(_value(e), e.tag.rpartition("}")[2], e.sourceline or 0) for e in item.all(*_LAST_MADE)]
    return settle_dates(first, last, hints, lang, name, file)


def _value(element: Any) -> str:
    given = element.get("norm") or element.get("date.publication") or "".join(element.itertext())
    return clean(given or "")


def settle_dates(
    first: Sequence[tuple[str, str, int]],
    last: Sequence[tuple[str, str, int]],
    hints: Hints,
    lang: str,
    name: str,
    file: str,
) -> Dates:
    """The date and the update of texts, each with its rule and its line."""
    problems: list[Problem] = []
    dates = [_first(texts, hints, lang, name, file, problems) for texts in (first, last)]
    date, update = dates
    if date is None:
        return update, None, problems
    if update is None or update.confidence < EVEN or not machine_dates.is_later(update.value, date.value):
        return date, None, problems
    return date, update, problems


def _first(
    texts: Sequence[tuple[str, str, int]], hints: Hints, lang: str, name: str, file: str, problems: list[Problem]
) -> Found[dt.date] | None:
    found: Found[dt.date] | None = None
    for text, rule, line in texts:
        if not text:
            continue
        read_ = machine_dates.read(text, hints, lang)
        if read_ is None:
            message = f"{name!r}: the date {clip(text, 60)!r} ({rule}) cannot be read"
            hint = "Broadsheet never makes up a date. Write the right one into the story."
            problems.append(warning("date-unread", message, Place(file, line), hint))
        elif found is None:
            found = Found(
                read_.value, f"{rule}, {read_.doubt}" if read_.doubt else rule, min(read_.confidence, 0.95), line
            )
            if read_.confidence < EVEN:
                message = f"{name!r}: the date {clip(text, 60)!r} is {read_.doubt}"
                problems.append(warning("date-unread", message, Place(file, line)))
    return found


# Elements that a text is made of, by the names that HTML has for them.
_NAMES = {
    "hl1": "h2", "hl2": "h3", "bq": "blockquote", "block": "div",
    "note": "aside", "fn": "aside", "credit": "cite", "object.title": "em", "headline": "h2", "para": "p",
    "paragraph": "p", "body.content": "div", "datacontent": "div", "inlinedata": "div",
}  # fmt: skip
_HTML = frozenset((
    "a", "abbr", "article", "aside", "b", "blockquote", "body", "br", "caption", "center", "cite", "code", "col", "dd",
    "del", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "i", "iframe", "img", "ins", "li", "main", "ol", "p", "pre", "q", "s", "section", "small", "span",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "video", "audio",
    "source", "script", "style", "time", "head", "title", "meta", "link",
))  # fmt: skip
_BLOCKS = frozenset(
    ("body", "div", "html", "article", "section", "main", "aside", "blockquote", "figure", "table", "tr")
)

_ROLES: tuple[tuple[str, Role], ...] = (
    (r"headline|hl1|title|slugline|newsline|catalog", "title"),
    (MADE, "date"),
    (r"versioncreated|thisrevisioncreated|story\.date|contentmodified", "updated"),
    (r"by|byline|person|byttl|creator|author|rewrittenby", "byline"),
    (r"subject\w*|tobject\.subject|tobject\.property|key-list|keyword", "topics"),
    (r"classifier|genre|tobject|identified-content|object\.title|event|org|name", "topics"),
    (r"copyright\w*|usageterms|creditline|doc\.copyright|doc\.rights|distributor|provider", "credit"),
    (r"source|infosource|party|holder|rights\w+|usagerights", "credit"),
    (r"tagline|bibliography", "body"),
    (r"abstract|description|hl2|summary|deck|standfirst", "summary"),
    (r"docdata|pubstatus|status|embargoed|date\.release|date\.expire|ed-msg|ednote|signal|instructions?", "status"),
    (r"statuswillchange|futurestatus|dateandtime|urgency|editorialnote|expires", "status"),
)  # fmt: skip


def role_of(name: str) -> Role | None:
    """What an element outside the text tells, by its name in lower case; None for one that a story has no place for."""
    return next((role for names, role in _ROLES if re.fullmatch(names, name)), None)


LEAST_SUMMARY, MOST_SUMMARY = 40, 600  # characters of a text that sums a story up


def summed(pieces: Sequence[Piece], summary: str) -> tuple[Piece, ...]:
    """The pieces of a story, of which only those are called its summary whose words are in the one that is used."""
    used = squeeze(summary) if LEAST_SUMMARY <= len(summary) <= MOST_SUMMARY else ""
    found = []
    for piece in pieces:
        own = squeeze(re.sub(r"<[^<>]*>", " ", piece.text))
        if piece.role == "summary" and not (own and own in used):
            found.append(msgspec.structs.replace(piece, role="dropped", why="another text sums the story up"))
        elif piece.role == "dropped" and len(own) >= LEAST_SUMMARY // 2 and own in used:
            found.append(msgspec.structs.replace(piece, role="summary", why=""))
        else:
            found.append(piece)
    return tuple(found)


def as_html(content: Any) -> Any:
    """The tree of a text with the names of HTML: an element within a line that HTML does not know is of the line."""
    for element in list(content.iter()):
        if not isinstance(element.tag, str):
            continue
        if local(element) == "media":  # whose words go with its file
            entry_media.remove(element)
            continue
        name = _NAMES.get(local(element), local(element))
        if name not in _HTML:
            parent = element.getparent()
            around = local(parent) if parent is not None else ""
            beside = parent is not None and any(
                (part or "").strip() for part in (parent.text, *(e.tail for e in parent))
            )
            name = "div" if around in _BLOCKS and not beside and element is not content else "span"
            name = "div" if element is content else name
        element.tag = name
    return content
