"""The plan: every page of a newspaper, drawn by nobody yet.

In: the newspaper, the editor's own pages, the files that are printed as they are. Out: pages with their inputs, and
problems such as a picture that is not there.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from broadsheet.config import Site
from broadsheet.errors import Place, Problem, error
from broadsheet.model import Asset, Fault, Page, Prose, Story
from broadsheet.newspaper import Newspaper, Shelf
from broadsheet.pages import urls
from broadsheet.pages.columns import Columns
from broadsheet.pages.editionplan import EditionPlan
from broadsheet.pages.facts import FactFinder
from broadsheet.pages.inputs import (
    ArchiveInputs,
    AssetInputs,
    CorrectionsInputs,
    ListInputs,
    MonthInputs,
    Name,
    NamesInputs,
    PlainInputs,
    ProseInputs,
    StoryRef,
)
from broadsheet.pages.items import Items
from broadsheet.pages.names import named
from broadsheet.pages.sequence import place
from broadsheet.pages.storyplan import StoryPlan
from broadsheet.pages.threadplan import ThreadPlan
from broadsheet.pages.wireplan import WirePlan


class Stock(msgspec.Struct, frozen=True):
    """What a plan draws on besides the newspaper.

    ``pictures`` are by their name below content/, and so are the ``faults`` of those that cannot be shown; ``cards``
    are the share cards of stories, by id. ``static`` are the theme's files, ``marks`` what a preview tells of a story,
    by its id. ``templates`` are those of a theme that stands alone: what it has none for is not printed.
    """

    prose: Sequence[Prose] = ()
    pictures: Mapping[str, Asset] = {}
    static: Sequence[Asset] = ()
    marks: Mapping[str, tuple[str, ...]] = {}
    templates: frozenset[str] | None = None
    faults: Mapping[str, Fault] = {}
    cards: Mapping[str, Asset] = {}


def plan(newspaper: Newspaper, stock: Stock, site: Site) -> tuple[list[Page], list[Problem]]:
    """Every page to be printed, in the order of drawing; of two at one path only the first, and an error names both."""
    planner = _Planner(newspaper, stock, site)
    pages: dict[str, Page] = {}
    for page in planner.pages():
        if stock.templates is not None and page.template.endswith(".html") and page.template not in stock.templates:
            continue
        other = pages.setdefault(page.path, page)
        if other is not page and page.path not in planner.shared:
            message = f"/{page.path} is also the path of {other.origin or other.template}"
            hint = "Rename one of the two."
            planner.problems.append(error("path-twice", message, Place(page.origin or page.template), hint))
    return sorted(pages.values(), key=place), planner.problems


class _Planner:
    """What the pages of one newspaper share: items, names, editions, facts."""

    def __init__(self, newspaper: Newspaper, stock: Stock, site: Site) -> None:
        self.newspaper = newspaper
        self.stock = stock
        self.site = site
        self.problems: list[Problem] = []
        drawn = [variant for asset in stock.pictures.values() for variant in (asset, *asset.variants)]
        self.shared = {asset.path for asset in (*drawn, *stock.cards.values())}  # one picture twice is no clash
        self.made = Items(
            newspaper.stories, stock.pictures, stock.faults, stock.cards, stock.marks, site, self.problems
        )
        self.items = self.made.by_id
        least = site.settings.topic_minimum
        self.topics = self._titled(shelf for shelf in newspaper.topics if len(shelf.stories) >= least)
        self.authors, self.sources = self._titled(newspaper.authors), self._titled(newspaper.sources)
        self.shelves = (*newspaper.sections, *self.topics, *self.authors, *self.sources)
        self.names = named(self.shelves, self.made.titled)
        self.links = {id_: StoryRef(item.story, item.address) for id_, item in self.items.items()}
        self.threads = ThreadPlan(newspaper, self.items, self.links, self.names, self.made.titled)
        self.editions = EditionPlan(
            newspaper.editions, self.items, self.names["section"], self.made.days, self.threads.running
        )
        self.stories = StoryPlan(newspaper, self.made, self.links, self.names, self.threads, self.editions)
        latest = (newspaper.editions[0], self.editions.refs[0]) if newspaper.editions else None
        self.facts = FactFinder(self.names, Columns(self.made.days), latest)

    def pages(self) -> Iterator[Page]:
        """Pages one kind after another; the sitemap, which lists the others, comes after them."""
        listed: list[tuple[str, dt.datetime | None]] = []
        for page, changed in self._listed():
            listed.append((page.path.removesuffix("index.html"), changed))
            yield page
        yield Page(urls.NOT_FOUND, "404.html", PlainInputs(urls.NOT_FOUND))
        yield from self._wire().pages(listed)
        variants = (variant for asset in self.made.shown.values() for variant in (asset, *asset.variants))
        cards = (card for id_, card in self.stock.cards.items() if id_ in self.items)
        for asset in (*self.stock.static, *variants, *cards):
            yield Page(asset.path, "", AssetInputs(asset), asset.file)

    def _listed(self) -> Iterator[tuple[Page, dt.datetime | None]]:
        """The pages that readers come to, and when each last changed where that is known."""
        editions = self.newspaper.editions
        if self.stock.templates and "latest.html" in self.stock.templates:
            yield self._latest(), None
        elif editions:
            yield self.editions.page(0, front=True), _changed(editions[0].stories)
        else:
            yield Page(urls.file(urls.FRONT), "empty.html", PlainInputs(urls.FRONT)), None
        for number, edition in enumerate(editions):
            yield self.editions.page(number), _changed(edition.stories)
        yield from self.stories.pages()
        lists = (self._lists(), self.threads.pages(), self.editions.years(), self._archive(), self._indexes())
        for page in itertools.chain(*lists, self._corrections(), self._prose()):
            yield page, None
        if self.site.settings.search and self.newspaper.stories:
            yield Page(urls.file(urls.SEARCH), "search.html", PlainInputs(urls.SEARCH)), None

    def _latest(self) -> Page:
        """The front page of a theme that prints no editions: the newest stories."""
        stories = self.newspaper.stories[: self.site.settings.per_page]
        items = tuple([self.items[story.id] for story in stories])
        inputs = ListInputs(
            "latest", self.site.settings.title, urls.FRONT, items, 1, 1, len(items), feed=False, facts=None
        )
        return Page(urls.file(urls.FRONT), "latest.html", inputs)

    def _lists(self) -> Iterator[Page]:
        for shelf in self.shelves:
            address, count, feed = urls.shelf(shelf), len(shelf.stories), self._has_feed(shelf)
            facts = self.facts.facts(shelf)
            for page, pages, stories in _paged(shelf.stories, self.site.settings.per_page):
                items = tuple([self.items[story.id] for story in stories])
                told = facts if page == 1 else None
                inputs = ListInputs(shelf.kind, shelf.name, address, items, page, pages, count, feed, told)
                yield Page(urls.file(urls.numbered(address, page)), "list.html", inputs)

    def _archive(self) -> Iterator[Page]:
        months = [
            (first, list(stories))
            for first, stories in itertools.groupby(
                self.newspaper.stories, key=lambda story: self.made.days[story.id].replace(day=1)
            )
        ]
        counts = tuple((first, len(stories)) for first, stories in months)
        if months:
            yield Page(urls.file(urls.ARCHIVE), "archive.html", ArchiveInputs(urls.ARCHIVE, counts))
        for _, group in itertools.groupby(counts, key=lambda month: month[0].year):
            of_year = tuple(group)
            address = urls.year(of_year[0][0].year)
            yield Page(urls.file(address), "archive.html", ArchiveInputs(address, of_year))
        for first, found in months:
            address = urls.month(first)
            for page, pages, stories in _paged(found, self.site.settings.per_page):
                items = tuple([self.items[story.id] for story in stories])
                inputs = MonthInputs(first, address, items, page, pages, len(found))
                yield Page(urls.file(urls.numbered(address, page)), "list.html", inputs)

    def _indexes(self) -> Iterator[Page]:
        """The pages of all topics, all authors, all sources."""
        for kind, address, shelves in (
            ("topics", urls.TOPICS, self.topics),
            ("authors", urls.AUTHORS, self.authors),
            ("sources", urls.SOURCES, self.sources),
        ):
            if shelves:
                names = tuple(Name(shelf.name, urls.shelf(shelf), len(shelf.stories)) for shelf in shelves)
                yield Page(urls.file(address), "index.html", NamesInputs(kind, address, names))

    def _corrections(self) -> Iterator[Page]:
        """The page of all corrections, where there are any; the editor's own page of that name is its beginning."""
        found = [(made.date, made.text, story) for story in self.newspaper.stories for made in story.corrections]
        if found:
            found.sort(key=lambda one: one[0], reverse=True)
            entries = tuple((date, text, self.links[story.id]) for date, text, story in found)
            own = next((prose for prose in self.stock.prose if urls.prose(prose.slug) == urls.CORRECTIONS), None)
            inputs = CorrectionsInputs(entries, own, self.made.pictures(own) if own else ())
            yield Page(urls.file(urls.CORRECTIONS), "corrections.html", inputs)

    def _prose(self) -> Iterator[Page]:
        folder = f"{self.site.settings.content}/pages"
        corrected = any(story.corrections for story in self.newspaper.stories)
        for prose in self.stock.prose:
            address = urls.prose(prose.slug)
            if address != urls.CORRECTIONS or not corrected:
                inputs = ProseInputs(prose, address, self.made.pictures(prose))
                yield Page(urls.file(address), "prose.html", inputs, f"{folder}/{prose.path}")

    def _wire(self) -> WirePlan:
        shelves = [shelf for shelf in (*self.shelves, *self.threads.shelves()) if self._has_feed(shelf)]
        return WirePlan(
            self.newspaper,
            shelves,
            self.items,
            self.made.pictures,
            self.editions.page,
            self.site,
            problems=self.problems,
            moved=tuple(self.threads.moved()),
        )

    def _titled(self, shelves: Iterable[Shelf]) -> tuple[Shelf, ...]:
        return tuple([msgspec.structs.replace(one, name=self.made.titled(one.name)) for one in shelves])

    def _has_feed(self, shelf: Shelf) -> bool:
        """Whether the settings want a feed of it; authors and sources of a single story have none."""
        wanted = shelf.kind in self.site.settings.feed_kinds
        return wanted and (shelf.kind in ("section", "topic") or len(shelf.stories) > 1)


def _changed(stories: Iterable[Story]) -> dt.datetime:
    return max([story.updated or story.date for story in stories])


def _paged(stories: Sequence[Story], size: int) -> Iterator[tuple[int, int, Sequence[Story]]]:
    pages = -(-len(stories) // size)
    return ((page, pages, stories[(page - 1) * size : page * size]) for page in range(1, pages + 1))
