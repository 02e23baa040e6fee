"""The preview's server: what is answered over HTTP and the websocket, and to whom.

In: requests, of which none is trusted. Out: files of the built preview, with the overlay in those that are HTML. A page
of another site, open in the same browser, can send requests here, under a name of its own for this machine (DNS
rebinding) or with its own Origin: both are refused.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
from livereload import Server as Livereload
from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError

from broadsheet.errors import Place, fail
from broadsheet.preview import overlay, responses
from broadsheet.preview.overlay import AT, PreviewState
from broadsheet.preview.watcher import Watcher

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
            raise fail("port", "no such host", place, "Leave --host out to preview on this machine.") from cause
        except PermissionError as cause:
            raise fail("port", "the system keeps this port to itself", place, "Try --port 8000.") from cause
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
        answer = responses.find(path, state)
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
