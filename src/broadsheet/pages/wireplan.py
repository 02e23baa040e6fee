"""The wire, planned: what machines take from a site – feeds, the list of them, sitemaps, redirects, hosts' files.

In: the newspaper with the items and editions of its plan, and the addresses of its pages. Out: pages, drawn by nobody
yet. Nothing here asks the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

import msgspec

from broadsheet.config import Site
from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Asset, Page, Story
from broadsheet.newspaper import Newspaper, Shelf
from broadsheet.pages import urls
from broadsheet.pages.inputs import EditionInputs, Item, Name, StoryRef
from broadsheet.pages.wireinputs import (
    EditionFeedInputs,
    Entries,
    FeedInputs,
    FeedListInputs,
    HeadersInputs,
    NewsInputs,
    RedirectInputs,
    RedirectsInputs,
    RobotsInputs,
    SitemapInputs,
    entries,
)
from broadsheet.syndicated import FeedForm

Listed = tuple[str, dt.datetime | None]  # the address of a page, and when it last changed

MOST = 45_000  # addresses in a sitemap: 50,000 are allowed, and this many of the longest stay below its 50 MB
NEWS_DAYS = dt.timedelta(days=2)  # what Google's news sitemap may hold
NEWS_MOST = 1_000
TEMPLATES: dict[FeedForm, str] = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}


class WirePlan(msgspec.Struct, frozen=True):
    """What the wire is planned from: ``items`` by a story's id, ``edition`` gives the inputs of an edition's page.

    ``moved`` are old addresses of other pages than stories: where each was, where it is, its title.
    """

    newspaper: Newspaper
    shelves: Sequence[Shelf]
    items: Mapping[str, Item]
    pictures: Callable[[Story], tuple[Asset, ...]]
    edition: Callable[[int], Page]
    site: Site
    problems: list[Problem]
    moved: tuple[tuple[str, str, str], ...] = ()

    def pages(self, listed: Sequence[Listed]) -> Iterator[Page]:
        """Every page of the wire; ``listed`` are those that readers see."""
        yield from self._feeds()
        yield from sitemaps(listed)
        yield Page(urls.NEWS_SITEMAP, "news-sitemap.xml", NewsInputs(self._news()))
        yield Page(urls.ROBOTS, "robots.txt", RobotsInputs((urls.SITEMAP, urls.NEWS_SITEMAP)))
        yield from self._redirects()
        yield Page(urls.HEADERS, "_headers", HeadersInputs(tuple(_patterns())))

    def _feeds(self) -> Iterator[Page]:
        """The site's feed and its archives, that of each shelf, that of editions; then the list of them all."""
        size, short = self.site.settings.feed_items, self.site.settings.topic_feed_items
        stories = self._out(self.newspaper.stories)
        archives = len(stories) // size if len(stories) > size else 0
        yield from self._forms("", urls.FRONT, stories[:size], archives)
        groups: dict[str, list[Name]] = {"": [Name("", urls.FRONT)]}
        if self.newspaper.editions:
            groups[""].append(Name("", urls.EDITIONS))
            yield from self._editions(size)
        for shelf in self.shelves:
            groups.setdefault(f"{shelf.kind}s", []).append(Name(shelf.name, urls.shelf(shelf)))
            most = size if shelf.kind == "section" else short
            yield from self._forms(shelf.name, urls.shelf(shelf), self._out(shelf.stories, most))
        yield from self._archives(stories, size, archives)
        lists = tuple((name, tuple(feeds)) for name, feeds in groups.items())
        yield Page(urls.FEED_LIST, "feeds.opml", FeedListInputs(lists))

    def _out(self, stories: Iterable[Story], most: int = 0) -> list[Story]:
        """The newest of these stories, without what only a preview shows."""
        found: list[Story] = []
        for story in stories:
            if not self.items[story.id].marks:
                found.append(story)
                if len(found) == most:
                    break
        return found

    def _forms(self, name: str, home: str, stories: Sequence[Story], archives: int = 0) -> Iterator[Page]:
        made = self._entries(stories)
        for form, template in self._templates():
            address = urls.feed(home, form)
            older = urls.older(archives, form) if archives and self.site.settings.feed_archives else ""
            yield Page(address, template, FeedInputs(form, name, address, home, made, older=older))

    def _archives(self, stories: Sequence[Story], size: int, archives: int) -> Iterator[Page]:
        """The archives of the site's feed (RFC 5005), counted from the oldest, so that a full one changes no more."""
        oldest = max(1, archives - self.site.settings.feed_archives + 1)
        for number in range(archives, oldest - 1, -1):
            last = len(stories) - (number - 1) * size
            made = self._entries(stories[last - size : last])
            for form, template in self._templates():
                inputs = FeedInputs(
                    form=form,
                    name="",
                    address=urls.older(number, form),
                    home=urls.FRONT,
                    entries=made,
                    current=urls.feed(urls.FRONT, form),
                    older=urls.older(number - 1, form) if number > oldest else "",
                    newer=urls.older(number + 1, form) if number < archives else "",
                )
                yield Page(inputs.address, template, inputs)

    def _templates(self) -> Iterator[tuple[FeedForm, str]]:
        return ((form, TEMPLATES[form]) for form in self.site.settings.feed_forms)

    def _entries(self, stories: Sequence[Story]) -> Entries:
        items = tuple([self.items[story.id] for story in stories])
        return entries(items, tuple([self.pictures(story) if story.pictures else () for story in stories]))

    def _editions(self, size: int) -> Iterator[Page]:
        pages = map(self.edition, range(min(size, len(self.newspaper.editions))))
        inputs = tuple(page.inputs for page in pages if isinstance(page.inputs, EditionInputs))
        out = tuple(made for made in inputs if not made.lead.marks)
        for form, template in self._templates():
            address = urls.feed(urls.EDITIONS, form)
            yield Page(address, template, EditionFeedInputs(form, address, urls.EDITIONS, out))

    def _news(self) -> tuple[Item, ...]:
        """The stories of the last two days, counted from the newest: the clock is no input of a page."""
        stories = self._out(self.newspaper.stories, NEWS_MOST)
        return tuple(self.items[s.id] for s in stories if stories[0].date - s.date <= NEWS_DAYS)

    def _redirects(self) -> Iterator[Page]:
        pairs = []
        for story in self.newspaper.stories:
            if not story.aliases:
                continue
            item = self.items[story.id]
            origin = f"{self.site.settings.content}/stories/{story.path}"
            for alias in story.aliases:
                old = old_page(alias)
                if old is None:
                    hint = "An old address is a path such as /news/2024/harbour.html."
                    self.problems.append(warning("alias", f"{alias!r} cannot be a page", Place(origin), hint))
                elif old != urls.file(item.address):
                    pairs.append((alias, item.address))
                    yield Page(old, "redirect", RedirectInputs(StoryRef(item.story, item.address)), origin)
        for alias, address, title in self.moved:
            pairs.append((alias, address))
            yield Page(urls.file(alias.removeprefix("/")), "redirect", RedirectInputs(None, Name(title, address)))
        yield Page(urls.REDIRECTS, "_redirects", RedirectsInputs(tuple(sorted(pairs))))


def sitemaps(listed: Sequence[Listed], most: int = MOST) -> Iterator[Page]:
    """The sitemap; where it would be too long, an index in its place, and several (sitemaps.org)."""
    found = tuple(sorted(listed, key=lambda entry: entry[0]))
    parts = [found[start : start + most] for start in range(0, len(found), most)]
    if len(parts) <= 1:
        yield Page(urls.SITEMAP, "sitemap.xml", SitemapInputs(found))
        return
    changes = [max((changed for _, changed in part if changed), default=None) for part in parts]
    named = tuple((urls.sitemap(number), changed) for number, changed in enumerate(changes, 1))
    yield Page(urls.SITEMAP, "sitemap-index.xml", SitemapInputs(named))
    for number, part in enumerate(parts, 1):
        yield Page(urls.sitemap(number), "sitemap.xml", SitemapInputs(part))


def old_page(alias: str) -> str | None:
    """The file that answers at an old address; None where there can be none."""
    path = unquote(alias).strip("/")
    parts = path.split("/")
    if any(not part or part.startswith(".") or len(part.encode()) > 200 or not part.isprintable() for part in parts):
        return None
    if "\\" in path or len(path.encode()) > 1000:
        return None
    return path if path.endswith((".html", ".htm")) else f"{path}/index.html"


def _patterns() -> Iterator[tuple[str, FeedForm]]:
    """The paths of feeds as hosts write patterns: ``:name`` is one part of a path."""
    for folder in ("", ":kind/", ":kind/:name/"):
        yield from ((f"{folder}{name}", form) for form, name in urls.FORMS.items())
