"""A feed file → its stories: RSS, RDF, Atom and JSON Feed; one draft an entry. Of JSON Feed the entries are read here.

In: a ``Source`` that holds a feed. Out: drafts that keep each entry's GUID and link. Every element or key of the file
has its fate in exactly one of them, and every entry that came to nothing is named in a problem.

JSON Feed 1.0 and 1.1: each key of an item is read by its name, or named as unread; a text that ends early gives the
entries before. Source of the names: jsonfeed.org/version/1.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from broadsheet.errors import Place, Problem, fail, note, warning
from broadsheet.ingest.extract import charset
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Hints, Member, Piece, Role, Source, account, members, objects
from broadsheet.ingest.formats import status_fields as marks
from broadsheet.ingest.formats import xml_text
from broadsheet.ingest.formats.feed import entry_media, feed_xml
from broadsheet.ingest.formats.feed.entry import Entry, FeedFacts, FeedText, Made, make
from broadsheet.ingest.formats.feed.entry_media import Media

MOST = 2000  # entries of one feed; what holds more is an archive that is better split
_NAMED = 10  # problems of one kind that are named one by one


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a feed.

    Raises BroadsheetError: ``no-story`` for a feed without an entry that has a text, or that cannot be read.
    """
    problems: list[Problem] = []
    text, facts, entries, others = _entries(source, hints, problems)
    if not entries:
        raise fail("no-story", "the feed has no entries", Place(source.name), "Try again once it has entries.")
    made = [make(entry, facts, hints, source.name) for entry in entries]
    problems += _left_out(made, entries, others, source)
    whole = [one for one in made if one.draft]
    if not whole:
        said = "; ".join(dict.fromkeys(f"{one.name!r}: {one.why}" for one in made[:3]))
        message = f"none of the {len(entries) + len(others)} entries of the feed is a story: {said}"
        raise fail("no-story", message, Place(source.name, entries[0].line), "Save the articles themselves.")
    return with_fates(text, made, problems)


def with_fates(text: str, made: Sequence[Made], problems: Sequence[Problem]) -> tuple[Draft, ...]:
    """The drafts of what was made, with the fates of all pieces; the first has those of no story, and the problems."""
    own = [[*one.pieces] for one in made if one.draft]
    for one in made:
        if one.draft is None:
            own[0] += one.pieces
    fates = account(text.split("\n"), own)
    drafts = []
    for n, (one, found) in enumerate(zip((m for m in made if m.draft), fates, strict=True)):
        said = (*(problems if n == 0 else ()), *one.problems)
        if one.draft:
            drafts.append(msgspec.structs.replace(one.draft, fates=found, problems=(*one.draft.problems, *said)))
    return tuple(drafts)


def _entries(source: Source, hints: Hints, problems: list[Problem]) -> tuple[str, FeedFacts, list[Entry], list[int]]:
    """The text of a feed, what it says of itself, its first entries, and the lines of all others."""
    if source.data[:4000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") or b"{\0" in source.data[:4]:
        text = charset.text(source.data, source.name)
        facts, entries, others, found = _read_json(text, source, hints, MOST)
        problems += found
        return text, facts, entries, others
    try:
        parsed = xml_text.parse(source, feed_xml.ITEMS)
    except Exception as cause:
        problem = getattr(cause, "problem", None)
        if problem is None or problem.code != "not-xml":
            raise
        raise fail(
            "no-story", f"the feed cannot be read: {problem.message}", problem.place, "Fetch it again."
        ) from cause
    problems += parsed.problems
    return parsed.text, *feed_xml.read(parsed, hints, MOST, source.url)


def _left_out(made: Sequence[Made], entries: Sequence[Entry], others: Sequence[int], source: Source) -> list[Problem]:
    """A problem for each entry that is no story, and one for those that were not looked at."""
    found: list[Problem] = []
    none = [(entry, one) for entry, one in zip(entries, made, strict=True) if one.draft is None]
    for entry, one in none[:_NAMED]:
        message = f"the entry {one.name!r} is left out: {one.why}"
        found.append(warning("entries-left", message, Place(source.name, entry.line)))
    if len(none) > _NAMED:
        message = f"{len(none) - _NAMED} more entries are left out for similar reasons"
        found.append(warning("entries-left", message, Place(source.name), "broadsheet ingest --explain lists each."))
    if others:
        message = f"the feed holds {MOST + len(others)} entries: the first {MOST} are read, {len(others)} are left out"
        found.append(warning("entries-left", message, Place(source.name, others[0]), "Split the file."))
    return found


_MACHINERY = frozenset(("id", "url", "external_url", "language", "_comments", "comments", "comments_url"))


def _read_json(
    text: str, source: Source, hints: Hints, most: int
) -> tuple[FeedFacts, list[Entry], list[int], list[Problem]]:
    """What a feed says of itself, its first entries, the lines of all others, and what is wrong with it.

    Raises BroadsheetError (``no-story``) for what is not JSON and holds no entry that could be read.
    """
    problems: list[Problem] = []
    spots, _ = objects(text, "items")
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
        message = f"the feed continues at {_text(feed.get('next_url'))}, which is not read"
        problems.append(note("entries-left", message, Place(source.name), "Ingest that address too."))
    entries = [_entry(members(text, at, line), line, home, hints) for at, line in spots[:most]]
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
                Media(entry_media.media_kind(src, type_), src, type_, length, duration, _text(one.get("title")))
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
