"""Pages without stories: those of the editor's own from content/pages, an empty front page, search, page not found.

In: the files of the editor's pages, the settings. Out: a page each, and all that its template may see; of a plan, what
a search finds stories by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec
from markupsafe import Markup

from broadsheet.config.taxonomies import rows
from broadsheet.content import translations
from broadsheet.errors import Place, warning
from broadsheet.model import Asset, Page, Prose
from broadsheet.pages import urls
from broadsheet.pages.inputs import StoryRef, Teaser
from broadsheet.pages.kind import Kind, ViewContext, Views, template
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.story import StoryInputs
from broadsheet.pages.views import Link, TeaserView
from broadsheet.syndication import SearchEntry

ELSEWHERE = 6  # stories in other languages that a front page offers
NEWEST = 5  # stories that a reader finds at an address where nothing is


class PlainInputs(msgspec.Struct, frozen=True):
    """A page that is made from the site alone; that at an address where nothing is has the ``newest`` stories.

    An empty front page has those that are ``elsewhere``: in other languages of the site, and not in this.
    """

    address: str
    newest: tuple[Teaser, ...] = ()
    elsewhere: tuple[StoryRef, ...] = ()


def _plan_plain(context: PlanContext) -> Iterator[Page]:
    if context.site.settings.search and context.newspaper.stories:
        address = context.below(urls.SEARCH)
        yield Page(urls.file(address), "search.html", PlainInputs(address))
    newest = tuple(context.teaser(story) for story in context.newspaper.stories[:NEWEST])
    lost = context.below(urls.NOT_FOUND)
    yield Page(lost, "404.html", PlainInputs(lost, newest))


def _view_plain(made: PlainInputs, context: ViewContext) -> Views:
    if made.address == context.home:
        page = context.page("plain", made.address, context.view.title)
        return {"page": page, "elsewhere": tuple(map(context.link, made.elsewhere))}
    if made.address == context.below(urls.SEARCH):
        return {"page": context.page("search", made.address, context.view.titles.search, index=False)}
    page = context.page("plain", made.address, context.view.titles.lost, index=False)
    return {"page": page, "newest": tuple(map(context.teaser, made.newest))}


def elsewhere(context: PlanContext) -> tuple[StoryRef, ...]:
    """The newest stories of a site in several languages that are not there in this one: offered as what they are."""
    if len(context.languages) == 1:
        return ()
    stories = [story for own in context.languages for story in own.newspaper.stories]
    missing = (group[0] for group in translations.groups(stories) if all(story.home != context.home for story in group))
    newest = sorted(missing, key=lambda story: (story.date.timestamp(), story.path), reverse=True)
    return tuple(context.links[story.id] for story in newest[:ELSEWHERE])


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
        summary=item.story.abstract,
        section=made.section.title if made.section else "",
        topics=tuple([name.title for name in made.topics]),
        authors=tuple([name.title for name in made.authors]),
        day=urls.day(item.address),
        story=item.story,
    )


PLAIN = Kind(
    "plain",
    PlainInputs,
    _view_plain,
    _plan_plain,
    indexed=lambda made: not made.address.endswith((urls.SEARCH, urls.NOT_FOUND)),
    templates={
        "empty.html": template("The front page of a site without a story.", elsewhere=tuple[Link, ...]),
        "search.html": template("The page to search the site."),
        "404.html": template("The error page at an address that does not exist.", newest=tuple[TeaserView, ...]),
    },
)


class ProseInputs(msgspec.Struct, frozen=True):
    """A page of the editor's own."""

    prose: Prose
    address: str
    pictures: tuple[Asset, ...] = ()


class ProseView(msgspec.Struct, frozen=True):
    """A page of the editor's own, such as About."""

    title: str
    body: Markup


def _plan_prose(context: PlanContext) -> Iterator[Page]:
    folder = f"{context.site.settings.content}/pages"
    corrected = context.newspaper.corrected
    inside = context.introductions.values()
    lists = {urls.THREADS.strip("/"), *(row.folder for row in rows(context.site.settings))}
    for prose in context.prose:
        address = urls.prose(prose.slug)
        if prose in inside:
            continue
        if address != context.below(urls.CORRECTIONS) or not corrected:
            if prose.path.rpartition("/")[0].rpartition("/")[2] in lists:
                wanted = (
                    f"no list is at /{prose.path.removesuffix('.md')}/: this text is a page of its own at /{address}"
                )
                hint = "Name it as the address of the list ends; a topic has a list from its second story on."
                context.problems.append(warning("list-missing", wanted, Place(f"{folder}/{prose.path}"), hint))
            inputs = ProseInputs(prose, address, context.made.pictures(prose))
            yield Page(urls.file(address), "prose.html", inputs, f"{folder}/{prose.path}")


def _view_prose(made: ProseInputs, context: ViewContext) -> Views:
    prose = made.prose
    page = context.page("prose", made.address, prose.title, prose.summary, language=prose.lang)
    return {"page": page, "prose": ProseView(prose.title, context.body(prose, made.pictures))}


PROSE = Kind(
    "prose",
    ProseInputs,
    _view_prose,
    _plan_prose,
    templates={"prose.html": template("A page of the editor's own, such as About.", prose=ProseView)},
)
