"""Answers: the path of a request → what the preview has for it.

In: a path as a browser sent it, decoded, and the preview. Out: the page, drawn for the occasion, or the file of it that
was built, its media type and the status; never a file outside the built preview, nor one that is hidden in it.
"""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from broadsheet import disk, iri
from broadsheet.errors import BroadsheetError, Problem
from broadsheet.pages import AssetInputs, GoneInputs
from broadsheet.pages.urls import NOT_FOUND
from broadsheet.preview.overlay import PreviewState

_BARE = b"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Preview</title><body>"
_DIGEST = re.compile(r"\.[0-9a-f]{8}(?=\.|$)")  # in the name of a static file

_TYPES = mimetypes.MimeTypes()  # Python's own table: the system's differs from machine to machine
_BY_NAME = {"feed.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
_BY_ENDING = {
    ".avif": "image/avif",
    ".js": "text/javascript",
    ".opml": "text/x-opml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}


class PreviewResponse(msgspec.Struct, frozen=True):
    """What goes back: a file's bytes and media type, or the address ``elsewhere`` to which a browser is sent.

    ``path`` is the file's below output/; ``problem`` is what kept its page from being drawn as it is now.
    """

    path: str = ""
    kind: str = ""
    data: bytes = b""
    status: int = 200
    elsewhere: str = ""
    problem: Problem | None = None


def find(path: str, state: PreviewState) -> PreviewResponse:
    """The answer to a request for ``path``, which has no slash in front; the site's own 404 page where nothing is."""
    output, base = state.site.output, _base(state)
    if not f"/{path}".startswith(base):
        return PreviewResponse(elsewhere=iri.encoded(base)) if path == "" or f"/{path}/" == base else _lost(state)
    wanted = f"/{path}".removeprefix(base)
    if wanted == "" or wanted.endswith("/"):
        wanted += "index.html"
    if f"{wanted}/index.html" in state.pages or ((found := _inside(output, wanted)) and found.is_dir()):
        return PreviewResponse(elsewhere=iri.encoded(f"{base}{wanted}/"))
    if wanted not in state.pages:
        wanted = _renamed(wanted, state) or wanted
    data, problem = _drawn(wanted, state)
    if data is None:
        return _lost(state)
    page = state.pages.get(wanted)
    status = 410 if page and isinstance(page.inputs, GoneInputs) else 200
    return PreviewResponse(wanted, _kind(wanted), data, status, problem=problem)


def _lost(state: PreviewState) -> PreviewResponse:
    data, problem = _drawn(NOT_FOUND, state)
    return PreviewResponse(NOT_FOUND, "text/html", data or _BARE, 404 if state.built else 503, problem=problem)


def _drawn(path: str, state: PreviewState) -> tuple[bytes | None, Problem | None]:
    """A page as it is now; else its file as it was built last, and what kept it from being drawn."""
    problem = None
    try:
        # No file of a page that is to be printed no more, which the build behind has yet to remove.
        if state.on_demand:
            return state.on_demand.render(path), None
    except BroadsheetError as cause:
        problem = cause.problem
    return _bytes(_inside(state.site.output, path)), problem


def _base(state: PreviewState) -> str:
    """The path of the front page, decoded: "/" or "/news/"."""
    path = unquote(urlsplit(state.site.settings.url).path).strip("/")
    return f"/{path}/" if path else "/"


def _inside(output: Path, path: str) -> Path | None:
    """The file or folder at a path below output/; nothing where that is hidden or leads out, be it by a link."""
    if any(part.startswith(".") and part != ".well-known" for part in path.split("/")):
        return None
    try:
        file = disk.within(output, path).resolve(strict=True)
    except (BroadsheetError, OSError, ValueError):
        return None
    return file if file.is_relative_to(output.resolve()) else None


def _bytes(file: Path | None) -> bytes | None:
    try:
        return file.read_bytes() if file else None
    except OSError:
        return None


def _renamed(path: str, state: PreviewState) -> str:
    """What a static file is called now, by the name that it had when the browser's page was made; "" for others."""
    name = _DIGEST.sub("", path)
    assets = (page.path for page in state.pages.values() if isinstance(page.inputs, AssetInputs))
    return next((asset for asset in assets if asset != path and _DIGEST.sub("", asset) == name), "")


def _kind(path: str) -> str:
    name = path.rpartition("/")[2]
    ending = Path(name).suffix.lower()
    return _BY_NAME.get(name) or _BY_ENDING.get(ending) or _TYPES.guess_type(name)[0] or "application/octet-stream"
