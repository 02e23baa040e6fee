"""What a template may see: every view is a frozen value of these types, and nothing else reaches a template.

Addresses in views are ready to print: they begin with the site's base path ("/news/2025/05/08/slug/"), but for
those called ``canonical`` or ``feed``, which are absolute. ``Markup`` values are safe HTML; all other text is escaped.
Days and moments carry the machine's form beside the reader's, which ``Dates`` writes as the Unicode CLDR has it.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from broadsheet import locales


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
    """A name with an address. ``count`` is the number of its stories (0: not counted).

    ``language`` is that of a story's title if it is not the site's.
    """

    title: str
    url: str
    count: int = 0
    language: str = ""


class FeedLink(msgspec.Struct, frozen=True):
    """A feed to announce: its title, absolute address and media type."""

    title: str
    url: str
    type: str


class Titles(msgspec.Struct, frozen=True):
    """The theme's names of pages, in tabs, breadcrumbs and lists of feeds, in the site's language.

    Those from ``note`` on are used in bodies, which no template draws, ``points`` and ``also`` in feeds.
    """

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
    note: str = "Note"
    tip: str = "Tip"
    important: str = "Important"
    warning: str = "Warning"
    caution: str = "Caution"
    figures: str = "The figures"
    film: str = "Video"
    listen: str = "Listen"
    points: str = "Key points"
    also: str = "Also reported by"


class SiteView(msgspec.Struct, frozen=True):
    """The site, as every page sees it. ``home`` is the base path; ``direction`` is ltr or rtl.

    ``editions`` to ``search`` are addresses, and empty if there is no such page. ``addresses`` has those of
    sections and authors that share their slug with another, by "section/" or "author/" and the name.
    ``taxonomies`` are the pages of all terms of the site's own taxonomies, such as all countries.
    ``tdm_reserved`` says whether rights of text and data mining are reserved; ``tdm_policy`` is the address of
    the page on licences, or empty. ``feeds`` are the feeds of the whole site, by kind. ``licence`` may have no
    address. ``accessibility`` is the statement, or its address with an empty title. ``contact`` is an address
    to link to, "mailto:…" for mail. ``manifest`` and ``worker`` are the addresses of the offline edition's
    files, empty if the site has none.
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
    picture: PictureView | None = None  # the picture of share cards for pages without one
    icon: PictureView | None = None  # the icon.png of the theme, which is the logo of the publisher for machines
    titles: Titles = Titles()
    addresses: dict[str, str] = {}
    taxonomies: tuple[Link, ...] = ()
    tdm_reserved: bool = False
    tdm_policy: str = ""
    feeds: tuple[FeedLink, ...] = ()
    licence: Link | None = None
    contact: str = ""
    accessibility: Link | None = None
    colophon: str = ""
    root: str = ""  # the base path of all languages
    manifest: str = ""
    worker: str = ""


class Alternate(msgspec.Struct, frozen=True):
    """A page in a language: the tag (BCP 47), the language's own name ("Deutsch"), the direction, the title and the
    address, which is absolute in ``canonical``.

    ``here`` says whether it is the page itself, ``front`` whether it is the front page of the language in its place;
    ``locale`` is the language in the form of Open Graph ("de_DE").
    """

    language: str
    name: str
    direction: str
    locale: str
    title: str
    url: str
    canonical: str
    here: bool = False
    front: bool = False


class PageView(msgspec.Struct, frozen=True):
    """The page itself: its kind (the template's name without ending), title, summary, addresses and language.

    ``here`` is its address if the navigation has it, and empty otherwise.
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
    index: bool = True  # False: search engines are asked to leave it out
    picture: PictureView | None = None  # the picture of share cards; its address is absolute
    json_ld: Late | None = None  # for <script type="application/ld+json">
    alternates: tuple[Alternate, ...] = ()  # the page itself and its translations; none where it has none
    # on a site in several languages, the page in each of them, or else the front page of that language
    languages: tuple[Alternate, ...] = ()
    locale: str = ""  # the language as Open Graph names it ("de_DE")


class PictureView(msgspec.Struct, frozen=True):
    """A picture: its address, text alternative, caption, credit, and size in pixels (0: unknown).

    ``srcset`` lists it as WebP in several widths, for ``<source>``; it may be empty. ``avif`` lists the lightest file
    in each width, for a ``<source type="image/avif">`` before that; it is empty if AVIF saves nothing. ``shape`` is
    ``tall``, ``square`` or ``wide``, by which style sheets keep it in the window, or empty. ``focus`` is the part to
    keep when it is cropped: two names of classes, "x3 y2", in tenths from left and top.
    """

    url: str
    alt: str
    caption: str
    credit: str
    width: int
    height: int
    srcset: str = ""
    shape: str = ""
    focus: str = ""
    avif: str = ""


class When(msgspec.Struct, frozen=True):
    """A moment or a day: ``iso`` for <time datetime>, ``text`` for people, in the site's language and time zone.

    ``short`` is the day without its year, if the year is clear; ``time`` is the time of day, empty for a day.
    """

    iso: str
    text: str
    day: dt.date
    short: str = ""
    time: str = ""


class Card(msgspec.Struct, frozen=True):
    """A story in a list. ``marks`` are shown in the preview only, such as "draft".

    ``updated`` is when it changed after its date; ``corrected`` says whether it has a correction. ``retracted`` says
    whether a notice replaces its text; the notice is then its summary. Only a frozen edition has such a card.
    ``reports`` are other sources that report the same news, up to five, each with the address of its story here.
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
    reports: tuple[Link, ...] = ()


class TeaserView(msgspec.Struct, frozen=True):
    """A story in one line, for lists beside other text: its title, section, day and picture.

    ``language`` is that of the title if it is not the site's. The picture has no text alternative: the title is
    beside it. ``marks`` are words of the preview, such as "draft".
    """

    title: str
    url: str
    language: str
    section: Link | None
    date: When
    image: PictureView | None
    marks: tuple[str, ...] = ()


class Pager(msgspec.Struct, frozen=True):
    """A position in a list: page number ``page`` of ``pages``; ``newer`` and ``older`` are addresses or empty."""

    page: int
    pages: int
    newer: str
    older: str


Position = Literal["", "before", "here", "after"]  # what a development is to the story that tells of it


class DevelopmentView(msgspec.Struct, frozen=True):
    """A step of a running story; ``fresh`` says whether it is new in this edition, or else in the latest.

    ``place`` is its position: "before" the story on whose page it is, that story itself ("here"), "after" it, or empty.
    ``language`` is that of the title if it is not the site's.
    """

    date: When
    title: str
    url: str
    fresh: bool
    place: Position = ""
    language: str = ""


class RunningView(msgspec.Struct, frozen=True):
    """A running story that an edition continues, as it was then, with ``count`` developments."""

    title: str
    url: str
    count: int
    steps: tuple[DevelopmentView, ...]


class SpotView(msgspec.Struct, frozen=True):
    """A story's place in its thread: ``number`` of ``thread.count``, and the developments around it.

    ``steps`` are the newest first: the latest ones, the story itself, and the one before and after it.
    """

    thread: Link
    number: int
    steps: tuple[DevelopmentView, ...]


_DAY = dt.timedelta(days=1)


class Dates:
    """Writes dates in one language and time zone; each day is formatted once."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.zone = zone
        self.locale = locales.of(language, str(zone))
        self.day = functools.cache(self.locale.day)
        self.short = functools.cache(self.locale.short_day)
        self.weekday = functools.cache(functools.partial(self.locale.day, width="full"))
        self.month = functools.cache(self.locale.month)
        self._month_name = functools.cache(self.locale.month_name)
        self._days = functools.cache(self.locale.days)

    def year(self, year: int) -> str:
        """A year: "2025"."""
        return self.locale.number(year, grouped=False)

    def month_name(self, day: dt.date) -> str:
        """A month's name standing alone, "May", with the capital that a heading has."""
        name = self._month_name(day.replace(day=1))
        return name[:1].upper() + name[1:]

    def span(self, first: dt.date, last: dt.date) -> When:
        """The days of an edition; a single one with its weekday."""
        text = self.weekday(first) if first == last else self.days(first, last)
        return When(first.isoformat(), text, first)

    def days(self, first: dt.date, last: dt.date) -> str:
        """The days of an edition as others refer to it: a day, a whole month, or from when to when."""
        if first == last:
            return str(self.day(first))
        whole = first.day == 1 and (first.year, first.month) == (last.year, last.month) and (last + _DAY).day == 1
        return str(self.month(first) if whole else self._days(first, last))

    def when(self, moment: dt.datetime, *, timed: bool) -> When:
        """A story's date: a bare day, or a moment with its time of day."""
        local = moment.astimezone(self.zone)
        day = local.date()
        if not timed:
            return self.bare(day)
        iso, time = local.isoformat(timespec="seconds"), self.locale.time(local)
        return When(iso, self.locale.moment(local), day, self.short(day), time)

    def bare(self, day: dt.date) -> When:
        """A day without a time."""
        return When(day.isoformat(), self.day(day), day, self.short(day))


def in_zone(moment: dt.datetime, zone: ZoneInfo, step: dt.timedelta) -> dt.datetime:
    """A moment in a time zone, or in UTC where the zone was then no whole number of steps away from it."""
    local = moment.astimezone(zone)
    return moment.astimezone(dt.UTC) if (local.utcoffset() or dt.timedelta()) % step else local
