"""The one function that knows the order: stories → newspaper → plan → output.

In: a site and a moment. Out: a site built below output/, and a report. Nothing here prints.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from broadsheet import __version__, newsroom, pages, press
from broadsheet.config import Site
from broadsheet.errors import Report
from broadsheet.model import Newspaper, Page
from broadsheet.reading import read_prose, read_stories, rules
from broadsheet.workers import cores

Tell = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def silent(_what: str, _done: int, _of: int) -> None:
    """Tells nobody."""


class Options(msgspec.Struct, frozen=True):
    """How to build: as of when, with drafts or without, for which address, with which filters for templates."""

    now: dt.datetime
    preview: bool = False
    filters: Mapping[str, Callable[..., Any]] = {}
    workers: int = 0  # 0: as many as there are processors


class Built(msgspec.Struct, frozen=True):
    """What a build did. ``seconds`` is by stage."""

    stories: int
    editions: int
    printed: press.Printed
    seconds: dict[str, float]
    newspaper: Newspaper
    plan: tuple[Page, ...]


def build(site: Site, options: Options, report: Report, tell: Tell = silent) -> Built:
    """Build a site; problems go into the report. Raises BroadsheetError where nothing can be built at all."""
    clock = _Clock()
    workers = options.workers or cores()
    with press.locked(site.cache):
        output = press.Output(site.output, site.settings.output)
        store = press.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            stories = read_stories(site, store, report, tell, workers)
            prose = read_prose(site, report)
            pictures, broken = press.pictures(site)
            report.extend(broken)
            clock.lap("read")

            newspaper, conflicts = newsroom.assemble(stories, site.settings, now=options.now, preview=options.preview)
            report.extend(conflicts)
            clock.lap("assemble")

            view = pages.site_view(site, newspaper, prose)
            theme = press.Theme(site, view.home, options.filters)
            view = pages.with_share(view, theme.assets.get("share.png"), site.settings.url)
            marks = newsroom.marked(newspaper.stories, options.now) if options.preview else {}
            stock = pages.Stock(prose, pictures, tuple(theme.assets.values()), marks)
            plan, unplanned = pages.plan(newspaper, stock, site)
            report.extend(unplanned)
            clock.lap("plan")

            drawing = press.Drawing(theme, pages.Composer(site, view, press.bodies(site)).compose)
            common = _common(site, view)
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
        finally:
            store.close()
    return Built(len(newspaper.stories), len(newspaper.editions), printed, clock.laps, newspaper, tuple(plan))


def _common(site: Site, view: msgspec.Struct) -> bytes:
    """The digest of what every page is made from: the settings, the navigation, the version of Broadsheet."""
    seen = (__version__, site.settings, view)
    return mixed(msgspec.msgpack.encode(seen))


def mixed(*parts: bytes) -> bytes:
    """One digest of several parts."""
    return blake2b(b"".join(parts), digest_size=16).digest()


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage], self._last = now - self._last, now
