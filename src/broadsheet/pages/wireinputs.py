"""What pages for machines are made from: feeds, the list of them, sitemaps, redirects, hosts' files; see ``inputs``.

In: nothing; these are values, made by plans. Out: what the wire is composed from, and digests.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from broadsheet.model import Asset
from broadsheet.pages.inputs import Body, EditionInputs, Item, Name, StoryRef
from broadsheet.syndicated import FeedForm


class Entries(msgspec.Struct, frozen=True, gc=False):
    """The stories of a feed, newest first, with their bodies and the pictures that these show."""

    items: tuple[Item, ...]
    bodies: tuple[Body, ...]
    pictures: tuple[tuple[Asset, ...], ...]


def entries(items: tuple[Item, ...], pictures: tuple[tuple[Asset, ...], ...]) -> Entries:
    """The entries of these stories."""
    return Entries(items, tuple([Body(item.story) for item in items]), pictures)


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
    """The list of feeds: groups by what they are feeds of ("topics"; empty: the site's own), each of titles with the
    addresses of their pages; a page that the theme names has no title here.
    """

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
    """The page at an old address, which leads to the new one: that of a story, or of another page."""

    story: StoryRef | None
    page: Name | None = None


class RedirectsInputs(msgspec.Struct, frozen=True):
    """All redirects: an old path as the editor wrote it, the new address."""

    pairs: tuple[tuple[str, str], ...]


class HeadersInputs(msgspec.Struct, frozen=True):
    """The headers that a host should send: patterns of the feeds' addresses, each with the form of feed."""

    feeds: tuple[tuple[str, FeedForm], ...]
