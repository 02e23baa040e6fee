"""Pages that are made from the site alone: an empty front page, the search page with its index, page not found.

In: the settings. Out: the pages, and what their templates may see; of a plan, what a search finds stories by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec

from broadsheet.model import Page
from broadsheet.pages import urls
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.kind import Kind, Views, template
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.story import StoryInputs
from broadsheet.syndication import SearchEntry


class PlainInputs(msgspec.Struct, frozen=True):
    """A page that is made from the site alone, such as 404."""

    address: str


def _plan(context: PlanContext) -> Iterator[Page]:
    if context.site.settings.search and context.newspaper.stories:
        yield Page(urls.file(urls.SEARCH), "search.html", PlainInputs(urls.SEARCH))
    yield Page(urls.NOT_FOUND, "404.html", PlainInputs(urls.NOT_FOUND))


def _view(made: PlainInputs, context: ViewContext) -> Views:
    if made.address == urls.FRONT:
        return {"page": context.page("plain", made.address, context.view.title)}
    if made.address == urls.SEARCH:
        return {"page": context.page("search", made.address, context.view.titles.search)}
    return {"page": context.page("plain", made.address, context.view.titles.lost, index=False)}


def entries(plan: Iterable[Page]) -> list[SearchEntry]:
    """The stories of a plan as they are found, oldest first; those that are retracted are not."""
    inputs = (page.inputs for page in plan)
    found = [_entry(one) for one in inputs if isinstance(one, StoryInputs) and not one.item.story.retracted]
    return sorted(found, key=attrgetter("day", "address"))


def searched(plan: Iterable[Page]) -> bool:
    """Whether there is a page to search from."""
    return any(page.template == "search.html" for page in plan)


def _entry(made: StoryInputs) -> SearchEntry:
    item = made.item
    return SearchEntry(
        address=item.address,
        title=item.story.title,
        summary=item.story.summary or item.story.lead,
        section=made.section.title if made.section else "",
        topics=tuple([name.title for name in made.topics]),
        authors=tuple([name.title for name in made.authors]),
        day=item.address[:10].replace("/", "-"),  # an address begins with the story's day
        story=item.story,
    )


PLAIN = Kind(
    "plain",
    PlainInputs,
    _view,
    _plan,
    templates={
        "empty.html": template("The front page of a site without a story."),
        "search.html": template("The page to search the site."),
        "404.html": template("What a reader gets at an address where nothing is."),
    },
)
