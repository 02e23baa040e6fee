"""Atom by feedgen: a ``Feed`` → its XML (RFC 4287), entries in full text.

In: a feed as a value. Out: bytes. Nothing here asks the clock.
"""

from __future__ import annotations

import datetime as dt
import uuid
from hashlib import blake2b

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from broadsheet.model import Feed, FeedItem
from broadsheet.press.rss import EPOCH
from broadsheet.press.syndication import GENERATOR, ChannelMore, Entries, EntryMore, Shell, document, links, shell

TYPE = "application/atom+xml"
_HTML = 'content type="html"'


class Atom:
    """Writes Atom, styled by a sheet of the theme."""

    def __init__(self, style: str = "") -> None:
        self.style = style
        self._entries = Entries(_shell)

    def __call__(self, feed: Feed) -> bytes:
        """The Atom of a feed."""
        made = FeedGenerator()
        made.register_extension("more", ChannelMore)
        made.more.feed = feed
        made.id(iri(feed.id))
        made.title(feed.title)
        made.subtitle(feed.description)
        made.link(href=feed.url, rel="self", type=TYPE)
        made.link(href=feed.home, rel="alternate", type="text/html")
        for relation, address in links(feed):
            made.link(href=address, rel=relation)
        made.author(name=feed.publisher, uri=feed.home)
        made.language(feed.language)
        made.generator(GENERATOR)
        if feed.copyright:
            made.rights(feed.copyright)
        newest = max(feed.items, key=lambda item: item.updated or item.date, default=None)
        made.updated(_updated(newest) if newest else EPOCH)
        return document(made.atom_str(pretty=True), b"</feed>", self._entries(feed), self.style)


def iri(text: str) -> str:
    """An id as the IRI that Atom asks for, the same for the same id, whatever the site's address."""
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


def _shell(item: FeedItem) -> Shell:
    entry = FeedEntry()
    entry.register_extension("more", EntryMore)
    entry.more.item = item
    entry.id(iri(item.id))
    entry.title(item.title)
    entry.link(href=item.url)
    entry.author([{"name": name} for name in item.authors])
    entry.category([{"term": name} for name in item.categories])
    if item.summary:
        entry.summary(item.summary)
    if item.html:
        entry.content(item.html, type="html")
    entry.published(item.date)
    entry.updated(_updated(item))
    return shell(entry.atom_entry(), _HTML)
