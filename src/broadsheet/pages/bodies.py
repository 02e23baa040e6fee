"""Bodies in their place: the links and pictures of a story's HTML, as a page or a feed needs them.

In: sanitised HTML whose local addresses are as the editor wrote them: pictures by their name below content/, links from
the site's root. Out: the same HTML with addresses that work where it is printed. Pictures on other hosts become links:
a reader's browser is sent to nobody that the reader did not choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from urllib.parse import urljoin

from broadsheet.model import Asset
from broadsheet.pages.pictures import SIZES, WEBP, called, srcset
from broadsheet.pages.urls import Addresses

_TAG = re.compile(r"<a\b[^>]*>|</a>|<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt|title)="([^"]*)"')
_FROM_ROOT = re.compile(r'(<a\b[^>]*?\bhref=")/(?!/)')  # in a tag: a text may speak of one
_RELATIVE = re.compile(r'(<a\b[^>]*?\bhref=")(?!https?:|mailto:)([^"]*)')
_REMOTE = ("http:", "https:", "//")


def for_page(html: str, at: Addresses, pictures: Sequence[Asset]) -> str:
    """A body as a page of the site prints it: paths from the server's root."""
    return _placed(html, pictures, at.local, at.base, responsive=True)


def for_feed(html: str, at: Addresses, pictures: Sequence[Asset], home: str) -> str:
    """A body as a feed prints it: every address absolute (``ContainsRelRef`` of the W3C validator).

    ``home`` is the address of the page that the body stands in, to which an editor's own ``#crew`` or ``../pier/`` are
    relative.
    """
    placed = _placed(html, pictures, at.absolute, at.root, responsive=False)
    if not _RELATIVE.search(placed):
        return placed
    page = at.absolute(home)
    return _RELATIVE.sub(lambda link: link[1] + escape(_joined(page, unescape(link[2]))), placed)


def _joined(page: str, href: str) -> str:
    try:
        return urljoin(page, href)
    except ValueError:  # it is no address; it leads nowhere from the page either
        return page


def _placed(html: str, pictures: Sequence[Asset], address: Callable[[str], str], root: str, *, responsive: bool) -> str:
    if "<img" not in html:
        return _FROM_ROOT.sub(lambda link: link[1] + root, html) if root != "/" and 'href="/' in html else html
    by_name = {asset.name: asset for asset in pictures}
    linked = False

    def tag(match: re.Match[str]) -> str:
        nonlocal linked
        text: str = match[0]
        if not text.startswith("<img"):
            linked = text != "</a>"
            return _FROM_ROOT.sub(lambda link: link[1] + root, text)
        words: dict[str, str] = dict(_ATTRIBUTE.findall(text))
        source, alt = words.get("src", ""), words.get("alt", "")
        if source.startswith(_REMOTE):
            return alt if linked else f'<a href="{source}">{alt or source}</a>'
        asset = by_name.get(called(source))
        if asset is None:
            return alt
        size = f' width="{asset.width}" height="{asset.height}"' if asset.width else ""
        image = f'<img src="{address(asset.path)}" alt="{alt}"{size} loading="lazy">'
        choice = srcset(asset, address) if responsive else ""
        if choice:
            image = f'<picture><source type="{WEBP}" srcset="{choice}" sizes="{SIZES}">{image}</picture>'
        return image

    return _TAG.sub(tag, html)
