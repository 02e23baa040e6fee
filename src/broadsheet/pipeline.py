"""The one function that knows the order: stories → newspaper → plan → output.

In: a site and a moment. Out: a site built below output/, and a report. Nothing here prints.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from broadsheet import __version__, honesty, newsroom, pages, press
from broadsheet.config import Site
from broadsheet.errors import Report
from broadsheet.model import EditionNote, Newspaper, Page, Story
from broadsheet.reading import read_editions, read_prose, read_stories, rules
from broadsheet.workers import cores

Tell = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def silent(_what: str, _done: int, _of: int) -> None:
    """Tells nobody."""


class Options(msgspec.Struct, frozen=True):
    """How to build: as of when, with drafts or without, for which address, with which filters for templates.

    ``remember`` says that what is built is published, and that what its stories claim is to be remembered.
    """

    now: dt.datetime
    preview: bool = False
    remember: bool = False
    filters: Mapping[str, Callable[..., Any]] = {}
    workers: int = 0  # 0: as many as there are processors


class Built(msgspec.Struct, frozen=True):
    """What a build did. ``seconds`` is by stage; ``next`` is when the site must be built again, if it must."""

    stories: int
    editions: int
    printed: press.Printed
    seconds: dict[str, float]
    newspaper: Newspaper
    plan: tuple[Page, ...]
    next: newsroom.Change | None = None


def build(site: Site, options: Options, report: Report, tell: Tell = silent) -> Built:
    """Build a site; problems go into the report. Raises BroadsheetError where nothing can be built at all."""
    clock = _Clock()
    workers = options.workers or cores()
    with _undisturbed(), press.locked(site.cache):
        output = press.Output(site.output, site.settings.output)
        store = press.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            stories = read_stories(site, store, report, tell, workers, keep_broken=options.preview)
            prose, notes = read_prose(site, report), read_editions(site, report)
            pictures, broken = press.pictures(site)
            report.extend(broken)
            clock.lap("read")

            newspaper, conflicts = newsroom.assemble(
                stories, site.settings, now=options.now, preview=options.preview, notes=notes, memory=store
            )
            report.extend(conflicts)
            clock.lap("assemble")

            view = pages.site_view(site, newspaper, prose)
            theme = press.Theme(site, view.home, options.filters)
            view = pages.with_share(view, theme.assets.get("share.png"), site.settings.url)
            marks = newsroom.marked(newspaper.stories, options.now) if options.preview else {}
            stock = pages.Stock(prose, pictures, tuple(theme.assets.values()), marks, theme.templates)
            plan, unplanned = pages.plan(newspaper, stock, site)
            report.extend(unplanned)
            clock.lap("plan")

            drawing = press.Drawing(theme, pages.Composer(site, view, press.bodies(site)).compose)
            common = _common(site, view)
            gc.freeze()  # what was made up to here stays to the end, in every process
            printed = press.print_pages(
                plan,
                drawing,
                output,
                store,
                key=lambda page: mixed(pages.digest(page), drawing.reach(page), common),
                workers=workers,
                tell=lambda done, of: tell("printing", done, of),
            )
            report.extend(printed.problems)
            store.commit()
            clock.lap("print")
            remember = options.remember and not options.preview and printed.drawn > 0
            report.extend(honesty.check(site, newspaper.stories, remember=remember))
            clock.lap("compare")
        finally:
            store.close()
    following = next(iter(newsroom.coming(stories, options.now)), None)
    count, editions = len(newspaper.stories), len(newspaper.editions)
    return Built(count, editions, printed, clock.laps, newspaper, tuple(plan), following)


class Desk(msgspec.Struct, frozen=True):
    """What an editor works on: every story, the notes on editions, and the newspaper that they make."""

    stories: tuple[Story, ...]
    notes: tuple[EditionNote, ...]
    newspaper: Newspaper


def desk(site: Site, now: dt.datetime, report: Report) -> Desk:
    """A site's newspaper as of ``now``, with nothing printed; problems go into the report. Raises BroadsheetError."""
    with press.locked(site.cache):
        store = press.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            stories = read_stories(site, store, report, silent, cores())
            notes = read_editions(site, report)
            newspaper, problems = newsroom.assemble(stories, site.settings, now=now, notes=notes, memory=store)
            report.extend(problems)
        finally:
            store.close()
    return Desk(tuple(stories), notes, newspaper)


def _common(site: Site, view: msgspec.Struct) -> bytes:
    """The digest of what every page is made from: the settings, the navigation, the version of Broadsheet."""
    settings = msgspec.structs.replace(site.settings, targets={})  # where it goes is nothing that a page shows
    seen = (__version__, settings, view)
    return mixed(msgspec.msgpack.encode(seen))


def mixed(*parts: bytes) -> bytes:
    """One digest of several parts."""
    return blake2b(b"".join(parts), digest_size=16).digest()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Nothing is searched for cycles meanwhile: nearly all that a build makes is kept to its end."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if enabled:
            gc.enable()


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage], self._last = now - self._last, now
