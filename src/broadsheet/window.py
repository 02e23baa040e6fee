"""The window: what the preview answers over HTTP and its websocket, and to whom.

In: requests, of which none is trusted. Out: files of the built preview, with the overlay in those that are HTML. A page
that another site has open in the same browser can send requests here, under its own name for this machine (DNS
rebinding) or with its own Origin: both are refused.
"""

from __future__ import annotations

import ipaddress
import mimetypes
import re
import socket
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from tornado.web import HTTPError, RequestHandler

from broadsheet import disk, overlay
from broadsheet.errors import BroadsheetError
from broadsheet.overlay import AT, Look
from broadsheet.pages import AssetInputs, urls

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_DIGEST = re.compile(r"\.[0-9a-f]{8}(?=\.|$)")  # in the name of a static file

_TYPES = mimetypes.MimeTypes()  # Python's own table: the system's differs from machine to machine
_BY_NAME = {"feed.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
_BY_ENDING = {
    ".avif": "image/avif",
    ".opml": "text/x-opml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}


class Shows(Protocol):
    """What a window looks upon."""
