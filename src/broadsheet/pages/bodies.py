"""Bodies in their place: the links and pictures of a story's HTML, as a page or a feed needs them.

In: sanitised HTML whose local addresses are as the editor wrote them: pictures by their name below content/, links from
the site's root. Out: the same HTML with addresses that work where it is printed. Pictures on other hosts become links:
a reader's browser is sent to nobody that the reader did not choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from broadsheet.model import Asset
from broadsheet.pages.urls import Addresses

_TAG = re.compile(r"<a\b[^>]*>|</a>|<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt|title)="([^"]*)"')
_FROM_ROOT = re.compile(r'\bhref="/(?!/)')
_REMOTE = ("http:", "https:", "//")


def for_page(html: str, at: Addresses, pictures: Sequence[Asset]) -> str:
    """A body as a page of the site prints it: paths from the server's root."""
    return _placed(html, pictures, at.local, at.base)


def for_feed(html: str, at: Addresses, pictures: Sequence[Asset]) -> str:
    """A body as a feed prints it: every address absolute (``ContainsRelRef`` of the W3C validator)."""
    return _placed(html, pictures, at.absolute, at.root)


def _placed(html: str, pictures: Sequence[Asset], address: Callable[[str], str], root: str) -> str:
    if "<a" not in html and "<img" not in html:
        return html
    by_name = {asset.name: asset for asset in pictures}
    linked = False

    def tag(match: re.Match[str]) -> str:
        nonlocal linked
        text: str = match[0]
        if not text.startswith("<img"):
            linked = text != "</a>"
            return _FROM_ROOT.sub(f'href="{root}', text)
        words: dict[str, str] = dict(_ATTRIBUTE.findall(text))
        source, alt = words.get("src", ""), words.get("alt", "")
        if source.startswith(_REMOTE):
            return alt if linked else f'<a href="{source}">{alt or source}</a>'
        asset = by_name.get(unquote(source).removeprefix("/").removeprefix("./"))
        if asset is None:
            return alt
        size = f' width="{asset.width}" height="{asset.height}"' if asset.width else ""
        return f'<img src="{address(asset.path)}" alt="{alt}"{size} loading="lazy">'

    return _TAG.sub(tag, html)
