"""Syndication: what is said of stories elsewhere than on their pages, in feeds, sitemaps, share cards, search results.

These values pass from ``pages`` to ``render``. Addresses are absolute where nothing else is said, text is plain and
HTML safe. Every type is frozen and complete, as those of ``model`` are.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from broadsheet.model import Credit, Story


class FeedItem(msgspec.Struct, frozen=True):
    """An entry of a feed: addresses are absolute, ``html`` is safe and has no relative address, text is plain.

    ``rights`` is the licence under which it may be used, empty where nobody says. ``podcast`` is whether directories of
    podcasts are to take its sound.
    """

    id: str
    title: str
    url: str
    summary: str
    html: str
    date: dt.datetime
    updated: dt.datetime | None
    language: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    picture: Enclosure | None = None
    source: Credit | None = None
    sound: Enclosure | None = None
    rights: str = ""
    podcast: bool = False


class Enclosure(msgspec.Struct, frozen=True):
    """A picture or sound that goes with a feed's entry: absolute address, media type, size in bytes and pixels, credit.

    ``seconds`` is how long a sound is, 0 where nobody says.
    """

    url: str
    type: str
    length: int
    width: int = 0
    height: int = 0
    alt: str = ""
    credit: str = ""
    seconds: int = 0


class Feed(msgspec.Struct, frozen=True):
    """A feed as it is to be written, newest entry first; ``url`` is its own address, ``home`` that of its page.

    ``id`` identifies it permanently. An archive (RFC 5005) names the feed that it continues as ``current``; ``older``
    and ``newer`` are the archives on either side. ``hub`` tells subscribers of news (WebSub); ``icon`` is the address
    of a square picture, ``mail`` that of the editors. Empty text: there is none. ``alternates`` are the same feed in
    other languages, each a language with an address.
    """

    id: str
    title: str
    description: str
    url: str
    home: str
    language: str
    publisher: str
    copyright: str
    items: tuple[FeedItem, ...]
    hub: str = ""
    current: str = ""
    older: str = ""
    newer: str = ""
    alternates: tuple[tuple[str, str], ...] = ()
    icon: str = ""
    mail: str = ""


class FeedRef(msgspec.Struct, frozen=True):
    """A feed as a list of feeds names it: its title, its absolute address and that of its page."""

    title: str
    url: str
    home: str


class NewsEntry(msgspec.Struct, frozen=True):
    """A story as a news sitemap names it: its absolute address, title, language, and its date as W3C writes it."""

    url: str
    title: str
    date: str
    language: str


class Headline(msgspec.Struct, frozen=True):
    """What a share card says: the site's title, the section, the story's title and day; ``language`` is the title's.

    The day is written in the language of the site, ``own``, where a card is drawn.
    """

    nameplate: str
    section: str
    title: str
    day: dt.date
    own: str
    language: str
    rtl: bool


class SearchEntry(msgspec.Struct, frozen=True):
    """A story as it is found: its address below the site's root, its words, and what results can be narrowed by.

    ``day`` is its date in the site's time zone, such as 2025-05-08. ``story`` is where its body comes from.
    """

    address: str
    title: str
    summary: str
    section: str
    topics: tuple[str, ...]
    authors: tuple[str, ...]
    day: str
    story: Story

    @property
    def home(self) -> str:
        """The folder of the language that it is in."""
        return self.story.home
