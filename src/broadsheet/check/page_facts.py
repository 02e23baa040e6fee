"""Facts: what every page and feed of the built site says, read again only where its file has changed.

In: the plan and the files below output/. Out: ``Gathered``: of each page what it leads to, shows, names and lacks
(``PageFacts``), of each feed what breaks a rule. What was read is kept under .broadsheet/, with each target once,
because thousands of pages name the same.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from lxml import etree

from broadsheet import __version__, disk, render
from broadsheet.cache import Files
from broadsheet.check.feeds import FeedCheck, inspect
from broadsheet.check.origins import LinkResolver
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError
from broadsheet.model import Page
from broadsheet.pages.urls import answered
from broadsheet.pipeline import Progress
from broadsheet.workers import Workers, here, spread

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


FILE = "check.msgpack"
SLICE = 128  # files that a process reads before it tells of them
ALONE = 512  # files that one process has read before a second could have begun

FEEDS = frozenset({"feed.xml", "atom.xml", "feed.json"})  # the templates of feeds

Stat = tuple[int, int]  # a file's size in bytes and its time of change in nanoseconds
Fact = PageFacts | FeedCheck


class Gathered(msgspec.Struct, frozen=True):
    """The facts of the pages and feeds that are there, by path; every file below output/; how many were read anew."""

    pages: dict[str, PageFacts]
    feeds: dict[str, FeedCheck]
    files: frozenset[str]
    read: int


def gather(site: Site, plan: Sequence[Page], ground: LinkResolver, workers: Workers, tell: Progress) -> Gathered:
    """Read the planned pages and feeds below output/, those that have changed since they were read last."""
    stats = render.Output(site.output, site.settings.output).stats()
    wanted = [page.path for page in plan if page.path in stats and _kind(page)]
    known = _load(site, ground)
    stale = [path for path in wanted if path not in known or known[path][0] != stats[path]]
    feeds = {page.path for page in plan if page.template in FEEDS}
    reader = _Reader(str(site.output), ground, feeds)
    found = {path: known[path] for path in wanted if path in known}
    workers = 1 if len(stale) < ALONE else here(workers)
    done = 0
    for facts in spread(reader.read, stale, slice_size=SLICE, workers=workers):
        for path, fact in zip(stale[done : done + SLICE], facts, strict=True):
            if fact is None:
                found.pop(path, None)
            else:
                found[path] = (stats[path], fact)
        done += len(facts)
        tell("checking", done, len(stale))
    if stale or found.keys() != known.keys():
        _save(site, ground, found)
    pages = {path: fact for path, (_, fact) in found.items() if isinstance(fact, PageFacts)}
    entries = {path: fact for path, (_, fact) in found.items() if isinstance(fact, FeedCheck)}
    return Gathered(pages, entries, frozenset(stats), len(stale))


def _kind(page: Page) -> bool:
    # A file that is printed as it is, such as a proof for a search engine, is nobody's page.
    return page.template in FEEDS or (page.template != "" and page.path.endswith((".html", ".htm")))


class _Reader:
    """Reads pages and feeds; what one process of several does."""

    def __init__(self, folder: str, ground: LinkResolver, feeds: set[str]) -> None:
        self.folder = folder
        self.ground = ground
        self.feeds = feeds

    def read(self, paths: Sequence[str]) -> list[Fact | None]:
        """The facts of each file; nothing of one that has gone meanwhile."""
        return [self._read(path) for path in paths]

    def _read(self, path: str) -> Fact | None:
        try:
            data = disk.read(f"{self.folder}/{path}")
        except OSError:
            return None
        if path in self.feeds:
            return inspect(data, path, self.ground)
        return scan(data, answered(path), self.ground)


class _Numbers(dict[str, int]):
    """Numbers what it is asked for, in the order of asking."""

    def __missing__(self, target: str) -> int:
        number = self[target] = len(self)
        return number


Row = tuple[int, int, int, list[list[int]]]  # size, time of change, weight, each list of targets by their numbers


class _Kept(msgspec.Struct, array_like=True):
    """What is kept from one check to the next; ``about`` is what it was read by."""

    about: str
    targets: list[str]
    pages: dict[str, Row]
    feeds: dict[str, tuple[int, int, FeedCheck]]


_LISTS = tuple(name for name in PageFacts.__struct_fields__ if name != "weight")


def _about(ground: LinkResolver) -> str:
    return f"{__version__} {ground.root} {PageFacts.__struct_fields__} {FeedCheck.__struct_fields__}"


def _load(site: Site, ground: LinkResolver) -> dict[str, tuple[Stat, Fact]]:
    """What was kept; nothing where it cannot be understood."""
    try:
        kept = msgspec.msgpack.decode(Files(site.cache).get(FILE) or b"", type=_Kept)
        if kept.about != _about(ground):
            return {}
        name = kept.targets.__getitem__
        found: dict[str, tuple[Stat, Fact]] = {
            path: ((size, mtime), PageFacts(weight, *(tuple(map(name, numbers)) for numbers in lists)))
            for path, (size, mtime, weight, lists) in kept.pages.items()
        }
        found.update((path, ((size, mtime), facts)) for path, (size, mtime, facts) in kept.feeds.items())
    except (msgspec.MsgspecError, IndexError, TypeError):
        return {}
    return found


def _save(site: Site, ground: LinkResolver, found: Mapping[str, tuple[Stat, Fact]]) -> None:
    numbers = _Numbers()
    kept = _Kept(_about(ground), [], {}, {})
    for path, ((size, mtime), fact) in found.items():
        if isinstance(fact, FeedCheck):
            kept.feeds[path] = (size, mtime, fact)
            continue
        lists = [list(map(numbers.__getitem__, getattr(fact, name))) for name in _LISTS]
        kept.pages[path] = (size, mtime, fact.weight, lists)
    kept.targets.extend(numbers)
    with contextlib.suppress(BroadsheetError):  # only time is lost
        Files(site.cache).put(FILE, msgspec.msgpack.encode(kept))
