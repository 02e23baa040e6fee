"""Whether a site stands as it was built: then a build is over before it has begun.

In: a site, the moment, the site's own filters. Out: what the last build told, if nothing that it was made from has been
touched since and its output neither. Files are looked at and not opened; what is doubtful is built.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from broadsheet import __version__, disk
from broadsheet.config import SHIPPED, Site
from broadsheet.errors import Problem, Report
from broadsheet.memory import past

FILE = "standing"
LACKS = frozenset({"search-missing", "search-words"})  # problems of the machine: no file of the site tells their end
_ASIDE = ("inbox", "published", "published.json")  # below content/: what ingest takes in, what was sent and said

Filters = Mapping[str, Callable[..., Any]]


class Due(msgspec.Struct, frozen=True):
    """When a site must be built again, because a story then appears, is updated or goes; its path below stories."""

    moment: dt.datetime
    deed: str
    story: str


class Tally(msgspec.Struct, frozen=True):
    """What a build did, in numbers. ``pages`` were planned; ``seconds`` are by stage."""

    stories: int
    editions: int
    pages: int
    drawn: int
    written: int
    removed: int
    seconds: dict[str, float]
    next: Due | None


class Standing(msgspec.Struct, frozen=True):
    """A build that may stand: what it was made from and what came of it, as digests; what it told, and since when."""

    sources: bytes
    output: bytes
    since: dt.datetime
    tally: Tally
    problems: tuple[Problem, ...]


def sources(site: Site, filters: Filters) -> bytes | None:
    """The digest of all that a site is made from, by its files' sizes and times.

    None where one was changed so lately that it may change again unseen.
    """
    settings = msgspec.msgpack.encode((__version__, site.settings, past.written(filters)))
    seen = [settings.hex()]
    now = time.time_ns()
    settled = True
    for root, aside in ((site.content, _ASIDE), (site.themes, ()), (SHIPPED, ())):
        for path, stat in _files(str(root), aside):
            settled = settled and disk.settled(stat.st_mtime_ns, now) and disk.settled(stat.st_ctime_ns, now)
            seen.append(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0{stat.st_ctime_ns}")
    return _digest(seen) if settled else None


def recall(site: Site, now: dt.datetime, filters: Filters) -> Standing | None:
    """The last build, where building again would change nothing."""
    try:
        last = msgspec.msgpack.decode((site.cache / FILE).read_bytes(), type=Standing)
    except (OSError, msgspec.DecodeError):
        return None
    following = last.tally.next
    if now < last.since or (following and now >= following.moment):
        return None
    return last if last.sources == sources(site, filters) and last.output == _output(site) else None


def remember(site: Site, made_from: bytes | None, now: dt.datetime, tally: Tally, report: Report) -> None:
    """Keep a build that was made from ``sources`` as they were before it; with an error it is to be tried again.

    Raises BroadsheetError (``unwritable``).
    """
    if made_from is None or report.count("error") or any(problem.code in LACKS for problem in report):
        (site.cache / FILE).unlink(missing_ok=True)
        return
    rest = msgspec.structs.replace(tally, drawn=0, written=0, removed=0, seconds={})
    last = Standing(made_from, _output(site), now, rest, tuple(report))
    disk.replace(site.cache / FILE, msgspec.msgpack.encode(last))


def _output(site: Site) -> bytes:
    """The digest of what stands in output/, and of what is known to have been published."""
    seen = [f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}" for path, stat in _files(str(site.output), ())]
    said = site.content / "published.json"
    return _digest([*seen, f"{said.stat().st_mtime_ns}" if said.exists() else ""])


def _files(root: str, aside: tuple[str, ...]) -> Iterator[tuple[str, os.stat_result]]:
    """The files below a folder, but for those in it that are called like one of ``aside``."""
    skipped = {f"{root}{os.sep}{name}" for name in aside}
    waiting = [root]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.path in skipped:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield entry.path, _stat(entry)
        except OSError:  # a folder that is not there, or closed to us: the build itself tells what is wrong
            continue


def _stat(entry: os.DirEntry[str]) -> os.stat_result:
    try:
        return entry.stat()
    except OSError:  # a link to nothing
        return entry.stat(follow_symlinks=False)


def _digest(seen: list[str]) -> bytes:
    seen.sort()
    return blake2b("\n".join(seen).encode("utf-8", "surrogateescape"), digest_size=16).digest()
