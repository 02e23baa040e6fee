"""Facts: what every page and feed of the built site says, read again only where its file has changed.

In: the plan and the files below output/. Out: ``Gathered``. What was read is kept under .broadsheet/, with each target
once, because thousands of pages name the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence

import msgspec

from broadsheet import __version__, disk, render
from broadsheet.cache.cache_files import Files
from broadsheet.check.feedrules import FeedFacts, inspect
from broadsheet.check.link_targets import LinkResolver
from broadsheet.check.scan import PageFacts, scan
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError
from broadsheet.model import Page
from broadsheet.pages.urls import answered
from broadsheet.workers import cores, spread

FILE = "check.msgpack"
SLICE = 128  # files that a process reads before it tells of them
ALONE = 512  # files that one process has read before a second could have begun

FEEDS = frozenset({"feed.xml", "atom.xml", "feed.json"})  # the templates of feeds

Stat = tuple[int, int]  # a file's size in bytes and its time of change in nanoseconds
Fact = PageFacts | FeedFacts
Progress = Callable[[str, int, int], None]


class Gathered(msgspec.Struct, frozen=True):
    """The facts of the pages and feeds that are there, by path; every file below output/; how many were read anew."""

    pages: dict[str, PageFacts]
    feeds: dict[str, FeedFacts]
    files: frozenset[str]
    read: int


def gather(site: Site, plan: Sequence[Page], ground: LinkResolver, workers: int, tell: Progress) -> Gathered:
    """Read the planned pages and feeds below output/, those that have changed since they were read last."""
    stats = render.Output(site.output, site.settings.output).stats()
    wanted = [page.path for page in plan if page.path in stats and _kind(page)]
    known = _load(site, ground)
    stale = [path for path in wanted if path not in known or known[path][0] != stats[path]]
    feeds = {page.path for page in plan if page.template in FEEDS}
    reader = _Reader(str(site.output), ground, feeds)
    found = {path: known[path] for path in wanted if path in known}
    workers = 1 if len(stale) < ALONE else workers or cores()
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
    entries = {path: fact for path, (_, fact) in found.items() if isinstance(fact, FeedFacts)}
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
    feeds: dict[str, tuple[int, int, FeedFacts]]


_LISTS = tuple(name for name in PageFacts.__struct_fields__ if name != "weight")


def _about(ground: LinkResolver) -> str:
    return f"{__version__} {ground.root} {PageFacts.__struct_fields__} {FeedFacts.__struct_fields__}"


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
        if isinstance(fact, FeedFacts):
            kept.feeds[path] = (size, mtime, fact)
            continue
        lists = [list(map(numbers.__getitem__, getattr(fact, name))) for name in _LISTS]
        kept.pages[path] = (size, mtime, fact.weight, lists)
    kept.targets.extend(numbers)
    with contextlib.suppress(BroadsheetError):  # only time is lost
        Files(site.cache).put(FILE, msgspec.msgpack.encode(kept))
