"""Feeds: a ``Feed`` → RSS 2.0 by feedgen.

In: a feed as a value. Out: its XML. Nothing here asks the clock: building twice gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from broadsheet.model import Feed, FeedItem

GENERATOR = "Broadsheet"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # the date of a feed without entries: any but the clock's


def rss(feed: Feed) -> bytes:
    """The RSS 2.0 of a feed: full text, GUIDs that are ids and not addresses, dates of the stories."""
    from feedgen.feed import FeedGenerator

    made = FeedGenerator()
    made.load_extension("dc")
    made.title(feed.title)
    made.link(href=feed.home, rel="alternate")
    made.link(href=feed.url, rel="self", type="application/rss+xml")
    made.description(feed.description)
    made.language(feed.language)
    made.generator(GENERATOR)
    if feed.copyright:
        made.copyright(feed.copyright)
    made.lastBuildDate(max((item.updated or item.date for item in feed.items), default=_EPOCH))
    for item in feed.items:
        _entry(made.add_entry(order="append"), item)  # feedgen puts entries in front unless told
    xml: bytes = made.rss_str(pretty=True)
    return xml


def _entry(entry: object, item: FeedItem) -> None:
    made: Any = entry
    made.guid(item.id, permalink=False)
    made.title(item.title)
    made.link(href=item.url)
    made.description(item.summary, isSummary=True)
    made.content(item.html, type="CDATA")
    made.pubDate(item.date)
    for author in item.authors:
        made.dc.dc_creator(author)
    made.category([{"term": name} for name in item.categories])
    if item.picture:
        made.enclosure(item.picture.url, str(item.picture.length), item.picture.type)
    if item.source and item.source.url:
        made.source(url=item.source.url, title=item.source.name or item.source.url)
