"""Atom by feedgen: a ``Feed`` → its XML (RFC 4287), entries in full text.

In: a feed as a value. Out: bytes. Nothing here asks the clock.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from hashlib import blake2b
from typing import Any

from feedgen.entry import FeedEntry

from broadsheet.render.feeds.common import EPOCH, SPACES, EntryExtension, channel, document, fitted, links
from broadsheet.render.feeds.entry_templates import EntryWriter
from broadsheet.render.feeds.xml import escaped
from broadsheet.syndication import Feed, FeedItem

TYPE = "application/atom+xml"
_IRI = re.compile(r"(?:https?://|tag:|urn:[a-z0-9-]+:)[A-Za-z0-9:/?#@!$&'()*+,;=%._~-]+")


class Atom:
    """Writes Atom, styled by a sheet of the theme; ``note`` says to a person what a feed is."""

    def __init__(self, style: str = "", note: str = "") -> None:
        self.style = style
        self.note = note
        self._entries = EntryWriter(_drawn, _said, ('content type="html"',), SPACES)

    def __call__(self, feed: Feed) -> bytes:
        """The Atom of a feed."""
        made = channel(feed)
        made.id(iri(feed.id))
        made.link(href=feed.url, rel="self", type=TYPE)
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


def _drawn(item: FeedItem) -> Any:
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


def _said(item: FeedItem) -> dict[str, str]:
    return {
        "id": iri(item.id),
        "summary": escaped(item.summary),
        "date": item.date.isoformat(timespec="seconds"),
        "updated": _updated(item).isoformat(),
    }
