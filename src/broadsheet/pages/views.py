"""What a template may see: every view is a frozen value of these types, and nothing else reaches a template.

Addresses in views are ready to print: they begin with the site's base path ("/news/2025/05/08/slug/"), but for
those called ``canonical`` or ``feed``, which are absolute. ``Markup`` values are safe HTML; all other text is escaped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
from markupsafe import Markup


class Late:
    """Safe HTML that is made where a template prints it, and not for one that does not."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], Markup]) -> None:
        self._make = make

    def __html__(self) -> str:
        """The HTML, as MarkupSafe asks for it."""
        return self._make()

    __str__ = __html__


class Link(msgspec.Struct, frozen=True):
    """A name with an address; ``count`` is how many stories are behind it (0: not counted).

    ``language`` is that of a story's title where it is not the site's.
    """

    title: str
    url: str
    count: int = 0
    language: str = ""


class FeedLink(msgspec.Struct, frozen=True):
    """A feed to be announced: its title, absolute address and media type."""

    title: str
    url: str
    type: str


class Titles(msgspec.Struct, frozen=True):
    """What the theme calls pages, in tabs, breadcrumbs and lists of feeds, in the site's language."""

    editions: str = "Editions"
    archive: str = "Archive"
    sections: str = "Sections"
    topics: str = "Topics"
    authors: str = "Authors"
    sources: str = "Sources"
    threads: str = "The story so far"
    corrections: str = "Corrections"
    retracted: str = "Retracted"
    search: str = "Search"
    lost: str = "Page not found"
    gone: str = "This page is gone"


class SiteView(msgspec.Struct, frozen=True):
    """The site as every page sees it. ``home`` is the base path; ``direction`` is ltr or rtl.

    Those of ``editions`` to ``search`` are empty without such a page. ``addresses`` are those of sections and authors
    that share their slug with another, by "section/" or "author/" and the name. ``taxonomies`` are the pages of all
    terms of the site's own taxonomies, such as all countries. ``tdm_reserved`` is whether rights of text and data
    mining are reserved, ``tdm_policy`` the address of the page that says how they can be had, or empty.
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
    search: str
    feed: str
    publisher: str
    copyright: str
    picture: PictureView | None = None  # what share cards show of a page without a picture of its own
    titles: Titles = Titles()
    addresses: dict[str, str] = {}
    taxonomies: tuple[Link, ...] = ()
    tdm_reserved: bool = False
    tdm_policy: str = ""


class Alternate(msgspec.Struct, frozen=True):
    """What a page says in a language: the language's tag (BCP 47), its name in itself ("Deutsch"), its direction, the
    title, and the address: absolute in ``canonical``.

    ``here`` is whether that is the page itself; ``locale`` is the language as Open Graph names it ("de_DE").
    """

    language: str
    name: str
    direction: str
    locale: str
    title: str
    url: str
    canonical: str
    here: bool = False


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
    json_ld: Late | None = None  # for <script type="application/ld+json">
    alternates: tuple[Alternate, ...] = ()  # the page itself and its translations; none where it has none


class PictureView(msgspec.Struct, frozen=True):
    """A picture: its address, text alternative, caption, credit and size in pixels (0: unknown).

    ``srcset`` lists it as WebP in several widths, for ``<source>``; empty where there are none.
    ``shape`` is ``tall``, ``square`` or ``wide``, which style sheets need to keep it in the window; empty for others.
    """

    url: str
    alt: str
    caption: str
    credit: str
    width: int
    height: int
    srcset: str = ""
    shape: str = ""


class When(msgspec.Struct, frozen=True):
    """A moment or a day: ``iso`` for <time datetime>, ``text`` for people, in the site's language and time zone."""

    iso: str
    text: str
    day: dt.date


class Card(msgspec.Struct, frozen=True):
    """A story as a list shows it. ``marks`` are what only the preview shows, such as "draft".

    ``updated`` is when it was last changed after its date, ``corrected`` whether it says what was put right.
    ``retracted`` is whether its text is replaced by a notice, which is its summary then: only a frozen edition has
    such a card.
    """

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
    updated: When | None = None
    corrected: bool = False
    retracted: bool = False


class Pager(msgspec.Struct, frozen=True):
    """Where a page of a list stands: number ``page`` of ``pages``; ``newer`` and ``older`` are addresses or empty."""

    page: int
    pages: int
    newer: str
    older: str
