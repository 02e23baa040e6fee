"""Metadata for machines: what a page is, as JSON-LD of schema.org, and the picture that share cards show.

In: a page's view and the inputs that it was made from; what it is, its kind says. Out: the view, complete.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from markupsafe import Markup

from broadsheet.config import Site
from broadsheet.config.taxonomies import rows
from broadsheet.model import Asset, Picture
from broadsheet.pages import urls
from broadsheet.pages.inputs import Item
from broadsheet.pages.views import Late, PageView, PictureView, SiteView, in_zone

Thing = dict[str, Any]
Crumbs = tuple[tuple[str, str], ...]  # names with addresses, from the front page down
Maker = Callable[[Any, PageView, "Structured"], list[Thing]]

_MINUTE = dt.timedelta(minutes=1)
_CLOSING = tuple(
    (character.encode(), f"\\u{ord(character):04x}".encode()) for character in ("<", ">", "&", "\u2028", "\u2029")
)


class Structured:
    """What the structured data of one site's pages have in common; ``above`` are the breadcrumbs above terms."""

    def __init__(self, site: Site, view: SiteView) -> None:
        self.view = view
        self.zone = site.zone
        self.at = urls.Addresses(site.settings.url)
        self.home = site.home
        self.front = self.at.absolute(site.home)
        self._moments: dict[dt.datetime, str] = {}
        self.above: dict[str, Crumbs] = {
            row.name: ((row.title or getattr(view.titles, row.folder), self.below(row.address)),)
            for row in rows(site.settings)
            if row.index
        }
        said = {"@type": "NewsMediaOrganization", "name": view.publisher, "url": self.at.root}
        self.publisher: Thing = filled({**said, "logo": image(view.icon) if view.icon else {}})
        self.licence = view.licence.url if view.licence else ""

    def below(self, address: str) -> str:
        """The address in this language of a page that every language has."""
        return f"{self.home}{address}"

    def complete(self, page: PageView, made: msgspec.Struct, things: Maker | None) -> PageView:
        """The view with its JSON-LD: ``things`` of its kind, else its breadcrumbs; none where robots leave it out."""
        if not page.index:
            return page
        return msgspec.structs.replace(page, json_ld=Late(functools.partial(self._script, made, page, things)))

    def _script(self, made: msgspec.Struct, page: PageView, things: Maker | None) -> Markup:
        return script(things(made, page, self) if things else self._other(page))

    def _other(self, page: PageView) -> list[Thing]:
        return [self.website()] if page.canonical == self.front else [self.crumbs(page)]

    def website(self) -> Thing:
        """The site itself."""
        said = {"name": self.view.title, "description": self.view.description, "inLanguage": self.view.language}
        return {"@type": "WebSite", "url": self.front, **filled(said), "publisher": self.publisher}

    def items(self, items: Iterable[Item]) -> Thing:
        """Stories as a list."""
        found = [
            {"@type": "ListItem", "position": place, "name": item.story.title, "url": self.at.absolute(item.address)}
            for place, item in enumerate(items, 1)
        ]
        return {"@type": "ItemList", "numberOfItems": len(found), "itemListElement": found}

    def crumbs(self, page: PageView, above: Crumbs = ()) -> Thing:
        """The way from the front page down to a page, through those ``above`` it."""
        trail = [(self.view.title, self.front), *((name, self.at.absolute(address)) for name, address in above)]
        found = [
            {"@type": "ListItem", "position": place, "name": name, "item": url}
            for place, (name, url) in enumerate((*trail, (page.title, page.canonical)), 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": found}

    def moment(self, moment: dt.datetime) -> str:
        """A moment in the site's time zone."""
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


def share_of(item: Item, at: urls.Addresses) -> PictureView | None:
    """The picture of a story as share cards name it; None where it has none that they can show."""
    if item.picture and not item.picture.path.endswith(".svg"):
        return share(item.picture, item.story.image or Picture(""), at)
    return None


def first_picture(items: Iterable[Item], at: urls.Addresses) -> PictureView | None:
    """The picture of the first of these stories that has one, as share cards name it."""
    return next((shown for item in items if (shown := share_of(item, at))), None)


def image(picture: PictureView) -> Thing:
    """A picture as schema.org has it, with whose it is (Google Search Central, image metadata)."""
    size = {"width": picture.width, "height": picture.height}
    return filled(
        {"@type": "ImageObject", "url": picture.url, **size, "caption": picture.caption, "creditText": picture.credit}
    )


def filled(thing: Thing) -> Thing:
    """A thing without what says nothing."""
    return {key: value for key, value in thing.items() if value}
