"""A kind of page: what its pages are made from, how they are planned and composed, their structured data.

In: the site; bodies come through a function, so that one is loaded only where a page is drawn. Out: ``Kind``, which the
modules of kinds and a site's build.py make for the table in ``kinds``; ``ViewContext``, with which the views of all
kinds are composed: addresses, dates, links, the page itself; cards, which are a story as a list shows it.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from broadsheet import locales, typography
from broadsheet.config import Settings, Site
from broadsheet.config.taxonomies import AUTHOR, SECTION, Taxonomy, rows
from broadsheet.locales import direction, other
from broadsheet.model import Asset, Page, Picture, Prose, Story, Text
from broadsheet.pages import urls
from broadsheet.pages.bodies import Setting, choice, focus, for_page, shape
from broadsheet.pages.inputs import (
    Development,
    EditionRef,
    Item,
    Name,
    Running,
    StoryRef,
    Teaser,
    ThreadPlace,
    own_language,
    typeset,
)
from broadsheet.pages.navigation import titles
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.structured import Structured, Thing
from broadsheet.pages.urls import Addresses, usual
from broadsheet.pages.views import (
    Card,
    Dates,
    DevelopmentView,
    FeedLink,
    Link,
    Pager,
    PageView,
    PictureView,
    Position,
    RunningView,
    SiteView,
    SpotView,
    TeaserView,
    When,
)
from broadsheet.syndication import Headline

Views = dict[str, Any]  # by the names under which a template finds them


class Template(msgspec.Struct, frozen=True):
    """A template that a theme has: what it draws, and the types of the views that it gets, by name."""

    about: str
    views: Mapping[str, Any]


def template(about: str, **views: Any) -> Template:
    """A template for pages of HTML, which all see the site and the page itself."""
    return Template(about, {"site": SiteView, "page": PageView, **views})


def _no_pages(_context: PlanContext) -> Iterable[Page]:
    return ()


def _nothing(_made: Any) -> None:
    return None


def _always(_made: Any) -> bool:
    return True


class Kind(msgspec.Struct, frozen=True):
    """A kind of page. The type of a page's inputs says which kind it is of.

    ``plan`` gives its pages; a kind without one is planned by another. ``view`` makes of a page's inputs all that its
    template may see; a page's view named "page" is completed with ``structured`` data. ``newest`` is the first story
    that a page prints, by which the order of drawing goes; ``changed`` is when a page last changed, for the sitemap,
    where that is known; ``indexed`` is whether search engines are to have it, which the sitemap and the page itself say
    alike. ``templates`` are those that themes have for it, ``machine`` the names of those that are drawn
    by code.
    """

    name: str
    inputs: type[msgspec.Struct]
    view: Callable[[Any, ViewContext], Views]
    plan: Callable[[PlanContext], Iterable[Page]] = _no_pages
    structured: Callable[[Any, PageView, Structured], list[Thing]] | None = None
    newest: Callable[[Any], Item | None] = _nothing
    changed: Callable[[Any], dt.datetime | None] = _nothing
    indexed: Callable[[Any], bool] = _always
    templates: Mapping[str, Template] = {}
    machine: frozenset[str] = frozenset()


Bodies = Callable[[Story | Prose | Text], str]
T = TypeVar("T")


class ViewContext:
    """What views are composed with on one site; cards of stories are made once and shared between pages.

    ``titles`` are what all terms of each taxonomy are called, by its folder, ``own`` those of the site's own by name.
    """

    def __init__(self, site: Site, view: SiteView, bodies: Bodies) -> None:
        self.at = urls.Addresses(site.settings.url)
        self.site = site
        self.home = site.home
        self.view = view
        self.bodies = bodies
        self.cards = Cards(site, self.at, view.addresses)
        self.card = self.cards.card
        self.dates = self.cards.dates
        known = rows(site.settings)
        self.titles = titles(view, known)
        self.own = {row.name: row.title for row in known if row.title}
        links = (*view.sections, *view.taxonomies, *view.pages)
        doors = (view.editions, view.archive, view.topics, view.authors, view.threads, view.sources, view.corrections)
        self._navigation = {*doors, view.search, *(link.url for link in links)}
        self._feeds = functools.cache(self._feed_links)
        self._kept: dict[Any, Any] = {}
        self.structured = Structured(site, view)

    def below(self, address: str) -> str:
        """The address in this language of a page that every language has."""
        return f"{self.home}{address}"

    def kept(self, make: Callable[[ViewContext], T]) -> T:
        """What ``make`` makes, made once: for what a kind keeps from one of its pages to the next."""
        if make not in self._kept:
            self._kept[make] = make(self)
        made: T = self._kept[make]
        return made

    def page(
        self,
        kind: str,
        address: str,
        title: str,
        description: str = "",
        *,
        language: str = "",
        feed: tuple[str, str] | None = None,
        index: bool = True,
        picture: PictureView | None = None,
    ) -> PageView:
        """``feed`` is the title and address of the page's own feed, announced before the site's.

        A page that robots should leave out has no picture for share cards.
        """
        language = language or self.view.language
        url = self.at.local(address)
        return PageView(
            kind=kind,
            title=title,
            description=description or self.view.description,
            url=url,
            canonical=self.at.absolute(address),
            here=url if url in self._navigation else "",
            language=language,
            direction=direction(language),
            feeds=self._feeds(feed),
            index=index,
            picture=(picture or self.view.picture) if index else None,
            locale=locales.of(language).open_graph,
        )

    def _feed_links(self, feed: tuple[str, str] | None) -> tuple[FeedLink, ...]:
        own = ((feed[0], feed[1].removesuffix(urls.FEED)),) if feed else ()
        return tuple(
            FeedLink(name, self.at.absolute(urls.feed(home, form)), urls.MEDIA_TYPES[form])
            for name, home in (*own, (self.view.title, self.home))
            for form in self.site.settings.feed_forms
        )

    def body(self, text: Story | Prose | Text, pictures: Sequence[Asset] = ()) -> Markup:
        """The body of a text as a page prints it. Raises BroadsheetError where its file cannot be read any more."""
        return Markup(for_page(self.bodies(text), self.at, pictures, self.setting(text)))  # noqa: S704, sanitised by the press

    def setting(self, text: Story | Prose | Text) -> Setting:
        """How a text is set, by its language."""
        language = text.lang or self.view.language
        locale = locales.of(language, self.site.settings.timezone)
        return Setting(self.view.titles, locale, direction(language) == "rtl")

    def link(self, name: Name | StoryRef) -> Link:
        """A name with the address that it leads to, empty where it has no page."""
        return Link(
            name.title, self.at.local(name.address) if name.address else "", name.count, self.other(name.language)
        )

    def other(self, language: str) -> str:
        """The language of a story, where it is not the site's; else empty."""
        return other(language, self.view.language) if language else ""

    def edition(self, ref: EditionRef) -> Link:
        """An edition as others refer to it, with its number."""
        number, address, first, last, title = ref
        return Link(title or self.dates.days(first, last), self.at.local(address), number)

    def teaser(self, teaser: Teaser) -> TeaserView:
        """A story in a line."""
        link, picture = self.link(teaser.link), teaser.picture
        return TeaserView(
            link.title,
            link.url,
            link.language,
            self.link(teaser.section) if teaser.section else None,
            self.dates.bare(teaser.day),
            self.cards.picture(Picture(focus=teaser.focus), picture) if picture else None,
            teaser.marks,
        )

    def gist(self, titles: Iterable[str]) -> str:
        """What a list says of itself to search engines: as many of its titles as they show, at least one."""
        shown = ""
        for title in titles:
            longer = f"{shown} · {title}" if shown else title
            if shown and len(longer) > GIST:
                break
            shown = longer
        return shown

    def headlines(self, items: Iterable[Item]) -> str:
        """The same of a list of stories: their headlines, without those in another language."""
        return self.gist(item.story.title for item in items if not self.other(item.story.lang))

    def pager(self, address: str, page: int, pages: int) -> Pager:
        """Where a page of a list stands."""
        newer = self.at.local(urls.numbered(address, page - 1)) if page > 1 else ""
        older = self.at.local(urls.numbered(address, page + 1)) if page < pages else ""
        return Pager(page, pages, newer, older)

    def spot(self, spot: ThreadPlace) -> SpotView:
        """A story's place in its thread."""
        steps = tuple([self.step(one, place) for one, place in spot.steps])
        return SpotView(self.link(spot.thread), spot.number, steps)

    def running(self, running: Running) -> RunningView:
        """A running story as an edition tells it."""
        name = running.thread
        return RunningView(name.title, self.at.local(name.address), name.count, tuple(map(self.step, running.steps)))

    def step(self, one: Development, place: Position = "") -> DevelopmentView:
        """A step of a running story."""
        date, link = self.dates.when(one.date, timed=False), self.link(one.link)
        return DevelopmentView(date, link.title, link.url, one.fresh, place, link.language)


GIST = 155  # characters of a description that search engines show, about
MOST = 20_000  # cards that are kept: some 10 MB, and a list's stories stand near one another
REPORTS = 5  # other reports that a card names: the story's page lists all of them
WORDS_A_MINUTE = 230  # silent reading of English non-fiction: 238 a minute in Brysbaert 2019, rounded down


class Cards:
    """Makes the cards of one site; ``addresses`` are those of names whose slug others have too, as views have them."""

    def __init__(self, site: Site, at: Addresses, addresses: Mapping[str, str]) -> None:
        self.addresses = addresses
        self.at = at
        self.dates = Dates(site.settings.language, site.zone)
        self.language = site.settings.language
        self.home = site.home
        self.latin = site.settings.latin
        self.marks = typography.marks(self.language) if site.settings.typography else None
        self._made: dict[bytes, Card] = {}
        self._links: dict[str, Link] = {}

    def card(self, item: Item) -> Card:
        """The card of a story."""
        made = self._made.get(item.digest)
        if made is None:
            if len(self._made) >= MOST:
                self._made.clear()
            made = self._made[item.digest] = self._make(item)
        return made

    def picture(self, picture: Picture, asset: Asset) -> PictureView:
        """A picture with its words."""
        url = self.at.local(asset.path)
        size = asset.width, asset.height
        of, point = choice(asset, self.at.local), focus(picture.focus)
        words = picture.alt, picture.caption, picture.credit
        return PictureView(url, *words, *size, of.webp, shape(*size), point, of.avif)

    def _make(self, item: Item) -> Card:
        story = item.story
        own = story.home == self.home  # what one in another language is filed under has its pages there
        return Card(
            title=story.title,
            url=self.at.local(item.address),
            summary=story.abstract,
            date=self.dates.when(story.date, timed=story.timed),
            section=self._link(SECTION, story.section) if story.section and own else None,
            authors=tuple(self._link(AUTHOR, name) if own else Link(name, "") for name in story.authors),
            minutes=max(1, round(story.words / WORDS_A_MINUTE)),
            priority=story.priority,
            language=locales.other(story.lang, self.language) if story.lang else "",
            image=self.picture(story.image, item.picture) if story.image and item.picture else None,
            marks=item.marks,
            updated=self.updated(story),
            corrected=bool(story.corrections),
            retracted=story.retracted is not None,
            ai=story.disclosure,
            reports=tuple([Link(one.source, self.at.local(one.address)) for one in item.reports[:REPORTS]]),
        )

    def updated(self, story: Story) -> When | None:
        """When a story was last changed, corrections counted; None where it never was since it came out.

        A bare day, as corrections mostly have, begins at midnight and is shown without a time.
        """
        if story.updated is None or (story.updated <= story.date and not story.corrections):
            return None  # as where a source says "updated" with the day of publication alone
        local = story.updated.astimezone(self.dates.zone)
        return self.dates.when(story.updated, timed=(local.hour, local.minute) != (0, 0))

    def _link(self, row: Taxonomy, name: str) -> Link:
        key = f"{row.name}/{name}"
        if key not in self._links:
            title = typography.typeset(name, self.marks) if self.marks and row.typeset else name
            self._links[key] = Link(
                title, self.addresses.get(key) or self.at.local(usual(row, name, self.home, latin=self.latin))
            )
        return self._links[key]


def headlines(stories: Iterable[Story], site: Site) -> dict[str, Headline]:
    """What the share cards of the newest stories say, by id: those without a picture of their own have one.

    The settings say of how many: a card that nobody shares any more is not worth its drawing.
    """
    own = own_language(site)
    out = [story for story in stories if story.status == "published"]
    newest = sorted(out, key=attrgetter("date", "id"), reverse=True)[: site.settings.share_cards]
    said = {one.home: one.settings for one in site.languages}
    return {
        story.id: _headline(story, said[story.home], typeset(story, own).title, site.zone)
        for story in newest
        if not (story.image and story.image.src)
    }


def _headline(story: Story, settings: Settings, title: str, zone: ZoneInfo) -> Headline:
    language = story.lang or settings.language
    return Headline(
        nameplate=settings.title,
        section=settings.section_aliases.get(story.section, story.section),
        title=title,
        day=story.date.astimezone(zone).date(),
        own=locales.of(settings.language, settings.timezone).tag,
        language=language,
        rtl=locales.direction(language) == "rtl",
    )


def written(day: dt.date, language: str) -> str:
    """A day as it is written in a language."""
    return _dates(language).day(day)


@functools.cache
def _dates(language: str) -> Dates:
    return Dates(language, ZoneInfo("UTC"))
