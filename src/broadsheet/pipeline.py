"""The one function that knows the order: stories → newspaper → plan → output.

In: a site and a moment. Out: a site built below output/, and a report. Nothing here prints.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from broadsheet import __version__, honesty, lines, newsroom, pages, past, press, standing
from broadsheet.config import Site
from broadsheet.errors import Report
from broadsheet.model import Asset, EditionNote, Fault, Newspaper, Page, Prose, Story
from broadsheet.reading import read_editions, read_prose, read_stories, rules
from broadsheet.standing import Due, Tally
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
    """What a build did. ``seconds`` is by stage; ``next`` is when the site must be built again, if it must.

    ``read`` are all stories that were read, also those that are not out.
    """

    stories: int
    editions: int
    printed: press.Printed
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


class Sources(msgspec.Struct, frozen=True):
    """All that a site is made from besides its settings and the clock.

    ``pictures`` are by their name below content/, and so are the ``faults`` of those that cannot be shown. ``static``
    are the theme's files by their name, ``templates`` those of a theme that stands alone, ``titles`` what the theme
    calls pages. ``cards`` are the share cards of stories, by id.
    """

    stories: Sequence[Story]
    notes: tuple[EditionNote, ...]
    prose: tuple[Prose, ...]
    pictures: Mapping[str, Asset]
    static: Mapping[str, Asset]
    templates: frozenset[str] | None
    titles: Mapping[str, str] = {}
    faults: Mapping[str, Fault] = {}
    cards: Mapping[str, Asset] = {}


class Layout(msgspec.Struct, frozen=True):
    """What is to be printed, before any page is drawn: the newspaper, the site as every page sees it, the plan.

    ``stock`` is what the plan was made of besides the newspaper.
    """

    newspaper: Newspaper
    view: pages.SiteView
    stock: pages.Stock
    plan: tuple[Page, ...]


Ready = Callable[[Sources, Layout, press.Theme], None]  # is called as soon as it is known what is to be printed


def _nobody(_sources: Sources, _layout: Layout, _theme: press.Theme) -> None:
    """Nobody waits for it."""


def build(site: Site, options: Options, report: Report, tell: Tell = silent, ready: Ready = _nobody) -> Built:
    """Build a site; problems go into the report. Raises BroadsheetError where nothing can be built at all."""
    clock = _Clock()
    report.hush(site.silence.covers)
    workers = options.workers or cores()
    with _undisturbed(), press.locked(site.cache):
        output = press.Output(site.output, site.settings.output)
        store = press.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            made_from = None if options.preview else standing.sources(site, options.filters)
            theme = press.Theme(site, pages.base(site), options.filters)
            report.extend(theme.chosen.warnings)
            sources = gather(site, options, theme, store, report, tell, clock.lap)
            layout = lay_out(site, options, sources, store, report, clock.lap)
            newspaper, plan = layout.newspaper, layout.plan
            ready(sources, layout, theme)

            bodies = press.bodies(site)
            drawing = press.Drawing(theme, pages.Composer(site, layout.view, bodies).compose)
            common = common_digest(site, layout.view, options.filters)
            gc.freeze()  # what was made up to here stays to the end, in every process
            search = press.Search(site, store, output, wanted=pages.searched(plan) and not options.preview)
            printed = press.print_pages(
                plan,
                drawing,
                output,
                store,
                key=lambda page: mixed(pages.digest(page), drawing.reach(page), common),
                beside=search.paths,
                workers=1 if options.preview else workers,  # a preview draws meanwhile what browsers ask for
                tell=lambda done, of: tell("printing", done, of),
            )
            report.extend(printed.problems)
            store.commit()
            if printed.drawn or printed.removed:
                past.remember(site, _past(site, options, sources, drawing, plan, common))
            clock.lap("print")
            indexed = search.update(plan, pages.entries, bodies, workers, lambda done, of: tell("indexing", done, of))
            report.extend(indexed.problems)
            clock.lap("index")
            remember = options.remember and not options.preview and printed.drawn > 0
            report.extend(honesty.check(site, newspaper.stories, remember=remember))
            clock.lap("compare")
            following = next(iter(newsroom.coming(sources.stories, options.now)), None)
            count, editions = len(newspaper.stories), len(newspaper.editions)
            built = Built(count, editions, printed, clock.laps, newspaper, plan, following, tuple(sources.stories))
            if not options.preview:
                standing.remember(site, made_from, options.now, built.tally, report)
        finally:
            store.close()
    return built


def gather(
    site: Site,
    options: Options,
    theme: press.Theme,
    store: press.Store,
    report: Report,
    tell: Tell = silent,
    lap: Callable[[str], None] = lambda _stage: None,
) -> Sources:
    """All that a site is made from, read where it changed; pictures are made here. Problems go into the report."""
    workers = options.workers or cores()
    stories = read_stories(site, store, report, tell, workers, keep_broken=options.preview)
    prose, notes = read_prose(site, report), read_editions(site, report)
    lap("read")
    named = pages.pictured(stories, prose)
    pictures = press.pictures(site, named, store, workers, lambda done, of: tell("pictures", done, of))
    cards: dict[str, Asset] = {}
    if "share.png" in theme.assets and not options.preview:  # a theme without a card for the site shows none
        cards = press.share_cards(
            site,
            pages.headlines(stories, site),
            pages.written,
            store,
            workers,
            lambda done, of: tell("share cards", done, of),
        )
    lap("pictures")
    return Sources(
        stories=stories,
        notes=notes,
        prose=prose,
        pictures=pictures.assets,
        static=theme.assets,
        templates=theme.templates,
        titles=press.titles(theme),
        faults=pictures.faults,
        cards=cards,
    )


def lay_out(
    site: Site,
    options: Options,
    sources: Sources,
    memory: press.Store,
    report: Report,
    lap: Callable[[str], None] = lambda _stage: None,
) -> Layout:
    """What is to be printed of these sources; problems go into the report."""
    newspaper, problems = newsroom.assemble(
        sources.stories,
        site.settings,
        now=options.now,
        preview=options.preview,
        notes=sources.notes,
        memory=memory,
        workers=options.workers or cores(),
    )
    report.extend(lines.placed(site.root, problems))
    lap("assemble")
    view = pages.site_view(site, newspaper, sources.prose)
    view = pages.with_titles(view, sources.titles)
    view = pages.with_share(view, sources.static.get("share.png"), site.settings.url)
    marks = newsroom.marked(newspaper.stories, options.now) if options.preview else {}
    stock = pages.Stock(
        prose=sources.prose,
        pictures=sources.pictures,
        static=tuple(sources.static.values()),
        marks=marks,
        templates=sources.templates,
        faults=sources.faults,
        cards=sources.cards,
    )
    plan, unplanned = pages.plan(newspaper, stock, site)
    report.extend(unplanned)
    lap("plan")
    return Layout(newspaper, view, stock, tuple(plan))


class Desk(msgspec.Struct, frozen=True):
    """What an editor works on: every story, the notes on editions, and the newspaper that they make."""

    stories: tuple[Story, ...]
    notes: tuple[EditionNote, ...]
    newspaper: Newspaper


def desk(site: Site, now: dt.datetime, report: Report) -> Desk:
    """A site's newspaper as of ``now``, with nothing printed; problems go into the report. Raises BroadsheetError."""
    report.hush(site.silence.covers)
    with press.locked(site.cache):
        store = press.Store(site.cache, f"{__version__}:{rules(site)}")
        try:
            stories = read_stories(site, store, report, silent, cores())
            notes = read_editions(site, report)
            newspaper, problems = newsroom.assemble(stories, site.settings, now=now, notes=notes, memory=store)
            report.extend(lines.placed(site.root, problems))
        finally:
            store.close()
    return Desk(tuple(stories), notes, newspaper)


def common_digest(site: Site, view: pages.SiteView, filters: Mapping[str, Callable[..., Any]]) -> bytes:
    """The digest of what every page is made from: the settings, the navigation, the site's own filters, the version."""
    seen = (__version__, past.visible(site.settings), view, past.written(filters))
    return mixed(msgspec.msgpack.encode(seen))


def _past(
    site: Site, options: Options, sources: Sources, drawing: press.Drawing, plan: Sequence[Page], common: bytes
) -> past.Past:
    kinds = {page.template: page for page in plan}
    return past.Past(
        version=__version__,
        moment=options.now,
        settings=past.visible(site.settings),
        filters=past.written(options.filters),
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
