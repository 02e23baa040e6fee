"""Scanning: the bytes of a page → what it leads to, shows, names and lacks.

In: HTML as a browser gets it, from whatever theme. Out: ``PageFacts``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
from lxml import etree

from broadsheet.check.link_targets import LinkResolver

LIGHT = 16_384  # bytes of a page that is not compressed to learn that it is within any budget


class PageFacts(msgspec.Struct, frozen=True, array_like=True):
    """What a page says of itself. Addresses are targets, each once.

    ``links`` are those that a reader can follow, ``files`` style sheets and scripts, ``parts`` all others: pictures,
    feeds, the canonical address. ``ids`` are its anchors, ``unnamed`` its pictures without a text alternative,
    ``lacks`` what a page should have. ``weight`` is what it has in bytes at most, once a server has compressed it.
    """

    weight: int
    links: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def scan(data: bytes, page: str, ground: LinkResolver) -> PageFacts:
    """The facts of the page at the address ``page``."""
    weight = len(data) if len(data) <= LIGHT else len(zlib.compress(data, 1))
    try:
        root = etree.fromstring(data, etree.HTMLParser(encoding="utf-8", remove_comments=True, huge_tree=True))
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return PageFacts(weight, lacks=("everything",))
    target = ground.target
    known = ground.known  # a call for each of a million links would take as long as all the rest
    links = dict.fromkeys([known[href] if href in known else target(href, page) for href in _LINKS(root)])
    files: dict[str, None] = {}
    parts: dict[str, None] = {}
    unnamed: dict[str, None] = {}
    said: set[str] = {"language"} if (root.get("lang") or "").strip() else set()
    for element in root.iter(*_TAGS):
        tag = element.tag
        if tag == "link":
            said |= _said(element)
        elif tag == "img" and element.get("alt") is None:
            unnamed[target(element.get("src") or "", page) or "?"] = None
        elif tag == "title" and (element.text or "").strip():
            said.add("title")
        elif tag == "meta" and "noindex" in (element.get("content") or "").lower():
            said.add("canonical")  # no crawler is to come
        for href in _READ[tag](element):
            kind = files if tag == "script" or (tag == "link" and _styles(element)) else parts
            (links if tag == "meta" else kind)[target(href, page)] = None
    return PageFacts(
        weight,
        links=tuple(filter(None, links)),
        files=tuple(filter(None, files)),
        parts=tuple(filter(None, parts)),
        ids=tuple(dict.fromkeys(_IDS(root))),
        unnamed=tuple(unnamed),
        lacks=tuple(name for name in _WANTED if name not in said),
    )


def weighed(data: bytes) -> int:
    """What of these bytes goes over the wire: gzip at its usual level, with its head and foot."""
    return len(zlib.compress(data, 6)) + 12


_WANTED = ("language", "title", "canonical", "feed")
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


def _said(link: Any) -> set[str]:
    """What a <link> says of its page, of what every page should say."""
    relations = (link.get("rel") or "").lower().split()
    if "canonical" in relations and link.get("href"):
        return {"canonical"}
    return {"feed"} if "alternate" in relations and (link.get("type") or "").lower() in _FEEDS else set()


def _styles(link: Any) -> bool:
    return "stylesheet" in (link.get("rel") or "").lower().split()


def _link(element: Any) -> Iterator[str]:
    relations = (element.get("rel") or "").lower().split()
    if (href := element.get("href")) and not {"preconnect", "dns-prefetch"} & set(relations):
        yield href


def _media(element: Any) -> Iterator[str]:
    for name in ("src", "poster", "data"):
        if src := element.get(name):
            yield src
    for candidate in (element.get("srcset") or "").split(","):
        if words := candidate.split():
            yield words[0]


def _form(element: Any) -> Iterator[str]:
    if action := element.get("action"):
        yield action


def _meta(element: Any) -> Iterator[str]:
    if (element.get("http-equiv") or "").lower() == "refresh":
        _, _, address = (element.get("content") or "").partition("=")
        if address.strip(" '\""):
            yield address.strip(" '\"")


def _title(_: Any) -> Iterator[str]:
    yield from ()


_READ = {
    "link": _link, "form": _form, "meta": _meta, "title": _title, "script": _media, "img": _media, "source": _media,
    "video": _media, "audio": _media, "track": _media, "iframe": _media, "embed": _media, "object": _media,
}  # fmt: skip
_TAGS = tuple(_READ)
_LINKS = etree.XPath("//a/@href|//area/@href", smart_strings=False)
_IDS = etree.XPath("//@id|//a/@name", smart_strings=False)
