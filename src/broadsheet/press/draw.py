"""Drawing: a page and its views → the bytes of its file.

In: a page, the theme, what composes views. Out: bytes. A template's ending does not matter; what is no template of the
theme (a feed, the sitemap, robots.txt, a file that is printed as it is) is drawn by code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from broadsheet.errors import Place, fail
from broadsheet.model import Asset, Page
from broadsheet.press.feeds import rss
from broadsheet.press.theme import Theme

Composes = Callable[[Page], dict[str, Any]]  # the views of a page, by the names under which its template finds them


class Drawing:
    """Draws the pages of one site."""

    def __init__(self, theme: Theme, compose: Composes) -> None:
        self.theme = theme
        self.compose = compose
        self._by_code: dict[str, Callable[[dict[str, Any]], bytes]] = {
            "feed.xml": lambda views: rss(views["feed"]),
            "sitemap.xml": _sitemap,
            "robots.txt": _robots,
        }

    def reach(self, page: Page) -> bytes:
        """What a page is made from besides its inputs: all that its template can print."""
        return b"" if not page.template or page.template in self._by_code else self.theme.reach(page.template)

    def draw(self, page: Page) -> bytes:
        """The bytes of a page. Raises BroadsheetError."""
        if not page.template:
            return _copied(page)
        views = self.compose(page)
        by_code = self._by_code.get(page.template)
        return by_code(views) if by_code else self.theme.draw(page.template, views).encode()


def _copied(page: Page) -> bytes:
    asset: Asset = page.inputs.asset  # type: ignore[attr-defined]  # a page without a template has AssetInputs
    try:
        return Path(asset.file).read_bytes()
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror}", Place(asset.name)) from cause


def _sitemap(views: dict[str, Any]) -> bytes:
    """The sitemap of sitemaps.org 0.9; a day is enough for a crawler and keeps the file still."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url, changed in views["entries"]:
        day = f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{escape(url)}</loc>{day}</url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()


def _robots(views: dict[str, Any]) -> bytes:
    return f"User-agent: *\nAllow: /\n\nSitemap: {views['page'].canonical}\n".encode()
