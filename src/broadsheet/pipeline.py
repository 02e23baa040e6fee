"""The one function that knows the order: stories → newspaper → plan → output.

In: a site and a moment. Out: a site built below output/, and a report. Nothing here prints.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from broadsheet import __version__, fact_guard, newsroom, pages, render, retouch
from broadsheet.cache import lock
from broadsheet.config import Site
from broadsheet.content import positions
from broadsheet.errors import Report
from broadsheet.layout import Layout, Options, Sources, Tell, common_digest, gather, lay_out, mixed, silent
from broadsheet.memory import past, standing
from broadsheet.memory.standing import Due, Tally
from broadsheet.model import Page, Story
from broadsheet.newspaper import EditionNote, Newspaper
from broadsheet.reading import read_editions, read_stories, rules
from broadsheet.workers import cores

__all__ = ["Built", "Desk", "Options", "Tell", "build", "desk", "silent"]


class Built(msgspec.Struct, frozen=True):
    """What a build did. ``seconds`` is by stage; ``next`` is when the site must be built again, if it must.

    ``read`` are all stories that were read, also those that are not out.
    """

    stories: int
    editions: int
    printed: render.Printed
    seconds: dict[str, float]
    newspaper: Newspaper
    plan: tuple[Page, ...]
    next: newsroom.Change | None = None
    read: tuple[Story, ...] = ()

    @property
    def tally(self) -> Tally:
        """The same in numbers."""
        made, due = self.printed, self.next
        return Tally(
            stories=self.stories,
            editions=self.editions,
            pages=made.planned,
            drawn=made.drawn,
            written=made.written,
            removed=made.removed,
            seconds=self.seconds,
            next=Due(due.moment, due.deed, due.story.path) if due else None,
        )


Ready = Callable[[Sources, Layout, render.Theme], None]  # is called as soon as it is known what is to be printed


def _nobody(_sources: Sources, _layout: Layout, _theme: render.Theme) -> None:
    """Nobody waits for it."""


def build(
    site: Site,
    options: Options,
    report: Report,
    tell: Tell = silent,
    ready: Ready = _nobody,
    seen: standing.Look | None = None,
) -> Built:
    """Build a site; problems go into the report. Raises BroadsheetError where nothing can be built at all.

    ``seen`` is what it is made from, for whoever has looked a moment ago.
    """
    clock = _Clock()
    report.hush(site.silence.covers)
    workers = options.workers or cores()
    with _undisturbed(), lock.held(site.root, "build"):
        if not options.preview:
            seen = seen or standing.look(site, options.code)
        output = render.Output(site.output, site.settings.output, seen.output if seen else None)
        store = render.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            bodies = render.Bodies(site)
            files = seen.stories if seen and seen.whole else ()
            theme = render.Theme(site, pages.base(site), options.filters)
            report.extend(theme.chosen.warnings)
            stories = read_stories(
                site, store, report, tell, workers, keep_broken=options.preview, files=files, bodies=bodies
            )
            sources = gather(site, options, theme, store, report, stories, tell, clock.lap)
            layout = lay_out(site, options, sources, store, report, clock.lap)
            newspaper, plan = layout.newspaper, layout.plan
            ready(sources, layout, theme)

            drawing = render.Drawing(theme, pages.Composer(site, layout.view, bodies, options.pages).compose)
            common = common_digest(site, layout.view, options.code)
            gc.freeze()  # what was made up to here stays to the end, in every process
            searched = pages.searched(plan) and not options.preview
            search = render.Search(site, store, output, wanted=searched)
            bodies.again = searched or site.settings.feed_text == "full"
            printed = render.print_pages(
                plan,
                drawing,
                output,
                store,
                render.Marks(lambda page: mixed(pages.digest(page), drawing.reach(page), common), pages.frame),
                beside=search.paths,
                workers=1 if options.preview else workers,  # a preview draws meanwhile what browsers ask for
                tell=lambda done, of: tell("printing", done, of),
            )
            report.extend(printed.problems)
            if not options.preview:
                retouch.remember(store, layout.view, sources.stories, newspaper.stories)
            store.commit()
            if printed.drawn or printed.removed:
                past.remember(site, _past(site, options, sources, drawing, plan, common))
            clock.lap("print")
            indexed = search.update(plan, pages.entries, bodies, workers, lambda done, of: tell("indexing", done, of))
            report.extend(indexed.problems)
            clock.lap("index")
            remember = options.remember and not options.preview and printed.drawn > 0
            report.extend(fact_guard.check(site, newspaper.stories, remember=remember))
            clock.lap("compare")
            following = next(iter(newsroom.coming(sources.stories, options.now)), None)
            count, editions = len(newspaper.stories), len(newspaper.editions)
            built = Built(count, editions, printed, clock.laps, newspaper, plan, following, tuple(sources.stories))
            if not options.preview:
                standing.remember(site, seen, options.now, built.tally, report, output.files())
        finally:
            store.close()
    return built


def prepare(site: Site) -> None:
    """Read every story, so that the next build finds it in the cache. Raises BroadsheetError as ``build`` does."""
    with lock.held(site.root, "build"):
        store = render.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            read_stories(site, store, Report(), silent, cores(), keep_broken=True)
        finally:
            store.close()


class Desk(msgspec.Struct, frozen=True):
    """What an editor works on: every story, the notes on editions, and the newspaper that they make."""

    stories: tuple[Story, ...]
    notes: tuple[EditionNote, ...]
    newspaper: Newspaper


def desk(site: Site, now: dt.datetime, report: Report) -> Desk:
    """A site's newspaper as of ``now``, with nothing printed; problems go into the report. Raises BroadsheetError."""
    report.hush(site.silence.covers)
    with lock.held(site.root, "desk"):
        store = render.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            stories = read_stories(site, store, report, silent, cores())
            notes = read_editions(site, report, now)
            newspaper, problems = newsroom.assemble(stories, site.settings, now=now, notes=notes, memory=store)
            report.extend(positions.placed(site.root, problems))
        finally:
            store.close()
    return Desk(tuple(stories), notes, newspaper)


def _past(
    site: Site, options: Options, sources: Sources, drawing: render.Drawing, plan: Sequence[Page], common: bytes
) -> past.Past:
    kinds = {page.template: page for page in plan}
    return past.Past(
        version=__version__,
        moment=options.now,
        settings=past.visible(site.settings),
        filters=past.written(options.code),
        notes=sources.notes,
        prose=sources.prose,
        pictures=dict(sources.pictures),
        cards=dict(sources.cards),
        static=dict(sources.static),
        templates=sources.templates,
        titles=dict(sources.titles),
        reached={name: drawing.theme.reached(name) for name in kinds if name.endswith(".html")},
        reach={name: drawing.reach(page) for name, page in kinds.items()},
        common=common,
    )


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
