"""Sitemaps: of all pages that readers come to, and of the news.

In: the pages that are planned, the newest stories. Out: pages for search engines. Nothing here asks the clock: since
when a story is news is said by the build.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from broadsheet.model import Page
from broadsheet.pages import urls
from broadsheet.pages.feed import Feeds, out
from broadsheet.pages.inputs import Item
from broadsheet.pages.kind import Kind, ViewContext, Views
from broadsheet.pages.plan import Listed, PlanContext
from broadsheet.syndication import NewsEntry

MOST = 45_000  # addresses in a sitemap: 50,000 are allowed, and this many of the longest stay below its 50 MB
NEWS_DAYS = dt.timedelta(days=2)  # what Google's news sitemap may hold
NEWS_MOST = 1_000


class SitemapInputs(msgspec.Struct, frozen=True):
    """A sitemap or an index of several: addresses, and the day each last changed where that is known.

    ``languages`` are the languages of pages that have translations, each with an address, by the page's own address.
    """

    entries: tuple[tuple[str, dt.datetime | None], ...]
    languages: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


class NewsInputs(msgspec.Struct, frozen=True):
    """The news sitemap: the stories of the last days; ``front`` is the page that it names where there are none.

    A list of addresses has at least one (sitemaps.org), and one without a story's marks is no news.
    """

    items: tuple[Item, ...]
    front: str


def _plan(context: PlanContext) -> Iterator[Page]:
    indexed = [one for one in context.listed if one[0] not in context.unindexed]
    yield from sitemaps(indexed, languages=_languages(context), home=context.home)
    yield Page(context.below(urls.NEWS_SITEMAP), "news-sitemap.xml", NewsInputs(_news(context), context.home))


def _languages(context: PlanContext) -> dict[str, tuple[tuple[str, str], ...]]:
    """The translations of each page that has some, itself among them, by its address."""
    return {urls.answered(page.path): page.translations for page in context.pages.values() if page.translations}


def sitemaps(
    listed: Sequence[Listed],
    most: int = MOST,
    languages: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({}),
    home: str = "",
) -> Iterator[Page]:
    """The sitemap; where it would be too long, an index in its place, and several (sitemaps.org)."""
    found = tuple(sorted(listed, key=lambda entry: entry[0]))
    parts = [found[start : start + most] for start in range(0, len(found), most)]
    if len(parts) <= 1:
        yield Page(f"{home}{urls.SITEMAP}", "sitemap.xml", SitemapInputs(found, _of(found, languages)))
        return
    changes = [max((changed for _, changed in part if changed), default=None) for part in parts]
    named = tuple((urls.sitemap(number, home), changed) for number, changed in enumerate(changes, 1))
    yield Page(f"{home}{urls.SITEMAP}", "sitemap-index.xml", SitemapInputs(named))
    for number, part in enumerate(parts, 1):
        yield Page(urls.sitemap(number, home), "sitemap.xml", SitemapInputs(part, _of(part, languages)))


def _of(
    part: Sequence[Listed], languages: Mapping[str, tuple[tuple[str, str], ...]]
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return tuple((address, languages[address]) for address, _ in part if address in languages) if languages else ()


def _news(context: PlanContext) -> tuple[Item, ...]:
    since = context.stock.since
    stories = out(context, context.newspaper.stories, NEWS_MOST)
    return tuple(context.items[story.id] for story in stories if since is None or story.date >= since)


def fades(planned: Iterable[Page]) -> dt.datetime | None:
    """When the first of the stories that are news is none any more; None where there are none."""
    news = (item.story.date for page in planned if isinstance(page.inputs, NewsInputs) for item in page.inputs.items)
    oldest = min(news, default=None)
    return oldest + NEWS_DAYS if oldest else None


def _view(made: SitemapInputs, context: ViewContext) -> Views:
    zone = context.site.zone
    return {
        "entries": tuple(
            (context.at.absolute(address), changed.astimezone(zone) if changed else None)
            for address, changed in made.entries
        ),
        "languages": {
            context.at.absolute(address): [(tag, context.at.absolute(other)) for tag, other in others]
            for address, others in made.languages
        },
    }


def _view_news(made: NewsInputs, context: ViewContext) -> Views:
    entries = []
    for item in made.items:
        story = item.story
        local = story.date.astimezone(context.site.zone)
        date = local.isoformat(timespec="seconds") if story.timed else local.date().isoformat()
        language = _iso_639(story.lang or context.view.language)
        entries.append(NewsEntry(context.at.absolute(item.address), story.title, date, language))
    front = context.at.absolute(made.front)
    return {"name": context.kept(Feeds).title, "entries": tuple(entries), "front": front}


def _iso_639(tag: str) -> str:
    """A language as Google's news sitemap names it: ISO 639 alone, but for the two ways to write Chinese."""
    language, _, rest = tag.lower().partition("-")
    if language == "zh":
        return "zh-tw" if rest in ("tw", "hk", "mo") or rest.startswith("hant") else "zh-cn"
    return language


SITEMAP = Kind("sitemap", SitemapInputs, _view, _plan, machine=frozenset({"sitemap.xml", "sitemap-index.xml"}))
NEWS = Kind("news sitemap", NewsInputs, _view_news, machine=frozenset({"news-sitemap.xml"}))
