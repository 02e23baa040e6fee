"""OPML 2.0: the feeds of a site → one list that a feed reader takes in at once.

In: named groups of feeds. Out: bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.feed_model import FeedRef
from broadsheet.render.feeds.xml import escaped


def opml(title: str, groups: Sequence[tuple[str, Sequence[FeedRef]]]) -> bytes:
    """The list of feeds; those of a group without a name stand first and by themselves."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"<head><title>{escaped(title)}</title></head>", "<body>"]
    for name, feeds in groups:
        if name:
            lines.append(f'<outline text="{escaped(name)}">')
        lines += map(_outline, feeds)
        if name:
            lines.append("</outline>")
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


def _outline(feed: FeedRef) -> str:
    text = escaped(feed.title)
    addresses = f'xmlUrl="{escaped(feed.url)}" htmlUrl="{escaped(feed.home)}"'
    return f'<outline type="rss" text="{text}" title="{text}" {addresses} />'
