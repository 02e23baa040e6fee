"""The forms of a feed: RSS 2.0 and Atom (RFC 4287) by feedgen, extended where it falls short, and JSON Feed 1.1.

In: a ``Feed`` as a value. Out: bytes, within what readers take, entries in full text. Nothing here asks the clock:
building twice gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from hashlib import blake2b
from html import escape
from typing import Any

import msgspec
from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from broadsheet.render.feeds.entries import EntryWriter, cleaned, escaped
from broadsheet.syndication import Enclosure, Feed, FeedItem

ITEM_LIMIT = 1_000_000  # bytes of an entry, and below of a feed: what Google's publisher pages take
FEED_LIMIT = 2_000_000
CHANNEL = 20_000  # bytes of a feed that are not its entries, rounded up
GENERATOR = "Broadsheet"
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # the date of a feed without entries: any but the clock's

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
MEDIA = "http://search.yahoo.com/mrss/"  # with its slash: ``MediaRssNamespace`` of the W3C validator
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
SPACES = {
    "atom": ATOM,
    "content": CONTENT,
    "dc": DUBLIN_CORE,
    "fh": HISTORY,
    "itunes": ITUNES,
    "media": MEDIA,
}


class ChannelExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen does not say of a feed: in RSS its hub; in both its archives, and itself in other languages."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """The namespaces of what channels and entries may hold."""
        return {name: SPACES[name] for name in ("dc", "fh", "itunes", "media")}

    def extend_rss(self, root: Any) -> Any:
        """Adds the links that feedgen writes in Atom alone."""
        for relation, address in links(self.feed):
            etree.SubElement(root[0], f"{{{ATOM}}}link", rel=relation, href=address)
        self._languages(root[0], f"{{{ATOM}}}link", _RSS)
        if self.feed.mail and any(item.sound for item in self.feed.items):
            self._podcast(root[0])
        return self._archive(root, root[0])

    def _podcast(self, channel: Any) -> None:
        """Adds what directories of podcasts ask for, who take none without an owner (``MissingItunesEmail``)."""
        feed = self.feed
        for name, text in (("author", feed.publisher), ("explicit", "false"), ("type", "episodic")):
            etree.SubElement(channel, f"{{{ITUNES}}}{name}").text = cleaned(text)
        etree.SubElement(channel, f"{{{ITUNES}}}category", text="News")
        if feed.icon:
            etree.SubElement(channel, f"{{{ITUNES}}}image", href=feed.icon)
        owner = etree.SubElement(channel, f"{{{ITUNES}}}owner")
        for name, text in (("name", feed.publisher), ("email", feed.mail)):
            etree.SubElement(owner, f"{{{ITUNES}}}{name}").text = cleaned(text)

    def extend_atom(self, root: Any) -> Any:
        """Adds the mark of an archive."""
        self._languages(root, "link", _ATOM)
        return self._archive(root, root)

    def _languages(self, channel: Any, link: str, kind: str) -> None:
        """Links to the same feed in other languages: one of each type and language (RFC 4287, 4.1.1)."""
        for language, address in self.feed.alternates:
            etree.SubElement(channel, link, rel="alternate", type=kind, hreflang=language, href=address)

    def _archive(self, root: Any, channel: Any) -> Any:
        if self.feed.current:
            etree.SubElement(channel, f"{{{HISTORY}}}archive")
        return root


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen does not say of an entry: names without an address, its language, its picture."""

    item: FeedItem

    def extend_rss(self, entry: Any) -> Any:
        """Adds dc:creator, because RSS's own author is an address of mail (``InvalidContact``)."""
        for name in self.item.authors:
            etree.SubElement(entry, f"{{{DUBLIN_CORE}}}creator").text = name
        if self.item.language:
            etree.SubElement(entry, f"{{{DUBLIN_CORE}}}language").text = self.item.language
        if self.item.rights:
            etree.SubElement(entry, f"{{{DUBLIN_CORE}}}rights").text = self.item.rights
        if self.item.podcast and self.item.sound and self.item.sound.seconds:
            etree.SubElement(entry, f"{{{ITUNES}}}duration").text = str(self.item.sound.seconds)
        return self._picture(entry)

    def extend_atom(self, entry: Any) -> Any:
        """Adds the entry's language, where it is not the feed's, and the links whose relation feedgen forgets."""
        if self.item.language:
            entry.set(_LANGUAGE, self.item.language)
        source = self.item.source
        if source and source.url:
            etree.SubElement(entry, "link", rel="via", href=source.url, title=source.name or source.url)
        for one in filter(None, (self.item.sound, self.item.picture)):
            etree.SubElement(entry, "link", rel="enclosure", href=one.url, type=one.type, length=str(one.length))
        if self.item.rights:
            etree.SubElement(entry, "rights").text = self.item.rights
        return self._picture(entry)

    def _picture(self, entry: Any) -> Any:
        picture = self.item.picture
        if picture:
            size = {"width": str(picture.width), "height": str(picture.height)} if picture.width else {}
            media = etree.SubElement(
                entry,
                f"{{{MEDIA}}}content",
                {"url": picture.url, "type": picture.type, "medium": "image", "fileSize": str(picture.length)} | size,
            )
            if picture.alt:
                etree.SubElement(media, f"{{{MEDIA}}}description", type="plain").text = picture.alt
            if picture.credit:
                etree.SubElement(media, f"{{{MEDIA}}}credit").text = picture.credit
        return entry


def channel(feed: Feed) -> FeedGenerator:
    """What both say of a feed; the links, and the date by another name, are their own."""
    made = FeedGenerator()
    made.register_extension("more", ChannelExtension)
    made.more.feed = feed
    made.title(cleaned(feed.title))
    made.subtitle(cleaned(feed.description))  # in RSS the description
    made.language(feed.language)
    made.generator(GENERATOR)
    if feed.copyright:
        made.copyright(cleaned(feed.copyright))
    if feed.icon:  # in RSS the image, whose title and link are the feed's (``ImageTitleDoesntMatch``)
        made.image(feed.icon, cleaned(feed.title), feed.home)
        made.icon(feed.icon)
    return made


def links(feed: Feed) -> list[tuple[str, str]]:
    """The relations of a feed to its hub and its archives (WebSub; RFC 5005, section 4)."""
    known = (
        ("hub", feed.hub),
        ("current", feed.current),
        ("prev-archive", feed.older),
        ("next-archive", feed.newer if feed.current else ""),
    )
    return [(relation, address) for relation, address in known if address]


def document(channel: bytes, closing: bytes, entries: Sequence[bytes], style: str, note: str) -> bytes:
    """A feed: entries put in before the channel's closing tag; ``style`` is the address of its style sheet.

    Browsers drop XSLT, so CSS explains a feed to a person who opens it, and where a browser shows its text, ``note``,
    which is a comment.
    """
    declaration, _, head = numbered(channel).partition(b"?>\n")
    head, _, tail = head.rpartition(closing)
    comment = f"<!-- {cleaned(note).replace('--', '–')} -->\n".encode() if note else b""
    sheet = f'<?xml-stylesheet type="text/css" href="{escape(style)}"?>\n'.encode() if style else b""
    return b"".join((declaration, b"?>\n", sheet, comment, head.rstrip(b" "), *entries, closing, tail))


def numbered(xml: bytes) -> bytes:
    """What feedgen wrote, with numbers for names as in ``entries.escaped``."""
    return xml.replace(b"&lt;", b"&#x3C;").replace(b"&gt;", b"&#x3E;").replace(b"&amp;", b"&#x26;")


def fitted(items: Sequence[FeedItem], write: Callable[[FeedItem], bytes]) -> list[bytes]:
    """The entries of a feed; the longest give their summary alone where a reader's limits would not hold them all."""
    made = [write(item) for item in items]
    left = FEED_LIMIT - CHANNEL - sum(map(len, made))
    if left >= 0 and max(map(len, made), default=0) <= ITEM_LIMIT:
        return made
    for place in sorted(range(len(made)), key=lambda place: -len(made[place])):
        if left >= 0 and len(made[place]) <= ITEM_LIMIT:
            break
        short = write(shortened(items[place]))
        left += len(made[place]) - len(short)
        made[place] = short
    return made


def shortened(item: FeedItem) -> FeedItem:
    """An entry whose body is its summary, and a link to the rest."""
    summary = f"<p>{escape(item.summary)}</p>\n" if item.summary else ""
    link = f'<p><a href="{escape(item.url)}">{escape(item.title)}</a></p>'
    return msgspec.structs.replace(item, html=summary + link)


_RSS = "application/rss+xml"


class Rss:
    """Writes RSS, styled by a sheet of the theme; ``note`` says to a person what a feed is."""

    def __init__(self, style: str = "", note: str = "") -> None:
        self.style = style
        self.note = note
        self._entries = EntryWriter(_rss_entry, _rss_said, ("content:encoded", "description"), SPACES)

    def __call__(self, feed: Feed) -> bytes:
        """The RSS 2.0 of a feed: GUIDs that are ids and not addresses, dates of the stories."""
        made = channel(feed)
        made.link(href=feed.url, rel="self", type=_RSS)
        made.link(href=feed.home, rel="alternate")  # the last one becomes the channel's link
        made.lastBuildDate(max((item.updated or item.date for item in feed.items), default=EPOCH))
        entries = fitted(feed.items, lambda item: self._entries.entry(item, feed))
        return document(made.rss_str(pretty=True), b"</channel>", entries, self.style, self.note)


def _rss_entry(item: FeedItem) -> Any:
    entry = FeedEntry()
    entry.register_extension("more", EntryExtension)
    entry.more.item = item
    entry.guid(item.id, permalink=False)
    entry.title(item.title)
    entry.link(href=item.url)
    if enclosed := item.sound or item.picture:  # RSS has one: what is listened to is not to be had otherwise
        entry.enclosure(enclosed.url, str(enclosed.length), enclosed.type)
    if item.summary:
        entry.description(item.summary, isSummary=True)
    if item.html:
        entry.content(item.html)
    entry.pubDate(item.date)
    entry.category([{"term": name} for name in item.categories])
    if item.source:
        entry.source(url=item.source.url, title=item.source.name)
    return entry.rss_entry()


def _rss_said(item: FeedItem) -> dict[str, str]:
    """A summary is plain text, and RSS has HTML there; dates as RFC 822 has them, whatever the machine's language."""
    return {"summary": escaped(escape(item.summary, quote=False)), "date": format_datetime(item.date)}


_ATOM = "application/atom+xml"
_IRI = re.compile(r"(?:https?://|tag:|urn:[a-z0-9-]+:)[A-Za-z0-9:/?#@!$&'()*+,;=%._~-]+")


class Atom:
    """Writes Atom, styled by a sheet of the theme; ``note`` says to a person what a feed is."""

    def __init__(self, style: str = "", note: str = "") -> None:
        self.style = style
        self.note = note
        self._entries = EntryWriter(_atom_entry, _atom_said, ('content type="html"',), SPACES)

    def __call__(self, feed: Feed) -> bytes:
        """The Atom of a feed."""
        made = channel(feed)
        made.id(iri(feed.id))
        made.link(href=feed.url, rel="self", type=_ATOM)
        made.link(href=feed.home, rel="alternate", type="text/html")
        for relation, address in links(feed):
            made.link(href=address, rel=relation)
        made.author(name=feed.publisher, uri=feed.home)
        newest = max(feed.items, key=lambda item: item.updated or item.date, default=None)
        made.updated(_updated(newest) if newest else EPOCH)
        entries = fitted(feed.items, lambda item: self._entries.entry(item, feed))
        return document(made.atom_str(pretty=True), b"</feed>", entries, self.style, self.note)


def iri(text: str) -> str:
    """An id as the IRI that Atom asks for, the same for the same id, whatever the site's address.

    One that is an IRI already stays as it is: it came with a story that another program has published.
    """
    if _IRI.fullmatch(text):
        return text
    try:
        return uuid.UUID(text).urn
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_OID, text).urn


def _updated(item: FeedItem) -> dt.datetime:
    """When an entry last changed. Two entries of one moment differ by less than a second (``DuplicateUpdated``).

    The difference is made from the id, so that it stays what it is while other entries come and go.
    """
    moment = item.updated or item.date
    mark = int.from_bytes(blake2b(item.id.encode(), digest_size=8).digest())
    return moment.replace(microsecond=1 + mark % 999_999)


def _atom_entry(item: FeedItem) -> Any:
    entry = FeedEntry()
    entry.register_extension("more", EntryExtension)
    entry.more.item = item
    entry.id(item.id)
    entry.title(item.title)
    entry.link(href=item.url)
    entry.author([{"name": name} for name in item.authors])
    entry.category([{"term": name} for name in item.categories])
    if item.summary:
        entry.summary(item.summary)
    if item.html:
        entry.content(item.html, type="html")
    entry.published(item.date)
    entry.updated(item.updated)
    return entry.atom_entry()


def _atom_said(item: FeedItem) -> dict[str, str]:
    return {
        "id": iri(item.id),
        "summary": escaped(item.summary),
        "date": item.date.isoformat(timespec="seconds"),
        "updated": _updated(item).isoformat(),
    }


VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed, note: str = "") -> bytes:
    """The JSON Feed of a feed; ``next_url`` leads to what is older, ``note`` says to a person what a feed is."""
    made: dict[str, Any] = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "description": feed.description,
        "user_comment": f"{note} {feed.url}".strip(),
        "language": feed.language,
        "authors": [{"name": feed.publisher, "url": feed.home}],
    }
    if feed.icon:
        made["icon"] = made["favicon"] = feed.icon
    if feed.older:
        made["next_url"] = feed.older
    if feed.hub:
        made["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    made["items"] = [msgspec.Raw(item) for item in fitted(feed.items, lambda item: _json_entry(item, feed.language))]
    return msgspec.json.encode(made)


def _json_entry(item: FeedItem, usual: str) -> bytes:
    """An entry; what is empty is left out, but for the body, without which there is no entry."""
    made: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "external_url": item.source.url if item.source else "",
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "image": item.picture.url if item.picture else "",
        "date_published": _moment(item.date),
        "date_modified": _moment(item.updated) if item.updated else "",
        "authors": [{"name": name} for name in item.authors],
        "tags": item.categories,
        "language": "" if item.language == usual else item.language,
        "_rights": {"licence": item.rights} if item.rights else None,  # JSON Feed 1.1, extensions
    }
    made["attachments"] = [_attachment(one) for one in (item.sound, item.picture) if one]
    return msgspec.json.encode({key: value for key, value in made.items() if value or key == "content_html"})


def _attachment(one: Enclosure) -> dict[str, Any]:
    made = {
        "url": one.url,
        "mime_type": one.type,
        "size_in_bytes": one.length,
        "duration_in_seconds": one.seconds,
    }
    return {key: value for key, value in made.items() if value}


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
