"""A feed file → its stories: RSS and Atom by feedparser, JSON Feed by itself; one draft an entry.

In: a ``Source`` that holds a feed. Out: drafts that keep each entry's GUID and link. Every line of the file has its
fate in exactly one of them.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract import bylines, charset, page_dates, sections
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Found, Hints, Source
from broadsheet.ingest.formats import coverage, embedded
from broadsheet.model import Picture

MOST = 2000  # entries of one feed; what holds more is an archive that is better split

_ENTRY = re.compile(r"<(?:[\w-]+:)?(item|entry)\b[^>]*>", re.IGNORECASE)
_RULES = (
    (re.compile(r"<title\b", re.IGNORECASE), "title"),
    (re.compile(r"<(?:pubDate|published|dc:date|date)\b", re.IGNORECASE), "date"),
    (re.compile(r"<(?:updated|dcterms:modified)\b", re.IGNORECASE), "updated"),
    (re.compile(r"<(?:author|dc:creator|name)\b", re.IGNORECASE), "byline"),
    (re.compile(r"<category\b", re.IGNORECASE), "topics"),
    (
        re.compile(r"<(?:guid|id|link|comments|generator|enclosure|media:|/?(?:item|entry|author)\b)", re.IGNORECASE),
        "markup",
    ),
)


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a feed. Raises BroadsheetError: ``no-story`` for a feed without entries or that cannot be read."""
    text = charset.text(source.data, source.name)
    entries, feed = _json(text, source) if text.lstrip().startswith("{") else _xml(source, text)
    if not entries:
        raise fail("no-story", "the feed holds no entry", Place(source.name), "Ingest the feed once it has one.")
    spans = _spans(text, len(entries))
    rows = text.split("\n")
    drafts = []
    for n, entry in enumerate(entries[:MOST]):
        fates = coverage.share(rows, spans, n, _RULES)
        drafts.append(_draft(entry, feed, hints, fates))
    return tuple(drafts)


def _xml(source: Source, text: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    import feedparser

    data = coverage.without_entities(source, text).encode("utf-8", "replace")
    try:
        # What is no stream it takes for the name of a file first, and for an address.
        found = feedparser.parse(io.BytesIO(data), response_headers=_HEADERS)
    except Exception as cause:
        raise fail(
            "no-story", f"the feed cannot be read: {cause}", Place(source.name), "Save the feed again."
        ) from cause
    feed = {
        "name": clean(unescape(found.feed.get("title", ""))),
        "lang": found.feed.get("language", ""),
        "url": found.feed.get("link", ""),
        "licence": found.feed.get("license", "") or found.feed.get("rights", ""),
    }
    return [_entry(entry) for entry in found.entries], feed


_HEADERS = {"content-type": "application/xml; charset=utf-8"}  # what the text is, whatever its first line says


def _entry(entry: Any) -> dict[str, Any]:
    """An entry of feedparser by the names that JSON Feed uses (jsonfeed.org/version/1.1)."""
    contents = sorted(entry.get("content", ()), key=lambda content: -len(content.get("value") or ""))
    content = (contents[0].get("value") or "") if contents else ""
    summary = entry.get("summary") or ""
    body = content if len(content) >= len(summary) else summary
    pictures = [
        m.get("url", "") for m in (*entry.get("media_content", ()), *entry.get("enclosures", ())) if _picture(m)
    ]
    return {
        "id": entry.get("id", "") or entry.get("link", ""),
        "url": entry.get("link", ""),
        "title": entry.get("title", ""),
        "content_html": body,
        "summary": summary if body is not summary else "",
        "date_published": entry.get("published", "") or entry.get("created", ""),
        "date_modified": dict.get(entry, "updated", ""),
        "authors": [{"name": a.get("name", "") or a.get("email", "")} for a in entry.get("authors", ()) if a],
        "tags": [tag.get("term", "") or "" for tag in entry.get("tags", ())],
        "language": (contents[0].get("language") or "") if contents else "",
        "image": next((url for url in pictures if url), "")
        or next((m.get("url", "") for m in entry.get("media_thumbnail", ())), ""),
        "licence": entry.get("license", "") or entry.get("rights", ""),
    }


def _picture(media: Any) -> bool:
    return media.get("medium") == "image" or (media.get("type") or "").startswith("image/")


def _json(text: str, source: Source) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as cause:
        line = getattr(cause, "lineno", 0)
        raise fail("no-story", f"the feed is not JSON: {cause}", Place(source.name, line)) from cause
    items = [item for item in feed.get("items") or () if isinstance(item, dict)] if isinstance(feed, dict) else []
    if not isinstance(feed, dict):
        return [], {}
    about = {"name": feed.get("title"), "lang": feed.get("language"), "url": feed.get("home_page_url")}
    shared = {"authors": feed.get("authors") or [feed.get("author")]}
    return [{**shared, **item} if not item.get("author") else item for item in items], about


def _draft(entry: dict[str, Any], feed: dict[str, Any], hints: Hints, fates: tuple[Any, ...]) -> Draft:
    url = _text(entry.get("url")) or _text(entry.get("external_url"))
    told = _text(entry.get("language")) or _text(feed.get("lang"))
    lang = Found(told.replace("_", "-"), "language of the feed", 0.85) if re.fullmatch(_TAG, told) else None
    html, plain = entry.get("content_html"), entry.get("content_text")
    body = embedded.read(
        html if isinstance(html, str) and html else str(plain or entry.get("summary") or ""), url, told
    )
    title = embedded.headline(unescape(_text(entry.get("title"))), "title of the entry", body.paragraphs)
    about = embedded.about(title.value, body.paragraphs, lang, hints)
    summary = " ".join(embedded.read(_text(entry.get("summary"))).paragraphs)
    date = _moment(entry.get("date_published")) or _moment(entry.get("date_modified"))
    updated = _moment(entry.get("date_modified"))
    tags = [text for tag in entry.get("tags") or () if (text := _text(tag))]
    section = embedded.one_of(tags, hints) or (tags[0] if len(tags) == 1 else "")
    authors, agency = _authors(entry)
    picture = _text(entry.get("image"))
    licence = _text(entry.get("licence")) or _text(feed.get("licence"))
    name = agency or _text(feed.get("name"))
    topics = tuple(dict.fromkeys(tag for tag in tags if tag != section))[:8]
    return Draft(
        title=title,
        body=body.markdown,
        fates=fates,
        date=Found(date, "published", 0.97) if date else None,
        updated=Found(updated, "updated", 0.95) if updated and date and updated != date else None,
        authors=Found(authors, "author of the entry", 0.93) if authors else None,
        section=sections.settle(section, hints, "category", 0, 0.9) if section else None,
        summary=Found(summary, "summary of the entry", 0.9) if 40 <= len(summary) <= 600 else about.summary,
        topics=Found(topics, "categories", 0.85) if len(topics) >= 3 else about.topics,
        lang=about.lang,
        image=Found(Picture(picture), "picture of the entry", 0.5) if picture.startswith("http") else None,
        agency=Found(name, "title of the feed", 0.9) if name else None,
        licence=Found(licence, "rights", 0.85) if licence else None,
        url=url if url.startswith(("http://", "https://")) else "",
        guid=_text(entry.get("id")),
    )


_TAG = r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,2}"


def _text(value: Any) -> str:
    return clean(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _moment(value: Any) -> dt.date | None:
    return page_dates.parse(_text(value))


def _authors(entry: dict[str, Any]) -> tuple[tuple[str, ...], str]:
    """The people of an entry, and the agency where one signs."""
    people: list[str] = []
    agency = ""
    for author in (*(entry.get("authors") or ()), entry.get("author")):
        name = _text(author.get("name") if isinstance(author, dict) else author)
        byline = bylines.read(name) or bylines.bare(name)
        agency = agency or (byline.agency if byline else "")
        people += byline.names if byline else [name] if name and "@" not in name else []
    return tuple(dict.fromkeys(people)), agency


def _spans(text: str, entries: int) -> Sequence[tuple[int, int]]:
    """The first and last row of each entry, counted from 1; none where they cannot be told apart."""
    if text.lstrip().startswith("{"):
        return coverage.items(text, "items")
    starts = [text.count("\n", 0, found.start()) + 1 for found in _ENTRY.finditer(text)]
    if len(starts) != entries:
        return ()
    return list(zip(starts, [*(s - 1 for s in starts[1:]), text.count("\n") + 1], strict=True))
