"""The snapshot: a site as it lies on the disk, by sizes and times, and the last build that was made from one.

In: a site, the site's own code. Out: a ``Snapshot`` of its sources and its output; what the last build reported, and
whether anything that it was made from was changed since, or its output. No file is opened; what is doubtful is built.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from broadsheet import __version__, disk
from broadsheet.cache import Files
from broadsheet.config import SHIPPED, Site
from broadsheet.disk import File
from broadsheet.errors import Problem, Report
from broadsheet.workers import cores, spread

FILE = "snapshot"
DATABASE = "cache.db"
_MAGIC = b"SQLite format 3\0"  # how a database begins (sqlite.org/fileformat2)
# Problems of the machine and of what a function asks, pages that wait for a day: no file of the site tells their end.
LACKS = frozenset({"search-missing", "search-words", "page-timed", "own-summary"})
PUBLISHED = frozenset(
    {"fact-changed", "story-moved", "page-moved", "page-gone", "published-unreadable"}
)  # of what was published before
LISTED = 20  # stories that wait for an editor, of each kind, that a build names
_ASIDE = ("inbox", "published", "published.json")  # below content/: what ingest takes in, what was sent and said

Code = Mapping[str, Callable[..., Any]]


class Due(msgspec.Struct, frozen=True):
    """When a site must be built again, because a story then appears, is updated or goes; its path below stories."""

    moment: dt.datetime
    deed: str
    story: str


class Waiting(msgspec.Struct, frozen=True):
    """A story that waits for an editor: its path below stories, why it is held, what is to be looked at in it."""

    story: str
    reason: str
    review: tuple[str, ...]


class WaitingList(msgspec.Struct, frozen=True):
    """Stories that wait for an editor: the ``LISTED`` newest, and how many there are."""

    newest: tuple[Waiting, ...] = ()
    count: int = 0

    @property
    def cut(self) -> bool:
        """Whether more wait than are listed."""
        return self.count > len(self.newest)


class Tally(msgspec.Struct, frozen=True):
    """What a build did, in numbers. ``pages`` were planned; ``seconds`` are by stage.

    ``held`` are drafts with a reason, ``open`` all other stories of which something is to be looked at. ``fades`` is
    when the first story leaves the news sitemap.
    """

    stories: int
    editions: int
    pages: int
    drawn: int
    written: int
    removed: int
    seconds: dict[str, float]
    next: Due | None
    held: WaitingList = WaitingList()
    open: WaitingList = WaitingList()
    fades: dt.datetime | None = None


class Snapshot(NamedTuple):
    """A site as it lies on the disk: its story files, the digest of all else that it is made from, its output.

    ``settled`` is false where a file was changed so lately that it may change again unseen, ``whole`` where a folder
    could not be looked into, or what is called like a story file is none.
    """

    stories: tuple[File, ...]
    rest: bytes
    settled: bool
    whole: bool
    output: tuple[File, ...]


class LastBuild(msgspec.Struct, frozen=True):
    """The last build: what it was made from and what came of it, as digests; when, and what it reported.

    ``published`` stands for what was known to have been published.
    """

    stories: bytes
    rest: bytes
    output: bytes
    published: str
    since: dt.datetime
    tally: Tally
    problems: tuple[Problem, ...]

    def due(self, now: dt.datetime) -> bool:
        """Whether time alone would have changed the site."""
        following, fades = self.tally.next, self.tally.fades
        return now < self.since or bool((following and now >= following.moment) or (fades and now > fades))

    def same_stories(self, seen: Snapshot) -> bool:
        """Whether no story file was touched since."""
        return self.stories == files_digest(seen.stories)

    def same_rest(self, site: Site, seen: Snapshot) -> bool:
        """Whether all else is as it was, what was built too."""
        known = seen.settled and self.rest == seen.rest and self.published == _published(site)
        return known and self.output == output_digest(seen.output)


def look(site: Site, code: Code, sources_seen: Callable[[Snapshot], None] = lambda _: None) -> Snapshot:
    """All that a site is made from and all that it was made into, by sizes and times: no file is opened.

    ``sources_seen`` is told of the sources as soon as these are known, while other processes look at the output.
    """
    there, folders = _top(str(site.output))
    parts = spread(partial(_part, site, code), ["", *folders], slice_size=1, workers=cores())
    seen = next(parts)
    sources_seen(seen)
    for part in parts:
        there += part if isinstance(part, list) else msgspec.msgpack.decode(part, type=list[File])
    made: Snapshot = seen._replace(output=tuple(there))
    return made


def _part(site: Site, code: Code, folders: Sequence[str]) -> Any:
    """What is in one folder of the output, packed where that can be; the sources, where none is named."""
    if not folders[0]:
        return _sources(site, code)
    found = list(disk.files(folders[0]))
    try:
        return msgspec.msgpack.encode(found)
    except UnicodeEncodeError:  # a name that is not UTF-8
        return found


def _top(folder: str) -> tuple[list[File], list[str]]:
    """The files that lie in a folder itself, and the folders in it."""
    files, folders = list[File](), list[str]()
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            else:
                stat = entry.stat(follow_symlinks=False)
                files.append(File(entry.path, stat.st_size, stat.st_mtime_ns))
    return files, folders


def _sources(site: Site, code: Code) -> Snapshot:
    """A look at what a site is made from."""
    seen = [msgspec.msgpack.encode((__version__, site.settings, code_digests(code))).hex()]
    stories = []
    now = time.time_ns()
    recent = now - disk.COARSE  # what changed before that is settled on every file system
    settled, closed = True, list[str]()
    folder = f"{site.stories}{os.sep}"
    for root, aside in ((site.content, _ASIDE), (site.themes, ()), (SHIPPED, ())):
        for path, stat in _files(str(root), aside, closed):
            changed = max(stat.st_mtime_ns, stat.st_ctime_ns)
            if changed >= recent:
                settled = settled and disk.settled(stat.st_mtime_ns, now) and disk.settled(stat.st_ctime_ns, now)
            if path.startswith(folder) and path.endswith(".md") and f"{os.sep}." not in path[len(folder) - 1 :]:
                # As they are read: the system's own note of the time of change cannot be put back.
                name = path[len(folder) :].replace(os.sep, "/")
                if not disk.usual(name, stat):
                    closed.append(path)
                stories.append(File(name, stat.st_size, changed))
            else:
                seen.append(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0{stat.st_ctime_ns}")
    stories.sort()
    seen.sort()
    return Snapshot(tuple(stories), _digest(seen), settled, not closed, ())


def load(site: Site) -> LastBuild | None:
    """The last build; None where it is not known, had errors, was not completed, or its database is gone."""
    try:
        last = msgspec.msgpack.decode(Files(site.cache).get(FILE) or b"", type=LastBuild)
    except msgspec.DecodeError:
        return None
    return last if _stored(site) else None


def _stored(site: Site) -> bool:
    """Whether the database that holds the saved plan is there: without it nothing could be compared with the plan.

    Only its first bytes are looked at, since a build in which nothing changed does not load SQLite.
    """
    try:
        with (site.cache / DATABASE).open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def forget(site: Site) -> None:
    """Forget the last build before anything that it left is changed: one that breaks off is never taken for it."""
    Files(site.cache).remove(FILE)


def save(site: Site, seen: Snapshot, now: dt.datetime, tally: Tally, report: Report, there: Iterable[File]) -> None:
    """Keep a build that was made from a snapshot; one with an error is to be tried again.

    ``there`` is what it left in output/. Raises BroadsheetError (``unwritable``).
    """
    if not seen.settled or report.count("error") or any(problem.code in LACKS for problem in report):
        forget(site)
        return
    rest = msgspec.structs.replace(tally, drawn=0, written=0, removed=0, seconds={})
    made = LastBuild(
        files_digest(seen.stories), seen.rest, output_digest(there), _published(site), now, rest, tuple(report)
    )
    Files(site.cache).put(FILE, msgspec.msgpack.encode(made))


def acknowledge(site: Site) -> None:
    """Take what has just been noted as published for known: it says what the last build made, and changes none of it.

    Where that build reported something of what was published, the next one looks again. Raises BroadsheetError.
    """
    last = load(site)
    if last and not any(problem.code in PUBLISHED for problem in last.problems):
        Files(site.cache).put(FILE, msgspec.msgpack.encode(msgspec.structs.replace(last, published=_published(site))))


def output_digest(there: Iterable[File]) -> bytes:
    """The digest of what stands in output/."""
    return files_digest(sorted(there, key=_PATH))


def _published(site: Site) -> str:
    """The times of change of the files that say what was published."""
    known = [site.content / name for name in ("published/record.jsonl", "published/addresses.json", "published.json")]
    return " ".join(f"{file.stat().st_mtime_ns}" if file.exists() else "-" for file in known)


def files_digest(files: Sequence[File]) -> bytes:
    """The digest of files, in the order of their paths."""
    try:
        data = msgspec.msgpack.encode(files)
    except UnicodeEncodeError:  # a name that is not UTF-8
        data = repr(files).encode("utf-8", "surrogateescape")
    return blake2b(data, digest_size=16).digest()


_PATH = itemgetter(0)


def _files(root: str, aside: tuple[str, ...], closed: list[str]) -> Iterator[tuple[str, os.stat_result]]:
    """The files below a folder, but for those in it that are called like one of ``aside``.

    A folder that is closed to us joins ``closed``: the build itself tells what is wrong.
    """
    skipped = {f"{root}{os.sep}{name}" for name in aside}
    waiting = [root]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(inside) as entries:
                for entry in entries:
                    if entry.path in skipped:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield entry.path, _stat(entry)
        except FileNotFoundError:
            continue
        except OSError:
            closed.append(inside)


def _stat(entry: os.DirEntry[str]) -> os.stat_result:
    try:
        return entry.stat()
    except OSError:  # a link to nothing
        return entry.stat(follow_symlinks=False)


def code_digests(code: Code) -> dict[str, bytes]:
    """The digests of the files in which functions are written, by the functions' names; a built-in one has no file."""
    found = {}
    for name, function in sorted(code.items()):
        compiled = getattr(function, "__code__", None)
        file = Path(compiled.co_filename) if compiled else None
        data = file.read_bytes() if file and file.is_file() else b""
        found[name] = blake2b(data, digest_size=16).digest()
    return found


def _digest(seen: Iterable[str]) -> bytes:
    return blake2b("\n".join(seen).encode("utf-8", "surrogateescape"), digest_size=16).digest()
