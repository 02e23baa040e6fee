"""The kinds of pages that Broadsheet knows, in the order in which they are planned; a site adds its own.

In: a newspaper and what stands beside it; a page. Out: every page to be printed; the views of a page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from broadsheet.config import Site
from broadsheet.disk import folders
from broadsheet.errors import Place, Problem, error
from broadsheet.model import Newspaper, Page
from broadsheet.pages import urls
from broadsheet.pages.archive import ARCHIVE, MONTH
from broadsheet.pages.compose import Bodies, ViewContext
from broadsheet.pages.corrections import CORRECTIONS
from broadsheet.pages.edition import EDITION, YEARS
from broadsheet.pages.feed import EDITION_FEED, FEED, FEED_LIST
from broadsheet.pages.gone import GONE
from broadsheet.pages.hosts import HEADERS
from broadsheet.pages.kind import Kind, Template, Views
from broadsheet.pages.listing import LIST, NAMES
from broadsheet.pages.own import guarded, undrawn, written
from broadsheet.pages.plain import PLAIN
from broadsheet.pages.plan import PlanContext, Stock
from broadsheet.pages.prose import PROSE
from broadsheet.pages.redirects import REDIRECT, REDIRECTS
from broadsheet.pages.robots import ROBOTS, RSL, TDM
from broadsheet.pages.site_files import FILE
from broadsheet.pages.sitemap import NEWS, SITEMAP
from broadsheet.pages.story import STORY
from broadsheet.pages.thread import THREAD
from broadsheet.pages.views import SiteView

LAST = float("inf")  # pages that print no stories, and feeds, which print what the stories' pages have printed

READERS = (EDITION, STORY, LIST, THREAD, YEARS, ARCHIVE, MONTH, NAMES, CORRECTIONS, PROSE, PLAIN)  # in the sitemap
MACHINES = (FEED, EDITION_FEED, FEED_LIST, SITEMAP, NEWS, ROBOTS, RSL, TDM, HEADERS, FILE)
MOVED = (REDIRECT, REDIRECTS, GONE)  # planned when all other pages are: an old address yields to a new page
KINDS = (*READERS, *MACHINES, *MOVED)
INPUTS = tuple(kind.inputs for kind in KINDS)  # what saved pages are made whole as

TEMPLATES: Mapping[str, Template] = {
    **{name: one for kind in KINDS for name, one in kind.templates.items()},
    "partials/titles.json": Template("What the theme calls pages, as JSON: the fields of ``Titles``, all or some.", {}),
}


def plan(newspaper: Newspaper, stock: Stock, site: Site) -> tuple[list[Page], list[Problem]]:
    """Every page to be printed, in the order of drawing; of two at one path only the first, and an error names both."""
    context = PlanContext(newspaper, stock, site)
    own, problems = guarded(stock.kinds, KINDS, site)
    context.problems += problems
    context.own = {kind.inputs: kind.name for kind in own}
    drawn = [variant for asset in stock.pictures.values() for variant in (asset, *asset.variants)]
    shared = {asset.path for asset in (*drawn, *stock.cards.values())}  # one picture twice is no clash
    kinds = _by_inputs(own)
    pages = context.pages
    for kind in (*READERS, *own, *MACHINES, *MOVED):
        listed = kind not in MACHINES and kind not in MOVED
        if kind is REDIRECT:
            context.problems += _below_files(pages, own, site)
        for page in kind.plan(context):
            if stock.templates is not None and page.template.endswith(".html") and page.template not in stock.templates:
                if kind in own:
                    context.problems.append(undrawn(page, kind, site))
                continue
            other = pages.setdefault(page.path, page)
            if other is page:
                if listed and page.path != urls.NOT_FOUND:
                    context.listed.append((page.path.removesuffix("index.html"), _changed(page, kinds)))
            elif page.path not in shared:
                context.problems.append(_twice(page, other, context, own))
    return sorted(pages.values(), key=place), context.problems


def inputs(own: Sequence[Any], site: Site) -> tuple[type[msgspec.Struct], ...]:
    """The types of the inputs of all kinds of pages, of the site's own too."""
    return (*INPUTS, *(kind.inputs for kind in guarded(own, KINDS, site)[0]))


def _twice(page: Page, other: Page, context: PlanContext, own: Sequence[Kind]) -> Problem:
    """The error of a page at the path of another; a page of a site's own kind is named by that kind."""
    message = f"/{page.path} is also the path of {context.source(other)}"
    return error("path-twice", message, _at(page, own, context.site), "Rename one of the two.")


def _below_files(pages: dict[str, Page], own: Sequence[Kind], site: Site) -> Iterator[Problem]:
    """Take out the pages whose folder is a file, with an error for each."""
    for path in folders(pages) & pages.keys():
        for below in [other for other in pages if other.startswith(f"{path}/")]:
            message = f"/{below} cannot be there: /{path} is a file"
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
    """Makes the views of one site's pages; ``own`` are its own kinds of them."""

    def __init__(self, site: Site, view: SiteView, bodies: Bodies, own: Sequence[Any] = ()) -> None:
        self.view = view
        self.context = ViewContext(site, view, bodies)
        self._kinds = _by_inputs(guarded(own, KINDS, site)[0])

    def compose(self, page: Page) -> Views:
        """The views of a page by name; every HTML page sees ``site`` and ``page``."""
        kind = self._kinds[type(page.inputs)]
        views = kind.view(page.inputs, self.context)
        if "page" in views:
            views["page"] = self.context.structured.complete(views["page"], page.inputs, kind.structured)
        return {"site": self.view, **views}
