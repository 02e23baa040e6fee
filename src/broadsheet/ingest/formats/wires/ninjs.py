"""IPTC ninjs → its stories: news in JSON, versions 1 to 3 of the standard; one draft an item.

In: a ``Source`` that holds an item, a list of items, or an object with such a list. Out: drafts, of which those that
their publisher took back or holds are held. Source of the names: iptc.org/standards/ninjs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from broadsheet.errors import Place, Problem, fail, warning
from broadsheet.ingest.extract import author_fields, charset
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Found, Hints, Member, Piece, Role, Source, members, objects
from broadsheet.ingest.extract.subjects import settle
from broadsheet.ingest.formats import embedded, feed, wires
from broadsheet.ingest.formats import status_fields as marks
from broadsheet.ingest.formats.feed import entry_body, entry_media
from broadsheet.ingest.formats.feed.entry import Made
from broadsheet.ingest.formats.feed.entry_body import EntryBody
from broadsheet.ingest.formats.feed.entry_media import Media
from broadsheet.ingest.formats.status_fields import PublisherMarks
from broadsheet.model import Picture
from broadsheet.text import clip

Item = dict[str, Any]

MOST = 2000  # items of one file
_TOPICS = 8
_LISTS = ("items", "_items", "item", "results", "docs", "newsItems", "data")
_FIRST = ("firstcreated", "firstCreated", "contentcreated", "contentCreated", "firstpublished", "created")
_LAST = ("versioncreated", "versionCreated", "contentmodified", "updated", "_updated")
_STATES = ("pubstatus", "pubStatus", "state", "status", "post_status")
_ROLES: tuple[tuple[str, Role], ...] = (
    (r"headlines?(?:_\w+)?|title|slugline", "title"),
    ("|".join(_FIRST), "date"),
    ("|".join(_LAST), "updated"),
    (r"byline|by|bylines|authors?|creators?|contributors?", "byline"),
    (r"body_\w+|bodies|body", "body"),
    (r"descriptions?(?:_\w+)?|abstract|summary", "summary"),
    (r"subjects?|genres?|keywords?|person|people|organisations?|organizations?|events?|objects?", "topics"),
    (r"copyright\w*|usage\w*|rights\w*|infosources?|provider|source|creditline|associations|renditions|licence|license",
     "credit"),
    (r"pubstatus|pubStatus|state|status|embargoed|expires|ednote|editorialnote|urgency|signals|profile|priority",
     "status"),
    (r"uri|type|mimetype|representationtype|language|version|standard|altids?|\w*ids?|charcount|wordcount", "markup"),
    (r"\$schema|slugs?|link|url|self|edition|trustindicators|_links|_etag", "markup"),
)  # fmt: skip


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a file.

    Raises BroadsheetError: ``not-json`` with the line, ``no-story`` where no item has a text.
    """
    text = charset.text(source.data, source.name)
    problems: list[Problem] = []
    spots = _spots(text, source, problems)
    made = [_Item(members(text, at, line), line, hints, source.name).made() for at, line in spots[:MOST]]
    if not any(one.draft for one in made):
        raise fail("no-story", "it has no item with text", Place(source.name), "Only ninjs and JSON Feed are read.")
    none = [one for one in made if one.draft is None]
    if none:
        names = ", ".join(repr(one.name) for one in none[:5]) + (f" and {len(none) - 5} more" if len(none) > 5 else "")
        message = f"{len(none)} of {len(made)} items have no text, such as pictures: {names}: left out"
        problems.append(warning("entries-left", message, Place(source.name)))
    if len(spots) > MOST:
        message = f"the file holds {len(spots)} items: the first {MOST} are read, {len(spots) - MOST} are left out"
        problems.append(warning("entries-left", message, Place(source.name, spots[MOST][1]), "Split the file."))
    return feed.with_fates(text, made, problems)


def _spots(text: str, source: Source, problems: list[Problem]) -> list[tuple[int, int]]:
    """Where each item begins, with its line. Raises BroadsheetError (``not-json``) where none can be read."""
    broken: tuple[str, int] | None = None
    value: Any = None
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as cause:
        broken = str(cause), getattr(cause, "lineno", 0)
    if broken is None:
        key = next((k for k in _LISTS if isinstance(value, dict) and isinstance(value.get(k), list)), "")
        if isinstance(value, dict) and not key:
            at = text.index("{")
            return [(at, text.count("\n", 0, at) + 1)]
        listed = value[key] if isinstance(value, dict) else value if isinstance(value, list) else []
        if none := [one for one in listed if not isinstance(one, dict)]:
            shown = ", ".join(json.dumps(one)[:40] for one in none[:5])
            message = f"{len(none)} of {len(listed)} items are not items, such as {shown}: left out"
            problems.append(warning("entries-left", message, Place(source.name)))
        return objects(text, key)[0] if listed else []
    for key in (*_LISTS, ""):
        spots, _ = objects(text, key)
        if spots:
            message = f"not JSON from here on ({broken[0]}): {len(spots)} items before were read, no other"
            problems.append(warning("feed-damaged", message, Place(source.name, broken[1]), "Fetch it again."))
            return spots
    raise fail("not-json", f"not JSON: {broken[0]}", Place(source.name, broken[1]), "Save the item again, or as text.")


class _Item:
    """One item on its way to a draft."""

    def __init__(self, members: Sequence[Member], line: int, hints: Hints, file: str) -> None:
        self.members, self.line, self.hints, self.file = members, line, hints, file
        self.item: Item = {member.key: member.value for member in members}
        self.lines = {member.key: member.first for member in members}

    def made(self) -> Made:
        """The draft of the item, or why there is none; the fate of each of its keys."""
        item, hints = self.item, self.hints
        pieces = [piece for member in self.members for piece in _fates(member)]
        url, tongue, headline = _text(item.get("uri")), _text(item.get("language")), _headline(item)
        held = self._marks(headline)
        body = self._body(tongue, headline)
        name = clip(headline or url or "without a title", 80)
        if not body.paragraphs:
            if not held.held:
                gone = [msgspec.structs.replace(p, role="dropped", why="the item has no text") for p in pieces]
                return Made(None, tuple(gone), (), "it has no text", name)
            body = entry_body.from_text(held.notice(name), entry_body.BodyContext())
        at = self.lines.get("bodies") or next((n for key, n in self.lines.items() if key.startswith("body")), self.line)
        pieces += [Piece(at, at, left.text, "dropped", left.why, left.confidence) for left in body.left]
        tag = re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*", tongue)
        lang = Found(tongue.replace("_", "-"), "language", 0.95) if tag else None
        title = embedded.headline(headline, "headline", body.paragraphs)
        about = embedded.about(title.value, body.paragraphs, lang, hints)
        dates = [self._texts(_FIRST), self._texts(_LAST)]
        date, updated, problems = wires.settle_dates(dates[0], dates[1], hints, tongue, name, self.file)
        provider = next(iter(_labels(item, "infosource", "infosources", "provider")), "")
        provider = provider or _text(item.get("source")) or _text(item.get("copyrightholder"))
        authors, agency = self._signed(provider)
        subjects = list(dict.fromkeys(_labels(item, "subject", "subjects")))
        section = embedded.one_of([*subjects, *_labels(item, "genre", "genres")], hints)
        named = [*_labels(item, "person", "people", "organisation", "organisations", "place", "places"), *subjects]
        named += [*_labels(item, "keyword", "keywords")]
        topics = tuple(dict.fromkeys(label for label in named if label != section))[:_TOPICS]
        licence = _text(item.get("usageterms")) or _text(item.get("copyrightnotice")) or _rights(item)
        summary = " ".join(entry_body.from_html(_described(item), entry_body.BodyContext()).paragraphs)
        image, keys, said = self._media(body, name)
        web = (
            url
            if url.lower().startswith(("http://", "https://"))
            else _text(item.get("link")) or _text(item.get("url"))
        )
        draft = Draft(
            title=title,
            body=body.markdown,
            fates=(),
            date=date,
            updated=held.after(updated),
            authors=authors,
            section=settle(section, hints, "subject", 0, 0.85) if section else None,
            summary=Found(summary, "description", 0.9)
            if wires.LEAST_SUMMARY <= len(summary) <= wires.MOST_SUMMARY
            else about.summary,
            topics=Found(topics, "people, places, subjects", 0.9) if topics else about.topics,
            lang=about.lang,
            image=image,
            agency=Found(agency, "infosource", 0.9) if agency else None,
            licence=Found(licence, "usageterms", 0.9) if licence else None,
            url=web if web.lower().startswith(("http://", "https://")) else "",
            guid=url,
            body_confidence=0.6 if body.cut else 0.95,
            held=held.held,
            embargo=held.embargo,
            expires=held.expires,
            keys=keys,
        )
        return Made(draft, wires.summed(pieces, summary), (*problems, *said), name=name)

    def _body(self, lang: str, headline: str) -> EntryBody:
        for text, kind in _bodies(self.item):
            markup = kind == "html" or (not kind and entry_body.is_html(entry_body.unfolded(text)))
            place = entry_body.BodyContext("", headline, "", "", "", lang, self.hints)
            body = (entry_body.from_html if markup else entry_body.from_text)(text, place)
            if body.paragraphs:
                return body
        return EntryBody()

    def _texts(self, names: Sequence[str]) -> list[tuple[str, str, int]]:
        return [(text, name, self.lines[name]) for name in names if (text := _text(self.item.get(name)))]

    def _marks(self, headline: str) -> PublisherMarks:
        """Whatever says that the item is not for readers: its state, an embargo, an expiry, notes to editors."""
        item, found = self.item, PublisherMarks()
        for name in ("embargoed", "embargo", "publish_schedule", "embargo_until"):
            if text := _text(item.get(name)):
                found |= marks.embargo(text, name, self.hints, self.lines[name])
        for name in ("expires", "expiry", "validto", "expirationdate"):
            if text := _text(item.get(name)):
                found |= marks.expiry(text, name, self.hints, self.lines[name])
        for name in _STATES:
            if text := _text(item.get(name)):
                found |= marks.state(text, name, lifted=found.embargo is not None)
        for name, value in item.items():
            if name.lower() in ("draft", "private", "hidden", "unpublished", "withheld", "deleted"):
                found |= marks.key(name, value, self.hints, self.lines[name])
        signals = item.get("signals", item.get("signal"))
        for value in signals if isinstance(signals, list) else [signals]:
            word = value.get("code") or value.get("name") if isinstance(value, dict) else value
            found |= marks.signal(_text(word))
        notes = [_text(item.get(name)) for name in ("ednote", "editorialnote", "ednotes", "editorial_note")]
        return found | marks.words(notes) | marks.headline(headline)

    def _signed(self, provider: str) -> tuple[Found[tuple[str, ...]] | None, str]:
        item = self.item
        names = [text for name in ("byline", "by") if (text := _text(item.get(name)))]
        names = names or list(_labels(item, "bylines", "authors", "author", "creator", "creators", longest=200))
        line = next((self.lines[n] for n in ("byline", "by", "bylines", "authors", "author") if n in self.lines), 0)
        found = author_fields.read(names, provider)
        return found.found("byline", line), found.agency or provider

    def _media(self, body: EntryBody, name: str) -> tuple[Found[Picture] | None, dict[str, Any], list[Problem]]:
        """The main picture, the sound; a problem that names all other files."""
        files = entry_media.carried([*_associated(self.item), *body.media], body.picture)
        image = Found(files.picture, "associations", 0.85) if files.picture else None
        return image, files.keys, entry_media.left(name, files.rest, Place(self.file, self.line))


def _fates(member: Member) -> Iterator[Piece]:
    """The fate of a key; of a list of things with names, one for each name."""
    role = next((role for names, role in _ROLES if re.fullmatch(names, member.key)), None)
    shown = member.value if isinstance(member.value, str) else json.dumps(member.value, ensure_ascii=False)
    if role is None:
        yield Piece(
            member.first,
            member.last,
            f"{member.key}: {shown}",
            "dropped",
            f"{member.key} is a key with no place in a story",
        )
    elif role == "topics" and (names := list(_labels({member.key: member.value}, member.key))):
        for name in names:
            yield Piece(member.first, member.last, name, role)
    else:
        text = shown if role in ("title", "body", "summary") else f"{member.key}: {shown}"
        yield Piece(member.first, member.last, text, role)


def _text(value: Any) -> str:
    return clean(str(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _values(item: Item, plural: str, prefix: str) -> Iterator[tuple[str, str]]:
    """The texts of a property in both of its shapes: a list of objects (version 2), a key for each form (version 1).

    Each with what it is: "html", "text" or "" where that is not said.
    """
    listed = item.get(plural)
    found = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
    found.sort(key=lambda part: (part.get("role") not in ("main", None), "html" not in str(part.get("contenttype"))))
    for part in found:
        if isinstance(part.get("value"), str) and part["value"].strip():
            type_ = str(part.get("contenttype") or part.get("contentType") or "").lower()
            yield part["value"], "html" if "html" in type_ else "text" if "plain" in type_ else ""
    for key in (f"{prefix}_xhtml", f"{prefix}_html", f"{prefix}_text", prefix, *sorted(item)):
        value = item.get(key)
        if (key == prefix or key.startswith(f"{prefix}_")) and isinstance(value, str) and value.strip():
            yield value, "html" if key.endswith("html") else "text" if key.endswith("_text") else ""


def _bodies(item: Item) -> Iterator[tuple[str, str]]:
    return _values(item, "bodies", "body")


def _described(item: Item) -> str:
    return next((text for text, _ in _values(item, "descriptions", "description")), "")


def _headline(item: Item) -> str:
    listed = [text for text, _ in _values(item, "headlines", "headline")]
    return _text(item.get("headline")) or next(iter(listed), "") or _text(item.get("title"))


def _labels(item: Item, *names: str, longest: int = 60) -> Iterator[str]:
    """The names of a property's objects."""
    for name in names:
        value = item.get(name)
        for part in value if isinstance(value, list) else [value]:
            label = _text(part.get("name") or part.get("literal")) if isinstance(part, dict) else _text(part)
            if 1 < len(label) < longest:
                yield label


def _rights(item: Item) -> str:
    """The terms in the list that version 2 has."""
    listed = item.get("rightsinfo") or item.get("rightsInfo")
    for part in listed if isinstance(listed, list) else [listed]:
        if isinstance(part, dict):
            for key in ("usageterms", "usageTerms", "copyrightnotice", "copyrightNotice", "linkedrights"):
                if text := _text(part.get(key)):
                    return text
    return ""


def _associated(item: Item) -> Iterator[Media]:
    """The files of the item's associations: of each the first rendition; rights are for an editor to see."""
    parts = item.get("associations")
    for part in parts.values() if isinstance(parts, dict) else parts if isinstance(parts, list) else ():
        if not isinstance(part, dict):
            continue
        renditions = part.get("renditions")
        listed = (
            renditions.values() if isinstance(renditions, dict) else renditions if isinstance(renditions, list) else ()
        )
        for one in listed:
            href = _text(one.get("href")) if isinstance(one, dict) else ""
            if entry_media.absolute(href, ""):
                type_ = _text(one.get("mimetype") or one.get("contenttype") or part.get("mimetype"))
                medium = {"picture": "image", "graphic": "image"}.get(_text(part.get("type")), _text(part.get("type")))
                credit = _text(part.get("byline")) or _text(part.get("copyrightholder"))
                yield Media(entry_media.media_kind(href, type_, medium), href, type_, _text(one.get("sizeinbytes")),
                            _text(one.get("duration")), _headline(part), _described(part), credit)  # fmt: skip
                break
