"""JSON Feed 1.0 and 1.1 → entries: each key of an item is read by its name, or named as unread.

In: the text of a feed. Out: ``FeedFacts`` and ``Entry`` values with a piece for every key; whether the text ends early.
Source of the names: jsonfeed.org/version/1.1.
"""

from __future__ import annotations

import json
import re
from typing import Any

from broadsheet.errors import Place, Problem, fail, note, warning
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Hints, Role, Source
from broadsheet.ingest.formats import coverage
from broadsheet.ingest.formats import publisher_marks as marks
from broadsheet.ingest.formats.coverage import Member, Piece
from broadsheet.ingest.formats.feed import entry_media
from broadsheet.ingest.formats.feed.entry import Entry, FeedFacts, FeedText
from broadsheet.ingest.formats.feed.entry_media import Media

_MACHINERY = frozenset(("id", "url", "external_url", "language", "_comments", "comments", "comments_url"))


def read(text: str, source: Source, hints: Hints, most: int) -> tuple[FeedFacts, list[Entry], list[int], list[Problem]]:
    """What a feed says of itself, its first entries, the lines of all others, and what is wrong with it.

    Raises BroadsheetError (``no-story``) for what is not JSON and holds no entry that could be read.
    """
    problems: list[Problem] = []
    spots, _ = coverage.objects(text, "items")
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as cause:
        line = getattr(cause, "lineno", 0)
        if not spots:
            raise fail("no-story", f"the feed is not JSON: {cause}", Place(source.name, line)) from cause
        feed = _head(text)
        message = f"the feed is not JSON from here on ({cause}): {len(spots)} entries before were read, no other"
        problems.append(warning("feed-damaged", message, Place(source.name, line), "Fetch it again."))
    if not isinstance(feed, dict):
        return FeedFacts(), [], [], problems
    home = _text(feed.get("home_page_url")) or _text(feed.get("feed_url")) or source.url
    people = tuple(FeedText(name) for name in _people(feed))
    facts = FeedFacts(_text(feed.get("title")), home, _text(feed.get("language")), "", people)
    if _text(feed.get("next_url")):
        message = f"the feed goes on at {_text(feed.get('next_url'))}, which is not read"
        problems.append(note("entries-left", message, Place(source.name), "Take that address in too."))
    entries = [_entry(coverage.members(text, at, line), line, home, hints) for at, line in spots[:most]]
    return facts, entries, [line for _, line in spots[most:]], problems


def _head(text: str) -> Any:
    """What stands before the entries of a feed that is broken."""
    start = re.search(r'"items"\s*:\s*\[', text)
    try:
        return json.loads(text[: start.start()].rstrip().rstrip(",") + "}", strict=False) if start else {}
    except (ValueError, RecursionError):
        return {}


def _text(value: Any) -> str:
    return clean(str(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _people(item: dict[str, Any]) -> list[str]:
    """The names in ``authors`` and, as version 1.0 has it, ``author``."""
    listed = item.get("authors")
    found = [*(listed if isinstance(listed, list) else [listed]), item.get("author")]
    names = [_text(a.get("name") or a.get("url")) if isinstance(a, dict) else _text(a) for a in found]
    return [name for name in names if name]


def _entry(members: list[Member], line: int, home: str, hints: Hints) -> Entry:
    item = {member.key: member.value for member in members}
    lines = {member.key: member.first for member in members}
    url = entry_media.absolute(_text(item.get("url")) or _text(item.get("external_url")), home)
    entry = Entry(line, id=_text(item.get("id")) or url, url=url, base=url or home, lang=_text(item.get("language")))
    raw = {
        key: item[key] for key in ("content_html", "content_text", "summary", "title") if isinstance(item.get(key), str)
    }
    if clean(raw.get("title", "")):
        entry.title = FeedText(raw["title"], lines["title"], "text")
    for key, kind in (("content_html", "html"), ("content_text", "text")):
        if raw.get(key, "").strip():
            entry.bodies.append(FeedText(raw[key], lines[key], kind, rule=key))
    if raw.get("summary", "").strip():
        entry.summaries.append(FeedText(raw["summary"], lines["summary"], "text", rule="summary"))
    for key, texts in (("date_published", entry.published), ("date_modified", entry.updated)):
        if _text(item.get(key)):
            texts.append(FeedText(_text(item[key]), lines[key], rule=key))
    at = lines.get("authors") or lines.get("author", line)
    names = [FeedText(name, at) for name in _people(item)]
    entry.people = [names] if names else []
    _more(entry, item, lines, home)
    for member in members:
        _account(member, entry, hints)
    return entry


def _more(entry: Entry, item: dict[str, Any], lines: dict[str, int], home: str) -> None:
    """The tags, pictures and attachments of an item."""
    tags = item.get("tags")
    entry.tags = [
        FeedText(text, lines["tags"]) for tag in (tags if isinstance(tags, list) else ()) if (text := _text(tag))
    ]
    for key in ("image", "banner_image"):
        if src := entry_media.absolute(_text(item.get(key)), home):
            entry.media.append(Media("picture", src))
    attached = item.get("attachments")
    for one in attached if isinstance(attached, list) else ():
        if isinstance(one, dict) and (src := entry_media.absolute(_text(one.get("url")), home)):
            type_ = _text(one.get("mime_type"))
            length, duration = _text(one.get("size_in_bytes")), _text(one.get("duration_in_seconds"))
            entry.media.append(
                Media(entry_media.kind(src, type_), src, type_, length, duration, _text(one.get("title")))
            )


_ROLES: dict[str, Role] = {
    "title": "title", "content_html": "body", "content_text": "body", "summary": "body", "date_published": "date",
    "date_modified": "updated", "authors": "byline", "author": "byline",
}  # fmt: skip


def _account(member: Member, entry: Entry, hints: Hints) -> None:
    """The fate of a key; a mark that it makes."""
    key, first, last = member.key, member.first, member.last
    shown = member.value if isinstance(member.value, str) else json.dumps(member.value, ensure_ascii=False)
    pieces: list[Piece] = []
    if key in _ROLES:
        text = _text(member.value) if key.startswith("date") else shown
        pieces.append(Piece(first, last, text, _ROLES[key]))
    elif key == "tags":
        pieces += [Piece(first, last, tag.value, "topics") for tag in entry.tags]
    elif key in ("image", "banner_image", "attachments"):
        known = [one.src for one in entry.media if one.src in shown or one.src.endswith(shown)]
        pieces += [Piece(first, last, src, "credit") for src in known] or [
            Piece(first, last, shown, "dropped", "no address")
        ]
    elif key in _MACHINERY:
        pieces.append(Piece(first, last, f"{key}: {shown}", "markup", "an address or a number for programs"))
    else:
        found = (
            marks.key(key.lstrip("_"), member.value, hints, first)
            if not isinstance(member.value, (dict, list))
            else marks.PublisherMarks()
        )
        if found != marks.PublisherMarks():
            entry.marks |= found
            pieces.append(Piece(first, last, f"{key}: {shown}", "status", "; ".join(found.held)))
        else:
            why = f"{key} is a key that no reader of JSON Feed knows"
            pieces.append(Piece(first, last, f"{key}: {shown}", "markup" if key.startswith("_") else "dropped", why))
    entry.pieces += pieces
