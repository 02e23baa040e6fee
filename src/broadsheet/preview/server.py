"""The preview's server: what is answered over HTTP and the websocket, and to whom.

In: requests, of which none is trusted, and the preview. Out: pages, drawn for the occasion, or the files of them that
were built, with the overlay in those that are HTML; never a file outside the built preview, nor one that is hidden in
it. A page of another site, open in the same browser, can send requests here, under a name of its own for this machine
(DNS rebinding) or with its own Origin: both are refused.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import mimetypes
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from livereload import Server as Livereload
from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError

from broadsheet import disk, iri
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.pages import AssetInputs, GoneInputs
from broadsheet.pages.urls import FORMS, MEDIA_TYPES, NOT_FOUND
from broadsheet.preview import overlay
from broadsheet.preview.builder import PreviewState
from broadsheet.preview.overlay import AT
from broadsheet.preview.watcher import Watcher

_BARE = b"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Preview</title><body>"
_DIGEST = re.compile(r"\.[0-9a-f]{8}(?=\.|$)")  # in the name of a static file

_TYPES = mimetypes.MimeTypes()  # Python's own table: the system's differs from machine to machine
_BY_NAME = {name: MEDIA_TYPES[form] for form, name in FORMS.items()}
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


PORTS = 20  # how many ports are tried, from the one that was asked for

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ServerContext(msgspec.Struct, frozen=True):
    """What the server looks upon: the site as it is now, from the moment it is ``ready``; ``host`` is what it binds."""

    state: Callable[[], PreviewState]
    ready: asyncio.Event
    host: str

    def admits(self, name: str) -> bool:
        """Whether a request for this host name is one for this server.

        No name but localhost is safe, since a foreign one may lead here; an address is, where the owner asked for it.
        """
        name = name.lower().rstrip(".").strip("[]")
        if name in _LOOPBACK or name == self.host.lower():
            return True
        if self.host in _LOOPBACK:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            own = socket.gethostname().lower()
            return name in (own, f"{own}.local")
        return True


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets at the first free port from ``port`` on; 0 is any. Raises BroadsheetError (``port``)."""
    place = Place(f"{host}:{port}")
    for candidate in range(port, min(port + PORTS, 65536)):
        try:
            return bind_sockets(candidate, host)
        except socket.gaierror as cause:
            raise fail("port", "no such host", place, "Leave out --host to preview on this machine.") from cause
        except PermissionError as cause:
            raise fail("port", "the system does not allow this port", place, "Try --port 8000.") from cause
        except OSError:
            continue
    raise fail("port", f"this port and the {PORTS - 1} after it are busy", place, "Choose another with --port.")


class Server(Livereload):  # type: ignore[misc]  # livereload has no types
    """livereload's server with handlers that look at who asks, on sockets that are bound already."""

    def __init__(self, context: ServerContext, watcher: Watcher, sockets: list[socket.socket]) -> None:
        super().__init__(watcher=watcher)
        self._context = context
        self._sockets = sockets

    def application(self, *_: object, live_css: bool = True, **__: object) -> None:
        """Begin to answer."""
        LiveReloadHandler.watcher = self.watcher
        LiveReloadHandler.live_css = live_css
        LiveReloadHandler._last_reload_time = None  # noqa: SLF001, else a process could watch but once
        context = {"context": self._context}
        application = Application(
            [
                (AT, _Reload, context),
                (rf"{AT}\.js", _LiveScript, context),
                (rf"{AT}/overlay\.js", _Script, context),
                (rf"{AT}/token", _Token, context),
                (r"/(.*)", _Files, context),
            ],
            log_function=lambda _: None,  # who asked for what is of use to nobody here
        )
        HTTPServer(application).add_sockets(self._sockets)

    def _setup_logging(self) -> None:
        for name in ("livereload", "tornado.general"):
            logging.getLogger(name).addHandler(logging.NullHandler())
            logging.getLogger(name).propagate = False


class _Guarded(RequestHandler):
    """Answers nobody who came by another name than this server's."""

    context: ServerContext

    def initialize(self, context: ServerContext) -> None:
        self.context = context

    def prepare(self) -> None:
        if not self.context.admits(self.request.host_name):
            raise HTTPError(403, reason="Not a name of this preview")

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("X-Content-Type-Options", "nosniff")

    def compute_etag(self) -> str | None:
        return None

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")


class _Reload(_Guarded, LiveReloadHandler):  # type: ignore[misc]  # livereload has no types
    """The websocket over which browsers are told to reload."""

    def check_origin(self, origin: str) -> bool:
        return urlsplit(origin).netloc.lower() == self.request.host.lower()

    def write_message(self, message: Any, binary: bool = False) -> Any:  # noqa: FBT001, FBT002, as in tornado
        """Send a message; a browser that has gone meanwhile needs none, and is no fault to report."""
        try:
            sent = super().write_message(message, binary)
        except WebSocketClosedError:
            return None
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())  # asked for, so that nobody prints it
        return sent

    def on_message(self, message: str | bytes) -> None:
        try:
            super().on_message(message)
        except (ValueError, TypeError, AttributeError):  # not what livereload's script sends
            self.close(1003)


class _LiveScript(_Guarded, LiveReloadJSHandler):  # type: ignore[misc]  # livereload has no types
    """livereload's script."""


class _Script(_Guarded):
    """The overlay's script."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(overlay.script())


class _Token(_Guarded):
    """Which state of the site is shown: a browser that shows another one reloads."""

    async def get(self) -> None:
        await self.context.ready.wait()
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(self.context.state().token)


class _Files(_Guarded):
    """The files of the built preview."""

    async def get(self, path: str) -> None:
        await self.context.ready.wait()
        state = self.context.state()
        answer = find(path, state)
        if answer.elsewhere:
            self.redirect(answer.elsewhere)
            return
        data = answer.data
        if answer.kind == "text/html":
            data = overlay.dress(data, state.page(answer.path), state.with_problem(answer.problem), self.request.host)
        self.set_status(answer.status)
        self.set_header("Content-Type", f"{answer.kind}; charset=utf-8" if "text/" in answer.kind else answer.kind)
        self.finish(data)

    head = get
