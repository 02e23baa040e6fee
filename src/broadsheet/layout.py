"""The layout: everything that is to be printed, before any page is drawn.

In: a site, a moment, what was read before. Out: what the site is made from, and of it the newspaper and the plan of
pages; problems join a report. Nothing below output/ is touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from broadsheet import __version__, newsroom, pages, render
from broadsheet.config import Site
from broadsheet.content import positions
from broadsheet.errors import Report
from broadsheet.memory import past
from broadsheet.model import Asset, Fault, Page, Prose, Story
from broadsheet.newspaper import EditionNote, Newspaper
from broadsheet.reading import read_editions, read_prose
from broadsheet.workers import cores

Tell = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def silent(_what: str, _done: int, _of: int) -> None:
    """Tells nobody."""


class Options(msgspec.Struct, frozen=True):
    """How to build: as of when, with drafts or without, for which address, with which filters for templates
    and kinds of pages of the site's own.

    ``remember`` says that what is built is published, and that what its stories claim is to be remembered.
    """

    now: dt.datetime
    preview: bool = False
    remember: bool = False
    filters: Mapping[str, Callable[..., Any]] = {}
    pages: Sequence[Any] = ()
    workers: int = 0  # 0: as many as there are processors

    @property
    def code(self) -> dict[str, Callable[..., Any]]:
        """The site's own functions that pages are made by."""
        return past.code(self.filters, self.pages)


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


def gather(
    site: Site,
    options: Options,
    theme: render.Theme,
    store: render.Store,
    report: Report,
    stories: Sequence[Story],
    tell: Tell = silent,
    lap: Callable[[str], None] = lambda _stage: None,
) -> Sources:
    """All that a site is made from: its stories, and what is read and made here. Problems go into the report."""
    workers = options.workers or cores()
    prose = read_prose(site, report, options.now, preview=options.preview)
    notes = read_editions(site, report, options.now)
    lap("read")
    named = pages.pictured(stories, (*prose, *(note.text for note in notes if note.text)))
    pictures = render.pictures(site, named, store, workers, lambda done, of: tell("pictures", done, of))
    cards: dict[str, Asset] = {}
    if "share.png" in theme.assets and not options.preview:  # a theme without a card for the site shows none
        cards = render.share_cards(
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
        titles=render.titles(theme),
        faults=pictures.faults,
        cards=cards,
    )


def lay_out(
    site: Site,
    options: Options,
    sources: Sources,
    memory: render.Store,
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
    report.extend(positions.placed(site.root, problems))
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
        kinds=tuple(options.pages),
    )
    plan, unplanned = pages.plan(newspaper, stock, site)
    report.extend(unplanned)
    lap("plan")
    return Layout(newspaper, view, stock, tuple(plan))


def common_digest(site: Site, view: pages.SiteView, code: Mapping[str, Callable[..., Any]]) -> bytes:
    """The digest of what every page is made from: the settings, the navigation, the site's own code, the version."""
    seen = (__version__, past.visible(site.settings), view, past.written(code))
    return mixed(msgspec.msgpack.encode(seen))


def mixed(*parts: bytes) -> bytes:
    """One digest of several parts."""
    return blake2b(b"".join(parts), digest_size=16).digest()
