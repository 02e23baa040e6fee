"""JSON Feed 1.1 (jsonfeed.org): a ``Feed`` → its JSON, entries in full text.

In: a feed as a value. Out: bytes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from broadsheet.render.feeds.common import fitted
from broadsheet.syndication import Feed, FeedItem

TYPE = "application/feed+json"
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
    if feed.older:
        made["next_url"] = feed.older
    if feed.hub:
        made["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    made["items"] = [msgspec.Raw(item) for item in fitted(feed.items, lambda item: _item(item, feed.language))]
    return msgspec.json.encode(made)


def _item(item: FeedItem, usual: str) -> bytes:
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
    }
    if item.picture:
        picture = item.picture
        made["attachments"] = [{"url": picture.url, "mime_type": picture.type, "size_in_bytes": picture.length}]
    return msgspec.json.encode({key: value for key, value in made.items() if value or key == "content_html"})


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
