"""What a template may see: every view is a frozen value of these types, and nothing else reaches a template.

Addresses in views are ready to print: they begin with the site's base path ("/news/2025/05/08/slug/"), but for
those called ``canonical`` or ``feed``, which are absolute. ``Markup`` values are safe HTML; all other text is escaped.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from markupsafe import Markup

from broadsheet.pages.shapes import ChartFigure, MonthFigure


class Link(msgspec.Struct, frozen=True):
    """A name with an address; ``count`` is how many stories are behind it (0: not counted)."""

    title: str
    url: str
    count: int = 0


class FeedLink(msgspec.Struct, frozen=True):
    """A feed to be announced: its title, absolute address and media type."""

    title: str
    url: str
    type: str


class SiteView(msgspec.Struct, frozen=True):
    """The site as every page sees it. ``home`` is the base path; ``direction`` is ltr or rtl.

    ``topics``, ``authors``, ``sources`` and ``corrections`` are empty where there is no such page.
    """

    title: str
    tagline: str
    description: str
    home: str
    language: str
    direction: str
    sections: tuple[Link, ...]
    pages: tuple[Link, ...]
    editions: str
    archive: str
    topics: str
    authors: str
    threads: str
    sources: str
    corrections: str
    feed: str
    publisher: str
    copyright: str
    picture: PictureView | None = None  # what share cards show of a page without a picture of its own


class PageView(msgspec.Struct, frozen=True):
    """The page itself: its kind (the template's name without ending), title, summary, addresses and language.

    ``here`` is its address where that is one of the navigation's, else empty: navigation is drawn from that alone.
    """

    kind: str
    title: str
    description: str
    url: str
    canonical: str
    here: str
    language: str
    direction: str
    feeds: tuple[FeedLink, ...] = ()
    index: bool = True  # False: robots are asked to leave it out
    picture: PictureView | None = None  # what share cards show; its address is absolute
    json_ld: Markup = Markup("")  # for <script type="application/ld+json">


class PictureView(msgspec.Struct, frozen=True):
    """A picture: its address, text alternative, caption, credit and size in pixels (0: unknown)."""

    url: str
    alt: str
    caption: str
    credit: str
    width: int
    height: int


class When(msgspec.Struct, frozen=True):
    """A moment or a day: ``iso`` for <time datetime>, ``text`` for people, in the site's language and time zone."""

    iso: str
    text: str
    day: dt.date


class Card(msgspec.Struct, frozen=True):
    """A story as a list shows it. ``marks`` are what only the preview shows, such as "draft"."""

    title: str
    url: str
    summary: str
    date: When
    section: Link | None
    authors: tuple[Link, ...]
    minutes: int
    priority: str
    language: str
    image: PictureView | None
    marks: tuple[str, ...] = ()


class DeskView(msgspec.Struct, frozen=True):
    """One section's share of an edition; ``anchor`` is the id by which the page's own links find it."""

    section: Link
    cards: tuple[Card, ...]
    anchor: str


class EditionView(msgspec.Struct, frozen=True):
    """An edition: number, day or days, the lead, the sections in the site's order, briefs, its neighbours.

    ``previous`` is the older edition, ``next`` the newer one; ``note`` is the editor's word, as safe HTML. ``minutes``
    is how long it takes to read it all. A story whose day is before ``date.day`` came late, and shows its own date.
    """

    number: int
    title: str
    date: When
    note: Markup
    lead: Card
    desks: tuple[DeskView, ...]
    briefs: tuple[Card, ...]
    count: int
    minutes: int
    url: str
    previous: Link | None
    next: Link | None


class Pager(msgspec.Struct, frozen=True):
    """Where a page of a list stands: number ``page`` of ``pages``; ``newer`` and ``older`` are addresses or empty."""

    page: int
    pages: int
    newer: str
    older: str


class ListView(msgspec.Struct, frozen=True):
    """Stories in a list, newest first: of a section, topic, author, source or month. ``kind`` says which."""

    kind: str
    name: str
    cards: tuple[Card, ...]
    count: int
    pager: Pager
    feed: str = ""
    facts: FactsView | None = None


class FactsView(msgspec.Struct, frozen=True):
    """What the first page of a list tells: its share of the latest edition, what often stands beside it, its chart."""

    share: tuple[int, int, Link] | None
    neighbours: tuple[Link, ...]
    chart: ChartFigure | None
    home: str
    licences: tuple[Link, ...]


class Year(msgspec.Struct, frozen=True):
    """A year of the archive with its months, newest first."""

    year: Link
    months: tuple[Link, ...]


class IndexView(msgspec.Struct, frozen=True):
    """A list of names, each with an address and a count: all topics, all authors, all sources."""

    name: str
    entries: tuple[Link, ...]


class EditionsView(msgspec.Struct, frozen=True):
    """The editions of a year, newest first, its calendar, and all years with the number of their editions."""

    year: str
    lines: tuple[EditionLine, ...]
    months: tuple[MonthFigure, ...]
    years: tuple[Link, ...]


class EditionLine(msgspec.Struct, frozen=True):
    """An edition in the list of editions."""

    number: int
    title: str
    url: str
    date: When
    count: int
    lead: str


class ProseView(msgspec.Struct, frozen=True):
    """A page of the editor's own, such as About."""

    title: str
    body: Markup
