"""What a page is made from: one type a kind of page, and the digest that tells whether it must be drawn again.

Everything that can change a page stands in its inputs, so the digest of the inputs is the dependency graph: nothing
is recorded by hand. Stories and assets bring a digest of their own, which makes the digest of a page cheap.
"""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import msgspec

from broadsheet.model import Asset, FeedForm, Page, Prose, Story


class Item(msgspec.Struct, frozen=True):
    """A story with its address, the picture that stands for it, and what only a preview tells of it."""

    story: Story
    address: str
    picture: Asset | None = None
    marks: tuple[str, ...] = ()
    digest: bytes = b""


class Name(msgspec.Struct, frozen=True):
    """Something to link to: its title, its address, how many stories are behind it."""

    title: str
    address: str
    count: int = 0


class StoryInputs(msgspec.Struct, frozen=True):
    """A story's page. ``body`` is the digest of its Markdown, ``pictures`` what it shows, ``also`` other reports."""

    item: Item
    body: str
    pictures: tuple[Asset, ...]
    section: Name | None
    topics: tuple[Name, ...]
    authors: tuple[Name, ...]
    also: tuple[Name, ...]
    edition: tuple[int, str, dt.date, str]
    previous: Name | None
    next: Name | None


class EditionInputs(msgspec.Struct, frozen=True):
    """An edition's page; ``front`` where it is the front page too."""

    number: int
    address: str
    title: str
    note: str
    first: dt.date
    last: dt.date
    lead: Item
    desks: tuple[tuple[Name, tuple[Item, ...]], ...]
    briefs: tuple[Item, ...]
    previous: tuple[int, str, dt.date, str] | None
    next: tuple[int, str, dt.date, str] | None
    front: bool


class ListInputs(msgspec.Struct, frozen=True):
    """One page of a list of stories: number ``page`` of ``pages``, ``count`` stories in all of them."""

    kind: str
    name: str
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int
    feed: bool


class MonthInputs(msgspec.Struct, frozen=True):
    """One page of the stories of a month; ``name`` is the month's first day."""

    month: dt.date
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int


class NamesInputs(msgspec.Struct, frozen=True):
    """A page of names: all topics, all authors."""

    kind: str
    address: str
    names: tuple[Name, ...]


class EditionsInputs(msgspec.Struct, frozen=True):
    """The list of all editions: number, address, first day, title, count, headline of the lead."""

    editions: tuple[tuple[int, str, dt.date, str, int, str], ...]


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


class Entries(msgspec.Struct, frozen=True):
    """The stories of a feed, newest first, with the digests of their bodies and the pictures that they show."""

    items: tuple[Item, ...]
    bodies: tuple[str, ...]
    pictures: tuple[tuple[Asset, ...], ...]
    digest: bytes


class FeedInputs(msgspec.Struct, frozen=True):
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


def digest(page: Page) -> bytes:
    """16 bytes that change when anything changes that the page is made from, but for the theme and the settings."""
    hashed = blake2b(f"{page.path}\0{page.template}".encode(), digest_size=16)
    for part in _values(page.inputs):
        hashed.update(_part(part))
    return hashed.digest()


def _part(value: Any) -> bytes:
    kind = type(value)
    if kind in _OWN:
        own: bytes = value.digest
        return own
    if kind is tuple and value and type(value[0]) in _OWN:
        return b"%d(" % len(value) + b"".join(map(_DIGEST, value))
    if kind is tuple:
        return b"%d(" % len(value) + b"".join(map(_part, value))
    return msgspec.msgpack.encode(value)


def _values(inputs: msgspec.Struct) -> tuple[Any, ...]:
    return msgspec.structs.astuple(inputs)


_OWN = frozenset({Item, Asset, Prose, Entries})  # types that carry a digest of all that they hold
_DIGEST = attrgetter("digest")
