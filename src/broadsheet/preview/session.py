"""A session: one site, built again after every save for as long as the preview runs.

In: a site's folder. Out: a ``Look`` for the server, lines for the terminal. All is built below .broadsheet/, so that
output/ never holds a draft or a local address. Whatever is wrong with a build, the session goes on to the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from tornado.ioloop import IOLoop

from broadsheet import config, pipeline
from broadsheet.config import Settings, Site
from broadsheet.errors import BroadsheetError, Place, Problem, Report, error
from broadsheet.press.theme import SHIPPED
from broadsheet.preview import overlay, server
from broadsheet.preview.overlay import Look
from broadsheet.preview.watcher import Ground, Watcher

DOUBT = 0.05  # seconds in which a save that was seen half-done is complete
PAGE = "*"  # what livereload's script takes for "reload the page"

Filters = Mapping[str, Callable[..., Any]]
Tell = Callable[[str], None]


def serve(folder: Path, *, port: int, host: str, open_browser: bool, filters: Filters, tell: Tell) -> None:
    """Preview the site at or above ``folder`` until Ctrl-C; ``tell`` gets lines for the terminal.

    ``port`` 0 is any free one. Raises BroadsheetError for a folder without a site and where no port is to be had.
    """
    root = config.find(folder)
    sockets = server.bind(host, port)
    bound = sockets[0].getsockname()[1]
    if port not in (0, bound):
        tell(f"Port {port} is busy: taking {bound}.")
    preview = Preview(root, _address(host, bound), filters, tell)
    watcher = Watcher(preview.ground, preview.follow)
    window = server.Window(lambda: preview.look, preview.ready, host)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            serving = server.Server(window, watcher, sockets)
            serving.serve(bound, host=host, open_url_delay=0 if open_browser else None)
        finally:
            preview.stopped = True
            IOLoop.current().run_sync(watcher.stop)
            IOLoop.current().close(all_fds=True)


class Preview:
    """A site that is built again and again; ``look`` is what a browser is to see, from when it is ``ready``."""

    def __init__(self, root: Path, address: str, filters: Filters, tell: Tell) -> None:
        """``address`` is the server's, such as http://127.0.0.1:8000."""
        self.root = root
        self.stopped = False
        self.ready = asyncio.Event()
        self._address = address
        self._filters = filters
        self._tell = tell
        self._session = secrets.token_hex(4)
        self._shown = 0  # how often there was something new to see
        self._unshown = 0  # files that were made since
        site, _ = config.load(root)
        self.look = Look(self._here(site or Site(root, Settings())), self._session)

    def ground(self) -> Ground:
        """What is to be watched: what is written by hand, and not the inbox, which only ingest reads."""
        site = self.look.site
        folders = {folder.resolve() for folder in (site.content, site.themes, SHIPPED)}
        names = {config.FILE, *(Path(name).parts[0] for name in (site.settings.content, site.settings.themes))}
        return Ground(self.root, frozenset(names), tuple(sorted(folders)), (site.inbox.resolve(),))

    async def follow(self, changed: frozenset[str], more: Callable[[], bool]) -> str:
        """Build after these files changed; what livereload's script is to be told, nothing where all is as it was.

        ``more`` is whether further files have changed meanwhile.
        """
        started, before = time.perf_counter(), self.look
        try:
            after, files = await asyncio.to_thread(self._build)
        except _StoppedError:
            return ""
        self._unshown += files
        if not set(after.errors) <= set(before.errors):
            await asyncio.sleep(DOUBT)
            if more():
                return ""  # a file was read while an editor wrote it: the next build, which is due, will tell
        known = {*(fault.problem for fault in before.errors), *before.others}
        for problem in (*(fault.problem for fault in after.errors), *after.others):
            if problem not in known:
                self._tell(str(problem))
        same = (after.errors, after.others) == (before.errors, before.others)
        if self._unshown == 0 and same and self.ready.is_set():
            return ""
        self._shown += 1
        self.look = msgspec.structs.replace(after, token=f"{self._session}-{self._shown}")
        if not self.ready.is_set():
            self.ready.set()
            self._tell(f"Preview at {self.look.site.settings.url} (Ctrl-C ends it)")
        elif not after.errors:
            milliseconds = (time.perf_counter() - started) * 1000
            well = " No more errors." if before.errors else ""
            self._tell(f"{_names(changed)}: {self._unshown} files made anew in {milliseconds:.0f} ms.{well}")
        self._unshown = 0
        styles = same and changed and all(path.endswith(".css") for path in changed)
        return Path(min(changed)).name if styles else PAGE

    def _build(self) -> tuple[Look, int]:
        """Build once; what there is to see then, and how many files are new or gone. Raises _StoppedError."""
        report, look, files = Report(), self.look, 0
        try:
            site, problems = config.load(self.root)
            report.extend(problems)
            if site:
                site = self._here(site)
                options = pipeline.Options(dt.datetime.now(site.zone), preview=True, filters=self._filters)
                built = pipeline.build(site, options, report, self._progress)
                files = built.printed.written + built.printed.removed
                look = msgspec.structs.replace(
                    look, site=site, pages={page.path: page for page in built.plan}, built=True
                )
        except _StoppedError:
            raise
        except BroadsheetError as cause:
            report.add(cause.problem)
        except Exception as cause:  # noqa: BLE001, whatever a build meets, the preview lives on
            report.add(_unforeseen(cause))
        errors = overlay.faults((problem for problem in report if problem.severity == "error"), self.root)
        others = tuple(problem for problem in report if problem.severity != "error")
        return msgspec.structs.replace(look, errors=errors, others=others), files

    def _here(self, site: Site) -> Site:
        """The site as a preview builds it: at the preview's address, in a folder of its own; two may run at once."""
        work = f"{site.work}/preview/{urlsplit(self._address).port}"
        url = f"{self._address}{urlsplit(site.settings.url).path or '/'}"
        return Site(site.root, msgspec.structs.replace(site.settings, url=url, output=f"{work}/site"), work)

    def _progress(self, _what: str, _done: int, _of: int) -> None:
        if self.stopped:
            raise _StoppedError


class _StoppedError(Exception):
    """Ends a build in its midst: Ctrl-C does not wait for it."""


def _address(host: str, port: int) -> str:
    """The address under which a browser on this machine finds a server bound to ``host``."""
    everywhere = host in ("", "0.0.0.0", "::")  # noqa: S104, compared and not bound
    name = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _names(changed: frozenset[str]) -> str:
    """The changed files in a few words."""
    names = sorted(Path(path).name for path in changed) or ["the site"]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _unforeseen(cause: Exception) -> Problem:
    hint = "This is a mistake in Broadsheet: `broadsheet build` shows where."
    return error("unforeseen", f"{type(cause).__name__}: {cause}", Place("broadsheet"), hint)
