"""What a page is made from: one type a kind of page. Everything that can change a page stands in its inputs.

In: nothing; these are values, made by plans. Out: what views are composed from, and digests.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from broadsheet.model import Asset, Prose, Story, Text
from broadsheet.pages.columns import Coverage
from broadsheet.syndicated import FeedForm

EditionRef = tuple[int, str, dt.date, str]  # an edition as others refer to it: number, address, first day, title


class Item(msgspec.Struct, frozen=True, gc=False):
    """A story with its address, the picture that stands for it, and what only a preview tells of it."""

    story: Story
    address: str
    picture: Asset | None = None
    marks: tuple[str, ...] = ()
    digest: bytes = b""


class Name(msgspec.Struct, frozen=True, gc=False):
    """Something to link to: its title, its address, how many stories are behind it."""

    title: str
    address: str
    count: int = 0


class Development(msgspec.Struct, frozen=True, gc=False):
    """A story as a step of its thread: when, where to read it, whether it is new in the latest edition."""

    date: dt.datetime
    link: Name
    fresh: bool


class Spot(msgspec.Struct, frozen=True, gc=False):
    """A story's place in its thread: its number of ``thread.count``, its neighbours, the newest of the others."""

    thread: Name
    number: int
    previous: Name | None
    next: Name | None
    others: tuple[Development, ...]


class StoryInputs(msgspec.Struct, frozen=True, gc=False):
    """A story's page. ``body`` is the digest of its Markdown, ``pictures`` what it shows, ``also`` other reports."""

    item: Item
    body: str
    pictures: tuple[Asset, ...]
    section: Name | None
    topics: tuple[Name, ...]
    authors: tuple[Name, ...]
    also: tuple[Name, ...]
    source: Name | None
    spot: Spot | None
    related: tuple[Name, ...]
    edition: EditionRef
    previous: Name | None
    next: Name | None


class EditionInputs(msgspec.Struct, frozen=True, gc=False):
    """An edition's page; ``front`` where it is the front page too."""

    number: int
    address: str
    title: str
    note: Text | None
    first: dt.date
    last: dt.date
    lead: Item
    desks: tuple[tuple[Name, tuple[Item, ...]], ...]
    briefs: tuple[Item, ...]
    previous: EditionRef | None
    next: EditionRef | None
    front: bool


class Facts(msgspec.Struct, frozen=True):
    """What is told of a section, topic, author or source besides its stories.

    ``share`` is how many of how many stories of the latest edition it has, and which edition that is. ``neighbours``
    are topics, each with the number of stories that it has in common. A source has a front page, ``home``, and
    licences, each with the number of stories under it.
    """

    share: tuple[int, int, EditionRef] | None
    neighbours: tuple[Name, ...]
    coverage: Coverage | None
    home: str = ""
    licences: tuple[tuple[str, int], ...] = ()


class ListInputs(msgspec.Struct, frozen=True, gc=False):
    """One page of a list of stories: number ``page`` of ``pages``, ``count`` stories in all; facts on the first."""

    kind: str
    name: str
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int
    feed: bool
    facts: Facts | None


class MonthInputs(msgspec.Struct, frozen=True):
    """One page of the stories of a month; ``name`` is the month's first day."""

    month: dt.date
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int


class NamesInputs(msgspec.Struct, frozen=True):
    """A page of names: all topics, all authors, all sources."""

    kind: str
    address: str
    names: tuple[Name, ...]


class CorrectionsInputs(msgspec.Struct, frozen=True):
    """All corrections, newest first, each with its story; the page may begin with the editor's own words on them."""

    entries: tuple[tuple[dt.datetime, str, Name], ...]
    prose: Prose | None


class ArchiveInputs(msgspec.Struct, frozen=True):
    """The archive's page: the first day of each month that has stories, newest first, and their number."""

    address: str
    months: tuple[tuple[dt.date, int], ...]


class ProseInputs(msgspec.Struct, frozen=True):
    """A page of the editor's own."""

    prose: Prose
    address: str


class PlainInputs(msgspec.Struct, frozen=True):
    """A page that is made from the site alone, such as 404."""

    address: str


class Entries(msgspec.Struct, frozen=True, gc=False):
    """The stories of a feed, newest first, with the digests of their bodies and the pictures that they show."""

    items: tuple[Item, ...]
    bodies: tuple[str, ...]
    pictures: tuple[tuple[Asset, ...], ...]
    digest: bytes


class FeedInputs(msgspec.Struct, frozen=True, gc=False):
    """A feed in one of its forms: what it is of, its address, that of its page, its entries.

    An archive names the feed that it continues as ``current``; ``older`` and ``newer`` are the archives beside it.
    """

    form: FeedForm
    name: str
    address: str
    home: str
    entries: Entries
    current: str = ""
    older: str = ""
    newer: str = ""


class EditionFeedInputs(msgspec.Struct, frozen=True):
    """The feed of editions in one of its forms."""

    form: FeedForm
    address: str
    home: str
    editions: tuple[EditionInputs, ...]


class FeedListInputs(msgspec.Struct, frozen=True):
    """The list of feeds: groups by name, each of titles with the addresses of their pages."""

    groups: tuple[tuple[str, tuple[Name, ...]], ...]


class SitemapInputs(msgspec.Struct, frozen=True):
    """A sitemap or an index of several: addresses, and the day each last changed where that is known."""

    entries: tuple[tuple[str, dt.datetime | None], ...]


class NewsInputs(msgspec.Struct, frozen=True):
    """The news sitemap: the stories of the last days."""

    items: tuple[Item, ...]


class RobotsInputs(msgspec.Struct, frozen=True):
    """robots.txt: the addresses of the sitemaps."""

    sitemaps: tuple[str, ...]


class RedirectInputs(msgspec.Struct, frozen=True):
    """The page at an old address of a story, which leads to the new one."""

    address: str
    title: str
    language: str


class RedirectsInputs(msgspec.Struct, frozen=True):
    """All redirects: an old path as the editor wrote it, the new address."""

    pairs: tuple[tuple[str, str], ...]


class HeadersInputs(msgspec.Struct, frozen=True):
    """The headers that a host should send: patterns of the feeds' addresses, each with the form of feed."""

    feeds: tuple[tuple[str, FeedForm], ...]


class AssetInputs(msgspec.Struct, frozen=True):
    """A file that is printed as it is."""

    asset: Asset
