"""What the views of all kinds of pages are composed with: addresses, dates, cards, links, the page itself.

In: the site; bodies come through a function, so that one is loaded only where a page is drawn. Out: parts of views.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from markupsafe import Markup

from broadsheet import locales
from broadsheet.config import Site
from broadsheet.config.taxonomies import rows
from broadsheet.locales import direction, other
from broadsheet.model import Asset, Prose, Story, Text
from broadsheet.pages import urls
from broadsheet.pages.bodies import for_page
from broadsheet.pages.cards import Cards
from broadsheet.pages.inputs import EditionRef, Name, StoryRef
from broadsheet.pages.navigation import titles
from broadsheet.pages.structured import Structured
from broadsheet.pages.views import Alternate, FeedLink, Link, Pager, PageView, PictureView, SiteView

Bodies = Callable[[Story | Prose | Text], str]
T = TypeVar("T")


class ViewContext:
    """What views are composed with on one site; cards of stories are made once and shared between pages.

    ``titles`` are what all terms of each taxonomy are called, by its folder, ``own`` those of the site's own by name.
    """

    def __init__(self, site: Site, view: SiteView, bodies: Bodies) -> None:
        self.at = urls.Addresses(site.settings.url)
        self.site = site
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
        )

    def _feed_links(self, feed: tuple[str, str] | None) -> tuple[FeedLink, ...]:
        own = ((feed[0], feed[1].removesuffix(urls.FEED)),) if feed else ()
        return tuple(
            FeedLink(name, self.at.absolute(urls.feed(home, form)), urls.MEDIA_TYPES[form])
            for name, home in (*own, (self.view.title, urls.FRONT))
            for form in self.site.settings.feed_forms
        )

    def body(self, text: Story | Prose | Text, pictures: Sequence[Asset] = ()) -> Markup:
        """The body of a text as a page prints it. Raises BroadsheetError where its file cannot be read any more."""
        return Markup(for_page(self.bodies(text), self.at, pictures))  # noqa: S704, sanitised by the press

    def link(self, name: Name | StoryRef) -> Link:
        """A name with the address that it leads to, empty where it has no page."""
        return Link(
            name.title, self.at.local(name.address) if name.address else "", name.count, self.other(name.language)
        )

    def alternate(self, ref: StoryRef, *, here: bool = False) -> Alternate:
        """A story as its translations refer to it."""
        language = ref.language or self.view.language
        locale = locales.of(language)
        return Alternate(
            language,
            locale.name,
            direction(language),
            locale.open_graph,
            ref.title,
            self.at.local(ref.address),
            self.at.absolute(ref.address),
            here,
        )

    def other(self, language: str) -> str:
        """The language of a story, where it is not the site's; else empty."""
        return other(language, self.view.language) if language else ""

    def edition(self, ref: EditionRef) -> Link:
        """An edition as others refer to it, with its number."""
        number, address, first, last, title = ref
        return Link(title or self.dates.days(first, last), self.at.local(address), number)

    def pager(self, address: str, page: int, pages: int) -> Pager:
        """Where a page of a list stands."""
        newer = self.at.local(urls.numbered(address, page - 1)) if page > 1 else ""
        older = self.at.local(urls.numbered(address, page + 1)) if page < pages else ""
        return Pager(page, pages, newer, older)
