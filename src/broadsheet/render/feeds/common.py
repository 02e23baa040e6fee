"""What RSS and Atom have in common: feedgen extended where it falls short, and documents put together of its parts.

In: feeds and their entries as bytes. Out: feeds as bytes, within what readers take.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import msgspec
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from broadsheet.render.feeds.xml import cleaned
from broadsheet.syndication import Feed, FeedItem

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
SPACES = {"atom": ATOM, "content": CONTENT, "dc": DUBLIN_CORE, "fh": HISTORY, "media": MEDIA}


class ChannelExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen does not say of a feed: in RSS its hub, in both where its archives are."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """The namespaces of what channels and entries may hold."""
        return {name: SPACES[name] for name in ("dc", "fh", "media")}

    def extend_rss(self, root: Any) -> Any:
        """Adds the links that feedgen writes in Atom alone."""
        for relation, address in links(self.feed):
            etree.SubElement(root[0], f"{{{ATOM}}}link", rel=relation, href=address)
        return self._archive(root, root[0])

    def extend_atom(self, root: Any) -> Any:
        """Adds the mark of an archive."""
        return self._archive(root, root)

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
        return self._picture(entry)

    def extend_atom(self, entry: Any) -> Any:
        """Adds the entry's language, where it is not the feed's, and the links whose relation feedgen forgets."""
        if self.item.language:
            entry.set(_LANGUAGE, self.item.language)
        source, picture = self.item.source, self.item.picture
        if source and source.url:
            etree.SubElement(entry, "link", rel="via", href=source.url, title=source.name or source.url)
        if picture:
            etree.SubElement(
                entry, "link", rel="enclosure", href=picture.url, type=picture.type, length=str(picture.length)
            )
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
    """What feedgen wrote, with numbers for names as in ``xml.escaped``."""
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
