"""What crawlers ask for: the sitemap and its index (sitemaps.org 0.9), the news sitemap (Google), robots.txt.

In: absolute addresses with what is known of them. Out: bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from broadsheet.feed_model import NewsEntry
from broadsheet.render.feeds.xml import escaped

_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def sitemap(entries: Iterable[tuple[str, dt.datetime | None]]) -> bytes:
    """A sitemap; a day is enough for a crawler and keeps the file still."""
    return _listed("urlset", "url", entries)


def index(entries: Iterable[tuple[str, dt.datetime | None]]) -> bytes:
    """The index of several sitemaps."""
    return _listed("sitemapindex", "sitemap", entries)


def news_sitemap(name: str, entries: Iterable[NewsEntry]) -> bytes:
    """The news sitemap of a publication called ``name``; it may be empty."""
    lines = [_XML, f'<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">']
    publication = f"<news:name>{escaped(name)}</news:name><news:language>"
    for entry in entries:
        lines += [
            f"<url><loc>{escaped(entry.url)}</loc><news:news>",
            f"<news:publication>{publication}{escaped(entry.language)}</news:language></news:publication>",
            f"<news:publication_date>{entry.date}</news:publication_date><news:title>{escaped(entry.title)}</news:title>",
            "</news:news></url>",
        ]
    return "\n".join([*lines, "</urlset>", ""]).encode()


def robots(sitemaps: Sequence[str]) -> bytes:
    """A robots.txt that keeps nobody out and names the sitemaps (RFC 9309)."""
    lines = ["User-agent: *", "Allow: /", "", *(f"Sitemap: {address}" for address in sitemaps)]
    return "\n".join([*lines, ""]).encode()


def _listed(root: str, one: str, entries: Iterable[tuple[str, dt.datetime | None]]) -> bytes:
    lines = [_XML, f'<{root} xmlns="{_SITEMAP}">']
    for url, changed in entries:
        day = f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""
        lines.append(f"<{one}><loc>{escaped(url)}</loc>{day}</{one}>")
    return "\n".join([*lines, f"</{root}>", ""]).encode()
