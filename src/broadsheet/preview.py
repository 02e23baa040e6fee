"""The preview: a site in the browser, with its drafts, that follows every save.

In: a site's folder. Out: its pages over HTTP, to this machine alone unless asked. They are built below .broadsheet/,
so that output/ never holds a draft or a local address. What is wrong is shown over the page and told in the terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from livereload import Server as Livereload
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import Application

from broadsheet import config, overlay, pipeline
from broadsheet.config import Settings, Site
from broadsheet.errors import BroadsheetError, Place, Problem, Report, error, fail
from broadsheet.model import Page
from broadsheet.overlay import Look
from broadsheet.press.theme import SHIPPED
from broadsheet.watcher import Ground, Watcher
from broadsheet.window import Reloader, handlers

PORTS = 20  # how many ports are tried, from the one that was asked for

Filters = Mapping[str, Callable[..., Any]]
Tell = Callable[[str], None]


def serve(folder: Path, *, port: int, host: str, open_browser: bool, filters: Filters, tell: Tell) -> None:
    """Preview the site at or above ``folder`` until Ctrl-C; ``tell`` gets lines for the terminal.

    ``port`` 0 is any free one. Raises BroadsheetError for a folder without a site and where no port is to be had.
    """
    root = config.find(folder)
    sockets = _bind(host, port, tell)
    port = sockets[0].getsockname()[1]
    preview = Preview(root, host, port, filters, tell)
    watcher = Watcher(preview.ground, preview.follow)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            _Server(preview, watcher, sockets).serve(port, host=host, open_url_delay=0 if open_browser else None)
        finally:
            preview.stopped = True
            IOLoop.current().run_sync(watcher.stop)
            IOLoop.current().close(all_fds=True)


class _Stopped(Exception):  # noqa: N818, it is no error
    """Ends a build in its midst."""


class Preview:
    """A site that is built again and again; ``look`` is what a browser is to see."""

    def __init__(self, root: Path, host: str, port: int, filters: Filters, tell: Tell) -> None:
        self.root = root
        self.host = host
        self.stopped = False
        self.ready = asyncio.Event()  # set after the first build
        self._name = f"[{host}]" if ":" in host else host
        if host in ("", "0.0.0.0", "::"):  # noqa: S104, only compared
            self._name = "127.0.0.1"
        self._port = port
        self._filters = filters
        self._tell = tell
        self._session = secrets.token_hex(4)
        self._builds = 0
        site, _ = config.load(root)
        self.look = Look(self._here(site or Site(root, Settings())), self._session)

    @property
    def output(self) -> Path:
        """The folder of the built preview."""
        return self.look.site.output

    @property
    def base(self) -> str:
        """The path of the front page, as a browser's address decoded: "/" or "/news/"."""
        path = unquote(urlsplit(self.look.site.settings.url).path).strip("/")
        return f"/{path}/" if path else "/"

    def ground(self) -> Ground:
        """What is to be watched: what is written by hand, and not the inbox, which only ingest reads."""
        site = self.look.site
        folders = {folder.resolve() for folder in (site.content, site.themes, SHIPPED)}
        names = {config.FILE, *(Path(name).parts[0] for name in (site.settings.content, site.settings.themes))}
        return Ground(self.root, frozenset(names), tuple(sorted(folders)), (site.inbox.resolve(),))

    async def follow(self, changed: frozenset[str]) -> str:
        """Build; the path to tell livereload's script, or nothing where all is as it was."""
        before = self.look
        try:
            printed = await asyncio.get_running_loop().run_in_executor(None, self._build, changed)
        except _Stopped:
            return ""
        after = self.look
        self.ready.set()
        found, had = (tuple((*look.errors, *look.others)) for look in (after, before))
        if not printed and found == had:
            return ""
        self._builds += 1
        self.look = msgspec.structs.replace(after, token=f"{self._session}{self._builds}")
        styles = bool(changed) and all(path.endswith(".css") for path in changed) and found == had
        return Path(min(changed)).name if styles else "*"

    def _build(self, changed: Iterable[str]) -> int:
        """Build once; how many files changed. ``look`` then is the new one."""
        started, report = time.perf_counter(), Report()
        built = None
        try:
            site, problems = config.load(self.root)
            report.extend(problems)
            if site:
                here = self._here(site)
                self.look = msgspec.structs.replace(self.look, site=here)
                options = pipeline.Options(dt.datetime.now(site.zone), preview=True, filters=self._filters)
                built = pipeline.build(here, options, report, self._progress)
        except BroadsheetError as cause:
            report.add(cause.problem)
        except _Stopped:
            raise
        except Exception as cause:  # noqa: BLE001, whatever a build meets, the preview lives on
            report.add(_unforeseen(cause))
        pages: Mapping[str, Page] = {page.path: page for page in built.plan} if built else self.look.pages
        told = {fault.problem for fault in self.look.errors} | set(self.look.others)
        problems = list(report)
        errors = overlay.faults((p for p in problems if p.severity == "error"), self.root)
        others = tuple(p for p in problems if p.severity != "error")
        first, had = not self.ready.is_set(), bool(self.look.errors)
        self.look = msgspec.structs.replace(
            self.look, pages=pages, errors=errors, others=others, built=self.look.built or built is not None
        )
        printed = built.printed.written + built.printed.removed if built else 0
        for problem in problems:
            if problem not in told:
                self._tell(str(problem))
        if first:
            self._tell(f"Preview at http://{self._name}:{self._port}{self.base} (Ctrl-C ends it)")
        elif printed or (had and not errors):
            names = sorted(Path(path).name for path in changed)
            what = ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")
            self._tell(f"{what}: {printed} files new in {(time.perf_counter() - started) * 1000:.0f} ms")
        return printed

    def _here(self, site: Site) -> Site:
        """The site as this preview builds it: at the preview's own address, in a folder of the preview's own."""
        work = f"{site.work}/preview/{self._port}"
        url = f"http://{self._name}:{self._port}{urlsplit(site.settings.url).path}"
        return Site(site.root, msgspec.structs.replace(site.settings, url=url, output=f"{work}/site"), work)

    def _progress(self, _what: str, _done: int, _of: int) -> None:
        if self.stopped:
            raise _Stopped


class _Server(Livereload):  # type: ignore[misc]  # livereload has no types
    """livereload's server with handlers that look at who asks, on sockets that are bound already."""

    def __init__(self, preview: Preview, watcher: Watcher, sockets: list[socket.socket]) -> None:
        super().__init__(watcher=watcher)
        self._preview = preview
        self._sockets = sockets

    def application(self, *_: object, live_css: bool = True, **__: object) -> None:
        """Begin to answer. livereload's own handlers would answer any Host and any Origin."""
        Reloader.watcher = Livereload.watcher = self.watcher
        Reloader.live_css = live_css
        HTTPServer(Application(handlers(self._preview), log_function=_silent)).add_sockets(self._sockets)

    def _setup_logging(self) -> None:
        for name in ("livereload", "tornado.general"):
            logging.getLogger(name).addHandler(logging.NullHandler())


def _silent(_: object) -> None:
    """A preview's log of requests is of use to nobody."""


def _bind(host: str, port: int, tell: Tell) -> list[socket.socket]:
    """Sockets at the first free port from ``port`` on. Raises BroadsheetError (``port``)."""
    place = Place(f"{host}:{port}")
    for candidate in range(port, min(port + PORTS, 65536)):
        try:
            sockets = bind_sockets(candidate, host)
        except socket.gaierror as cause:
            raise fail("port", "no such host", place, "Leave --host out to preview on this machine.") from cause
        except PermissionError as cause:
            raise fail("port", "the system keeps this port to itself", place, "Try --port 8000.") from cause
        except OSError:
            continue
        if candidate != port:
            tell(f"Port {port} is busy; using {candidate}.")
        return sockets
    raise fail("port", f"no free port among the next {PORTS}", place, "Choose another with --port.")


def _unforeseen(cause: Exception) -> Problem:
    hint = "This is a mistake in Broadsheet: run `broadsheet build` to see where, and report it."
    return error("unforeseen", f"{type(cause).__name__}: {cause}", Place("broadsheet"), hint)
