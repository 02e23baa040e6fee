"""The order of a build: snapshot → plan → pages that are stale → output. The one function that knows what is stale.

In: a site and a moment. Out: a site built below output/, and a report. Nothing here prints. Where nothing has changed
since the last build it loads next to nothing, so what the work itself needs is imported where that begins.
"""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from broadsheet import __version__
from broadsheet.cache import lock, snapshot
from broadsheet.cache.snapshot import Due, LastBuild, Snapshot, Tally, WaitingList
from broadsheet.pipeline.options import Options, Progress, silent
from broadsheet.workers import cores

if TYPE_CHECKING:
    import datetime as dt

    from broadsheet import render
    from broadsheet.cache.store import Store
    from broadsheet.config import Site
    from broadsheet.errors import Report
    from broadsheet.model import EditionNote, Newspaper, Page, Story
    from broadsheet.pipeline.plan import WholePlan
    from broadsheet.pipeline.savedplan import SavedPlan

__all__ = [
    "Built", "Options", "Progress", "SiteContents", "build", "desk", "opened", "saved_plan", "silent", "undisturbed",
    "update",
]  # fmt: skip


class Built(msgspec.Struct, frozen=True):
    """What a build did. ``seconds`` is by stage; ``next`` is when the site must be built again, if it must.

    ``read`` are all stories that were read, also those that are not out. ``held`` and ``open`` are as in ``Tally``.
    """

    stories: int
    editions: int
    printed: render.RenderResult
    seconds: dict[str, float]
    newspaper: Newspaper
    plan: tuple[Page, ...]
    next: Due | None = None
    read: tuple[Story, ...] = ()
    held: WaitingList = WaitingList()
    open: WaitingList = WaitingList()


class _Done(msgspec.Struct, frozen=True):
    """What an increment did; where a whole plan was made, that and what became of its pages."""

    tally: Tally
    printed: render.RenderResult | None = None
    plan: WholePlan | None = None


Ready = Callable[["WholePlan", "render.Theme"], None]  # is called as soon as it is known what is to be rendered


def update(site: Site, options: Options, report: Report, tell: Progress = silent) -> Tally:
    """Bring what was built of a site up to date, with the least that has to be done; problems go into the report.

    Raises BroadsheetError where nothing can be built at all.
    """
    return _increment(site, options, report, tell).tally


def build(
    site: Site, options: Options, report: Report, tell: Progress = silent, ready: Ready = lambda _plan, _theme: None
) -> Built:
    """The same for whoever looks at the whole plan, which is made however little has changed.

    ``ready`` is called with it before any page is rendered.
    """
    done = _increment(site, options, report, tell, ready)
    tally, plan, printed = done.tally, done.plan, done.printed
    if plan is None or printed is None:
        raise AssertionError  # ``ready`` asks for them
    return Built(
        stories=tally.stories,
        editions=tally.editions,
        printed=printed,
        seconds=tally.seconds,
        newspaper=plan.newspaper,
        plan=plan.pages,
        next=tally.next,
        read=tuple(plan.sources.stories),
        held=tally.held,
        open=tally.open,
    )


def _increment(site: Site, options: Options, report: Report, tell: Progress, ready: Ready | None = None) -> _Done:
    """One increment. The plan of the last build is given the stories that were edited since, or a whole one is made;
    those of its pages are rendered whose key is not the saved one.
    """
    clock = _Clock()
    report.suppress(site.suppressions.covers)
    report.extend(site.warnings)
    last, seen = None, None
    if not options.preview:  # a preview has what was built in memory, and nobody relies on what it left on the disk
        last = snapshot.load(site)
        seen = snapshot.look(site, options.code, partial(_load, last))
    same = last and seen and not ready and not last.due(options.now) and last.same_rest(site, seen)
    if last and seen and same and last.same_stories(seen):
        report.extend(last.problems)
        return _Done(last.tally)
    from broadsheet.pipeline.increment import Increment
    from broadsheet.pipeline.savedplan import EditedPlan

    options = msgspec.structs.replace(options, workers=options.workers or cores())
    with (
        undisturbed(),
        lock.held(site.root, "build"),
        contextlib.closing(opened(site)) as store,
        contextlib.ExitStack() as meanwhile,
    ):
        work = Increment(site, options, report, tell, store, seen, meanwhile)
        plan: EditedPlan | WholePlan | None = None
        if last and same and last == snapshot.load(site):  # no other build came between
            plan = work.edited_plan(last)
        clock.lap("look")
        plan = plan or work.whole_plan(clock.lap, ready)
        printed = work.render(plan)
        clock.lap("print")
        work.index()
        clock.lap("index")
        work.compare()
        clock.lap("compare")
        tally = work.keep(clock.laps)
    return _Done(tally, printed, None if isinstance(plan, EditedPlan) else plan)


def _load(last: LastBuild | None, seen: Snapshot) -> None:
    """Load what will be needed while other processes still look at the output."""
    if not last or last.rest != seen.rest or not last.same_stories(seen):
        import_module("broadsheet.pipeline.increment")


@contextlib.contextmanager
def saved_plan(site: Site, kinds: Sequence[Any] = ()) -> Iterator[SavedPlan]:
    """The plan of the last build, for as long as nothing is built. Raises LookupError where there is none.

    ``kinds`` are the site's own kinds of pages.
    """
    from broadsheet.pipeline.savedplan import SavedPlan

    with lock.held(site.root, "why"), contextlib.closing(opened(site)) as store:
        yield SavedPlan(site, store, kinds)


def opened(site: Site) -> Store:
    """The cache of a site, whose lock is to be held while it is used."""
    from broadsheet.cache.store import Store
    from broadsheet.pipeline.reading import rules

    return Store(site.cache, __version__, str(rules(site)))


def prepare(site: Site) -> None:
    """Read every story, so that the next build finds it in the cache. Raises BroadsheetError as ``build`` does."""
    from broadsheet.errors import Report
    from broadsheet.pipeline.reading import read_stories

    with lock.held(site.root, "build"), contextlib.closing(opened(site)) as store:
        read_stories(site, store, Report(), silent, cores(), keep_broken=True)


class SiteContents(msgspec.Struct, frozen=True):
    """What an editor works on: every story, the notes on editions, and the newspaper that they make."""

    stories: tuple[Story, ...]
    notes: tuple[EditionNote, ...]
    newspaper: Newspaper


def desk(site: Site, now: dt.datetime, report: Report) -> SiteContents:
    """A site's newspaper as of ``now``, with nothing printed; problems go into the report. Raises BroadsheetError."""
    from broadsheet import newsroom, published
    from broadsheet.content import positions
    from broadsheet.errors import Report
    from broadsheet.pipeline.reading import read_editions, read_stories

    report.suppress(site.suppressions.covers)
    with lock.held(site.root, "desk"), contextlib.closing(opened(site)) as store:
        record = published.load(site, Report())
        stories = newsroom.noticed(read_stories(site, store, report, silent, cores()), record.addresses())
        notes = read_editions(site, report, now)
        newspaper, problems = newsroom.assemble(
            stories,
            site.settings,
            now=now,
            notes=notes,
            published=record.editions(),
            addresses=record.addresses(),
            memory=store,
        )
        report.extend(positions.placed(site.root, problems))
    return SiteContents(tuple(stories), notes, newspaper)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
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
