"""The wire: what machines take from a site, drawn by code and not by templates.

In: the name under which a page is planned, and its values. Out: bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from broadsheet.render.feeds import host_files, sitemap
from broadsheet.render.feeds.opml import opml

FEED_STYLE = "feed.css"  # the theme's file by which a feed explains itself to a person who opens it
STYLED = frozenset({"feed.xml", "atom.xml"})
WIRE = STYLED | {
    "feed.json", "feeds.opml", "sitemap.xml", "sitemap-index.xml", "news-sitemap.xml", "robots.txt",
    "redirect", "_redirects", "_headers",
}  # fmt: skip


class Wire:
    """Draws the pages for machines of one site; ``style`` is the address of the style sheet of feeds."""

    def __init__(self, style: str = "") -> None:
        self.style = style

    def reach(self, template: str) -> bytes:
        """What a page is made from besides its values."""
        return self.style.encode() if template in STYLED else b""

    def draw(self, template: str, views: dict[str, Any]) -> bytes:
        """The bytes of a page."""
        return self._drawn[template](views)

    @cached_property
    def _drawn(self) -> dict[str, Callable[[dict[str, Any]], bytes]]:
        from broadsheet.render.feeds.atom import Atom
        from broadsheet.render.feeds.jsonfeed import json_feed
        from broadsheet.render.feeds.rss import Rss

        rss, atom = Rss(self.style), Atom(self.style)
        return {
            "feed.xml": lambda views: rss(views["feed"]),
            "atom.xml": lambda views: atom(views["feed"]),
            "feed.json": lambda views: json_feed(views["feed"]),
            "feeds.opml": lambda views: opml(views["title"], views["groups"]),
            "sitemap.xml": lambda views: sitemap.sitemap(views["entries"]),
            "sitemap-index.xml": lambda views: sitemap.index(views["entries"]),
            "news-sitemap.xml": lambda views: sitemap.news_sitemap(views["name"], views["entries"]),
            "robots.txt": lambda views: sitemap.robots(views["sitemaps"]),
            "redirect": lambda views: host_files.redirect(
                views["target"], views["canonical"], views["title"], views["language"]
            ),
            "_redirects": lambda views: host_files.redirects(views["pairs"]),
            "_headers": lambda views: host_files.headers(views["base"], views["feeds"], views["digested"]),
        }
