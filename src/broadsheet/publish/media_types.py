"""What a file is to those who fetch it: its kind, its media type, how long it may be kept.

In: a path below output/. Out: a ``Kind``, a media type, a Cache-Control header.
"""

from __future__ import annotations

import mimetypes
import re
from typing import Literal

Kind = Literal["digested", "asset", "page", "front", "feed", "map"]

YEAR = 31_536_000  # seconds that a file may be kept whose name changes with its bytes
MINUTES = 600  # seconds for what keeps its name

FEEDS = {"feed.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
_MAPS = re.compile(r"(?:news-)?sitemap(?:-\d+)?\.xml|robots\.txt|feeds\.opml|_redirects|_headers|\.nojekyll|CNAME")
_DIGESTED = re.compile(  # as render names static files and pictures, and pagefind the parts of its index
    r"(?:static|pictures)/.*\.[0-9a-f]{8}(?:\.\w+)?|pagefind/.*_[0-9a-f]{7,}\.pf_\w+"
)
_NAMED = {"rsl.xml": "application/rsl+xml", "apple-app-site-association": "application/json"}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".json": "application/json",
    ".opml": "text/x-opml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}


def kind(path: str) -> Kind:
    """What a file is."""
    name = path.rpartition("/")[2]
    if path == "index.html":
        return "front"
    if name.endswith((".html", ".htm")):
        return "page"
    if name in FEEDS:
        return "feed"
    if _MAPS.fullmatch(path):
        return "map"
    return "digested" if _DIGESTED.fullmatch(path) else "asset"


def media_type(path: str) -> str:
    """The media type under which a file is to be sent."""
    name = path.rpartition("/")[2]
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if name in FEEDS:
        return f"{FEEDS[name]}; charset=utf-8"
    if name in ("_redirects", "_headers", "CNAME"):
        return _TYPES[".txt"]
    if name in _NAMED:
        return _NAMED[name]
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def caching(path: str) -> str:
    """The Cache-Control header of a file (RFC 9111; RFC 8246 for ``immutable``)."""
    if kind(path) == "digested":
        return f"public, max-age={YEAR}, immutable"
    return f"public, max-age={MINUTES}"
