"""RSS 2.0 by feedgen: a ``Feed`` → its XML, entries in full text.

In: a feed as a value. Out: bytes. Nothing here asks the clock: building twice gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from broadsheet.model import Feed, FeedItem
from broadsheet.press.syndication import GENERATOR, ChannelMore, Entries, EntryMore, Shell, document, shell

TYPE = "application/rss+xml"
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # the date of a feed without entries: any but the clock's


class Rss:
    """Writes RSS, styled by a sheet of the theme."""

    def __init__(self, style: str = "") -> None:
        self.style = style
        self._entries = Entries(_shell)

    def __call__(self, feed: Feed) -> bytes:
        """The RSS 2.0 of a feed: GUIDs that are ids and not addresses, dates of the stories."""
        made = FeedGenerator()
        made.register_extension("more", ChannelMore)
        made.more.feed = feed
        made.title(feed.title)
        made.link(href=feed.url, rel="self", type=TYPE)
        made.link(href=feed.home, rel="alternate")  # the last one becomes the channel's link
        made.description(feed.description)
        made.language(feed.language)
        made.generator(GENERATOR)
        if feed.copyright:
            made.copyright(feed.copyright)
        made.lastBuildDate(max((item.updated or item.date for item in feed.items), default=EPOCH))
        return document(made.rss_str(pretty=True), b"</channel>", self._entries(feed), self.style)


def _shell(item: FeedItem) -> Shell:
    entry = FeedEntry()
    entry.register_extension("more", EntryMore)
    entry.more.item = item
    entry.guid(item.id, permalink=False)
    entry.title(item.title)
    entry.link(href=item.url)
    if item.picture:
        entry.enclosure(item.picture.url, str(item.picture.length), item.picture.type)
    if item.summary:
        entry.description(escape(item.summary, quote=False))  # RSS has HTML there, and a summary is plain text
    if item.html:
        entry.content(item.html)
    entry.pubDate(item.date)
    entry.category([{"term": name} for name in item.categories])
    if item.source and item.source.url:
        entry.source(url=item.source.url, title=item.source.name or item.source.url)
    return shell(entry.rss_entry(), "content:encoded" if item.summary else "description")
