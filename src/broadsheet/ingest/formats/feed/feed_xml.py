"""RSS 0.9 to 2.0, RDF and Atom 0.3 and 1.0 → entries: each element of an item is read by its name, or named as unread.

In: the tree of a feed. Out: ``FeedFacts`` and ``Entry`` values with a piece for every element that says anything.
Source of the names: rssboard.org/rss-specification, RFC 4287, rssboard.org/media-rss, WordPress' export format.
"""

from __future__ import annotations

import re
from base64 import b64decode
from html import unescape
from typing import Any

from lxml import etree

from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Hints, Piece, Role
from broadsheet.ingest.formats import status_fields as marks
from broadsheet.ingest.formats import xml_text
from broadsheet.ingest.formats.feed import entry_media
from broadsheet.ingest.formats.feed.entry import Entry, FeedFacts, FeedText
from broadsheet.ingest.formats.feed.entry_media import FIELDS, MACHINERY, MARKS, PEOPLE, ROLES, Media, files, name_of
from broadsheet.ingest.formats.xml_text import last_line, line, local

ITEMS = ("item", "entry")
_TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_LONG = 400  # characters of an element that nobody knows, which may be the text of an item that has no other


def read(parsed: xml_text.ParsedXml, hints: Hints, most: int, url: str) -> tuple[FeedFacts, list[Entry], list[int]]:
    """What a feed says of itself, its first entries in the order of the file, and the lines of all others.

    ``url`` is where the feed came from, from which its addresses count where it gives none.
    """
    root = parsed.root
    items = [e for e in root.iter() if local(e) in ITEMS and not any(local(a) in ITEMS for a in e.iterancestors())]
    gone = [_deleted(e) for e in root.iter(_TOMBSTONE) if (e.get("ref") or "").strip()]
    holder = next((e for e in root.iter() if local(e) == "channel"), root)
    facts, base = _facts(holder, root, url)
    entries = [_Item(item, base, hints).entry for item in items[:most]]
    for item, entry in zip(items, entries, strict=False):
        entry.guessed = parsed.guessed
        if item in parsed.damaged:
            last = parsed.cut and item is items[-1]
            entry.damaged = "the file ends in the middle of it" if last else "it is not well-formed"
    return facts, entries + gone[:most], [line(item) for item in items[most:]]


def _deleted(element: Any) -> Entry:
    """What a tombstone says (RFC 6721): the entry that it names was taken back, when, and perhaps why."""
    ref, said = clean(element.get("ref")), clean(_text(element))
    held = (f"its publisher deleted the entry {ref}{f': {said}' if said else ''}",)
    when = FeedText(clean(element.get("when") or ""), line(element), rule="when")
    piece = Piece(line(element), last_line(element), said or ref, "status", held[0])
    title = FeedText(f"Taken back: {ref}", kind="text")
    return Entry(
        line(element), id=ref, title=title, marks=marks.PublisherMarks(held), pieces=[piece], deleted=True,
        published=[when] if when.value else [],
    )  # fmt: skip


def _facts(holder: Any, root: Any, url: str) -> tuple[FeedFacts, str]:
    """What a feed says of itself, and the address that its addresses count from."""
    found: dict[str, str] = {}
    people: list[FeedText] = []
    home = self_ = ""
    for element in holder:
        name = name_of(element)
        value = clean(_text(element))
        if name in ("title", "atom:title") or name in ("language", "dc:language"):
            found.setdefault(name.removeprefix("atom:").removeprefix("dc:"), value)
        elif FIELDS.get(name) == "rights":
            found.setdefault("rights", value or _resource(element))
        elif name in ("link", "atom:link"):
            rel = element.get("rel") or "alternate"
            address = element.get("href") or value
            home = home or (address if rel == "alternate" else "")
            self_ = self_ or (address if rel == "self" else "")
        elif name in ("atom:author", "itunes:author") or (name == "author" and local(holder) == "feed"):
            people.append(FeedText(_person(element), line(element)))
    lang = found.get("language", "") or _attribute(root, "lang") or _attribute(holder, "lang")
    base = _attribute(holder, "base") or _attribute(root, "base") or home or self_ or url
    base = entry_media.absolute(base, self_ or home or url) or base
    title = re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", found.get("title", ""))
    home = entry_media.absolute(home, base)
    return FeedFacts(clean(unescape(title)), home, lang, found.get("rights", ""), tuple(people)), base


def _attribute(element: Any, name: str) -> str:
    return (element.get(f"{{http://www.w3.org/XML/1998/namespace}}{name}") or "").strip()


def _resource(element: Any) -> str:
    return next(
        (value for key, value in element.attrib.items() if key.rpartition("}")[2] in ("resource", "href", "url")), ""
    )


def _text(element: Any) -> str:
    return "".join(element.itertext())


def _person(element: Any) -> str:
    """Who an element names: Atom's by its ``name``, RSS' by its text."""
    name = next((clean(_text(e)) for e in element if local(e) == "name"), "")
    if name or not len(element):
        return name or clean(_text(element))
    return clean(next((_text(e) for e in element if local(e) in ("email", "uri", "url")), ""))


class _Item:
    """An element that holds an entry, as it is read."""

    def __init__(self, item: Any, base: str, hints: Hints) -> None:
        self.hints = hints
        self.base = entry_media.absolute(_attribute(item, "base"), base) or base
        given = any(_attribute(e, "base") for e in (item, *item.iterancestors()))
        self.entry = Entry(line(item), base=self.base if given else "", lang=_attribute(item, "lang"))
        self.pieces: list[Piece] = []
        self.people: dict[str, list[FeedText]] = {}
        self.links: dict[str, str] = {}
        self.duration = self.kind = ""
        self.unknown: list[tuple[int, FeedText]] = []
        for element in item:
            if isinstance(element.tag, str):
                self._element(element, name_of(element))
        for attribute in ("about",):
            self.links.setdefault("about", next((v for k, v in item.attrib.items() if k.endswith(attribute)), ""))
        self._finish()

    def _finish(self) -> None:
        entry = self.entry
        links = self.links
        address = next(
            (links[k] for k in ("original", "alternate", "related", "permalink", "about", "via") if links.get(k)), ""
        )
        entry.url = entry_media.absolute(address, self.base)
        if not entry.url and re.match(r"https?://", entry.id):
            entry.url = entry.id
        entry.id = entry.id or entry.url
        entry.people = [
            texts for names in PEOPLE if (texts := [t for name in names for t in self.people.get(name, ())])
        ]
        if self.duration:
            entry.media = [
                Media(m.kind, m.src, m.type, m.length, m.duration or self.duration, m.alt, m.caption, m.credit)
                if m.kind == "sound" else m for m in entry.media
            ]  # fmt: skip
        if self.unknown and not any(clean(t.value) for t in (*entry.bodies, *entry.summaries)):
            n, text = max(self.unknown, key=lambda found: len(found[1].value))
            entry.bodies.append(text)
            self.pieces[n] = Piece(self.pieces[n].first, self.pieces[n].last, text.value, "body")
        if self.kind in ("attachment", "nav_menu_item", "custom_css", "revision", "wp_block", "wp_template"):
            entry.skip = f"an export's record of the kind {self.kind}"
        entry.pieces = self.pieces

    def _note(self, element: Any, role: Role, why: str = "", text: str | None = None, confidence: float = 1.0) -> None:
        shown = _text(element) if text is None else text
        if not shown.strip() and not element.attrib and role in ("markup", "dropped"):
            return
        shown = shown if shown.strip() else " ".join(f'{k.rpartition("}")[2]}="{v}"' for k, v in element.attrib.items())
        self.pieces.append(
            Piece(line(element), last_line(element), shown or f"<{name_of(element)}>", role, why, confidence)
        )

    def _element(self, element: Any, name: str) -> None:
        field = FIELDS.get(name)
        if name in ("media:group", "media:content", "media:thumbnail", "enclosure", "image", "itunes:image") or (
            name in ("atom:link", "link") and element.get("rel") == "enclosure"
        ):
            self._media(element, name)
        elif name in ("media:title", "media:credit", "media:text"):
            self._note(element, "markup", "said of the entry's media")
        elif MARKS.search(name):
            self._mark(element, name)
        elif field == "address":
            self._address(element, name)
        elif field == "source":
            self._source(element, name)
        elif field:
            self._plain(element, name, field)
        elif name in ("wp:post_type", "itunes:duration"):
            self._detail(element, name)
        elif name == "comments" or MACHINERY.match(name):
            self._note(element, "markup", "an address, a place or a number for programs")
        else:
            self._unknown(element, name)

    def _detail(self, element: Any, name: str) -> None:
        if name == "wp:post_type":
            self.kind = clean(_text(element))
            self._note(element, "markup", "the kind of the export's record")
        else:
            self.duration = clean(_text(element))
            self._note(element, "credit", "how long the sound is")

    def _plain(self, element: Any, name: str, field: str) -> None:
        entry = self.entry
        text = self._marked_up(element, name) if field in ("title", "bodies", "summaries") else None
        role: Role = ROLES[field]
        if field == "title":
            if entry.title is None and clean(text.value if text else ""):
                entry.title = text
                self._note(element, role)
            else:
                self._note(element, "dropped", "another title, or none")
        elif field in ("bodies", "summaries") and text:
            (entry.bodies if field == "bodies" else entry.summaries).append(text)
            self.pieces.append(
                Piece(line(element), last_line(element), text.value, "body")
            ) if text.value.strip() else None
        elif field in ("published", "updated"):
            value = FeedText(clean(_text(element)), line(element), rule=name.removeprefix("atom:"))
            if value.value:
                (entry.published if field == "published" else entry.updated).append(value)
                self._note(element, role, text=value.value)
        elif field == "people":
            value = FeedText(_person(element), line(element))
            if value.value:
                self.people.setdefault(name, []).append(value)
                self._note(element, role, text=value.value)
        elif field == "rights":
            entry.licence = entry.licence or clean(_text(element)) or _resource(element)
            self._note(element, role)
        else:
            self._tags(element, name, field)

    def _tags(self, element: Any, name: str, field: str) -> None:
        given = element.get("label") or element.get("text") or clean(_text(element)) or element.get("term") or ""
        listed = re.split(r"[,;]", given) if "keyword" in name or name in ("tags", "dc:subject") else [given]
        for one in filter(None, map(clean, listed)):
            if name == "media:category" and "/" in one:
                continue
            text = FeedText(one[:100], line(element))
            (self.entry.sections if field == "sections" else self.entry.tags).append(text)
            self.pieces.append(Piece(line(element), last_line(element), one, ROLES[field]))
        for inner in element if name == "itunes:category" else ():
            self._tags(inner, name, field)

    def _marked_up(self, element: Any, name: str) -> FeedText:
        """A text construct: what its ``type`` or ``mode`` says, else what it looks like (RFC 4287, 3.1)."""
        type_ = (element.get("type") or "").lower()
        mode = (element.get("mode") or "").lower()
        base = entry_media.absolute(_attribute(element, "base"), self.base)
        if not self.entry.lang and (lang := _attribute(element, "lang")):
            self.entry.lang = lang
        if any(isinstance(e.tag, str) for e in element):
            inner = "".join([*filter(None, [element.text]), *(etree.tostring(e, encoding="unicode") for e in element)])
            return FeedText(_without_prefixes(inner), line(element), "html", base, name)
        value = _text(element)
        if mode == "base64" or (
            type_ and "/" in type_ and not type_.startswith("text") and "xml" not in type_ and "html" not in type_
        ):
            try:
                value = b64decode(value, validate=True).decode("utf-8", "replace")
            except ValueError:
                value = value if mode != "base64" else ""
        if name.startswith("atom:") and type_ in ("text", "text/plain") and mode != "escaped":
            return FeedText(value, line(element), "text", base, name)
        if name.startswith("media:") and type_ == "plain":
            return FeedText(value, line(element), "text", base, name)
        return FeedText(value, line(element), "html" if "html" in type_ else "", base, name)

    def _address(self, element: Any, name: str) -> None:
        value = clean(element.get("href") or _text(element))
        rel = (element.get("rel") or "alternate").lower()
        if name == "feedburner:origlink":
            self.links["original"] = value
        elif name in ("link", "atom:link"):
            if rel == "license":
                self.entry.licence = self.entry.licence or value
            elif rel == "via" and element.get("title"):
                self.entry.source = self.entry.source or clean(element.get("title"))
            html = "html" in (element.get("type") or "html")
            if rel != "alternate" or html or "alternate" not in self.links:
                self.links.setdefault(rel, value)
        elif name == "guid" and (element.get("isPermaLink") or "true").lower() != "false":
            self.entry.id = value
            self.links.setdefault("permalink", value if re.match(r"https?://", value) else "")
        else:
            self.entry.id = value
        self._note(element, "markup", "the address or the id of the entry", value)

    def _source(self, element: Any, name: str) -> None:
        """The publication that a story was taken from; an Atom source may name its authors too."""
        title = next((clean(_text(e)) for e in element if local(e) == "title"), "")
        title = title or ("" if len(element) else clean(_text(element)))
        links = [
            e.get("href") or "" for e in element if local(e) == "link" and (e.get("rel") or "alternate") == "alternate"
        ]
        url = element.get("url") or next(iter(links), "")
        if name == "dc:source" and re.match(r"https?://", title):
            title, url = "", title
        self.entry.source = self.entry.source or title
        self.entry.source_url = self.entry.source_url or entry_media.absolute(url, self.base)
        for inner in element:
            if local(inner) == "author":
                self.people.setdefault("dc:contributor", []).append(FeedText(_person(inner), line(inner)))
        self._note(element, "credit", "the publication that it was taken from", f"{title} {url}".strip())

    def _mark(self, element: Any, name: str) -> None:
        found = marks.PublisherMarks()
        if name == "app:control":
            for inner in element:
                if local(inner) == "draft":
                    found |= marks.key("draft", clean(_text(inner)), self.hints, line(inner))
        elif name.startswith("dcterms:"):
            found = marks.period(clean(_text(element)), name, self.hints, line(element))
        elif name == "wp:status":
            found = marks.key("post_status", clean(_text(element)), self.hints, line(element))
        else:
            found = marks.key(local(element), clean(_text(element)), self.hints, line(element))
        self.entry.marks |= found
        self._note(element, "status", "; ".join(found.held))

    def _unknown(self, element: Any, name: str) -> None:
        value = _text(element)
        if local(element) in ("pubstatus", "management-status", "publicationstatus"):
            self.entry.marks |= marks.state(clean(value), local(element))
            self._note(element, "status")
            return
        found = (
            marks.key(local(element), clean(value)[:200], self.hints, line(element))
            if clean(value)
            else marks.PublisherMarks()
        )
        if found != marks.PublisherMarks():
            self.entry.marks |= found
            self._note(element, "status", "; ".join(found.held))
            return
        if not value.strip() and not element.attrib:
            return
        why = f"<{name}> is an element that no reader of feeds knows"
        if len(value) >= _LONG:
            self.unknown.append((len(self.pieces), FeedText(value, line(element), "", self.base, name)))
        self._note(element, "dropped", why, confidence=0.6 if len(value) >= _LONG else 1.0)

    def _media(self, element: Any, name: str) -> None:
        """A file of the entry, or a group of them, with the words that stand beside it."""
        for one, media in files(element, name, self.base):
            self.entry.media.append(media)
            self.pieces.append(Piece(line(one), last_line(one), media.src, "credit"))
            for said in one:
                if (value := clean(_text(said))) and local(said) not in ("content", "thumbnail"):
                    self.pieces.append(Piece(line(said), last_line(said), value, "caption", "said of the file above"))


def _without_prefixes(text: str) -> str:
    return re.sub(r"(</?)[\w-]+:(?=\w)", r"\1", re.sub(r"\sxmlns(?::[\w-]+)?=\"[^\"]*\"", "", text))
