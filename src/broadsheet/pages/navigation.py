"""The navigation: the site as every page sees it.

In: the settings, the newspaper, the editor's own pages. Out: a ``SiteView``. It changes every page, so nothing stands
in it that changes with each story.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from broadsheet.config import Site
from broadsheet.config.taxonomies import rows
from broadsheet.locales import direction
from broadsheet.model import Asset, Newspaper, Picture, Prose
from broadsheet.pages import urls
from broadsheet.pages.names import listed, unusual
from broadsheet.pages.structured import share
from broadsheet.pages.views import Link, SiteView, Titles
from broadsheet.taxonomies import AUTHOR, SECTION, SOURCE, TOPIC, Taxonomy

_ON_CARDS = (SECTION.name, AUTHOR.name)


def base(site: Site) -> str:
    """The address of the front page on its host, below which all addresses are: "/" or "/news/"."""
    return urls.Addresses(site.settings.url).base


def site_view(site: Site, newspaper: Newspaper, prose: tuple[Prose, ...]) -> SiteView:
    """The site as every page sees it; it changes every page, so nothing stands here that changes with each story."""
    settings = site.settings
    at = urls.Addresses(settings.url)
    known = rows(settings)
    found = listed(newspaper, known)
    doors = {row.name: at.local(row.address) for row in known if row.index and found[row.name]}
    corrected = newspaper.corrected
    own = (page for page in prose if not corrected or urls.prose(page.slug) != urls.CORRECTIONS)
    return SiteView(
        title=settings.title,
        tagline=settings.tagline,
        description=settings.description or settings.tagline,
        home=at.base,
        language=settings.language,
        direction=direction(settings.language),
        sections=tuple(Link(term.name, at.local(address)) for _, term, address in found[SECTION.name]),
        pages=tuple(Link(page.title, at.local(urls.prose(page.slug))) for page in own),
        editions=at.local(urls.EDITIONS) if newspaper.editions else "",
        archive=at.local(urls.ARCHIVE) if newspaper.stories else "",
        topics=doors.get(TOPIC.name, ""),
        authors=doors.get(AUTHOR.name, ""),
        threads=at.local(urls.THREADS) if newspaper.threads else "",
        sources=doors.get(SOURCE.name, ""),
        corrections=at.local(urls.CORRECTIONS) if corrected else "",
        search=at.local(urls.SEARCH) if settings.search and newspaper.stories else "",
        feed=at.local(urls.FEED),
        publisher=settings.publisher or settings.title,
        copyright=settings.copyright,
        taxonomies=tuple(Link(row.title, doors[row.name]) for row in known if row.title and row.name in doors),
        tdm_reserved=settings.robots.tdm,
        tdm_policy=settings.robots.terms if settings.robots.tdm else "",
        addresses={f"{kind}/{name}": at.local(to) for kind in _ON_CARDS for name, to in unusual(found[kind])},
    )


def titles(view: SiteView, known: Iterable[Taxonomy]) -> dict[str, str]:
    """What all terms of each taxonomy are called, and all threads, by folder: as the settings say, else the theme."""
    return {"threads": view.titles.threads} | {
        row.folder: row.title or getattr(view.titles, row.folder) for row in known
    }


def with_share(view: SiteView, picture: Asset | None, at: str) -> SiteView:
    """The site with the theme's picture for share cards, where it has one; ``at`` is the site's address."""
    if picture is None:
        return view
    return msgspec.structs.replace(view, picture=share(picture, Picture("", alt=view.title), urls.Addresses(at)))


def with_titles(view: SiteView, titles: Mapping[str, str]) -> SiteView:
    """The site with what its theme calls pages; those that it does not name keep their English titles."""
    known = {kind: titles[kind] for kind in Titles.__struct_fields__ if kind in titles}
    return msgspec.structs.replace(view, titles=Titles(**known))
