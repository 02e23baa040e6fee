"""A session: one site, built again after every save for as long as the preview runs.

In: a site's folder. Out: a ``PreviewState`` for the server, lines for the terminal. All is built below .broadsheet/, so
that output/ never holds a draft or a local address. Whatever is wrong with a build, the session goes on to the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
from tornado.ioloop import IOLoop

from broadsheet import config
from broadsheet.cache import Files
from broadsheet.config import SHIPPED
from broadsheet.errors import Problem
from broadsheet.pipeline.reading import read_story
from broadsheet.preview import server
from broadsheet.preview.builder import (
    Builder,
    LayoutKey,
    LocatedProblem,
    PreviewState,
    Ready,
    SiteExtensions,
    StoppedError,
)
from broadsheet.preview.watcher import Watcher, WatchScope

DOUBT = 0.05  # seconds in which a save that was seen half-done is complete
PAUSE = 0.25  # seconds without a save after which the site is built behind what is shown
AHEAD = 0.1  # seconds for which a build lets the browsers go first
PAGE = "*"  # what livereload's script takes for "reload the page"

WriteLine = Callable[[str], None]


def serve(folder: Path, *, port: int, host: str, open_browser: bool, own: SiteExtensions, tell: WriteLine) -> None:
    """Preview the site at or above ``folder`` until Ctrl-C; ``tell`` gets lines for the terminal.

    ``port`` 0 is any free one. Raises BroadsheetError for a folder without a site and where no port is to be had.
    """
    root = config.find(folder)
    sockets = server.bind(host, port)
    bound = sockets[0].getsockname()[1]
    if port not in (0, bound):
        tell(f"Port {port} is busy: using {bound}.")
    preview = Preview(root, _address(host, bound), own, tell)
    watcher = Watcher(preview.scope, preview.follow)
    preview.say = watcher.say
    context = server.ServerContext(lambda: preview.state, preview.ready, host)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            prune(preview.state.site.cache.parent, bound)
            preview.builder.prepare()
            serving = server.Server(context, watcher, sockets)
            _end_on_signals()
            serving.serve(bound, host=host, open_url_delay=0 if open_browser else None)
        finally:
            preview.builder.halted = True
            IOLoop.current().run_sync(watcher.stop)
            IOLoop.current().close(all_fds=True)


def _end_on_signals() -> None:
    """Let Ctrl-C and a request to terminate end the loop, by way of the loop itself.

    Python's own handler only takes note of a signal. Where it comes just before the loop begins to wait, the loop would
    wait on until something else happens in it. The loop's handler wakes it.
    """

    def interrupt() -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, ValueError):  # Windows has none; nor has another thread
            IOLoop.current().asyncio_loop.add_signal_handler(number, interrupt)  # type: ignore[attr-defined]  # tornado's has it


class Preview:
    """A site that is built again and again; ``state`` is what a browser is to see, from when it is ``ready``.

    A browser sees pages as soon as it is known what is to be printed, and the build goes on behind it. Where only the
    words of stories were edited, their pages are shown at once, and the build follows in a pause.
    """

    def __init__(self, root: Path, address: str, own: SiteExtensions, tell: WriteLine) -> None:
        """``address`` is the server's, such as http://127.0.0.1:8000."""
        self.builder = Builder(root, address, own, tell)
        self.ready = asyncio.Event()
        self.say: WriteLine = lambda _told: None  # tells browsers to load a path anew
        self._tell = tell
        self._session = secrets.token_hex(4)
        self._shown = 0  # how often there was something new to see
        self._building: asyncio.Task[str] | None = None
        self._following: asyncio.Task[None] | None = None  # what builds behind what is shown already
        self._edited: set[str] = set()  # files shown since the build that runs, or ran last, began
        self._made: LayoutKey = ()
        self.state = PreviewState(self.builder.first(), self._session)

    def scope(self) -> WatchScope:
        """What is to be watched: what is written by hand, and not the inbox, which only ingest reads."""
        site = self.state.site
        folders = {folder.resolve() for folder in (site.content, site.themes, SHIPPED)}
        names = {config.FILE, *(Path(name).parts[0] for name in (site.settings.content, site.settings.themes))}
        return WatchScope(site.root, frozenset(names), tuple(sorted(folders)), (site.inbox.resolve(),))

    async def follow(self, changed: frozenset[str], more: Callable[[], bool]) -> str:
        """Show what these files changed; what livereload's script is to be told, nothing where all is as it was.

        ``more`` is whether further files have changed meanwhile.
        """
        news = _ChangeBatch(changed, more, time.perf_counter())
        if changed and self._show_words(changed):
            self._edited |= changed
            if self._following is None or self._following.done():
                self._following = asyncio.create_task(self._catch_up(news))
            return self._announce(news)
        await self._halt()
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._building = asyncio.create_task(self._build(news, told))
        await asyncio.wait([told, self._building], return_when=asyncio.FIRST_COMPLETED)
        return told.result() if told.done() else self._building.result()

    def _show_words(self, changed: Iterable[str]) -> bool:
        """Show these files at once: whether that could be done, since only the words of stories changed."""
        on_demand = self.state.on_demand
        if on_demand is None or self.state.errors:
            return False
        stories = [read_story(self.state.site, Path(path)) for path in changed]
        return on_demand.edit(stories)

    async def _catch_up(self, news: _ChangeBatch) -> None:
        """Build behind what is shown already, once there is a pause, until all is built."""
        while self._edited:
            await asyncio.sleep(PAUSE)
            if self._building and not self._building.done():
                await asyncio.wait([self._building])
            self._building = asyncio.create_task(self._build(news, None))
            await asyncio.wait([self._building])

    async def _halt(self) -> None:
        """End the build that runs, if one does: what it builds is not what is to be seen."""
        if self._following:
            self._following.cancel()
        if self._building and not self._building.done():
            self.builder.halted = True
            await asyncio.wait([self._building])
            self.builder.halted = False

    async def _build(self, news: _ChangeBatch, told: asyncio.Future[str] | None) -> str:
        """Build the site; what browsers are to be told at its end.

        They are told before that, by way of ``told``, where they can see the pages. Without ``told`` it is a build
        behind what is shown already: browsers hear of it where they show something else.
        """
        before = self.state
        self._edited.clear()
        try:
            after, made = await asyncio.to_thread(self.builder.build, before, self._made, self._early(news, told))
        except StoppedError:
            return ""
        if not set(after.errors) <= set(before.errors):
            await asyncio.sleep(DOUBT)
            if news.more() or self._edited or self.builder.halted:
                return ""  # a file was read while an editor wrote it: the next build, which is due, will tell
        self._tell_problems(before, after)
        said = (after.errors, after.others)
        if made == self._made and said in (_problems(self.state), _problems(before)) and self.ready.is_set():
            self._take_up(after, made)
            return ""
        answer = self._take_up(after, made, news, well=bool(before.errors))
        if told and not told.done():
            return answer
        self.say(answer)
        return ""

    def _early(self, news: _ChangeBatch, told: asyncio.Future[str] | None) -> Ready:
        """What the builder's thread calls as soon as the pages of a build can be seen."""
        before, known, loop = self.state, self._made, asyncio.get_running_loop()

        def early(state: PreviewState, made: LayoutKey) -> None:
            if state.errors or before.errors:
                return  # what is wrong with the pages is not known yet, and is to be seen at one glance
            if told is None:
                otherwise = state.on_demand is not None and state.on_demand.shows_otherwise(before.on_demand)
                loop.call_soon_threadsafe(show, state, made, news if otherwise else None)
            elif made != known or not self.ready.is_set():
                loop.call_soon_threadsafe(lambda: told.set_result(self._take_up(state, made, news)))
                time.sleep(AHEAD)

        def show(state: PreviewState, made: LayoutKey, news: _ChangeBatch | None) -> None:
            if answer := self._take_up(state, made, news):
                self.say(answer)

        return early

    def _take_up(
        self, state: PreviewState, made: LayoutKey, news: _ChangeBatch | None = None, *, well: bool = False
    ) -> str:
        """Show another state from now on, with what was edited since its sources were read; what browsers are told."""
        if state.on_demand and self.state.on_demand and self.state.on_demand is not state.on_demand:
            state.on_demand.served = self.state.on_demand.served | state.on_demand.served
        self.state, self._made = msgspec.structs.replace(state, token=self.state.token), made
        if self._edited:
            self._show_words(self._edited)
        return self._announce(news, well=well) if news else ""

    def _announce(self, news: _ChangeBatch, *, well: bool = False) -> str:
        """Tell the terminal that there is something new to see; what browsers are to be told."""
        self._shown += 1
        self.state = state = msgspec.structs.replace(self.state, token=f"{self._session}-{self._shown}")
        if not self.ready.is_set():
            self.ready.set()
            self._tell(f"Preview at {state.site.settings.url} (Ctrl-C ends it)")
        elif not state.errors:
            milliseconds = (time.perf_counter() - news.since) * 1000
            self._tell(
                f"{_names(news.changed)}: shown after {milliseconds:.0f} ms.{' No more errors.' if well else ''}"
            )
        styles = not state.errors and news.changed and all(path.endswith(".css") for path in news.changed)
        return Path(min(news.changed)).name if styles else PAGE

    def _tell_problems(self, before: PreviewState, after: PreviewState) -> None:
        known = {*(fault.problem for fault in before.errors), *before.others}
        for problem in (*(fault.problem for fault in after.errors), *after.others):
            if problem not in known:
                self._tell(str(problem))


def _problems(state: PreviewState) -> tuple[tuple[LocatedProblem, ...], tuple[Problem, ...]]:
    return state.errors, state.others


class _ChangeBatch(NamedTuple):
    """What changed, whether more has changed meanwhile, and since when it is known, in seconds of a clock."""

    changed: frozenset[str]
    more: Callable[[], bool]
    since: float


def _address(host: str, port: int) -> str:
    """The address under which a browser on this machine finds a server bound to ``host``."""
    everywhere = host in ("", "0.0.0.0", "::")  # noqa: S104, compared and not bound
    name = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _names(changed: frozenset[str]) -> str:
    """The changed files in a few words."""
    names = sorted(Path(path).name for path in changed) or ["the site"]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def prune(folder: Path, own: int) -> None:
    """Remove the folders of previews whose ports nobody listens at; that of ``own`` saves it a first build.

    What stands where a folder of a preview has to be, and is none, is removed as well.
    """
    if not folder.is_dir():
        Files(folder.parent).remove(folder.name)
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if not (name.isascii() and name.isdecimal()):
                continue
            if not entry.is_dir():
                Files(folder).remove(name)
                continue
            if entry.is_symlink():
                continue
            if int(name) != own and not _busy(int(name)):
                shutil.rmtree(entry.path, ignore_errors=True)


def _busy(port: int) -> bool:
    """Whether somebody on this machine has the port, at whatever address; in doubt somebody has."""
    for family, host in ((socket.AF_INET, ""), (socket.AF_INET6, "::")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((host, port))
        except (OSError, OverflowError):
            if family == socket.AF_INET or socket.has_dualstack_ipv6():
                return True
    return False
