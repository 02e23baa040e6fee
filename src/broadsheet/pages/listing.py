"""Lists: the pages of the terms of taxonomies – a section, topic, author – and those that name all terms of one.

In: the terms of a newspaper. Out: their pages, and of each all that its template may see.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter
from urllib.parse import urlsplit

import msgspec
from markupsafe import Markup

from broadsheet import iri
from broadsheet.config.taxonomies import SECTION, SOURCE, TOPIC, Taxonomy
from broadsheet.model import Asset, Edition, Page, Prose, Story, Term
from broadsheet.pages import urls
from broadsheet.pages.charts import ChartFigure, Columns, chart
from broadsheet.pages.inputs import EditionRef, Item, Name, Running, TermFacts
from broadsheet.pages.kind import Kind, ViewContext, Views, template
from broadsheet.pages.navigation import Names, TermPage
from broadsheet.pages.plan import PlanContext, paged
from broadsheet.pages.structured import Structured, Thing, first_picture
from broadsheet.pages.views import Card, Link, Pager, PageView, RunningView

NEIGHBOURS = 6  # topics beside which a thing is said to stand often
LATEST = 100  # stories in which they are looked for: what stood together long ago says little of today
THIN = 2  # stories from which the list of a topic, author or source is worth finding: one story is found by itself
TOGETHER = 2  # stories from which "often" may be said


class ListView(msgspec.Struct, frozen=True):
    """Stories in a list, the newest first: those of a section, topic, author, source or month, or of another term.

    ``kind`` is "month" or the name of the taxonomy. ``intro`` is the word of the editor on
    it, as safe HTML, on the first page.
    """

    kind: str
    name: str
    cards: tuple[Card, ...]
    count: int
    pager: Pager
    feed: str = ""
    facts: FactsView | None = None
    intro: Markup = Markup()


class FactsView(msgspec.Struct, frozen=True):
    """Facts on the first page of a list: its share of the latest edition, what often occurs with it, its chart."""

    share: tuple[int, int, Link] | None
    neighbours: tuple[Link, ...]
    chart: ChartFigure | None
    home: str
    licences: tuple[Link, ...]


class IndexView(msgspec.Struct, frozen=True):
    """A list of names, each with an address and a count: all terms of a taxonomy, or all threads.

    ``running`` are the threads with their newest developments; empty for taxonomies.
    """

    name: str
    entries: tuple[Link, ...]
    running: tuple[RunningView, ...] = ()


class ListInputs(msgspec.Struct, frozen=True, gc=False):
    """One page of a list of stories: number ``page`` of ``pages``, ``count`` stories in all.

    The first has ``facts``, and the editor's ``own`` words with the ``pictures`` that they show.
    """

    kind: str
    name: str
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int
    feed: bool
    facts: TermFacts | None
    own: Prose | None = None
    pictures: tuple[Asset, ...] = ()


class NamesInputs(msgspec.Struct, frozen=True):
    """A page of names: all terms of a taxonomy; all threads, with the newest story of each."""

    kind: str
    address: str
    names: tuple[Name, ...]
    running: tuple[Running, ...] = ()


def latest(context: PlanContext) -> Page:
    """The front page of a theme that prints no editions: the newest stories."""
    stories = context.newspaper.stories[: context.site.settings.per_page]
    items = tuple([context.items[story.id] for story in stories])
    inputs = ListInputs(
        "latest", context.site.settings.title, context.home, items, 1, 1, len(items), feed=False, facts=None
    )
    return Page(urls.file(context.home), "latest.html", inputs)


def _plan(context: PlanContext) -> Iterator[Page]:
    newspaper = context.newspaper
    edition = (newspaper.editions[0], context.refs[0]) if newspaper.editions else None
    finder = FactFinder(context.rows, context.names, Columns(context.made.days), edition)
    for one in itertools.chain.from_iterable(context.terms.values()):
        row, term, address = one
        count, facts = len(term.stories), finder.facts(one)
        for page, pages, stories in paged(term.stories, context.site.settings.per_page):
            items = tuple([context.items[story.id] for story in stories])
            told, own = (facts, context.introduction(address)) if page == 1 else (None, (None, ()))
            inputs = ListInputs(row.name, term.name, address, items, page, pages, count, one.feed, told, *own)
            yield Page(urls.file(urls.numbered(address, page)), "list.html", inputs)


def _plan_names(context: PlanContext) -> Iterator[Page]:
    """The page of all terms of a taxonomy: all topics, all authors."""
    for row in context.rows:
        if row.index and context.terms[row.name]:
            names = tuple(Name(term.name, own, len(term.stories)) for _, term, own in context.terms[row.name])
            address = context.below(row.address)
            yield Page(urls.file(address), "index.html", NamesInputs(row.folder, address, names))


def _view(made: ListInputs, context: ViewContext) -> Views:
    view = ListView(
        kind=made.kind,
        name=made.name,
        cards=tuple(map(context.card, made.items)),
        count=made.count,
        pager=context.pager(made.address, made.page, made.pages),
        feed=context.at.local(urls.feed(made.address)) if made.feed else "",
        facts=_facts(made.facts, context) if made.facts else None,
        intro=context.body(made.own, made.pictures) if made.own else Markup(),
    )
    feed = (made.name, urls.feed(made.address)) if made.feed else None
    page = context.page(
        "list",
        urls.numbered(made.address, made.page),
        made.name,
        (made.own.summary if made.own else "") or context.headlines(made.items),
        feed=feed,
        index=_indexed(made),
        picture=first_picture(made.items, context.at),
    )
    return {"page": page, "listing": view}


def _indexed(made: ListInputs) -> bool:
    """Whether a list says enough to be found: a section is a door of the site, however few its stories."""
    return made.kind in ("latest", SECTION.name) or made.count >= THIN


def _facts(facts: TermFacts, context: ViewContext) -> FactsView:
    """What the first page of a term says about it."""
    return FactsView(
        share=(*facts.share[:2], context.edition(facts.share[2])) if facts.share else None,
        neighbours=tuple(map(context.link, facts.neighbours)),
        chart=chart(facts.coverage, context.dates) if facts.coverage and any(facts.coverage.counts) else None,
        home=facts.home,
        licences=tuple(Link(licence, "", count) for licence, count in facts.licences),
    )


def _view_names(made: NamesInputs, context: ViewContext) -> Views:
    title = context.titles[made.kind]
    running = tuple(map(context.running, made.running))
    view = IndexView(title, tuple(map(context.link, made.names)), running)
    return {
        "page": context.page("index", made.address, title, context.gist(name.title for name in made.names)),
        "index": view,
    }


def _structured(made: ListInputs, page: PageView, data: Structured) -> list[Thing]:
    return [data.crumbs(page, data.above.get(made.kind, ())), data.items(made.items)]


class FactFinder:
    """Finds the facts of terms; ``latest`` is the newest edition, and how pages refer to it."""

    def __init__(
        self,
        rows: Iterable[Taxonomy],
        names: Mapping[str, Names],
        columns: Columns,
        latest: tuple[Edition, EditionRef] | None,
    ) -> None:
        self.topics = names[TOPIC.name]
        self.columns = columns
        self.ref = latest[1] if latest else None
        stories = latest[0].stories if latest else ()
        self.total = len(stories)
        known = [(row.values, names[row.name]) for row in rows]
        self._shares = Counter(
            address
            for story in stories
            for address in {found[name].address for values, found in known for name in values(story)} - {""}
        )

    def facts(self, one: TermPage) -> TermFacts:
        """The facts of a term."""
        row, term, address = one
        count = self._shares[address]
        return TermFacts(
            share=(count, self.total, self.ref) if count and self.ref else None,
            neighbours=self._neighbours(term, address),
            coverage=self.columns.coverage(term.stories),
            home=_home(term.stories) if row.name == SOURCE.name else "",
            licences=_licences(term.stories) if row.name == SOURCE.name else (),
        )

    def _neighbours(self, term: Term, own: str) -> tuple[Name, ...]:
        """The commonest topics of its latest stories that have pages of their own, itself left out."""
        found: dict[Name, int] = {}
        counts = Counter(chain.from_iterable(map(_TOPICS, term.stories[:LATEST])))
        for spelling, count in counts.most_common(NEIGHBOURS * 4):
            name = self.topics[spelling]
            if name.address and name.address != own:
                found[name] = found.get(name, 0) + count
        often = sorted((-count, name.title, name.address) for name, count in found.items() if count >= TOGETHER)
        return tuple(Name(title, address, -count) for count, title, address in often[:NEIGHBOURS])


_TOPICS = attrgetter("topics")


def _home(stories: Iterable[Story]) -> str:
    """The address of the front page of a source: of the host that most of its stories are at."""
    hosts: Counter[str] = Counter()
    for story in stories:
        if story.source and (address := iri.absolute(story.source.url)):
            parts = urlsplit(address)
            hosts[f"{parts.scheme}://{parts.netloc}/"] += 1
    return min(hosts, key=lambda host: (-hosts[host], host), default="")


def _licences(stories: Iterable[Story]) -> tuple[tuple[str, int], ...]:
    """The licences of a source's stories, the commonest first, with the number of stories under each."""
    found = Counter(story.source.licence for story in stories if story.source and story.source.licence)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


LIST = Kind(
    "list",
    ListInputs,
    _view,
    _plan,
    structured=_structured,
    newest=lambda made: made.items[0] if made.items else None,
    indexed=_indexed,
    templates={
        "latest.html": template("The newest stories: the front page of a theme with this template.", listing=ListView),
        "list.html": template(
            "A page of the stories of a term (a section, a topic …) or of a month.", listing=ListView
        ),
    },
)
NAMES = Kind(
    "index",
    NamesInputs,
    _view_names,
    _plan_names,
    templates={
        "index.html": template("All terms of a taxonomy (topics, authors …), or all threads, by name.", index=IndexView)
    },
)
