"""Lists: the pages of the terms of taxonomies – a section, topic, author – and those that name all terms of one.

In: the terms of a newspaper. Out: their pages, and of each all that its template may see.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import msgspec

from broadsheet.model import Page
from broadsheet.pages import urls
from broadsheet.pages.charts import chart
from broadsheet.pages.columns import Columns
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.facts import FactFinder
from broadsheet.pages.inputs import Item, Name, TermFacts
from broadsheet.pages.kind import Kind, Views, template
from broadsheet.pages.listviews import FactsView, IndexView, ListView
from broadsheet.pages.plan import PlanContext, paged
from broadsheet.pages.structured import Structured, Thing
from broadsheet.pages.timelines import Running, running_view
from broadsheet.pages.views import Link, PageView


class ListInputs(msgspec.Struct, frozen=True, gc=False):
    """One page of a list of stories: number ``page`` of ``pages``, ``count`` stories in all; facts on the first."""

    kind: str
    name: str
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int
    feed: bool
    facts: TermFacts | None


class NamesInputs(msgspec.Struct, frozen=True):
    """A page of names: all terms of a taxonomy; all threads, with the newest of what they told."""

    kind: str
    address: str
    names: tuple[Name, ...]
    running: tuple[Running, ...] = ()


def latest(context: PlanContext) -> Page:
    """The front page of a theme that prints no editions: the newest stories."""
    stories = context.newspaper.stories[: context.site.settings.per_page]
    items = tuple([context.items[story.id] for story in stories])
    inputs = ListInputs(
        "latest", context.site.settings.title, urls.FRONT, items, 1, 1, len(items), feed=False, facts=None
    )
    return Page(urls.file(urls.FRONT), "latest.html", inputs)


def _plan(context: PlanContext) -> Iterator[Page]:
    newspaper = context.newspaper
    edition = (newspaper.editions[0], context.refs[0]) if newspaper.editions else None
    finder = FactFinder(context.rows, context.names, Columns(context.made.days), edition)
    for one in itertools.chain.from_iterable(context.terms.values()):
        row, term, address = one
        count, facts = len(term.stories), finder.facts(one)
        for page, pages, stories in paged(term.stories, context.site.settings.per_page):
            items = tuple([context.items[story.id] for story in stories])
            told = facts if page == 1 else None
            inputs = ListInputs(row.name, term.name, address, items, page, pages, count, one.feed, told)
            yield Page(urls.file(urls.numbered(address, page)), "list.html", inputs)


def _plan_names(context: PlanContext) -> Iterator[Page]:
    """The page of all terms of a taxonomy: all topics, all authors."""
    for row in context.rows:
        if row.index and context.terms[row.name]:
            names = tuple(Name(term.name, own, len(term.stories)) for _, term, own in context.terms[row.name])
            yield Page(urls.file(row.address), "index.html", NamesInputs(row.folder, row.address, names))


def _view(made: ListInputs, context: ViewContext) -> Views:
    view = ListView(
        kind=made.kind,
        name=made.name,
        cards=tuple(map(context.card, made.items)),
        count=made.count,
        pager=context.pager(made.address, made.page, made.pages),
        feed=context.at.local(urls.feed(made.address)) if made.feed else "",
        facts=_facts(made.facts, context) if made.facts else None,
    )
    feed = (made.name, urls.feed(made.address)) if made.feed else None
    page = context.page("list", urls.numbered(made.address, made.page), made.name, feed=feed)
    return {"page": page, "listing": view}


def _facts(facts: TermFacts, context: ViewContext) -> FactsView:
    """What is told of a term on its first page."""
    return FactsView(
        share=(*facts.share[:2], context.edition(facts.share[2])) if facts.share else None,
        neighbours=tuple(map(context.link, facts.neighbours)),
        chart=chart(facts.coverage, context.dates) if facts.coverage and any(facts.coverage.counts) else None,
        home=facts.home,
        licences=tuple(Link(licence, "", count) for licence, count in facts.licences),
    )


def _view_names(made: NamesInputs, context: ViewContext) -> Views:
    title = context.titles[made.kind]
    running = tuple([running_view(running, context) for running in made.running])
    view = IndexView(title, tuple(map(context.link, made.names)), running)
    return {"page": context.page("index", made.address, title), "index": view}


def _structured(made: ListInputs, page: PageView, data: Structured) -> list[Thing]:
    return [data.crumbs(page, data.above.get(made.kind, ()))]


LIST = Kind(
    "list",
    ListInputs,
    _view,
    _plan,
    structured=_structured,
    newest=lambda made: made.items[0] if made.items else None,
    templates={
        "latest.html": template(
            "The front page of a theme that has this instead: the newest stories.", listing=ListView
        ),
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
