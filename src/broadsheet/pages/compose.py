"""Composing: a planned page → the views that its template may see.

In: a page and the site; bodies come through a function, so that one is loaded only where a page is drawn.
Out: views by the name under which a template finds them; a ``Feed`` for a feed's page.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from broadsheet.config import Site
from broadsheet.model import Page, Prose, Story, Text
from broadsheet.pages import urls
from broadsheet.pages.almanac import Almanac
from broadsheet.pages.articles import Articles
from broadsheet.pages.bodies import for_page
from broadsheet.pages.cards import WORDS_A_MINUTE, Cards
from broadsheet.pages.editionplan import YearInputs
from broadsheet.pages.feeds import Feeds
from broadsheet.pages.inputs import (
    ArchiveInputs,
    CorrectionsInputs,
    EditionInputs,
    ListInputs,
    MonthInputs,
    NamesInputs,
    PlainInputs,
    ProseInputs,
    StoryInputs,
)
from broadsheet.pages.listviews import IndexView, ListView, Pager
from broadsheet.pages.masthead import direction
from broadsheet.pages.structured import Structured
from broadsheet.pages.threadplan import ThreadInputs
from broadsheet.pages.views import DeskView, EditionView, FeedLink, Link, PageView, ProseView, SiteView
from broadsheet.pages.wire import MEDIA_TYPES, Wire
from broadsheet.words import slug

Bodies = Callable[[Story | Prose | Text], str]
Views = dict[str, Any]


class Composer:
    """Makes views for one site; cards of stories are made once and shared between pages."""

    def __init__(self, site: Site, view: SiteView, bodies: Bodies) -> None:
        self.at = urls.Addresses(site.settings.url)
        self.site = site
        self.view = view
        self.bodies = bodies
        self.cards = Cards(site, self.at)
        links = (*view.sections, *view.pages)
        doors = (view.editions, view.archive, view.topics, view.authors, view.threads, view.sources, view.corrections)
        self._navigation = {*doors, view.search, *(link.url for link in links)}
        self.dates = self.cards.dates
        self.almanac = Almanac(self.at, self.dates)
        self.articles = Articles(self.cards, self.almanac, bodies)
        self._feeds = functools.cache(self._feed_links)
        self.structured = Structured(site, view)
        self._makers: dict[type, Callable[[Any], Views]] = {
            StoryInputs: self._story,
            EditionInputs: self._edition,
            YearInputs: self._editions,
            CorrectionsInputs: self._corrections,
            ListInputs: self._list,
            MonthInputs: self._month,
            NamesInputs: self._names,
            ThreadInputs: self._thread,
            ArchiveInputs: self._archive,
            ProseInputs: self._prose,
            PlainInputs: self._plain,
        }
        self._makers |= Wire(site, view, Feeds(site, view, bodies, self.dates)).makers

    def compose(self, page: Page) -> Views:
        """The views of a page by name; every HTML page sees ``site`` and ``page``."""
        views = self._makers[type(page.inputs)](page.inputs)
        if "page" in views:
            views["page"] = self.structured.complete(views["page"], page.inputs)
        return {"site": self.view, **views}

    def _page(
        self,
        kind: str,
        address: str,
        title: str,
        description: str = "",
        *,
        language: str = "",
        feed: tuple[str, str] | None = None,
        index: bool = True,
    ) -> PageView:
        """``feed`` is the title and address of the page's own feed, announced before the site's."""
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
        )

    def _feed_links(self, feed: tuple[str, str] | None) -> tuple[FeedLink, ...]:
        own = ((feed[0], feed[1].removesuffix(urls.FEED)),) if feed else ()
        return tuple(
            FeedLink(name, self.at.absolute(urls.feed(home, form)), MEDIA_TYPES[form])
            for name, home in (*own, (self.view.title, urls.FRONT))
            for form in self.site.settings.feed_forms
        )

    def _story(self, made: StoryInputs) -> Views:
        view = self.articles.story(made)
        story, summary = made.item.story, view.card.summary
        feed = (made.section.title, urls.feed(made.section.address)) if made.section and made.section.address else None
        page = self._page("story", made.item.address, story.title, summary, language=story.lang, feed=feed)
        return {"page": page, "story": view}

    def _edition(self, made: EditionInputs) -> Views:
        date = self.dates.span(made.first, made.last)
        desks = tuple(
            DeskView(self._link(name), tuple(map(self.cards.card, items)), f"desk-{slug(name.title, default='more')}")
            for name, items in made.desks
        )
        items = (made.lead, *(item for _, items in made.desks for item in items), *made.briefs)
        note = for_page(self.bodies(made.note), self.at, made.pictures) if made.note else ""
        view = EditionView(
            number=made.number,
            title=made.title or date.text,
            date=date,
            note=Markup(note),  # noqa: S704, sanitised by the press
            lead=self.cards.card(made.lead),
            desks=desks,
            briefs=tuple(map(self.cards.card, made.briefs)),
            running=tuple(map(self.almanac.running, made.running)),
            count=len(items),
            minutes=max(1, round(sum(item.story.words for item in items) / WORDS_A_MINUTE)),
            url=self.at.local(made.address),
            previous=self.almanac.edition(made.previous) if made.previous else None,
            next=self.almanac.edition(made.next) if made.next else None,
        )
        title = self.view.title if made.front else view.title
        kind = "front" if made.front else "edition"
        description = "" if made.front else view.lead.title
        return {"page": self._page(kind, made.address, title, description), "edition": view}

    def _editions(self, made: YearInputs) -> Views:
        name = self.view.titles.editions
        title = name if made.address == urls.EDITIONS else f"{name} {made.year}"
        return {"page": self._page("editions", made.address, title), "editions": self.almanac.editions(made)}

    def _corrections(self, made: CorrectionsInputs) -> Views:
        own = made.prose
        title, summary, language = (own.title, own.summary, own.lang) if own else (self.view.titles.corrections, "", "")
        body = Markup(for_page(self.bodies(own), self.at, made.pictures)) if own else Markup()  # noqa: S704, sanitised by the press
        page = self._page("corrections", urls.CORRECTIONS, title, summary, language=language)
        return {"page": page, "prose": ProseView(title, body), "corrections": self.almanac.corrections(made)}

    def _list(self, made: ListInputs) -> Views:
        view = ListView(
            kind=made.kind,
            name=made.name,
            cards=tuple(map(self.cards.card, made.items)),
            count=made.count,
            pager=self._pager(made.address, made.page, made.pages),
            feed=self.at.local(urls.feed(made.address)) if made.feed else "",
            facts=self.almanac.facts(made.facts),
        )
        feed = (made.name, urls.feed(made.address)) if made.feed else None
        page = self._page("list", urls.numbered(made.address, made.page), made.name, feed=feed)
        return {"page": page, "listing": view}

    def _month(self, made: MonthInputs) -> Views:
        name = self.dates.month(made.month)
        cards = tuple(map(self.cards.card, made.items))
        view = ListView("month", name, cards, made.count, self._pager(made.address, made.page, made.pages))
        return {"page": self._page("list", urls.numbered(made.address, made.page), name), "listing": view}

    def _names(self, made: NamesInputs) -> Views:
        title: str = getattr(self.view.titles, made.kind)
        running = tuple(map(self.almanac.running, made.running))
        view = IndexView(title, tuple(map(self._link, made.names)), running)
        return {"page": self._page("index", made.address, title), "index": view}

    def _thread(self, made: ThreadInputs) -> Views:
        view = self.almanac.thread(made, tuple(map(self.cards.card, made.items)))
        feed = (made.title, urls.feed(made.address))
        page = self._page("thread", made.address, made.title, view.cards[0].summary, feed=feed)
        return {"page": page, "thread": view}

    def _archive(self, made: ArchiveInputs) -> Views:
        name = self.view.titles.archive
        title = name if made.address == urls.ARCHIVE else f"{name} {made.months[0][0].year}"
        return {"page": self._page("archive", made.address, title), "archive": self.almanac.archive(made)}

    def _prose(self, made: ProseInputs) -> Views:
        prose = made.prose
        body = Markup(for_page(self.bodies(prose), self.at, made.pictures))  # noqa: S704, sanitised by the press
        page = self._page("prose", made.address, prose.title, prose.summary, language=prose.lang)
        return {"page": page, "prose": ProseView(prose.title, body)}

    def _plain(self, made: PlainInputs) -> Views:
        if made.address == urls.FRONT:
            return {"page": self._page("plain", made.address, self.view.title)}
        if made.address == urls.SEARCH:
            return {"page": self._page("search", made.address, self.view.titles.search)}
        return {"page": self._page("plain", made.address, self.view.titles.lost, index=False)}

    def _pager(self, address: str, page: int, pages: int) -> Pager:
        newer = self.at.local(urls.numbered(address, page - 1)) if page > 1 else ""
        older = self.at.local(urls.numbered(address, page + 1)) if page < pages else ""
        return Pager(page, pages, newer, older)

    def _link(self, name: Any) -> Link:
        return Link(name.title, self.at.local(name.address) if name.address else "", name.count)
