"""A draft → front matter: the keys of a story as DESIGN orders them, every value one that ``fields`` accepts.

In: a ``Draft`` and what the site knows. Out: ``Entry``, the metadata and body of a story file to be. All that a reader
took from a source is hostile here: control characters go, lengths are bounded, what is no value is left out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from broadsheet import fields, storyfile
from broadsheet.errors import Place, fail
from broadsheet.ingest import decode, likeness
from broadsheet.ingest.draft import Draft, Found, Source
from broadsheet.words import clip

_TITLE = 300  # characters; what a headline can be at most, in any paper
_SUMMARY = 600
_NAME = 200
_ADDRESS = 2_000
_MOST = 40  # authors or topics


class Entry(msgspec.Struct, frozen=True):
    """A story file to be, without what only filing knows: its id, its path, the stories like it.

    ``guid`` and ``url`` are the source's own names for it. ``sha256`` is the digest of what it was made of: of the raw
    file where that is one story, of what the entry says where the file is a feed or a mailbox.
    """

    meta: dict[str, Any]
    body: str
    print: likeness.Print
    sha256: str
    guid: str = ""
    url: str = ""


def entry(draft: Draft, source: Source, zone: ZoneInfo, language: str) -> Entry:
    """The story file that a draft makes.

    An undated story gets the day its source was last changed, and ``date`` into review. Raises BroadsheetError
    (``no-title``, ``no-text``) where there is nothing to print.
    """
    body = decode.clean(draft.body).strip()
    if not body:
        hint = "A story needs a text; the file's title alone makes none."
        raise fail("no-text", "no text was found besides the title", Place(source.name), hint)
    if len(body) > storyfile.LARGEST // 4:
        raise fail("too-large", "the text is too long for one story", Place(source.name), "Split the file.")
    title = _line(draft.title.value, _TITLE)
    if not title:
        raise fail("no-title", "no title was found and none could be made", Place(source.name))
    url = _address(draft.url or source.url)
    origin = {
        "name": _line(_value(draft.agency), _NAME),
        "url": url,
        "file": source.name,
        "licence": _line(_value(draft.licence), _NAME),
    }
    lang = _value(draft.lang)
    picture = _value(draft.image)
    meta: dict[str, Any] = {
        "title": title,
        "date": _moment(_value(draft.date)) or source.modified.astimezone(zone).date(),
        "updated": _moment(_value(draft.updated)),
        "section": _line(_value(draft.section), _NAME),
        "authors": _lines(_value(draft.authors)),
        "summary": _line(_value(draft.summary), _SUMMARY),
        "topics": _lines(_value(draft.topics)),
        "image": {k: _line(v, _ADDRESS) for k, v in msgspec.to_builtins(picture).items()} if picture else None,
        "source": {key: value for key, value in origin.items() if value},
        "lang": _line(lang, _NAME) if lang != language else "",
    }
    meta = {key: value for key, value in meta.items() if value}
    _, problems = fields.check(meta, fields.STORY, zone, lambda key: Place(key))
    bad = [p.place.file for p in problems if p.code == "value"]
    for key in bad:
        meta.pop(key)
    if "date" in bad:
        meta["date"] = source.modified.astimezone(zone).date()
    doubts = [name for name in (*draft.doubtful(), *bad) if name in meta]
    if review := [key for key in fields.STORY if key in doubts]:
        meta["review"] = review
    said = msgspec.json.encode((title, meta["date"], meta.get("updated"), meta.get("authors"), body))
    digest = hashlib.sha256(said).hexdigest()
    return Entry(meta, body, likeness.take(title, body), digest, _address(draft.guid), url)


def _value(found: Found[Any] | None) -> Any:
    return found.value if found else None


def _line(text: str | None, length: int) -> str:
    return clip(decode.clean(text), length) if text else ""


def _address(text: str) -> str:
    """An address or a GUID: of no use unless whole."""
    whole = " ".join(decode.clean(text).split())
    return whole if len(whole) <= _ADDRESS else ""


def _lines(texts: tuple[str, ...] | None) -> list[str]:
    return [line for text in (texts or ())[:_MOST] if (line := _line(text, _NAME))]


def _moment(day: dt.date | None) -> dt.date | None:
    """A day or moment as front matter writes it: to the second, and a moment with its offset."""
    if isinstance(day, dt.datetime):
        return day.replace(microsecond=0) if day.tzinfo else day.date()
    return day
