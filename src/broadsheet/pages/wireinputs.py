"""What pages for machines are made from: feeds, the list of them, sitemaps, redirects, hosts' files; see ``inputs``.

In: nothing; these are values, made by plans. Out: what the wire is composed from, and digests.
"""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b

import msgspec

from broadsheet.model import Asset
from broadsheet.pages.inputs import EditionInputs, Item, Name
from broadsheet.syndicated import FeedForm


class Entries(msgspec.Struct, frozen=True, gc=False):
    """The stories of a feed, newest first, with the digests of their bodies and the pictures that they show."""

    items: tuple[Item, ...]
    bodies: tuple[str, ...]
    pictures: tuple[tuple[Asset, ...], ...]
    digest: bytes


def entries(items: tuple[Item, ...], pictures: tuple[tuple[Asset, ...], ...]) -> Entries:
    """The entries of these stories, with what tells them from others."""
    bodies = tuple([item.story.body for item in items])
    shown = [asset.digest + asset.path.encode() for assets in pictures for asset in assets]
    hashed = blake2b(b"".join([item.digest for item in items] + shown), digest_size=16)
    hashed.update("".join(bodies).encode())
    return Entries(items, bodies, pictures, hashed.digest())


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
