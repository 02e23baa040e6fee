"""RSS 2.0 by feedgen: a ``Feed`` → its XML, entries in full text.

In: a feed as a value. Out: bytes. Nothing here asks the clock: building twice gives the same bytes.
"""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from typing import Any

from feedgen.entry import FeedEntry

from broadsheet.render.feeds.common import EPOCH, SPACES, EntryExtension, channel, document, fitted
from broadsheet.render.feeds.entry_templates import EntryWriter
from broadsheet.render.feeds.xml import escaped
from broadsheet.syndication import Feed, FeedItem

TYPE = "application/rss+xml"


class Rss:
    """Writes RSS, styled by a sheet of the theme; ``note`` says to a person what a feed is."""

    def __init__(self, style: str = "", note: str = "") -> None:
        self.style = style
        self.note = note
        self._entries = EntryWriter(_drawn, _said, ("content:encoded", "description"), SPACES)

    def __call__(self, feed: Feed) -> bytes:
        """The RSS 2.0 of a feed: GUIDs that are ids and not addresses, dates of the stories."""
        made = channel(feed)
        made.link(href=feed.url, rel="self", type=TYPE)
        made.link(href=feed.home, rel="alternate")  # the last one becomes the channel's link
        made.lastBuildDate(max((item.updated or item.date for item in feed.items), default=EPOCH))
        entries = fitted(feed.items, lambda item: self._entries.entry(item, feed))
        return document(made.rss_str(pretty=True), b"</channel>", entries, self.style, self.note)


def _drawn(item: FeedItem) -> Any:
    entry = FeedEntry()
    entry.register_extension("more", EntryExtension)
    entry.more.item = item
    entry.guid(item.id, permalink=False)
    entry.title(item.title)
    entry.link(href=item.url)
    if item.picture:
        entry.enclosure(item.picture.url, str(item.picture.length), item.picture.type)
    if item.summary:
        entry.description(item.summary, isSummary=True)
    if item.html:
        entry.content(item.html)
    entry.pubDate(item.date)
    entry.category([{"term": name} for name in item.categories])
    if item.source:
        entry.source(url=item.source.url, title=item.source.name)
    return entry.rss_entry()


def _said(item: FeedItem) -> dict[str, str]:
    """A summary is plain text, and RSS has HTML there; dates as RFC 822 has them, whatever the machine's language."""
    return {"summary": escaped(escape(item.summary, quote=False)), "date": format_datetime(item.date)}
