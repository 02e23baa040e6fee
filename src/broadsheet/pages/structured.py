"""Metadata for machines: what a page is, as JSON-LD of schema.org, and the picture that share cards show.

In: a page's view and the inputs that it was made from. Out: the view with both, complete.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from markupsafe import Markup

from broadsheet import iri
from broadsheet.config import Site
from broadsheet.model import Asset, Credit, Picture
from broadsheet.pages import urls
from broadsheet.pages.editionplan import YearInputs
from broadsheet.pages.feeds import in_zone
from broadsheet.pages.inputs import EditionInputs, Item, ListInputs, MonthInputs, Name, StoryInputs
from broadsheet.pages.threadplan import ThreadInputs
from broadsheet.pages.views import Late, PageView, PictureView, SiteView

Thing = dict[str, Any]
Crumbs = tuple[tuple[str, str], ...]  # names with addresses, from the front page down

_MINUTE = dt.timedelta(minutes=1)
_CLOSING = tuple(
    (character.encode(), f"\\u{ord(character):04x}".encode()) for character in ("<", ">", "&", "\u2028", "\u2029")
)


class Structured:
    """Completes the views of one site's pages."""

    def __init__(self, site: Site, view: SiteView) -> None:
        self.view = view
        self.zone = site.zone
        self.at = urls.Addresses(site.settings.url)
        self._moments: dict[dt.datetime, str] = {}
        titles = view.titles
        self.editions: Crumbs = ((titles.editions, urls.EDITIONS),)
        self.threads: Crumbs = ((titles.threads, urls.THREADS),)
        archive: Crumbs = ((titles.archive, urls.ARCHIVE),)
        above: dict[str, Crumbs] = {
            "topic": ((titles.topics, urls.TOPICS),),
            "author": ((titles.authors, urls.AUTHORS),),
            "source": ((titles.sources, urls.SOURCES),),
        }
        self.publisher: Thing = {"@type": "NewsMediaOrganization", "name": view.publisher, "url": self.at.root}
        self._makers: dict[type, Callable[[Any, PageView], list[Thing]]] = {
            StoryInputs: self._story,
            EditionInputs: self._edition,
            ThreadInputs: self._thread,
            ListInputs: lambda made, page: [self._crumbs(page, above.get(made.kind, ()))],
            YearInputs: lambda made, page: [self._crumbs(page, () if made.address == urls.EDITIONS else self.editions)],
            MonthInputs: lambda _, page: [self._crumbs(page, archive)],
        }

    def complete(self, page: PageView, made: msgspec.Struct) -> PageView:
        """The view with its share picture and its JSON-LD; a page that robots should leave out has neither."""
        if not page.index:
            return page
        page = msgspec.structs.replace(page, picture=self._picture(made) or self.view.picture)
        return msgspec.structs.replace(page, json_ld=Late(functools.partial(self._script, made, page)))

    def _script(self, made: msgspec.Struct, page: PageView) -> Markup:
        return script(self._makers[type(made)](made, page) if type(made) in self._makers else self._other(page))

    def _picture(self, made: msgspec.Struct) -> PictureView | None:
        item = made.item if isinstance(made, StoryInputs) else made.lead if isinstance(made, EditionInputs) else None
        if item and item.picture and not item.picture.path.endswith(".svg"):  # which share cards cannot show
            return share(item.picture, item.story.image or Picture(""), self.at)
        if isinstance(made, StoryInputs) and made.card:
            return share(made.card, Picture("", alt=made.item.story.title), self.at)
        return None

    def _other(self, page: PageView) -> list[Thing]:
        return [self._site()] if page.canonical == self.at.root else [self._crumbs(page, ())]

    def _site(self) -> Thing:
        said = {"name": self.view.title, "description": self.view.description, "inLanguage": self.view.language}
        return {"@type": "WebSite", "url": self.at.root, **_filled(said), "publisher": self.publisher}

    def _story(self, made: StoryInputs, page: PageView) -> list[Thing]:
        """NewsArticle as Google's article page asks for it; its dates are those that the page shows."""
        story = made.item.story
        section = made.section
        article: Thing = {
            "@type": "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": page.canonical},
            "url": page.canonical,
            "headline": story.title,
            "description": page.description,
            "image": [page.picture.url] if page.picture else [],
            "datePublished": self._moment(story.date),
            "dateModified": self._moment(story.updated or story.date),
            "author": [self._author(name, story.source) for name in made.authors] or [self.publisher],
            "publisher": self.publisher,
            "inLanguage": page.language,
            "articleSection": section.title if section else "",
            "keywords": [topic.title for topic in made.topics],
            "wordCount": story.words,
            "isBasedOn": _source(story.source),
            "correction": [
                {"@type": "CorrectionComment", "text": it.text, "datePublished": self._moment(it.date)}
                for it in story.corrections
            ],
        }
        above = ((section.title, section.address),) if section and section.address else ()
        return [_filled(article), self._crumbs(page, above)]

    def _edition(self, made: EditionInputs, page: PageView) -> list[Thing]:
        items = (made.lead, *(item for _, desk in made.desks for item in desk), *made.briefs)
        first = self._site() if made.front else self._crumbs(page, self.editions)
        return [first, self._items(items)]

    def _thread(self, made: ThreadInputs, page: PageView) -> list[Thing]:
        """A running story as a live blog: an update for each of its stories, newest first."""
        began = self._moment(min(item.story.date for item in made.items))
        blog: Thing = {
            "@type": "LiveBlogPosting",
            "mainEntityOfPage": {"@type": "WebPage", "@id": page.canonical},
            "url": page.canonical,
            "headline": made.title,
            "image": [page.picture.url] if page.picture else [],
            "datePublished": began,
            "dateModified": self._moment(max(item.story.updated or item.story.date for item in made.items)),
            "coverageStartTime": began,
            "author": [self.publisher],
            "publisher": self.publisher,
            "inLanguage": page.language,
            "liveBlogUpdate": [self._update(item) for item in made.items],
        }
        return [_filled(blog), self._crumbs(page, self.threads)]

    def _update(self, item: Item) -> Thing:
        story = item.story
        update: Thing = {
            "@type": "BlogPosting",
            "headline": story.title,
            "url": self.at.absolute(item.address),
            "datePublished": self._moment(story.date),
            "dateModified": self._moment(story.updated or story.date),
            "author": [self.publisher],
            "articleBody": story.summary or story.lead,
        }
        return _filled(update)

    def _items(self, items: Iterable[Item]) -> Thing:
        found = [
            {"@type": "ListItem", "position": place, "name": item.story.title, "url": self.at.absolute(item.address)}
            for place, item in enumerate(items, 1)
        ]
        return {"@type": "ItemList", "numberOfItems": len(found), "itemListElement": found}

    def _crumbs(self, page: PageView, above: Crumbs) -> Thing:
        trail = [(self.view.title, self.at.root), *((name, self.at.absolute(address)) for name, address in above)]
        found = [
            {"@type": "ListItem", "position": place, "name": name, "item": url}
            for place, (name, url) in enumerate((*trail, (page.title, page.canonical)), 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": found}

    def _author(self, name: Name, source: Credit | None) -> Thing:
        """A byline: an organisation where it is the publisher's own name or the source's, else a person."""
        organisations = {self.view.publisher, self.view.title, source.name if source else ""}
        kind = "Organization" if name.title in organisations else "Person"
        url = self.at.absolute(name.address) if name.address else self.at.root
        return {"@type": kind, "name": name.title, "url": url}

    def _moment(self, moment: dt.datetime) -> str:
        found = self._moments.get(moment)
        if found is None:
            found = self._moments[moment] = in_zone(moment, self.zone, _MINUTE).isoformat(timespec="seconds")
        return found


def script(things: list[Thing]) -> Markup:
    """What stands in <script type="application/ld+json">; no text in it can end the element."""
    graph = things[0] if len(things) == 1 else {"@graph": things}
    data = msgspec.json.encode({"@context": "https://schema.org", **graph})
    for character, escape in _CLOSING:
        data = data.replace(character, escape)
    return Markup(data.decode())  # noqa: S704, no < and no & is left in it


def share(asset: Asset, words: Picture, at: urls.Addresses) -> PictureView:
    """A picture as share cards name it: by its absolute address."""
    return PictureView(
        at.absolute(asset.path), words.alt, words.caption, words.credit, width=asset.width, height=asset.height
    )


def _source(source: Credit | None) -> Thing:
    if source is None:
        return {}
    said = _filled({"name": source.name, "url": iri.absolute(source.url)})
    return {"@type": "CreativeWork", **said} if said else {}


def _filled(thing: Thing) -> Thing:
    return {key: value for key, value in thing.items() if value}
