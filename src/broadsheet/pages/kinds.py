"""The kinds of pages that Broadsheet knows, in the order in which they are planned; a site adds its own.

In: a newspaper and what stands beside it; a page. Out: every page to be printed; the views of a page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from broadsheet import locales
from broadsheet.config import Site
from broadsheet.disk import folders
from broadsheet.errors import Place, Problem, error
from broadsheet.model import Asset, Newspaper, Page
from broadsheet.pages import translations, urls
from broadsheet.pages.archive import ARCHIVE, MONTH
from broadsheet.pages.corrections import CORRECTIONS
from broadsheet.pages.edition import EDITION, YEARS
from broadsheet.pages.feed import EDITION_FEED, FEED, FEED_LIST
from broadsheet.pages.gone import GONE
from broadsheet.pages.kind import Bodies, Kind, Template, ViewContext, Views
from broadsheet.pages.listing import LIST, NAMES
from broadsheet.pages.navigation import alternate, fronts
from broadsheet.pages.offline import MANIFEST, WORKER
from broadsheet.pages.own import guarded, undrawn, written
from broadsheet.pages.plain import PLAIN, PROSE
from broadsheet.pages.plan import Items, PlanContext, Stock, joined
from broadsheet.pages.redirects import REDIRECT, REDIRECTS
from broadsheet.pages.robots import HEADERS, ROBOTS, RSL, TDM
from broadsheet.pages.site_files import FILE
from broadsheet.pages.sitemap import NEWS, SITEMAP
from broadsheet.pages.story import STORY
from broadsheet.pages.thread import THREAD
from broadsheet.pages.views import PageView, SiteView

LAST = float("inf")  # pages that print no stories, and feeds, which print what the stories' pages have printed

READERS = (EDITION, STORY, LIST, THREAD, YEARS, ARCHIVE, MONTH, NAMES, CORRECTIONS, PROSE, PLAIN)  # in the sitemap
FEEDS = (FEED, EDITION_FEED, FEED_LIST)
SITEMAPS = (SITEMAP, NEWS)
ONCE = (ROBOTS, RSL, TDM, HEADERS, MANIFEST, WORKER, FILE)  # for all languages of a site
MACHINES = (*FEEDS, *SITEMAPS, *ONCE)
MOVED = (REDIRECT, REDIRECTS, GONE)  # planned when all other pages are: an old address yields to a new page
KINDS = (*READERS, *MACHINES, *MOVED)
INPUTS = tuple(kind.inputs for kind in KINDS)  # what saved pages are made whole as

TEMPLATES: Mapping[str, Template] = {
    **{name: one for kind in KINDS for name, one in kind.templates.items()},
    "partials/titles.json": Template("What the theme calls pages, as JSON: the fields of ``Titles``, all or some.", {}),
}


def plan(newspaper: Newspaper, stock: Stock, site: Site) -> tuple[list[Page], list[Problem]]:
    """Every page to be printed, in the order of drawing; of two at one path only the first, and an error names both."""
    own, problems = guarded(stock.kinds, KINDS, site)
    planned = _Planned(_contexts(newspaper, stock, site, problems), own, stock, site)
    for kind in (*READERS, *own):
        for context in planned.contexts:
            planned.add(kind, context)
    translations.tell(planned.contexts)
    for kind in FEEDS:
        for context in planned.contexts:
            planned.add(kind, context)
    translations.tell_feeds(planned.pages)
    for kind in SITEMAPS:
        for context in planned.contexts:
            planned.add(kind, context)
    whole = joined(planned.contexts, newspaper)
    for kind in ONCE:
        planned.add(kind, whole)
    problems += _below_files(planned.pages, own, site)
    for kind in MOVED:
        planned.add(kind, whole)
    return sorted(planned.pages.values(), key=place), problems


def _contexts(newspaper: Newspaper, stock: Stock, site: Site, problems: list[Problem]) -> tuple[PlanContext, ...]:
    """What the pages of each language are planned from; the pages of all join one plan."""
    parts = newspaper.parts or {"": newspaper}
    shown: dict[str, Asset] = {}
    sites = site.languages
    made = [Items(parts[own.home], stock, own, problems, shown) for own in sites]
    everyone = {id_: item for items in made for id_, item in items.by_id.items()}
    contexts = tuple(
        PlanContext(parts[own.home], stock, own, items, everyone) for own, items in zip(sites, made, strict=True)
    )
    for context in contexts:
        context.languages = contexts
        context.pages = contexts[0].pages
    return contexts


class _Planned:
    """The pages of one plan, as they join it."""

    def __init__(self, contexts: tuple[PlanContext, ...], own: tuple[Kind, ...], stock: Stock, site: Site) -> None:
        self.contexts = contexts
        self.pages = contexts[0].pages
        self._own = own
        self._stock = stock
        self._site = site
        for context in contexts:
            context.own = {kind.inputs: kind.name for kind in own}
        drawn = [variant for asset in stock.pictures.values() for variant in (asset, *asset.variants)]
        self._shared = {asset.path for asset in (*drawn, *stock.cards.values())}  # one picture twice is no clash
        self._kinds = _by_inputs(own)

    def add(self, kind: Kind, context: PlanContext) -> None:
        """The pages of a kind in a language. A site's own kind that knows of no languages is of the first."""
        templates, listed = self._stock.templates, kind in READERS or kind in self._own
        for page in kind.plan(context):
            if templates is not None and page.template.endswith(".html") and page.template not in templates:
                if kind in self._own:
                    context.problems.append(undrawn(page, kind, self._site))
                continue
            if kind in self._own and not page.path.startswith(context.home):
                continue
            other = self.pages.setdefault(page.path, page)
            if other is page:
                if listed and not urls.lost(page.path):
                    address = page.path.removesuffix("index.html")
                    context.listed.append((address, _changed(page, self._kinds)))
                    if not self._kinds[type(page.inputs)].indexed(page.inputs):
                        context.unindexed.add(address)
            elif page.path not in self._shared:
                context.problems.append(_twice(page, other, context, self._own))


def inputs(own: Sequence[Any], site: Site) -> tuple[type[msgspec.Struct], ...]:
    """The types of the inputs of all kinds of pages, of the site's own too."""
    return (*INPUTS, *(kind.inputs for kind in guarded(own, KINDS, site)[0]))


def _twice(page: Page, other: Page, context: PlanContext, own: Sequence[Kind]) -> Problem:
    """The error of a page at the path of another; a page of a site's own kind is named by that kind."""
    message = f"/{page.path} is also the address of {context.source(other)}"
    return error("path-twice", message, _at(page, own, context.site), "Rename one of the two.")


def _below_files(pages: dict[str, Page], own: Sequence[Kind], site: Site) -> Iterator[Problem]:
    """Take out the pages whose folder is a file, with an error for each."""
    for path in folders(pages) & pages.keys():
        for below in [other for other in pages if other.startswith(f"{path}/")]:
            message = f"/{below} cannot exist: /{path} is a file"
            yield error("path-twice", message, _at(pages.pop(below), own, site), "Rename it.")


def _at(page: Page, own: Sequence[Kind], site: Site) -> Place:
    """Where a page comes from."""
    kind = next((kind for kind in own if kind.inputs is type(page.inputs)), None)
    return written(kind, site) if kind and not page.origin else Place(page.origin or page.template)


def place(page: Page) -> float:
    """Where a page comes in the order of drawing, the lower the newer: the age of its first story, in seconds.

    Pages that print the same stories are drawn one after another, so that what is made of a story, such as its card in
    lists, is at hand when the next page asks for it, however many stories there are.
    """
    kind = _BY_INPUTS.get(type(page.inputs))
    first = kind.newest(page.inputs) if kind else None
    return -first.story.date.timestamp() if first else LAST


def _changed(page: Page, kinds: Mapping[type, Kind]) -> dt.datetime | None:
    return kinds[type(page.inputs)].changed(page.inputs)


def _by_inputs(own: Sequence[Kind] = ()) -> dict[type, Kind]:
    return {kind.inputs: kind for kind in (*KINDS, *own)}


_BY_INPUTS = _by_inputs()


class Composer:
    """Makes the views of one site's pages; ``views`` are the site in each language, ``own`` its own kinds of pages."""

    def __init__(self, site: Site, views: Mapping[str, SiteView], bodies: Bodies, own: Sequence[Any] = ()) -> None:
        self._contexts = {one.home: ViewContext(one, views[one.home], bodies) for one in site.languages}
        self._languages = tuple(one.settings.language for one in site.languages)
        self._fronts = fronts(site)
        self._kinds = _by_inputs(guarded(own, KINDS, site)[0])

    def compose(self, page: Page) -> Views:
        """The views of a page by name; every HTML page sees ``site`` and ``page``."""
        context = self._contexts[urls.language(page.path, self._contexts)]
        kind = self._kinds[type(page.inputs)]
        views = kind.view(page.inputs, context)
        if "page" in views:
            view = self._told(views["page"], page, context)
            views["page"] = context.structured.complete(view, page.inputs, kind.structured)
        elif "feed" in views and page.translations:
            views["feed"] = msgspec.structs.replace(views["feed"], alternates=self._feeds(page, context))
        return {"site": context.view, **views}

    def _told(self, view: PageView, page: Page, context: ViewContext) -> PageView:
        """The view with what says the same in other languages, and with what readers of each are led to."""
        if not self._fronts:
            return view
        found = view.alternates or tuple(
            alternate(tag, address, view.title, context.at, here=urls.file(address) == page.path)
            for tag, address in page.translations
        )
        there = {locales.nearest(one.language, self._languages): one for one in found}
        own = self._fronts[0] if not context.home else next(one for one in self._fronts if one.url == context.view.home)
        led = tuple(
            there.get(front.language) or (msgspec.structs.replace(front, here=True) if front is own else front)
            for front in self._fronts
        )
        return msgspec.structs.replace(view, alternates=found, languages=led)

    def _feeds(self, page: Page, context: ViewContext) -> tuple[tuple[str, str], ...]:
        """The same feed in other languages: each a language with an absolute address."""
        return tuple((tag, context.at.absolute(address)) for tag, address in page.translations if address != page.path)
