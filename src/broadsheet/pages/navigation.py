"""The navigation: the site as every page sees it, and the names of terms, each with the address where it is found.

In: the settings, the newspaper, the pages of the editor. Out: a ``SiteView``, in which nothing stands that changes with
each story, since it changes every page; the terms that have a page of their own; for every spelling the name to print.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from broadsheet import iri, locales
from broadsheet.config import Site
from broadsheet.config.taxonomies import AUTHOR, SECTION, SOURCE, TOPIC, Taxonomy, rows
from broadsheet.locales import direction, other
from broadsheet.model import Asset, Newspaper, Picture, Prose, Term
from broadsheet.pages import urls
from broadsheet.pages.inputs import Name
from broadsheet.pages.structured import share
from broadsheet.pages.views import Alternate, FeedLink, Link, SiteView, Titles


class TermPage(NamedTuple):
    """A term that has a page of its own, the taxonomy that it is of, and that page's address."""

    taxonomy: Taxonomy
    term: Term
    address: str

    @property
    def feed(self) -> bool:
        """Whether it has feeds."""
        return self.taxonomy.feeds and len(self.term.stories) >= self.taxonomy.feed_minimum


def listed(newspaper: Newspaper, rows: Iterable[Taxonomy], site: Site) -> dict[str, tuple[TermPage, ...]]:
    """The terms with pages, by taxonomy, in a language of the site. One without a page takes no address."""
    return {row.name: _addressed(row, newspaper.terms.get(row.name, ()), site) for row in rows}


def _addressed(row: Taxonomy, terms: Iterable[Term], site: Site) -> tuple[TermPage, ...]:
    found = [term for term in terms if len(term.stories) >= row.minimum]
    addresses = urls.terms(row, [term.name for term in found], site.home, latin=site.settings.latin)
    return tuple([TermPage(row, term, addresses[term.name]) for term in found])


def unusual(found: Iterable[TermPage], site: Site) -> Iterator[tuple[str, str]]:
    """The spellings whose address is not the one that their name alone would give, with that address.

    Cards have no more of a section than its name: most addresses are made of that, and the few others stand here.
    """
    for one in found:
        for spelling in one.term.spellings:
            if urls.usual(one.taxonomy, spelling, site.home, latin=site.settings.latin) != one.address:
                yield spelling, one.address


class Names(dict[str, Name]):
    """The names of one taxonomy by spelling; one without a page is itself as ``titled`` sets it, without an address."""

    def __init__(self, titled: Callable[[str], str]) -> None:
        super().__init__()
        self.titled = titled

    def __missing__(self, spelling: str) -> Name:
        made = self[spelling] = Name(self.titled(spelling), "")
        return made


def named(found: Mapping[str, Iterable[TermPage]], titled: Callable[[str], str]) -> dict[str, Names]:
    """The names of terms by taxonomy, without counts: what names a topic is not drawn again when that grows."""
    names = {taxonomy: Names(titled) for taxonomy in found}
    for taxonomy, terms in found.items():
        for one in terms:
            names[taxonomy].update(dict.fromkeys(one.term.spellings, Name(one.term.name, one.address)))
    return names


def introductions(prose: Iterable[Prose], addresses: Iterable[str]) -> dict[str, Prose]:
    """The editor's own words on what has a list, by its address: pages/authors/ida-morel.md is on that author."""
    known = set(addresses)
    return {there: page for page in prose if (there := f"{page.path.removesuffix('.md')}/") in known}


_ON_CARDS = (SECTION.name, AUTHOR.name)


def base(site: Site) -> str:
    """The address of the front page on its host, below which all addresses are: "/" or "/news/"."""
    return urls.Addresses(site.settings.url).base


def site_view(site: Site, newspaper: Newspaper, prose: tuple[Prose, ...]) -> SiteView:
    """The site as every page sees it; it changes every page, so nothing stands here that changes with each story."""
    settings = site.settings
    at = urls.Addresses(settings.url)
    known = rows(settings)
    found = listed(newspaper, known, site)

    def door(address: str) -> str:
        return at.local(f"{site.home}{address}")

    doors = {row.name: door(row.address) for row in known if row.index and found[row.name]}
    corrected = newspaper.corrected
    hidden = f"{site.home}{urls.CORRECTIONS}" if corrected else ""
    addresses = (*(one.address for terms in found.values() for one in terms), *map(urls.thread, newspaper.threads))
    inside = introductions(prose, addresses).values()
    own = (page for page in _offered(prose, site.home) if page not in inside and urls.prose(page.slug) != hidden)
    return SiteView(
        title=settings.title,
        tagline=settings.tagline,
        description=settings.description or settings.tagline,
        home=door(urls.FRONT),
        language=settings.language,
        direction=direction(settings.language),
        sections=tuple(Link(term.name, at.local(address)) for _, term, address in found[SECTION.name]),
        pages=tuple(
            Link(
                page.title,
                at.local(urls.prose(page.slug)),
                language=other(page.lang, settings.language) if page.lang else "",
            )
            for page in own
        ),
        editions=door(urls.EDITIONS) if newspaper.editions else "",
        archive=door(urls.ARCHIVE) if newspaper.stories else "",
        topics=doors.get(TOPIC.name, ""),
        authors=doors.get(AUTHOR.name, ""),
        threads=door(urls.THREADS) if newspaper.threads else "",
        sources=doors.get(SOURCE.name, ""),
        corrections=door(urls.CORRECTIONS) if corrected else "",
        search=door(urls.SEARCH) if settings.search and newspaper.stories else "",
        feed=door(urls.FEED),
        publisher=settings.publisher or settings.title,
        copyright=settings.copyright,
        manifest=at.local(urls.MANIFEST) if settings.offline else "",
        worker=at.local(urls.WORKER) if settings.offline else "",
        taxonomies=tuple(Link(row.title, doors[row.name]) for row in known if row.title and row.name in doors),
        tdm_reserved=settings.robots.tdm,
        tdm_policy=settings.robots.terms if settings.robots.tdm else "",
        feeds=tuple(_feeds(site, at)),
        licence=Link(settings.licence or settings.licence_url, _local(settings.licence_url, at))
        if settings.licence or settings.licence_url
        else None,
        contact=f"mailto:{settings.contact}" if "@" in settings.contact else _local(settings.contact, at),
        accessibility=_statement(settings.accessibility, at),
        colophon=settings.colophon,
        root=at.base,
        addresses={f"{kind}/{name}": at.local(to) for kind in _ON_CARDS for name, to in unusual(found[kind], site)},
    )


def _offered(prose: Iterable[Prose], home: str) -> Iterator[Prose]:
    """The pages of the editor's own in a language, and those of the first that it has not, as what they are."""
    there = {page.slug.removeprefix(home) for page in prose if urls.home(page.slug) == home}
    return (
        page for page in prose if urls.home(page.slug) == home or (not urls.home(page.slug) and page.slug not in there)
    )


def fronts(site: Site) -> tuple[Alternate, ...]:
    """The front pages of a site in several languages, the first at its root; none where it has one alone."""
    at = urls.Addresses(site.settings.url)
    found = site.languages
    made = (
        [alternate(own.settings.language, own.home, own.settings.title, at) for own in found] if len(found) > 1 else []
    )
    return tuple([msgspec.structs.replace(one, front=True) for one in made])


def alternate(language: str, address: str, title: str, at: urls.Addresses, *, here: bool = False) -> Alternate:
    """A page in a language of the site as those in others refer to it."""
    locale = locales.of(language)
    return Alternate(
        language,
        locale.name,
        direction(language),
        locale.open_graph,
        title,
        at.local(address),
        at.absolute(address),
        here,
    )


_FEEDS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


def _feeds(site: Site, at: urls.Addresses) -> Iterator[FeedLink]:
    """The feeds of the whole site, by kind; the list of all feeds, which readers of feeds take in at once, is last."""
    for form in site.settings.feed_forms:
        yield FeedLink(_FEEDS[form], at.local(urls.feed(site.home, form)), urls.MEDIA_TYPES[form])
    yield FeedLink("OPML", at.local(f"{site.home}{urls.FEED_LIST}"), "text/x-opml")


def _local(address: str, at: urls.Addresses) -> str:
    return at.local(address.lstrip("/")) if address.startswith("/") else iri.absolute(address) or address


def _statement(said: str, at: urls.Addresses) -> Link | None:
    """The statement of accessibility: its text, or where it stands."""
    if not said:
        return None
    return Link("", _local(said, at)) if re.fullmatch(r"(https?://|/(?!/))\S+", said) else Link(said, "")


def titles(view: SiteView, known: Iterable[Taxonomy]) -> dict[str, str]:
    """What all terms of each taxonomy are called, and all threads, by folder: as the settings say, else the theme."""
    return {"threads": view.titles.threads} | {
        row.folder: row.title or getattr(view.titles, row.folder) for row in known
    }


def with_share(view: SiteView, static: Mapping[str, Asset], at: str) -> SiteView:
    """The site with the theme's picture for share cards and its icon, where it has them; ``at`` is its address."""
    words, addresses = Picture("", alt=view.title), urls.Addresses(at)
    picture, icon = (share(static[name], words, addresses) if name in static else None for name in (SHARE, ICON))
    return msgspec.structs.replace(view, picture=picture, icon=icon)


SHARE, ICON = "share.png", "icon.png"  # of a theme


def with_titles(view: SiteView, titles: Mapping[str, str]) -> SiteView:
    """The site with what its theme calls pages; those that it does not name keep their English titles."""
    known = {kind: titles[kind] for kind in Titles.__struct_fields__ if kind in titles}
    return msgspec.structs.replace(view, titles=Titles(**known))
