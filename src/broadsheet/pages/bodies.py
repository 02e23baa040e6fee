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

from broadsheet.content.facts import remote
from broadsheet.model import Asset
from broadsheet.pages.pictures import SIZES, WEBP, called, shape, srcset
from broadsheet.pages.urls import Addresses

_IN_TAG = r"(?:[^>\"]|\"[^\"]*\")*"  # a quoted value may hold the mark that ends a tag
_TAG = re.compile(
    rf"<a\b{_IN_TAG}>|</a>|<p><img\b{_IN_TAG}></p>|<img\b{_IN_TAG}>|<figure>(?=\s*(?:<p>\s*)?(?:<a\b{_IN_TAG}>\s*)?<img\b)"
    "|</figure>"
)
_NESTED = re.compile(rf"<(/?)(?!(?:br|hr)\b)([a-z]++){_IN_TAG}>")
_ATTRIBUTE = re.compile(r'\b(src|alt|title)="([^"]*)"')
_ALIGNED = re.compile(r'(<t[hd]\b[^>]*?) align="(left|center|right)"')
_FROM_ROOT = re.compile(r'(<a\b[^>]*?\bhref=")/(?!/)')  # in a tag: a text may speak of one
_RELATIVE = re.compile(r'(<a\b[^>]*?\bhref=")(?!https?:|mailto:)([^"]*)')


def for_page(html: str, at: Addresses, pictures: Sequence[Asset]) -> str:
    """A body as a page of the site prints it: paths from the server's root; a theme's style aligns columns.

    A table stands in an element that scrolls where the page is narrow, by keys too: no word of it has to be broken.
    """
    if "<table" in html:
        html = _ALIGNED.sub(r'\1 class="\2"', html)
        html = html.replace("<table", '<div class="scroll" tabindex="0"><table').replace("</table>", "</table></div>")
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
    return _TAG.sub(_Placing(pictures, address, root, _loose(html), responsive=responsive).tag, html)


def _loose(html: str) -> frozenset[int]:
    """Where pictures stand in no element: a paragraph is missing around what was raw HTML."""
    if html.count("<img") == html.count("<p><img"):
        return frozenset()
    found, depth = set(), 0
    for tag in _NESTED.finditer(html):
        if tag[2] != "img":
            depth += -1 if tag[1] else 1
        elif not depth:
            found.add(tag.start())
    return frozenset(found)


class _Placing:
    """Puts links and pictures in their places, from the first of a body to its last."""

    def __init__(
        self,
        pictures: Sequence[Asset],
        address: Callable[[str], str],
        root: str,
        loose: frozenset[int],
        *,
        responsive: bool,
    ) -> None:
        self.by_name = {asset.name: asset for asset in pictures}
        self.address = address
        self.root = root
        self.responsive = responsive
        self.loose = loose
        self.linked = False  # whether this is inside a link
        self.figured = False  # or inside a figure

    def tag(self, match: re.Match[str]) -> str:
        """What stands in place of a tag, or of a paragraph that is a picture."""
        text: str = match[0]
        if text.startswith("<img"):
            return self._alone(text) if match.start() in self.loose else self._image(text)
        if text.startswith("<p>"):
            return self._alone(text.removeprefix("<p>").removesuffix("</p>"))
        if text in ("<figure>", "</figure>"):
            self.figured = text == "<figure>"
            return '<figure class="picture">' if self.figured else text
        self.linked = text != "</a>"
        return _FROM_ROOT.sub(lambda link: link[1] + self.root, text)

    def _alone(self, text: str) -> str:
        """A picture in a paragraph of its own; with a title, which is its caption, it is a figure."""
        shown, caption = self._image(text), dict(_ATTRIBUTE.findall(text)).get("title", "")
        if not caption or self.figured or not shown.startswith(("<img", "<picture")):
            return f"<p>{shown}</p>"
        return f'<figure class="picture">{shown}<figcaption>{caption}</figcaption></figure>'

    def _image(self, text: str) -> str:
        words: dict[str, str] = dict(_ATTRIBUTE.findall(text))
        source, alt = words.get("src", ""), words.get("alt", "")
        address = unescape(source)
        if remote(address):
            return alt if self.linked else f'<a href="{source}">{alt or source}</a>'
        asset = self.by_name.get(called(address))
        if asset is None:
            return alt
        size = f' width="{asset.width}" height="{asset.height}"' if asset.width else ""
        kind = shape(asset.width, asset.height) if self.responsive else ""
        kind = f' class="{kind}"' if kind else ""
        plain = f'<img{kind} src="{self.address(asset.path)}" alt="{alt}"{size} loading="lazy">'
        choice = srcset(asset, self.address) if self.responsive else ""
        if not choice:
            return plain
        return f'<picture><source type="{WEBP}" srcset="{choice}" sizes="{SIZES}">{plain}</picture>'
